"""A restore brings back data, never rights: who was locked out since the backup stays out.

What the accounts are now is asked of the present store; when that cannot be read any more, of the
mirror of its journal and of its key file.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from ssj_desktop.domain.errors import RuleViolation, SsjError
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.office import Account
from ssj_desktop.services.desk import Work
from ssj_desktop.services.mirror import mirror_of, read_mirror
from ssj_desktop.services.proving import Keys, known_data_keys, names_gone

_TABLE = "accounts"
Rows = dict[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What the backup would give back: to whom the store is shut, and who has fewer roles."""

    suspended: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    roles: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(sorted({*self.suspended, *self.removed, *self.roles}))

    @property
    def text(self) -> str:
        """For the confirmation; empty when nothing was withdrawn."""
        if not self.names:
            return ""
        return f"备份之后停用、移除的账号和收回的角色仍然算数：{'、'.join(self.names)}"

    def refuse(self, account: str) -> None:
        if account in (*self.suspended, *self.removed):
            raise RuleViolation(
                f"账号“{account}”已停用或移除，不能用它恢复备份。", "请由在用的管理员账号恢复。"
            )


NOTHING = Withdrawn()


def withdrawn_since(store: Path, backup: Path, keys: Keys) -> Withdrawn:
    """Compare the accounts of the backup with what they are now."""
    then = _accounts_in(backup, keys.backup)
    now = (_accounts_in(store, keys.store) if keys.store else {}) or _after_mirror(
        store, keys, then
    )
    let_in = {key: row for key, row in then.items() if row["active"]}
    pairs = [(row, now.get(key, row)) for key, row in let_in.items()]
    gone = {before["name"] for before, after in pairs if after.get("removed_at")}
    gone |= {before["name"] for before, _ in pairs} & set(names_gone(store, backup))
    shut = {before["name"] for before, after in pairs if not after["active"]} - gone
    fewer = {
        before["name"]: _roles(after)
        for before, after in pairs
        if before["name"] not in gone | shut and not set(_roles(before)) <= set(_roles(after))
    }
    return Withdrawn(tuple(sorted(shut)), tuple(sorted(gone)), fewer)


def _accounts_in(store: Path, key: bytes) -> Rows:
    """By id, as far as the file can be read; columns of whatever schema it has."""
    if not store.is_file():
        return {}
    with suppress(SsjError), opened(store, key) as connection:
        cursor = connection.execute("SELECT * FROM accounts")
        names = [column[0] for column in cursor.description]
        rows = (dict(zip(names, row, strict=True)) for row in cursor.fetchall())
        return {row["id"]: row for row in rows}
    return {}


def _after_mirror(store: Path, keys: Keys, then: Rows) -> Rows:
    """The accounts of the backup with every later change the mirror knows of."""
    path, rows = mirror_of(store), dict(then)
    if not path.is_file():
        return rows
    blocks = read_mirror(path, known_data_keys(store, keys)).chain.values()
    for block in sorted(blocks, key=lambda each: (each.entry.epoch, each.entry.sequence)):
        for operation in block.operations():
            if operation.table == _TABLE and operation.key in rows:
                rows[operation.key] = {**rows[operation.key], **operation.sets}
    return rows


def _roles(row: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(json.loads(row["roles"]))


def withdraw_again(work: Work, withdrawn: Withdrawn) -> dict[str, list[str]]:
    """Shut out whom the backup let in, except who restores; the names for the journal."""
    done: dict[str, list[str]] = {"suspended": [], "removed": [], "narrowed": []}
    query = select(Account).where(Account.name.in_(withdrawn.names))
    for row in work.session.scalars(query.order_by(Account.name)).all():
        if row.name == work.actor.name or not row.active:
            continue
        if row.name in withdrawn.roles:
            row.roles = withdrawn.roles[row.name]
            done["narrowed"].append(row.name)
            continue
        row.active = False
        if row.name in withdrawn.removed:
            row.removed_at = work.now
        done["removed" if row.name in withdrawn.removed else "suspended"].append(row.name)
    return done
