"""``ssj verify`` over several files: exit codes, one JSON answer, torn PDFs, no traceback."""

import json
import random
from pathlib import Path
from typing import Any

import pytest

from ssj_desktop.cli import main
from ssj_desktop.domain.draw.record import record_digest

GOLDEN = Path(__file__).resolve().parents[1] / "golden" / "cs1"


@pytest.fixture
def drawn(tmp_path: Path) -> Path:
    """The folder of a draw from a golden spec, papers included."""
    (spec,) = GOLDEN.glob("03_*/spec.json")
    assert main(["draw", "run", "--spec", str(spec), "--out", str(tmp_path / "out")]) == 0
    return tmp_path / "out"


def answered(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any], str]:
    capsys.readouterr()
    code = main(["verify", *words, "--json"])
    told = capsys.readouterr()
    return code, json.loads(told.out), told.err


def test_record_and_pdf_agree(drawn: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, answer, err = answered(capsys, str(drawn / "record.json"), str(drawn / "record.pdf"))
    assert (code, answer["ok"], err) == (0, True, "")
    assert [file["ok"] for file in answer["files"]] == [True, True]


def test_every_file_is_looked_at_and_the_worst_decides(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record = json.loads((drawn / "record.json").read_bytes())
    record["strata"][0]["k"] += 1
    record["digest"] = record_digest(record)
    (tmp_path / "forged.json").write_text(json.dumps(record), encoding="utf-8")
    (tmp_path / "none.json").write_text("{}", encoding="utf-8")
    files = [str(tmp_path / "none.json"), str(tmp_path / "forged.json"), str(drawn / "record.json")]
    code, answer, err = answered(capsys, *files)
    assert (code, answer["ok"], answer["agrees"]) == (3, False, False)
    assert [file["ok"] for file in answer["files"]] == [False, False, True]
    assert err.count("\n") == 1
    assert answered(capsys, files[0], files[2])[0] == 1
    assert main(["verify", files[1]]) == 3
    assert "不一致　抽中、候补与截止票号" in capsys.readouterr().out


def test_torn_pdfs_are_agreed_found_out_or_refused(
    drawn: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chance, whole = random.Random(2), (drawn / "record.pdf").read_bytes()
    codes = set()
    for _ in range(12):
        at = chance.randrange(len(whole))
        torn = (
            whole[:at]
            if chance.random() < 0.4
            else whole[:at] + chance.randbytes(8) + whole[at + 8 :]
        )
        (tmp_path / "torn.pdf").write_bytes(torn)
        code, answer, _ = answered(capsys, str(tmp_path / "torn.pdf"))
        assert answer["ok"] == (code == 0)
        codes.add(code)
    assert codes <= {0, 1, 3}
    assert 1 in codes


@pytest.mark.parametrize(
    "change",
    [
        {"draw": "\ud800"}, {"pool": []}, {"x\ny": 1}, {"prev": "z"}, {"machine": 7}, {"total": None},
        {"strata": [{"code": "A\u202e", "mode": "NUMBER", "number": 1}]}, {"witnesses": ["1", "2", "3"]},
    ],
)  # fmt: skip
def test_a_refused_spec_leaves_no_folder_and_says_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, Any]
) -> None:
    (source,) = GOLDEN.glob("03_*/spec.json")
    spec = tmp_path / "SPEC.json"
    spec.write_text(json.dumps(json.loads(source.read_bytes()) | change), encoding="utf-8")
    assert main(["draw", "run", "--spec", str(spec), "--out", str(tmp_path / "a" / "out")]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err.count("\n")) == ("", 1)
    assert not (tmp_path / "a").exists()
