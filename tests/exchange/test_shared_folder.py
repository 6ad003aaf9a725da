"""The shared folder: adds what is missing, believes only what is whole and signed."""

import hashlib
import os
from pathlib import Path

import pytest
from exchange.parcels import OFFICE, READER, SENDER

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.errors import FileRefused, InvalidInput
from ssj_desktop.domain.have import Have, have_text, read_have
from ssj_desktop.domain.segment import SegmentHeader, segment_file_bytes
from ssj_desktop.domain.signed_text import MOST_TEXT, read_signed, sign_lines, write_lines
from ssj_desktop.formats.segment_folder import SegmentFolder
from ssj_desktop.formats.segments import seal

ROOT = OFFICE.public.hex()


def segment(number: int) -> tuple[str, bytes]:
    header = SegmentHeader(
        office=ROOT, device=SENDER.device, epoch=1, number=number, first=number, last=number,
        head="0" * 64, parents=(), schema="0001", clock="0" * 15 + "-000000",
        sealed_at="2026-09-14T02:58:00+00:00", operations=0, size=0, packed=0, body="0" * 64,
    )  # fmt: skip
    sealed = seal(header, f"line {number}\n".encode() * 50, SENDER.seed)
    return sealed.identity, segment_file_bytes(sealed)


def have(keys: DeviceKeys, *heads: str) -> Have:
    return Have(ROOT, keys.public.hex(), heads, "d" * 64, "2026-09-14T02:58:00Z")


MEMBERS = {keys.public.hex(): keys.opening for keys in (SENDER, READER)}
MADE = "2026-09-14T02:58:00Z"
STRANGER = DeviceKeys(b"\x07" * 32)


def opened(path: Path, own: DeviceKeys = SENDER) -> SegmentFolder:
    return SegmentFolder(path, ROOT, own)


def add(folder: SegmentFolder, some: dict[str, bytes], members: dict[str, bytes] = MEMBERS) -> str:
    key = folder.keys.share(members, MADE, os.urandom)
    folder.add(some, key, os.urandom)
    return key


@pytest.fixture
def folder(tmp_path: Path) -> SegmentFolder:
    return opened(tmp_path)


def test_what_one_device_adds_another_reads(folder: SegmentFolder, tmp_path: Path) -> None:
    some = dict(segment(n) for n in range(3))
    add(folder, some)
    other = opened(tmp_path, READER)
    assert other.hashes() == frozenset(some)
    assert dict(other.read(other.hashes())) == some
    assert other.keys.share(MEMBERS, MADE, os.urandom) == min(folder.keys.known)


def test_whoever_is_no_member_reads_nothing_in_the_folder(
    folder: SegmentFolder, tmp_path: Path
) -> None:
    name, content = segment(1)
    add(folder, {name: content})
    lying = [path.read_bytes() for path in folder.root.rglob("*") if path.is_file()]
    assert not any(content[40:80] in each for each in lying)
    outside = opened(tmp_path, STRANGER)
    assert dict(outside.read([name])) == {}
    assert outside.locked([name]) == 1


def test_who_joins_later_gets_every_key_from_any_member(
    folder: SegmentFolder, tmp_path: Path
) -> None:
    some = dict(segment(n) for n in range(2))
    alone = {SENDER.public.hex(): SENDER.opening}
    first = add(folder, some, alone)
    assert opened(tmp_path, READER).locked(some) == 2
    again = opened(tmp_path)
    assert again.keys.share(MEMBERS, MADE, os.urandom) == first
    late = opened(tmp_path, READER)
    assert (late.locked(some), dict(late.read(some))) == (0, some)


def test_a_revoked_device_opens_nothing_written_afterwards(
    folder: SegmentFolder, tmp_path: Path
) -> None:
    before, after = dict([segment(1)]), dict([segment(2)])
    old = add(folder, before)
    fresh = add(opened(tmp_path), after, {SENDER.public.hex(): SENDER.opening})
    assert fresh != old
    revoked = opened(tmp_path, READER)
    assert dict(revoked.read([*before, *after])) == before
    revoked.keys.share({READER.public.hex(): READER.opening}, MADE, os.urandom)
    assert add(opened(tmp_path), {}, {SENDER.public.hex(): SENDER.opening}) == fresh


def test_a_key_planted_by_a_stranger_is_not_written_with(
    folder: SegmentFolder, tmp_path: Path
) -> None:
    planted = opened(tmp_path, STRANGER).keys.share(MEMBERS, MADE, os.urandom)
    again = opened(tmp_path)
    assert planted in again.keys.known
    assert add(again, dict([segment(1)])) != planted


def test_a_file_of_keys_that_was_altered_counts_for_nothing(
    folder: SegmentFolder, tmp_path: Path
) -> None:
    key = add(folder, dict([segment(1)]))
    (path,) = folder.root.glob("keys/*.key")
    path.with_name(f"{'0' * 32}-x.key").write_bytes(path.read_bytes())
    assert set(opened(tmp_path).keys.known) == {key}
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    assert opened(tmp_path).keys.known == {}


