"""The bundle file: what goes in comes out, and nothing else is ever believed."""

import hashlib
import random
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pytest
from exchange import parcels
from exchange.parcels import READER, SENDER, STRANGER, contents, label, parcel, with_header

from ssj_desktop.domain.device_keys import DeviceKeys, device_of, is_signed
from ssj_desktop.domain.errors import FileRefused, PermissionRefused, SsjError
from ssj_desktop.formats.bundle import read_bundle, write_bundle
from ssj_desktop.formats.envelope import CHUNK, open_envelope
from ssj_desktop.formats.files import write_and_read_back

GOLDEN = Path(__file__).parents[1] / "golden"


def test_both_recipients_read_what_was_put_in() -> None:
    for keys in (READER, SENDER):
        assert read_bundle(open_envelope(parcel()), keys) == contents()


def test_the_label_names_kind_office_and_sender_before_anything_is_decrypted() -> None:
    envelope = open_envelope(parcel())
    assert envelope.label == label()
    assert envelope.label.device == SENDER.device
    assert envelope.recipients == tuple(sorted(device_of(k.opening) for k in (READER, SENDER)))


def test_a_stranger_reads_nothing_of_it() -> None:
    file = parcel()
    with pytest.raises(PermissionRefused):
        read_bundle(open_envelope(file), STRANGER)
    assert "云岭县".encode() not in file


@pytest.mark.parametrize("length", [0, 1, CHUNK - 13, CHUNK, CHUNK + 1, 3 * CHUNK])
def test_every_length_around_a_chunk_comes_back(length: int) -> None:
    noise = random.Random(length).randbytes(length)
    read = read_bundle(open_envelope(parcel({"parts/noise": noise})), READER)
    assert read.named("parts") == {"noise": noise}


def test_every_single_flipped_bit_of_a_small_bundle_is_refused() -> None:
    file = parcel({})
    for place in range(len(file)):
        harmed = bytearray(file)
        harmed[place] ^= 1 << (place % 8)
        with pytest.raises(SsjError):
            read_bundle(open_envelope(bytes(harmed)), READER)


def test_every_cut_of_a_small_bundle_is_refused() -> None:
    file = parcel({})
    for place in range(len(file)):
        with pytest.raises(FileRefused):
            open_envelope(file[:place])


def test_chunks_cannot_change_places_even_when_signed_anew_by_a_member() -> None:
    file = parcel({"parts/noise": random.Random(1).randbytes(3 * CHUNK)})
    step, cipher = CHUNK + 16, len(open_envelope(file).ciphertext)
    head, body = file[:-cipher], file[-cipher:]
    swapped = head + body[step : 2 * step] + body[:step] + body[2 * step :]
    digest = hashlib.sha256(swapped[-cipher:]).hexdigest()
    signed = with_header(swapped, lambda header: header.update(sha256=digest))
    with pytest.raises(FileRefused, match="解不开"):
        read_bundle(open_envelope(signed), READER)


def test_an_unknown_cipher_suite_asks_for_a_newer_program() -> None:
    file = bytearray(parcel())
    file[8] = 2
    with pytest.raises(FileRefused, match="升级"):
        open_envelope(bytes(file))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda h: h.update(ephemeral="00" * 32), "解不开"),
        (lambda h: h.update(length=h["length"] + 1), "不完整"),
        (lambda h: h.update(sha256="0" * 64), "与签名不符"),
        (lambda h: h.update(recipients=[]), "看不懂"),
        (lambda h: h.update(made="yesterday"), "看不懂"),
        (lambda h: h.update(sender=STRANGER.public.hex()), "签名不对"),
    ],
)
def test_a_header_that_lies_is_refused_by_name(
    change: Callable[[dict[str, object]], object], said: str
) -> None:
    with pytest.raises(FileRefused, match=said):
        read_bundle(open_envelope(with_header(parcel(), change)), READER)


