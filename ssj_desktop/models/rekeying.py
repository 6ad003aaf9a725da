"""A new data key for the whole store, without losing it on a crash midway.

Order: a copy under the new key, verified and on disk → the key file seals both keys → the copy
takes the store's place → the key file forgets the old key. After a crash the key that opens the
store tells how far it came, and :func:`settle_keys` finishes or takes back the rest.
"""

from dataclasses import replace
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.errors import StoreDamaged, StoreRefused
from ssj_desktop.models import keyfile
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.copies import copy_store, facts_of, find_faults
from ssj_desktop.models.database import Database
from ssj_desktop.models.keyfile import KeyFile


def copy_of(store: Path) -> Path:
    return store.with_name(store.name + ".rekey")


def change_data_key(
    database: Database, publics: dict[str, str], staying: KeyFile
) -> tuple[str, ...]:
    """Re-encrypt the store for the slots of ``staying``; gives those it did not reach.

    ``publics`` are the public keys the store itself remembers: a slot with another one was put
    there by somebody else and gets nothing.
    """
    old, fresh = database.key, keyfile.new_data_key()
    path = keyfile.keyfile_of(database.path)
    before = keyfile.read_keyfile(path)
    reached = tuple(
        slot.changed(following=keyfile.seal(slot.public, slot.account, fresh))
        for slot in staying.slots
        if slot.public and publics.get(slot.account) == slot.public
    )
    left_out = tuple(s.account for s in staying.slots if s.account not in _names(reached))
    try:
        with database.held():
            copy = _write_copy(database.path, old, fresh)
            keyfile.write_keyfile(path, _both(before, reached, old, fresh))
            database.become(copy, fresh)
    except BaseException:
        copy_of(database.path).unlink(missing_ok=True)
        if _opens(database.path, old):
            keyfile.write_keyfile(path, before)
        raise
    keyfile.write_keyfile(path, _only_following(keyfile.read_keyfile(path)))
    return left_out


def _names(slots: tuple[keyfile.Slot, ...]) -> set[str]:
    return {slot.account for slot in slots}


def _both(before: KeyFile, reached: tuple[keyfile.Slot, ...], old: bytes, fresh: bytes) -> KeyFile:
    """Slots that stay open both ways; those that go still open the old file."""
    going = tuple(slot for slot in before.slots if slot.account not in _names(reached))
    former = keyfile.chain_former(before.former, old, fresh)
    return before.changed(slots=(*reached, *going), former=former)


def _only_following(keys: KeyFile) -> KeyFile:
    slots = tuple(s.changed(sealed=s.following, following="") for s in keys.slots if s.following)
    return replace(keys, slots=slots)


def _only_current(keys: KeyFile) -> KeyFile:
    slots = tuple(slot.changed(following="") for slot in keys.slots)
    return keys.changed(slots=slots, former=keys.former[:-1])


def settle_keys(store: Path, keys: tuple[bytes, ...]) -> bytes:
    """The key that opens the store; leftovers of an interrupted change are cleared away."""
    if len(keys) == 1:
        return keys[0]
    path, current, following = keyfile.keyfile_of(store), *keys
    if _opens(store, current):
        keyfile.write_keyfile(path, _only_current(keyfile.read_keyfile(path)))
        copy_of(store).unlink(missing_ok=True)
        return current
    keyfile.write_keyfile(path, _only_following(keyfile.read_keyfile(path)))
    return following


def _opens(store: Path, key: bytes) -> bool:
    try:
        facts_of(store, key)
    except StoreDamaged:
        return False
    return True


def _write_copy(store: Path, old: bytes, fresh: bytes) -> Path:
    """A proven copy under the new key, flushed to the disk."""
    made = copy_store(store, old, store.parent, lambda _: copy_of(store).name)
    copy, facts = made.path, made.facts
    with opened(copy, old) as connection:
        connection.execute(f"PRAGMA rekey = \"x'{fresh.hex()}'\"")
    if find_faults(copy, fresh) or facts_of(copy, fresh) != facts:
        raise StoreRefused("换密钥后的副本与原库不一致，已放弃。", "请检查磁盘后重试。")
    places.sync_file(copy)
    return copy