def test_a_segment_that_is_there_is_never_written_again(folder: SegmentFolder) -> None:
    name, content = segment(1)
    add(folder, {name: content})
    path = next(folder.root.rglob("*.seg"))
    before = path.stat().st_mtime_ns, path.read_bytes()
    add(folder, {name: b"something else"})
    assert (path.stat().st_mtime_ns, path.read_bytes()) == before


def test_a_file_cut_off_in_copying_is_passed_over_and_can_be_repaired(
    folder: SegmentFolder,
) -> None:
    some = dict(segment(n) for n in range(2))
    key = add(folder, some)
    torn = min(some)
    path = next(folder.root.rglob(f"{torn}.seg"))
    path.write_bytes(path.read_bytes()[:-5])
    assert set(dict(folder.read(some))) == set(some) - {torn}
    assert folder.damaged() == {torn}
    folder.repair({torn: some[torn]}, key, os.urandom)
    assert dict(folder.read(some)) == some


def test_a_segment_under_another_name_is_not_taken(folder: SegmentFolder) -> None:
    (first, content), (second, _) = segment(1), segment(2)
    key = add(folder, {})
    folder.repair({second: content}, key, os.urandom)
    assert dict(folder.read([first, second])) == {}


def test_strangers_in_the_folder_are_left_alone(folder: SegmentFolder) -> None:
    add(folder, dict([segment(1)]))
    for stray in (
        "segments/ab/x.seg",
        "have/readme.txt",
        "have/desktop.ini",
        "members/a.txt",
        "keys/a.key",
    ):
        (folder.root / stray).parent.mkdir(parents=True, exist_ok=True)
        (folder.root / stray).write_text("stray", encoding="utf-8")
    assert len(folder.hashes()) == 1
    assert folder.haves() == ()
    assert folder.members() == ()


def test_every_device_says_what_it_holds_in_its_own_file(folder: SegmentFolder) -> None:
    for keys in (SENDER, READER):
        folder.write_have(keys.device, have_text(have(keys, "a" * 64), keys))
    folder.write_have(SENDER.device, have_text(have(SENDER, "b" * 64), SENDER))
    assert {each.device: each.heads for each in folder.haves()} == {
        SENDER.device: ("b" * 64,),
        READER.device: ("a" * 64,),
    }


def test_nobody_can_speak_for_another_device_or_office(folder: SegmentFolder) -> None:
    forged = have_text(have(SENDER), SENDER).replace("journal_head\td", "journal_head\te")
    folder.write_have(SENDER.device, forged)
    folder.write_have("e" * 32, have_text(have(READER), READER))
    foreign = Have("f" * 64, SENDER.public.hex(), (), "d" * 64, "2026-09-14T02:58:00Z")
    assert folder.haves() == ()
    folder.write_have(SENDER.device, have_text(foreign, SENDER))
    assert folder.haves() == ()


def test_a_folder_that_is_not_there_is_said_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(FileRefused, match="共享文件夹"):
        opened(tmp_path / "missing")


@pytest.mark.parametrize(
    "values",
    [
        {"office": "x"},
        {"heads": "a"},
        {"journal_head": ""},
        {"public": "x"},
    ],
)
def test_a_have_with_an_unsound_field_is_refused_although_signed(values: dict[str, str]) -> None:
    sound = {
        "office": ROOT, "public": SENDER.public.hex(), "heads": "", "journal_head": "d" * 64,
        "at": "2026",
    }  # fmt: skip
    assert read_have(sign_lines("SSJ-HAVE-1", sound, SENDER)).heads == ()
    with pytest.raises(InvalidInput):
        read_have(sign_lines("SSJ-HAVE-1", {**sound, **values}, SENDER))


def test_signed_lines_refuse_other_names_other_signatures_and_line_breaks() -> None:
    text = sign_lines("X-1", {"who": SENDER.public.hex()}, SENDER)
    assert read_signed("X-1", text, ("who",), "who") == {"who": SENDER.public.hex()}
    for wrong in (
        sign_lines("X-1", {"who": READER.public.hex()}, SENDER),
        sign_lines("X-1", {"who": SENDER.public.hex(), "more": ""}, SENDER),
        text + "signature\t00\n",
        text.replace("signature\t", "signature\tg"),
        text.replace("X-1", "X-2"),
        text.rstrip("\n"),
        "X-1\nno tab\n",
        "X-1\n" + "x" * 70_000 + "\n",
    ):
        with pytest.raises(InvalidInput):
            read_signed("X-1", wrong, ("who",), "who")
    with pytest.raises(InvalidInput, match="换行"):
        write_lines("X-1", {"name": "two\nlines"})


def test_a_text_nobody_could_read_back_is_refused_before_it_is_signed() -> None:
    with pytest.raises(InvalidInput, match="过长"):
        sign_lines("X-1", {"name": "名" * MOST_TEXT}, SENDER)


def test_the_name_of_a_segment_is_the_digest_of_its_header() -> None:
    name, content = segment(1)
    header = b"\n".join(content.split(b"\n")[:2]) + b"\n"
    assert hashlib.sha256(header).hexdigest() == name