def test_a_bomb_is_refused_before_it_is_unpacked() -> None:
    bomb = parcels.with_body(bytes(1 << 27), 1 << 27, 10)
    envelope = open_envelope(bomb)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="大得不合理"):
        read_bundle(envelope, READER)
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert most < 1 << 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"papers/plan.pdf",5,', b'"papers/plan.pdf",6,'),
        (b'"papers/plan.pdf",5,', b'"papers/plan.pdf",4,'),
        (b'"papers/plan.pdf",5,', b'"papers/../a.pdf",5,'),
        (b'"papers/plan.pdf",5,', b'"papers/plan.pdf",-,'),
        (b'"papers/plan.pdf",5,', b'"papers/plan.pdf"-5,'),
        (b"%PDF-", b"%PDF+"),
        (b"%PDF-", b"%PDF-+"),
        (b'"ssj-bundle-1"', b'"ssj-bundle-2"'),
        (b'"heads":["b', b'"heads":["B'),
    ],
)
def test_a_manifest_that_lies_is_refused(old: bytes, new: bytes) -> None:
    body = parcels.manifest_of(parcel())
    size = body.index(b"%PDF-")
    lying = body.replace(old, new)
    assert lying != body
    manifest_size = size + (len(lying) - len(body) if size > body.index(old) else 0)
    with pytest.raises(FileRefused):
        read_bundle(open_envelope(parcels.with_body(lying, len(lying), manifest_size)), READER)


def test_a_thousand_damaged_bundles_are_all_refused_in_chinese() -> None:
    """What is not refused means the same as before: a blank in the header, signed anew."""
    file, chance = parcel({"parts/a": b"some bytes"}), random.Random(20260916)
    whole = read_bundle(open_envelope(file), READER)
    readings = [reading(parcels.damaged(file, chance)) for _ in range(1000)]
    refusals = [each for each in readings if isinstance(each, SsjError)]
    assert all(each.message and each.remedy for each in refusals)
    assert all(each == whole for each in readings if not isinstance(each, SsjError))
    assert len(refusals) > 950


def reading(file: bytes) -> object:
    try:
        return read_bundle(open_envelope(file), READER)
    except SsjError as refusal:
        return refusal


def test_the_golden_bundle_is_read_for_ever() -> None:
    file = (GOLDEN / "bundle_1.ssjb").read_bytes()
    assert read_bundle(open_envelope(file), READER) == contents()


def test_a_bundle_is_opened_again_before_the_stick_may_be_pulled_out(tmp_path: Path) -> None:
    path = tmp_path / "stick" / "给B机.ssjb"
    assert write_and_read_back(path, parcel()) == hashlib.sha256(path.read_bytes()).hexdigest()
    assert [each.name for each in path.parent.iterdir()] == ["给B机.ssjb"]


def test_a_part_of_any_kind_keeps_its_bytes() -> None:
    every = bytes(range(256)) * 3
    file = write_bundle(
        label(kind="filing"),
        (READER.opening,),
        contents({"papers/a.bin": every}),
        SENDER,
        parcels.repeating_chance(),
    )
    assert read_bundle(open_envelope(file), READER).parts["papers/a.bin"] == every


def test_the_seed_of_a_device_never_shows_in_its_text() -> None:
    assert SENDER.seed.hex() not in repr(SENDER)
    assert str(SENDER.seed) not in repr(SENDER)


def test_a_signature_holds_for_its_text_and_key_only() -> None:
    signature = SENDER.sign(b"text")
    assert is_signed(SENDER.public, signature, b"text")
    assert not is_signed(SENDER.public, signature, b"texT")
    assert not is_signed(READER.public, signature, b"text")
    assert not is_signed(b"short", signature, b"text")


def test_two_devices_agree_on_one_secret() -> None:
    other = DeviceKeys(bytes(32))
    assert other.agree(SENDER.opening) == SENDER.agree(other.opening)
