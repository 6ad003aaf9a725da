"""A PDF somebody hands in for verification is opened by a child that may die; the program lives."""

import io
import subprocess
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import AttachedFileSpec, Dictionary, Encryption, Name, Pdf, Stream

from ssj_desktop.cli import main
from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.formats.children import RECORD_FLAG, run_as_child
from ssj_desktop.formats.pdf import reader
from ssj_desktop.formats.pdf.reader import record_in


def made(attachment: bytes | None, name: str = "record.json", password: str = "") -> bytes:
    pdf, out = Pdf.new(), io.BytesIO()
    pdf.add_blank_page()
    if attachment is not None:
        pdf.attachments[name] = AttachedFileSpec(pdf, attachment, filename=name)
    pdf.save(out, encryption=Encryption(owner=password, user=password) if password else None)
    return out.getvalue()


def bloated() -> bytes:
    """An attachment of six megabytes that inflates to six gigabytes, claiming to be short."""
    pdf, out = Pdf.new(), io.BytesIO()
    pdf.add_blank_page()
    squeeze, block = zlib.compressobj(9), b"\0" * (1 << 25)
    first, again = (squeeze.compress(block) + squeeze.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    stream = Stream(pdf, first + again * 191 + squeeze.flush())
    stream.Filter, stream.Type = Name.FlateDecode, Name.EmbeddedFile
    stream.Params = Dictionary(Size=12)
    file = Dictionary(
        Type=Name.Filespec, F="record.json", UF="record.json", EF=Dictionary(F=stream)
    )
    pdf.Root.Names = Dictionary(
        EmbeddedFiles=Dictionary(Names=pikepdf.Array([pikepdf.String("record.json"), file]))
    )
    pdf.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
    return out.getvalue()


def nested(depth: int = 2_000_000) -> bytes:
    """A catalogue of arrays within arrays."""
    deep = b"[" * depth + b"]" * depth
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Names " + deep + b" >>\nendobj\n"
    return body + b"trailer\n<< /Root 1 0 R /Size 2 >>\nstartxref\n0\n%%EOF\n"


def looping() -> bytes:
    """A tree of names whose node is its own child."""
    tree = b"2 0 obj\n<< /Kids [2 0 R 2 0 R] /Limits [(a) (z)] >>\nendobj\n"
    body = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog /Names << /EmbeddedFiles 2 0 R >> >>\nendobj\n"
    return body + tree + b"trailer\n<< /Root 1 0 R /Size 3 >>\nstartxref\n0\n%%EOF\n"


HOSTILE: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"%PDF-1.7\n",
    "noise": lambda: b"%PDF-1.7\n" + bytes(range(256)) * 400,
    "torn in the middle": lambda: made(b"{}" * 4000)[:200],
    "encrypted": lambda: made(b"{}", password="geheim"),
    "without attachment": lambda: made(None),
    "with another attachment only": lambda: made(b"{}", name="photo.jpg"),
    "deeply nested": nested,
    "looping": looping,
    "bloated": bloated,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_pdf_is_one_sentence_and_the_program_lives(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "record.pdf"
    path.write_bytes(HOSTILE[kind]())
    with pytest.raises(FileRefused, match=r"[\u4e00-\u9fff].*。"):
        record_in(path)


def test_the_command_refuses_it_and_looks_at_the_next_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, content in (("a.pdf", nested(100_000)), ("b.pdf", made(None))):
        (tmp_path / name).write_bytes(content)
    assert main(["verify", str(tmp_path / "a.pdf"), str(tmp_path / "b.pdf")]) == 1
    told = capsys.readouterr()
    assert told.out.count("无法核对") == 2
    assert "Traceback" not in told.out + told.err


def test_a_record_comes_out_byte_for_byte(tmp_path: Path) -> None:
    content = bytes(range(256)) * 5000
    (tmp_path / "record.pdf").write_bytes(made(content))
    assert record_in(tmp_path / "record.pdf") == content


@pytest.mark.parametrize(
    "code",
    [
        "from ssj_desktop.formats.excel import caps; caps.cap_this_process(); bytearray(3 << 30)",
        "import os; os.abort()",
        "import time; time.sleep(600)",
    ],
)
def test_a_child_that_dies_or_hangs_is_a_refusal(
    code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "record.pdf").write_bytes(made(b"{}"))
    monkeypatch.setattr(reader, "command_of", lambda *_: [sys.executable, "-c", code])
    monkeypatch.setattr(reader, "_MOST_SECONDS", 1)
    with pytest.raises(FileRefused, match=r"“record\.pdf”内容过大或已损坏，读取被中止"):
        record_in(tmp_path / "record.pdf")


def test_only_its_own_flags_make_a_child_of_the_program(tmp_path: Path) -> None:
    assert run_as_child(["verify", "a.pdf"]) is None
    assert run_as_child([RECORD_FLAG]) is None
    (tmp_path / "record.pdf").write_bytes(made(b"{}"))
    code = "import sys; from ssj_desktop.cli import main; sys.exit(main(sys.argv[1:]))"
    command = [sys.executable, "-c", code, RECORD_FLAG, str(tmp_path / "record.pdf")]
    done = subprocess.run(command, capture_output=True, check=True)
    assert done.stdout == reader.FOUND + b"{}"
