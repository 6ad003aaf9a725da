"""Restoring a backup: what would be lost is named first, the replaced file is kept.

The restored store starts a new epoch of the journal before it takes its place, so that a restore
is never silent: whoever holds a newer head finds the entry that says where it went.
"""

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.errors import RuleViolation, SsjError, StoreDamaged, StoreRefused
from ssj_desktop.models import keyfile
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.cipher import opened, refuse_full_disk, refuse_unsafe_drive
from ssj_desktop.models.copies import Facts, facts_of, find_faults
from ssj_desktop.models.database import Database
from ssj_desktop.queries.backups import SpanRow, find_sequence_of, find_span, list_heads
from ssj_desktop.queries.journal import audit
from ssj_desktop.queries.office import list_accounts
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.surroundings import Surroundings


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who restores; the password opens the key file of the store or that of the backup."""

    account: str
    password: str


@dataclass(frozen=True, slots=True)
class Keys:
    """The backup's data key, and that of the store when this password opens it as well."""

    backup: bytes
    store: bytes | None

    @property
    def after(self) -> bytes:
        """The key of the restored store: that of the key file in use, where there is one."""
        return self.store or self.backup


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restore would do; ``lost`` None when the present store cannot be read any more."""

    store: Path
    backup: Path
    keys: Keys
    facts: Facts
    present: Facts | None
    lost: SpanRow | None
    epoch: int
    act: str = "从备份恢复"

    @property
    def loss_text(self) -> str:
        if self.lost is None:
            return "现有数据库读不出来，无法列出备份之后的操作"
        return self.lost.text


def plan_restore(store: Path, backup: Path, credentials: Credentials) -> RestorePlan:
    """Open both sides and compare them; StoreRefused when the backup is not sound."""
    refuse_unsafe_drive(store)
    if not backup.is_file():
        raise StoreRefused(f"找不到备份“{backup}”。", "请用 ssj backup --list 查看现有备份。")
    keys = _unlock(store, backup, credentials)
    faults = find_faults(backup, keys.backup)
    if faults:
        raise StoreDamaged(f"备份“{backup.name}”已损坏（{faults[0]}）。", "请换一份较早的备份。")
    facts = facts_of(backup, keys.backup)
    present, lost = _compare(store, backup, keys)
    known = [each.name.epoch for each in list_backups(backups_folder(store))]
    epoch = max(facts.epoch, present.epoch if present else 0, *known, 0) + 1
    return RestorePlan(store, backup, keys, facts, present, lost, epoch)


def _unlock(store: Path, backup: Path, who: Credentials) -> Keys:
    present = _try_unlock(keyfile.keyfile_of(store), who)
    if present is not None and _opens(backup, present):
        return Keys(present, present)
    slots = keyfile.read_slots(keyfile.keyfile_of(backup))
    return Keys(keyfile.unlock(slots, who.account, who.password), present)


def _try_unlock(path: Path, who: Credentials) -> bytes | None:
    try:
        return keyfile.unlock(keyfile.read_slots(path), who.account, who.password)
    except StoreRefused:
        return None


def _opens(path: Path, key: bytes) -> bool:
    try:
        with opened(path, key) as connection:
            connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except StoreRefused:
        return False
    return True


def _compare(store: Path, backup: Path, keys: Keys) -> tuple[Facts | None, SpanRow | None]:
    """The present state and the entries after the last one both sides have."""
    if not store.exists() or keys.store is None:
        return None, None
    try:
        present = facts_of(store, keys.store)
        now, then = Database(store, keys.store), Database(backup, keys.backup)
        try:
            with now.reading() as session, then.reading() as earlier:
                heads = list_heads(earlier)
                common = next(filter(None, (find_sequence_of(session, h) for h in heads)), 0)
                return present, find_span(session, common)
        finally:
            now.close()
            then.close()
    except SsjError:
        return None, None


@dataclass(frozen=True, slots=True)
class RecordRestore:
    """What the first entry of the new epoch says."""

    epoch: int
    backup: str
    lost: int | None
    replaced_sequence: int
    replaced_head: str
    act: str = "从备份恢复"


def record_restore(work: Work, command: RecordRestore) -> None:
    """Open the new epoch."""
    work.epoch = command.epoch
    work.note(
        command.act,
        command.backup,
        "office",
        "backups",
        epoch=command.epoch,
        lost=command.lost,
        replaced_sequence=command.replaced_sequence,
        replaced_head=command.replaced_head,
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """``kept`` is the file that was replaced, None when there was none."""

    store: Path
    kept: Path | None
    lost: SpanRow | None
    rows: int


def restore(plan: RestorePlan, who: Credentials, surroundings: Surroundings) -> Restored:
    """Put the backup in the place of the store; nobody may have the store open."""
    refuse_full_disk(plan.backup, plan.store.parent)
    temporary = plan.store.with_name(f".{plan.store.name}.restored")
    try:
        places.copy(plan.backup, temporary)
        rows = _prepare(temporary, plan, who, surroundings)
        kept = _keep_replaced(plan)
        _journal_of(plan.store).unlink(missing_ok=True)
        if plan.keys.store is None:
            places.copy(keyfile.keyfile_of(plan.backup), keyfile.keyfile_of(plan.store))
        places.replace(temporary, plan.store)
    except OSError as problem:
        raise StoreRefused(
            f"恢复写不到“{plan.store.parent}”（{problem.strerror}）。", "请检查磁盘和权限后重试。"
        ) from problem
    finally:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
    return Restored(plan.store, kept, plan.lost, rows)


def _prepare(path: Path, plan: RestorePlan, who: Credentials, surroundings: Surroundings) -> int:
    """Upgrade the copy, open its new epoch, prove it; number of its rows."""
    if plan.keys.after != plan.keys.backup:
        with opened(path, plan.keys.backup) as connection:
            connection.execute(f"PRAGMA rekey = \"x'{plan.keys.after.hex()}'\"")
    database = Database(path, plan.keys.after)
    try:
        database.upgrade(backup=False)
        present = plan.present
        Desk(database, _actor(database, who.account), surroundings).do(
            record_restore,
            RecordRestore(
                plan.epoch,
                plan.backup.name,
                plan.lost.count if plan.lost else None,
                present.sequence if present else 0,
                present.head if present else "",
                plan.act,
            ),
        )
        with database.reading() as session:
            verdict = audit(session)
    finally:
        database.close()
    faults = find_faults(path, plan.keys.after)
    if faults or verdict.broken_at is not None:
        raise StoreDamaged("恢复后的数据库没有通过检查，没有替换原来的文件。", "请换一份备份。")
    return facts_of(path, plan.keys.after).row_count


def _actor(database: Database, account: str) -> Actor:
    with database.reading() as session:
        for row in list_accounts(session):
            if row.name == account and row.active:
                return Actor(account, row.roles)
    raise RuleViolation(
        f"备份里没有账号“{account}”，或已停用。", "请用备份时已有的管理员账号恢复。"
    )


def _keep_replaced(plan: RestorePlan) -> Path | None:
    """A copy of the file that is about to be replaced, with its key file and unfinished journal.

    A rollback journal left behind would be played into the restored file, so it moves along.
    """
    if not plan.store.exists():
        return None
    label = f"e{plan.present.epoch}.{plan.present.sequence:07d}" if plan.present else "damaged"
    kept = plan.store.with_name(f"{plan.store.stem}-replaced-{label}.ssj")
    number = 1
    while kept.exists():
        number += 1
        kept = plan.store.with_name(f"{plan.store.stem}-replaced-{label}-{number}.ssj")
    places.copy(plan.store, kept)
    for of in (keyfile.keyfile_of, _journal_of):
        if of(plan.store).exists():
            places.copy(of(plan.store), of(kept))
    return kept


def _journal_of(store: Path) -> Path:
    return store.with_name(f"{store.name}-journal")
