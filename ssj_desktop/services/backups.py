"""Backups of the open store: when they are made, a second place for them, and the drill.

Making a backup is no entry of the journal: it changes nothing, and "when changed" stays simple.
"""

import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.backups import BEFORE, is_drill_due
from ssj_desktop.domain.errors import InvalidInput, RuleViolation, SsjError
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models import keyfile
from ssj_desktop.models.backups import (
    Backup,
    backups_folder,
    is_backed_up,
    list_backups,
    make_backup,
    thin_out,
)
from ssj_desktop.models.copies import facts_of, find_faults
from ssj_desktop.models.database import Database
from ssj_desktop.models.office import Setting
from ssj_desktop.queries.backups import (
    DRILL_ACTION,
    find_last_drill,
    find_second_folder,
    second_folder_setting,
)
from ssj_desktop.queries.journal import audit
from ssj_desktop.services.attachment_copies import (
    PoolCheck,
    check_pool,
    copy_to_pool,
    named_in,
    thin_pool,
)
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.mirror_health import MirrorHealth, mend_mirror


@dataclass(frozen=True, slots=True)
class BackupDone:
    """``second`` is the copy in the second place; ``second_fault`` says why there is none.

    ``attachment_faults`` say which attachments have no copy, ``notice`` is what the clerk should
    read besides, empty when all is well.
    """

    backup: Backup
    second: Backup | None = None
    second_fault: str = ""
    attachment_faults: tuple[str, ...] = ()

    @property
    def notice(self) -> str:
        texts = [mending_text(self.backup.mended)] if self.backup.mended else []
        if self.second_fault:
            texts.append(f"第二位置的备份没有写成：{self.second_fault}")
        texts += self.attachment_faults
        return "\n".join(texts)


def mending_text(pages: int) -> str:
    """One sentence of fact, one of what to do; nothing is lost with an unused page (ADR 022)."""
    return (
        f"数据库文件里有 {pages} 处空闲位置损坏，已经修好，数据没有受影响。"
        "如果再次出现，请检查这块硬盘。"
    )


def record_mending(work: Work, pages: int) -> None:
    """Rot of the disk shows in unused pages as soon as in others; the journal keeps count."""
    work.note("修好空闲位置", f"{pages} 处", "backups", pages=pages)


def back_up(desk: Desk, reason: BackupReason) -> BackupDone:
    """A proven backup beside the store and one in the second place, then thinning."""
    store, key = desk.database.path, desk.database.key
    backup = make_backup(store, key, reason)
    if backup.mended:
        desk.do(record_mending, backup.mended)
    faults = _tidy(desk, backups_folder(store))
    second = desk.ask(find_second_folder)
    if not second:
        return BackupDone(backup, attachment_faults=faults)
    try:
        copy = make_backup(store, key, reason, Path(second))
    except SsjError as refusal:
        return BackupDone(backup, None, refusal.message, faults)
    faults += tuple(f"第二位置：{fault}" for fault in _tidy(desk, Path(second)))
    return BackupDone(backup, copy, attachment_faults=faults)


def _tidy(desk: Desk, folder: Path) -> tuple[str, ...]:
    """After a backup: the attachments it names, thinning; what of it did not work."""
    faults = []
    try:
        copy_to_pool(desk, folder)
    except SsjError as refusal:
        faults.append(str(refusal))
    if thin_out(folder):
        thin_pool(desk, folder)
    return tuple(faults)


def back_up_if_changed(desk: Desk, reason: BackupReason) -> BackupDone | None:
    """None when nothing was entered since the last backup; bytes that came later are copied."""
    if is_backed_up(desk.database.path, desk.database.key):
        with suppress(SsjError):
            copy_to_pool(desk, backups_folder(desk.database.path))
        return None
    return back_up(desk, reason)


def protect(desk: Desk) -> Desk:
    """Make a backup before each act that cannot be taken back; a rehearsal needs none."""
    if not desk.office.rehearsal:
        store, key = desk.database.path, desk.database.key

        def guard(use_case: str) -> None:
            if use_case in BEFORE:
                mended = make_backup(store, key, BEFORE[use_case]).mended
                if mended:
                    desk.do(record_mending, mended)

        desk.guard = guard
    return desk


def list_all_backups(desk: Desk) -> tuple[Backup, ...]:
    """Of both places, the newest first; a place that is not there has none."""
    second = desk.ask(find_second_folder)
    found = list(list_backups(backups_folder(desk.database.path)))
    found += list_backups(Path(second)) if second else ()
    return tuple(sorted(found, key=lambda backup: backup.name.place, reverse=True))


@dataclass(frozen=True, slots=True)
class BackupRow:
    """One backup as the page shows it."""

    path: Path
    at: str
    sequence: int
    reason: str
    size: int
    place: str


