"""I3 in files that offices hand to each other: receipts, bundles, whole records of a draw."""

import json
from dataclasses import fields, replace

import pytest
from draw_builders import officers, pool, scheme
from exchange import parcels
from naughty import NAUGHTY

from ssj_desktop.domain.draw.canonical import label
from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.record import read_record, record_bytes, record_of, verify_record
from ssj_desktop.domain.errors import FileRefused, InvalidInput, SsjError
from ssj_desktop.domain.filing import (
    Countersignature,
    Filing,
    FilingReceipt,
    OfficeCard,
    read_statement,
    statement_text,
)
from ssj_desktop.formats.bundle import read_bundle, write_bundle
from ssj_desktop.formats.envelope import open_envelope

HASH = "a" * 64
KINDS = {"level": "COUNTY", "kind": "PLAN", "verdict": "FILED", "papers": HASH}
FREE = {"unit", "division", "title", "subject", "version", "opinion", "number", "made_by"}


@pytest.mark.parametrize("kind", [OfficeCard, Filing, Countersignature, FilingReceipt])
def test_a_signed_statement_says_the_same_or_is_not_made(kind: type) -> None:
    """What one office can sign the other can read."""
    names = [field.name for field in fields(kind)]
    base = kind(**{name: KINDS.get(name, HASH) for name in names})
    taken = 0
    for name in FREE & set(names):
        for text in NAUGHTY:
            wanted = replace(base, **{name: text}, signer=parcels.SENDER.public.hex())
            try:
                signed = statement_text(wanted, parcels.SENDER)
            except InvalidInput:
                continue
            taken += 1
            assert read_statement(kind, signed) == wanted, (name, text)
    assert taken > len(NAUGHTY) * 0.8


def test_a_bundle_carries_the_same_facts_and_parts() -> None:
    whole = [text for text in NAUGHTY if not any("\ud800" <= c <= "\udfff" for c in text)]
    parts = {f"parts/{place}": text.encode() for place, text in enumerate(whole)}
    contents = replace(
        parcels.contents(parts), facts={"texts": whole, **dict.fromkeys(whole[:50], 1)}
    )
    file = write_bundle(
        parcels.label(), (parcels.READER.opening,), contents, parcels.SENDER,
        parcels.repeating_chance(),
    )  # fmt: skip
    assert read_bundle(open_envelope(file), parcels.READER) == contents


@pytest.mark.parametrize("name", NAUGHTY[::3])
def test_a_part_of_any_name_comes_back_or_is_refused(name: str) -> None:
    contents = parcels.contents({f"parts/{name}": b"1"})
    try:
        file = write_bundle(
            parcels.label(), (parcels.READER.opening,), contents, parcels.SENDER,
            parcels.repeating_chance(),
        )  # fmt: skip
        read = read_bundle(open_envelope(file), parcels.READER)
    except SsjError as refusal:
        assert refusal.remedy  # noqa: PT017 - either way is right, nothing else is
    else:
        assert read == contents


def drawable() -> list[str]:
    """The strings that may be the name of an object of a draw."""
    found = []
    for text in NAUGHTY:
        try:
            found.append(label(text, "名称"))
        except SsjError:
            continue
    return list(dict.fromkeys(found))


def test_a_whole_record_with_odd_names_and_papers_is_read_and_recomputed() -> None:
    names = drawable()
    assert len(names) > 150
    entries = tuple(
        replace(entry, name=name) for entry, name in zip(pool(len(names)), names, strict=True)
    )
    drawn = perform(
        scheme(pool=(*entries, *pool(10, "B", 901)), panel=tuple(names[:3]), officers=officers(8)),
        "0" * 64, "1" * 64, ("314159", "271828", "-"),
    )  # fmt: skip
    sound = [text for text in NAUGHTY if not any("\ud800" <= c <= "\udfff" for c in text)]
    record = record_of(drawn, {"place": sound, **dict.fromkeys(sound[:50], "是")})
    content = record_bytes(record)
    again = read_record(content)
    assert again == json.loads(content) == record
    assert verify_record(again).ok


def test_half_a_character_never_reaches_a_record_file() -> None:
    with pytest.raises((FileRefused, InvalidInput)):
        read_record(b'{"format": "SSJ-RECORD-1", "paper": {"place": "\\ud800"}}')
