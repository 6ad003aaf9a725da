"""The bytes of attachments beside the backups: copied once, proven in the drill, brought back.

All backups of a folder share one pool, ``attachments``: a picture never changes, so one copy
serves every backup that names it. What cannot be copied is told and never keeps a backup from
being made (docs/adr/025).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ssj_desktop import places
from ssj_desktop.domain.errors import SsjError, StoreRefused, VerificationFailed
from ssj_desktop.formats.attachment_files import AttachmentFiles, attachments_folder, files_in
from ssj_desktop.models.backups import backups_folder, list_backups
from ssj_desktop.models.cipher import opened
from ssj_desktop.queries.attachments import AttachmentRow, list_attachments, named_hashes
from ssj_desktop.queries.backups import find_second_folder
from ssj_desktop.services.desk import Desk

_ROOM_LEFT = 16 << 20
"""Bytes that stay free on the drive of a pool: the next backup of the database needs some."""
_NAMED = 5
"""Tasks named in one sentence."""
_HAS_TABLE = "SELECT 1 FROM sqlite_master WHERE name = 'attachment_secret'"


def pool_of(backups: Path) -> Path:
    return backups / "attachments"


@dataclass(frozen=True, slots=True)
class Named:
    """What a closed store says of its attachments; nothing for one from before there were any."""

    secret: bytes = b""
    hashes: tuple[str, ...] = ()

    def in_folder(self, folder: Path) -> AttachmentFiles:
        return AttachmentFiles(folder, self.secret)


def named_in(store: Path, key: bytes) -> Named:
    """Read without upgrading the file."""
    with opened(store, key) as connection:
        if connection.execute(_HAS_TABLE).fetchone() is None:
            return Named()
        (secret,) = connection.execute("SELECT secret FROM attachment_secret").fetchone()
        rows = connection.execute("SELECT DISTINCT sha256 FROM attachments ORDER BY sha256")
        return Named(secret, tuple(sha256 for (sha256,) in rows))


def copy_to_pool(desk: Desk, backups: Path) -> None:
    """Every picture that is here and not there yet; StoreRefused when there is no room for it."""
    files, hashes = desk.attachments, desk.ask(named_hashes)
    pool = AttachmentFiles(pool_of(backups), files.secret)
    wanted = [sha256 for sha256 in hashes if files.has(sha256) and not pool.has(sha256)]
    _refuse_full_disk(files, wanted, pool.folder)
    damaged = [sha256 for sha256 in wanted if not files.is_whole(sha256)]
    for sha256 in wanted:
        if sha256 not in damaged:
            _copy(files.path_of(sha256), pool.path_of(sha256))
    if damaged:
        raise VerificationFailed(
            f"{len(damaged)} 个附件的文件已损坏，没有备份。", "请用 ssj doctor 查看是哪些任务。"
        )


def _refuse_full_disk(files: AttachmentFiles, wanted: Iterable[str], folder: Path) -> None:
    need = sum(files.path_of(sha256).stat().st_size for sha256 in wanted)
    left = places.free_bytes(folder / "x")
    if need and left < need + _ROOM_LEFT:
        raise StoreRefused(
            f"“{folder}”所在磁盘空间不足：附件需要 {need >> 20} MB，剩余 {left >> 20} MB。",
            "请清理磁盘后再备份一次。",
        )


def _copy(source: Path, target: Path) -> None:
    try:
        places.make_folder(target.parent)
        places.copy(source, target)
    except OSError as problem:
        raise StoreRefused(
            f"附件写不到“{target.parent}”（{problem.strerror}）。", "请检查磁盘和权限后重试。"
        ) from problem


def fetch(files: AttachmentFiles, hashes: Iterable[str], pools: Sequence[Path]) -> int:
    """Bring back what is missing or damaged here and whole in a pool; how many came back."""
    found = 0
    for sha256 in hashes:
        for folder in pools:
            pool = AttachmentFiles(folder, files.secret)
            if pool.has(sha256) and not files.is_whole(sha256) and pool.is_whole(sha256):
                _copy(pool.path_of(sha256), files.path_of(sha256))
                found += 1
    return found


def bring_back(store: Path, key: bytes, folders: Iterable[Path]) -> int:
    """After a restore: the bytes its rows name, from the pools beside these folders of backups."""
    named = named_in(store, key)
    pools = tuple(dict.fromkeys(pool_of(folder) for folder in folders))
    return fetch(named.in_folder(attachments_folder(store)), named.hashes, pools)


def thin_pool(desk: Desk, backups: Path) -> int:
    """Delete what neither this store nor a backup left in the folder names; how many files.

    Rows are only ever added, so there is something to look for only after a restore. A backup that
    does not open with today's key may name anything: then everything stays.
    """
    pool, kept = pool_of(backups), set[str]()
    kept |= _file_names(Named(desk.attachments.secret, desk.ask(named_hashes)), pool)
    if all(path.name in kept for path in files_in(pool)):
        return 0
    try:
        for backup in list_backups(backups):
            kept |= _file_names(named_in(backup.path, desk.database.key), pool)
    except SsjError:
        return 0
    gone = [path for path in files_in(pool) if path.name not in kept]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _file_names(named: Named, folder: Path) -> set[str]:
    files = named.in_folder(folder)
    return {files.path_of(sha256).name for sha256 in named.hashes}


@dataclass(frozen=True, slots=True)
class PoolCheck:
    """How the bytes a backup names are in the pool beside it."""

    whole: int = 0
    missing: int = 0
    damaged: int = 0

    @property
    def text(self) -> str:
        parts = [f"{self.whole} 个附件完好"] if self.whole else []
        parts += [f"{self.missing} 个附件的字节不在备份里"] if self.missing else []
        parts += [f"{self.damaged} 个附件已损坏"] if self.damaged else []
        return "，".join(parts)


def check_pool(named: Named, backups: Path) -> PoolCheck:
    """Read and decrypt every picture the backup names."""
    files = named.in_folder(pool_of(backups))
    missing = files.missing(named.hashes)
    whole = sum(files.is_whole(sha256) for sha256 in named.hashes)
    return PoolCheck(whole, len(missing), len(named.hashes) - whole - len(missing))


@dataclass(frozen=True, slots=True)
class AttachmentHealth:
    """Rows whose bytes are not here, rows whose file is damaged, and how many were mended."""

    total: int
    missing: tuple[AttachmentRow, ...]
    damaged: tuple[AttachmentRow, ...]
    mended: int = 0
    is_asked_anew: bool = False

    @property
    def text(self) -> str:
        if not self.total:
            return "没有附件"
        parts = [
            f"{len(rows)} 个{word}（任务 {_tasks(rows)}）"
            for rows, word in ((self.damaged, "已损坏"), (self.missing, "的字节尚未收到"))
            if rows
        ]
        mended = f"；已从备份补回 {self.mended} 个" if self.mended else ""
        anew = "；下次交换时再要一份完好的" if self.is_asked_anew else ""
        return f"共 {self.total} 个，{'；'.join(parts) or '全部完好'}{mended}{anew}"


def _tasks(rows: Sequence[AttachmentRow]) -> str:
    numbers = sorted({row.task_number or "未收到的任务" for row in rows})
    more = f"等 {len(numbers)} 项" if len(numbers) > _NAMED else ""
    return "、".join(numbers[:_NAMED]) + more


def mend_attachments(desk: Desk) -> AttachmentHealth:
    """The same check, after bringing back from beside the backups what is missing or damaged.

    A damaged file that no backup mends is set aside, so that the next exchange asks for it anew.
    """
    second = desk.ask(find_second_folder)
    folders = [backups_folder(desk.database.path), *([Path(second)] if second else [])]
    before = check_attachments(desk)
    wanted = dict.fromkeys(row.sha256 for row in (*before.missing, *before.damaged))
    mended = fetch(desk.attachments, wanted, [pool_of(folder) for folder in folders])
    after = replace(check_attachments(desk), mended=mended) if mended else before
    for sha256 in {row.sha256 for row in after.damaged}:
        desk.attachments.set_aside(sha256)
    return replace(after, is_asked_anew=bool(after.damaged))


def check_attachments(desk: Desk) -> AttachmentHealth:
    """Read every picture; a missing or damaged one is named by its task and refuses nothing."""
    rows, files = desk.ask(list_attachments), desk.attachments
    missing = set(files.missing(row.sha256 for row in rows))
    bad = {row.sha256 for row in rows if row.sha256 not in missing}
    bad = {sha256 for sha256 in bad if not files.is_whole(sha256)}
    return AttachmentHealth(
        len(rows),
        tuple(row for row in rows if row.sha256 in missing),
        tuple(row for row in rows if row.sha256 in bad),
    )
