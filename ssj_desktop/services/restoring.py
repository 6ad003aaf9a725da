"""Restoring a backup: what would be lost is named first, the replaced file is kept.

The restored store starts a new epoch of the journal before it takes its place, so that a restore
is never silent: whoever holds a newer head finds the entry that says where it went.
"""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

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
from ssj_desktop.services.attachment_copies import bring_back
from ssj_desktop.services.desk import Actor, Desk, Work
from ssj_desktop.services.devices import adopt_store, has_device
from ssj_desktop.services.lost_segments import LostSegments
from ssj_desktop.services.mirror import mirror_of
from ssj_desktop.services.proving import Credentials, Keys, find_keys, known_data_keys, prove
from ssj_desktop.services.replaying import Replayed, replay_mirror
from ssj_desktop.services.rights import NOTHING, Withdrawn, withdraw_again, withdrawn_since
from ssj_desktop.services.surroundings import Surroundings
from ssj_desktop.services.taken_numbers import keep_taken, taken_in


@dataclass(frozen=True, slots=True)
class RestorePlan:
    """What a restore would do; ``lost`` None when the present store cannot be read any more.

    ``replay`` plays the mirror of the journal onto the backup; a deliberate way back does not.
    ``withdrawn`` are rights that do not come back, ``folders`` where lost segments may lie,
    ``taken`` the highest numbers given so far.
    """

    store: Path
    backup: Path
    keys: Keys
    facts: Facts
    present: Facts | None
    lost: SpanRow | None
    epoch: int
    act: str = "从备份恢复"
    replay: bool = False
    withdrawn: Withdrawn = NOTHING
    folders: tuple[Path, ...] = ()
    taken: Mapping[str, int] = field(default_factory=dict)

    @property
    def loss_text(self) -> str:
        unknown = "现有数据库读不出来，无法列出备份之后的操作"
        text = unknown if self.lost is None else self.lost.text
        return f"{text}；{self.withdrawn.text}" if self.withdrawn.names else text


def plan_restore(
    store: Path, backup: Path, who: Credentials, around: Surroundings | None = None
) -> RestorePlan:
    """Count the attempt, open both sides and compare them; StoreRefused for an unsound backup."""
    refuse_unsafe_drive(store)
    if not backup.is_file():
        raise StoreRefused(f"找不到备份“{backup}”。", "请用 ssj backup --list 查看现有备份。")
    prove(store, (backup,), who, around or Surroundings())
    return compare(store, backup, who)


def compare(store: Path, backup: Path, who: Credentials) -> RestorePlan:
    """The same for somebody whose password was proven."""
    keys = find_keys(store, backup, who)
    faults = find_faults(backup, keys.backup)
    if faults:
        raise StoreDamaged(f"备份“{backup.name}”已损坏（{faults[0]}）。", "请换一份较早的备份。")
    facts = facts_of(backup, keys.backup)
    present, lost = _compare(store, backup, keys)
    withdrawn = withdrawn_since(store, backup, keys)
    withdrawn.refuse(who.account)
    known = [each.name.epoch for each in list_backups(backups_folder(store))]
    epoch = max(facts.epoch, present.epoch if present else 0, *known, 0) + 1
    taken = taken_in(store, keys)
    return RestorePlan(
        store, backup, keys, facts, present, lost, epoch, withdrawn=withdrawn, taken=taken
    )


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
    replayed: int = 0
    withdrawn: Withdrawn = NOTHING
    taken: Mapping[str, int] = field(default_factory=dict)


def record_restore(work: Work, command: RecordRestore) -> None:
    """Open the new epoch; who was shut out since the backup stays out, a number given stays given."""
    work.epoch = command.epoch
    keep_taken(work.session, command.taken)
    out = withdraw_again(work, command.withdrawn)
    work.note(
        command.act,
        command.backup,
        "office",
        "backups",
        epoch=command.epoch,
        lost=command.lost,
        replaced_sequence=command.replaced_sequence,
        replaced_head=command.replaced_head,
        replayed=command.replayed,
        numbers_taken=dict(command.taken),
        **out,
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """``kept`` is the file that was replaced; ``replayed`` what the mirror of the journal gave.

    ``attachments`` is how many pictures came back from beside the backups.
    """

    store: Path
    kept: Path | None
    lost: SpanRow | None
    rows: int
    replayed: Replayed | None = None
    attachments: int = 0


def restore(plan: RestorePlan, who: Credentials, surroundings: Surroundings) -> Restored:
    """Put the backup in the place of the store; nobody may have the store open."""
    refuse_full_disk(plan.backup, plan.store.parent)
    temporary = plan.store.with_name(f".{plan.store.name}.restored")
    try:
        places.copy(plan.backup, temporary)
        rows, replayed = _prepare(temporary, plan, who, surroundings)
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
            mirror_of(temporary).unlink(missing_ok=True)
    return Restored(plan.store, kept, plan.lost, rows, replayed, _bring_back(plan))


def _bring_back(plan: RestorePlan) -> int:
    """The restored store is good without them: what does not come back is named by the doctor."""
    folders = (plan.backup.parent, backups_folder(plan.store), *plan.folders)
    try:
        return bring_back(plan.store, plan.keys.after, folders)
    except SsjError:
        return 0


def _prepare(
    path: Path, plan: RestorePlan, who: Credentials, surroundings: Surroundings
) -> tuple[int, Replayed | None]:
    """Upgrade the copy, play the mirror, open the new epoch, prove it; number of its rows."""
    if plan.keys.after != plan.keys.backup:
        with opened(path, plan.keys.backup) as connection:
            connection.execute(f"PRAGMA rekey = \"x'{plan.keys.after.hex()}'\"")
    database = Database(path, plan.keys.after)
    try:
        database.upgrade(backup=False)
        present, replayed = plan.present, _replay(database, plan)
        desk = Desk(database, _actor(database, who.account), surroundings)
        if not desk.ask(has_device):  # a backup from before the chain
            desk.do(adopt_store, None)
        desk.do(
            record_restore,
            RecordRestore(
                plan.epoch,
                plan.backup.name,
                plan.lost.count if plan.lost else None,
                present.sequence if present else 0,
                present.head if present else "",
                plan.act,
                replayed.entries if replayed else 0,
                plan.withdrawn,
                plan.taken,
            ),
        )
        with database.reading() as session:
            verdict = audit(session)
    finally:
        database.close()
    faults = find_faults(path, plan.keys.after)
    if faults or verdict.broken_at is not None:
        raise StoreDamaged("恢复后的数据库没有通过检查，没有替换原来的文件。", "请换一份备份。")
    return facts_of(path, plan.keys.after).row_count, replayed


def _replay(database: Database, plan: RestorePlan) -> Replayed | None:
    """A mirror that does not fit is left alone: the backup by itself is sound."""
    mirror = mirror_of(plan.store)
    if not plan.replay or not mirror.is_file():
        return None
    damaged = plan.store, plan.keys.after
    try:
        with database.writing() as session:
            lost = LostSegments(session, damaged, plan.folders)
            data_keys = known_data_keys(plan.store, plan.keys)
            return replay_mirror(session, mirror, data_keys, lost.find)
    except (SsjError, SQLAlchemyError, OSError, ValueError):
        return None


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
