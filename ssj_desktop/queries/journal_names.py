"""Whose names the store knows: what the journal leaves out, and how its pages put it back.

Every device has a key of its own for them; the office's devices tell each other theirs in the
settings, so that the author of a foreign entry can be named.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.journal import JournalEntry
from ssj_desktop.domain.journal_names import CODE, KEY_SETTING, NameVeil, name_book, readable
from ssj_desktop.domain.vocabulary import TargetKind
from ssj_desktop.models.chain import OwnDevice
from ssj_desktop.models.office import Account, Setting
from ssj_desktop.models.registries import Target

_KEY = re.compile(r"[0-9a-f]{64}")
_NAMES = """
    SELECT name FROM accounts UNION SELECT name FROM witnesses
    UNION SELECT name FROM inspectors UNION SELECT certificate_number FROM inspectors
    UNION SELECT name FROM experts UNION SELECT number FROM experts
    UNION SELECT operator FROM draws UNION SELECT supervisor FROM draws
    UNION SELECT json_extract(value, '$.name') FROM draws, json_each(draws.panel)
    UNION SELECT json_extract(before, '$.name') FROM registry_changes
    WHERE before IS NOT NULL AND row_id IN (
        SELECT id FROM inspectors UNION ALL SELECT id FROM experts UNION ALL SELECT id FROM witnesses
    )
"""
"""Accounts, officers, experts and witnesses with their numbers, the people of draws, and former
names: one statement, because every act asks it."""


def own_name_key(session: Session) -> bytes:
    return DeviceKeys(session.scalars(select(OwnDevice.seed)).one()).naming


def name_veil(session: Session, more: Iterable[str] = ()) -> NameVeil:
    """What one entry of this device must not say; ``more`` are names only this act knows."""
    known = {name for name in (*_names(session), *more) if name}
    return NameVeil(own_name_key(session), frozenset(known))


def readable_entries(
    session: Session, entries: tuple[JournalEntry, ...]
) -> tuple[JournalEntry, ...]:
    """Entries for a screen of this store; their hashes no longer fit what is shown."""
    key = own_name_key(session)
    book = name_book([key], set(_names(session)))
    if any(code not in book for entry in entries for code in CODE.findall(entry.subject)):
        book |= name_book([key], _people_among_targets(session))
    return tuple(
        replace(
            entry,
            actor=readable(entry.actor, book),
            subject=readable(entry.subject, book),
            payload=readable(entry.payload, book),
        )
        for entry in entries
    )


def codes_of_names_with(session: Session, word: str) -> tuple[str, ...]:
    """The codes of everybody whose name has ``word`` in it."""
    names = [name for name in _names(session) if word in name]
    return tuple(name_book([own_name_key(session)], names))


def author_book(session: Session) -> dict[str, str]:
    """The accounts behind the codes in entries of any device of the office."""
    published = session.scalars(select(Setting.value).where(Setting.name.startswith(KEY_SETTING)))
    sound = (key for key in published if _KEY.fullmatch(key))
    keys = {own_name_key(session), *map(bytes.fromhex, sound)}
    return name_book(keys, set(session.scalars(select(Account.name))))


def _names(session: Session) -> Iterator[str]:
    for (name,) in session.connection().exec_driver_sql(_NAMES):
        if isinstance(name, str) and name:
            yield name


def _people_among_targets(session: Session) -> tuple[str, ...]:
    """注册人员 are inspected as firms are."""
    return tuple(session.scalars(select(Target.name).where(Target.kind == TargetKind.PERSON)))