def list_backup_rows(desk: Desk) -> tuple[BackupRow, ...]:
    """Of both places, the newest first."""
    usual = backups_folder(desk.database.path)
    return tuple(
        BackupRow(
            each.path,
            f"{desk.surroundings.local(each.name.at):%Y-%m-%d %H:%M}",
            each.name.sequence,
            each.name.reason.label,
            each.size,
            "数据库旁" if each.path.parent == usual else "第二位置",
        )
        for each in list_all_backups(desk)
    )


@dataclass(frozen=True, slots=True)
class ChooseSecondFolder:
    """Another disk or a stick; empty for none."""

    folder: str


def choose_second_folder(work: Work, command: ChooseSecondFolder) -> None:
    text = command.folder.strip()
    if text:
        _refuse_unfit(Path(text))
    name = second_folder_setting(work.session)
    setting = work.session.get(Setting, name)
    before = setting.value if setting else ""
    if setting is None:
        work.session.add(Setting(name=name, value=text))
    else:
        setting.value = text
    work.note("修改设置", "备份第二位置", "office", "backups", before=before, after=text)


def _refuse_unfit(folder: Path) -> None:
    if not folder.is_absolute() or not folder.is_dir():
        raise InvalidInput(f"“{folder}”不是现有的文件夹。", "请先插好移动盘，再选一个文件夹。")
    try:
        with tempfile.TemporaryFile(dir=folder) as probe:
            probe.write(b"ssj")
    except OSError:
        raise InvalidInput(f"“{folder}”不能写入。", "请换一个文件夹。") from None


@dataclass(frozen=True, slots=True)
class Drill:
    """What a restore drill found: a backup that would, or would not, bring everything back."""

    file_name: str
    passed: bool
    result: str
    rows: int
    seconds: float


def drill(desk: Desk, backup: Path | None = None) -> Drill:
    """Restore a backup into a folder of its own, look at all of it and of the mirror; journal it."""
    known = list_backups(backups_folder(desk.database.path))
    if backup is None and not known:
        raise RuleViolation("还没有任何备份。", "请先做一次备份。")
    chosen = backup or known[0].path
    found = _with_mirror(rehearse(chosen, desk.database.key), mend_mirror(desk))
    desk.do(record_drill, found)
    return found


def _with_mirror(found: Drill, health: MirrorHealth) -> Drill:
    """A repair plays the mirror onto the backup: both must be whole."""
    result = f"{found.result}；日志镜像{health.text}"
    return replace(found, result=result, passed=found.passed and not health.refusal)


def rehearse(backup: Path, key: bytes) -> Drill:
    """The drill itself: copy, check pages, upgrade, check journal, attachments and key file."""
    begun = time.monotonic()
    rows, pool = 0, PoolCheck()
    try:
        with tempfile.TemporaryDirectory(prefix=".drill-", dir=backup.parent) as folder:
            trial = Path(folder) / "trial.ssj"
            places.copy(backup, trial)
            fault, rows = _faults_of_trial(trial, key)
            pool = check_pool(named_in(trial, key), backup.parent) if not fault else PoolCheck()
            fault = fault or (pool.text if pool.damaged else "")
            fault = fault or _fault_of_keys(keyfile.keyfile_of(backup))
    except SsjError as refusal:
        fault = refusal.message
    except OSError as problem:
        fault = f"读不了备份（{problem.strerror}）"
    seconds = time.monotonic() - begun
    result = fault or "，".join(filter(None, (f"全部 {rows} 行可以恢复", pool.text)))
    return Drill(backup.name, not fault, result, rows, round(seconds, 1))


def _fault_of_keys(path: Path) -> str:
    """On a new computer the backup opens with the key file beside it only."""
    parts = keyfile.read_keyfile(path).unsound
    return f"旁边的密钥文件有 {len(parts)} 处被改动过" if parts else ""


def _faults_of_trial(trial: Path, key: bytes) -> tuple[str, int]:
    faults = find_faults(trial, key)
    if faults:
        return faults[0], 0
    rows = facts_of(trial, key).row_count
    database = Database(trial, key)
    try:
        database.upgrade(backup=False)
        with database.reading() as session:
            verdict = audit(session)
    finally:
        database.close()
    return ("" if verdict.broken_at is None else f"日志第 {verdict.broken_at} 条起断裂"), rows


def record_drill(work: Work, command: Drill) -> None:
    work.note(
        DRILL_ACTION,
        command.file_name,
        "backups",
        passed=command.passed,
        result=command.result,
        rows=command.rows,
        seconds=str(command.seconds),
    )


def drill_if_due(desk: Desk) -> Drill | None:
    """The monthly drill; None when it is not due or there is no backup to try."""
    last = desk.ask(find_last_drill)
    if not is_drill_due(last.at if last else None, desk.surroundings.now()):
        return None
    if not list_backups(backups_folder(desk.database.path)):
        return None
    return drill(desk)
