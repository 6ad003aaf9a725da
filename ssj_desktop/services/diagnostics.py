"""The doctor: what is well and what is not, and a pack for support without personal data."""

import json
import platform
import re
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ssj_desktop import __version__, places
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.scrubbing import scrub, short_path
from ssj_desktop.formats.archive import zip_bytes
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.models.backups import backups_folder, is_backed_up, list_backups
from ssj_desktop.models.cipher import needed_bytes
from ssj_desktop.models.copies import check_pages, facts_of
from ssj_desktop.queries.backups import find_last_drill, find_second_folder
from ssj_desktop.queries.health import check_clock, count_rows, list_acts
from ssj_desktop.queries.journal import audit
from ssj_desktop.services.attachment_copies import mend_attachments
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.key_checks import key_file_faults
from ssj_desktop.services.mirror_health import mend_mirror
from ssj_desktop.services.steps import Steps, counted, in_silence

_DRIVES = {
    places.FIXED: "本机硬盘",
    places.NETWORK: "网络盘",
    places.REMOVABLE: "移动盘",
}
_MOST_LOG_BYTES = 2_000_000
_FILE = re.compile(r'File "([^"\n]*)"')


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the doctor; ``ok`` False asks for action, ``broken`` is a failed verification."""

    name: str
    text: str
    ok: bool = True
    broken: bool = False


def examine(desk: Desk, steps: Steps = in_silence) -> tuple[Finding, ...]:
    """Pages, journal, its mirror, key file, attachments, backups, drill, drive and clock of an open store."""
    looks: tuple[Callable[[Desk], Finding], ...] = (
        _pages, _journal, _mirror, _keys, _attachments, _backups, _second, _drill, _drive, _clock,
    )  # fmt: skip
    return tuple(look(desk) for look in counted(looks, steps, "正在检查：", "步"))


def _pages(desk: Desk) -> Finding:
    found = check_pages(desk.database.path, desk.database.key)
    if found.faults:
        text = f"{len(found.faults)} 处损坏：{found.faults[0]}"
        return Finding("数据库", text, ok=False, broken=True)
    if found.idle:
        text = f"在用的页校验无误；{len(found.idle)} 个空闲页校验不符，不含数据，多为断电所致"
        return Finding("数据库", text)
    return Finding("数据库", "逐页校验无误")


def _journal(desk: Desk) -> Finding:
    verdict = desk.ask(audit)
    if verdict.broken_at is not None:
        return Finding("日志", f"第 {verdict.broken_at} 条起断裂", ok=False, broken=True)
    return Finding("日志", f"完好，至第 {verdict.length} 条")


def _mirror(desk: Desk) -> Finding:
    health = mend_mirror(desk)
    return Finding("日志镜像", health.text, ok=not health.refusal)


def _keys(desk: Desk) -> Finding:
    """Counted only: the pack for support names nobody."""
    faults = key_file_faults(desk)
    text = f"{len(faults)} 处被改动过，登录时的提示说明如何处理" if faults else "逐项核对无误"
    return Finding("密钥文件", text, ok=not faults)


def _attachments(desk: Desk) -> Finding:
    """Bytes that are elsewhere are no fault; a damaged picture asks for a backup or an exchange."""
    health = mend_attachments(desk)
    return Finding("附件", health.text, ok=not health.damaged)


def _backups(desk: Desk) -> Finding:
    known = list_backups(backups_folder(desk.database.path))
    if not known:
        return Finding("备份", "还没有备份，请先做一次备份", ok=False)
    fresh = is_backed_up(desk.database.path, desk.database.key)
    age = "已包含最新操作" if fresh else f"最新一份到第 {known[0].name.sequence} 条操作"
    return Finding("备份", f"{len(known)} 份，{age}")


def _second(desk: Desk) -> Finding:
    folder = desk.ask(find_second_folder)
    if not folder:
        return Finding("第二备份位置", "没有设置；电脑损坏时会失去全部备份", ok=False)
    if not Path(folder).is_dir():
        return Finding("第二备份位置", "现在连接不上", ok=False)
    return Finding("第二备份位置", f"{len(list_backups(Path(folder)))} 份")


def _drill(desk: Desk) -> Finding:
    last = desk.ask(find_last_drill)
    if last is None:
        return Finding("恢复演练", "还没有做过", ok=False)
    return Finding("恢复演练", f"{last.local_time[:10]}：{last.result}", ok=last.passed)


def _drive(desk: Desk) -> Finding:
    store = desk.database.path
    kind, free = places.drive_kind(store), places.free_bytes(store)
    enough = free >= needed_bytes(store)
    text = f"{_DRIVES[kind]}，剩余 {free // 1024 // 1024} MB"
    return Finding(
        "磁盘", text if enough else f"{text}，不够做一次备份", kind == places.FIXED and enough
    )


def _clock(desk: Desk) -> Finding:
    seen = desk.ask(check_clock, desk.surroundings.now())
    return Finding("时钟", seen.text or "正常", ok=not seen.severe)


def write_pack(
    target: Path,
    log_folder: Path,
    desk: Desk | None,
    refusal: SsjError | None,
    steps: Steps = in_silence,
) -> None:
    """A zip with versions, counts, findings and logs; no name, number, subject or path in it."""
    described: dict[str, Any] = {"program": _program()}
    if refusal is not None:
        described["refusal"] = {"kind": type(refusal).__name__, "text": scrub(refusal.message)}
    if desk is not None:
        described["store"] = _store(desk, steps)
    text = json.dumps(described, ensure_ascii=False, indent=1, default=str)
    write_atomically(target, zip_bytes({"facts.json": text.encode(), **dict(_logs(log_folder))}))


def _program() -> dict[str, str]:
    return {
        "version": __version__,
        "python": sys.version.split()[0],
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
    }


def _store(desk: Desk, steps: Steps) -> dict[str, Any]:
    facts = facts_of(desk.database.path, desk.database.key)
    backups = list_backups(backups_folder(desk.database.path))
    return {
        "schema": facts.schema,
        "size": desk.database.path.stat().st_size,
        "rows": desk.ask(count_rows),
        "findings": [asdict(finding) for finding in examine(desk, steps)],
        "acts": [asdict(act) for act in desk.ask(list_acts)],
        "backups": [{"name": each.path.name, "size": each.size} for each in backups],
    }


def _logs(folder: Path) -> Iterable[tuple[str, bytes]]:
    for path in sorted(folder.glob("*.log*")):
        if path.is_file():
            text = path.read_bytes()[-_MOST_LOG_BYTES:].decode("utf-8", "replace")
            shortened = _FILE.sub(lambda found: f'File "{short_path(found[1])}"', text)
            yield f"logs/{path.name}", shortened.encode()
