"""Bundles for tests: known keys, chance that repeats itself, and wilful damage."""

import hashlib
import json
import random
import struct
from collections.abc import Callable
from dataclasses import replace

import zstandard

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.formats.bundle import Contents, write_bundle
from ssj_desktop.formats.cargo import Manifest, lock
from ssj_desktop.formats.envelope import Label, envelope_size, open_envelope, seal

OFFICE = DeviceKeys(hashlib.sha256(b"office").digest())
SENDER = DeviceKeys(hashlib.sha256(b"sender").digest())
READER = DeviceKeys(hashlib.sha256(b"reader").digest())
STRANGER = DeviceKeys(hashlib.sha256(b"stranger").digest())
FRONT = struct.Struct(">8sBI")


def repeating_chance() -> Callable[[int], bytes]:
    """The same bytes in every run."""
    drawn = 0

    def chance(count: int) -> bytes:
        nonlocal drawn
        drawn += 1
        return hashlib.shake_256(f"chance {drawn}".encode()).digest(count)

    return chance


def label(**changes: str) -> Label:
    values = {
        "bundle": "0123456789abcdef" * 2,
        "kind": "exchange",
        "office": OFFICE.public.hex(),
        "sender": SENDER.public.hex(),
        "made": "2026-09-14T02:58:00Z",
    }
    return Label(**{**values, **changes})


def contents(parts: dict[str, bytes] | None = None) -> Contents:
    some = {"segments/" + "a" * 64 + ".seg": b"\x00\x01" * 70_000, "papers/plan.pdf": b"%PDF-"}
    return Contents(
        ("b" * 64, "c" * 64), "d" * 64, {"unit": "云岭县"}, some if parts is None else parts
    )


def parcel(parts: dict[str, bytes] | None = None) -> bytes:
    return write_bundle(
        label(), (READER.opening, SENDER.opening), contents(parts), SENDER, repeating_chance()
    )


PICTURES = tuple(b"\xff\xd8\xff" + bytes([n]) * (2_000 * n) for n in (1, 2))


def laden(pictures: tuple[bytes, ...] = PICTURES) -> bytes:
    """A bundle with attachments behind its envelope."""
    by_hash = {hashlib.sha256(each).hexdigest(): each for each in pictures}
    items = tuple((sha256, len(each)) for sha256, each in by_hash.items())
    manifest = Manifest(hashlib.sha256(b"cargo").digest(), items)
    front = write_bundle(
        label(), (READER.opening,), replace(contents({}), cargo=manifest), SENDER,
        repeating_chance(),
    )  # fmt: skip
    return front + b"".join(lock(manifest, by_hash.__getitem__))


def with_body(body: bytes, size: int, manifest_size: int) -> bytes:
    """A rightly signed and encrypted file around any content: damage below the signature."""
    packed = zstandard.ZstdCompressor().compress(body)
    content = struct.pack(">QI", size, manifest_size) + packed
    return seal(label(), (READER.opening,), content, SENDER, repeating_chance())


def with_header(file: bytes, change: Callable[[dict[str, object]], object]) -> bytes:
    """The same file with another header, signed anew."""
    _, _, length = FRONT.unpack(file[: FRONT.size])
    header = json.loads(file[FRONT.size : FRONT.size + length])
    change(header)
    raw = json.dumps(header, sort_keys=True).encode()
    front = FRONT.pack(b"SSJBNDL1", 1, len(raw)) + raw
    return front + SENDER.sign(front) + file[FRONT.size + length + 64 :]


def manifest_of(file: bytes) -> bytes:
    """The bare body of an undamaged file."""
    from ssj_desktop.formats.envelope import decrypt

    content = decrypt(open_envelope(file[: envelope_size(file)]), READER)
    size, _ = struct.unpack(">QI", content[:12])
    return zstandard.ZstdDecompressor().decompress(content[12:], max_output_size=size)


def damaged(file: bytes, chance: random.Random) -> bytes:
    """One random harm: bits, cuts, insertions, swaps, or a lie signed anew."""
    harm = chance.choice(
        (flip, cut, insert, overwrite, turn, with_lying_header, with_lying_content)
    )
    return harm(file, chance)


def flip(file: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(file))
    return file[:place] + bytes([file[place] ^ (1 << chance.randrange(8))]) + file[place + 1 :]


def cut(file: bytes, chance: random.Random) -> bytes:
    return file[: chance.randrange(len(file))]


def insert(file: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(file))
    return file[:place] + chance.randbytes(chance.randrange(1, 40)) + file[place:]


def overwrite(file: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(file))
    end = min(len(file), place + chance.randrange(1, 200))
    return file[:place] + chance.randbytes(end - place) + file[end:]


def turn(file: bytes, chance: random.Random) -> bytes:
    place = chance.randrange(len(file))
    return file[place:] + file[:place]


_LIES: tuple[object, ...] = (None, 0, -1, 2**63, "", "x", "a" * 64, [], {}, [[]], 1.5, True,
                             {"a": "b"}, "0" * 96)  # fmt: skip


def with_lying_header(file: bytes, chance: random.Random) -> bytes:
    def lie(header: dict[str, object]) -> None:
        name = chance.choice(sorted(header))
        if chance.random() < 0.3:
            del header[name]
        else:
            header[name] = chance.choice(_LIES)

    return with_header(file, lie)


def with_lying_content(file: bytes, chance: random.Random) -> bytes:
    body = bytearray(manifest_of(file))
    for _ in range(chance.randrange(1, 4)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    size = chance.choice((len(body), len(body) - 1, len(body) + 1, 2**62, 0))
    return with_body(bytes(body), size, chance.choice((300, 0, len(body), 2**32 - 1, 421)))
