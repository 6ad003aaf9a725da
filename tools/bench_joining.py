"""A new office computer: all segments of a large office taken in, against a copy of its store."""

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from bench_store import sheet_file
from measuring import cpu_seconds

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from office import PASSWORD, approved_line, enrol_inspectors, found, freezing

from ssj_desktop.domain.membership import comparison_code
from ssj_desktop.domain.vocabulary import BackupReason, DeviceRole
from ssj_desktop.models.backups import make_backup
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.membership import find_roster
from ssj_desktop.queries.registries import count_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import (
    Newcomer,
    StartJoining,
    accept,
    create_joining_store,
    write_admission,
)
from ssj_desktop.services.membership import AdmitDevice, admit_device
from ssj_desktop.services.registries import ImportRows, import_rows

SIZE, MEGABYTE, MOST_SECONDS = 100_000, 1_000_000, 60


def timed(step: str, action: Callable[[], object], outcome: Path) -> float:
    """Seconds on the clock: a clerk waits for the disk too."""
    begun, used = time.perf_counter(), cpu_seconds()
    action()
    seconds, used = time.perf_counter() - begun, cpu_seconds() - used
    size = outcome.stat().st_size / MEGABYTE
    print(f"{step}：{seconds:.1f} 秒（处理器 {used:.1f} 秒），{size:.1f} MB", flush=True)
    return seconds


def large_office(folder: Path) -> Desk:
    """A hundred thousand objects imported, and one draw from all of them."""
    clerk, approver = found(folder)
    clerk.do(import_rows, ImportRows(sheet_file(SIZE)))
    enrol_inspectors(clerk)
    line = approved_line(clerk, approver, "ALL=10", object_filter=(), stratify_by="")
    key = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(key, ("314159", "271828", "161803")))
    return clerk


def admitted(founder: Desk, newcomer: Newcomer, answer: Path) -> None:
    command = AdmitDevice(newcomer.text, "B", DeviceRole.OFFICE, comparison_code(newcomer.request))
    device = founder.do(admit_device, command)
    write_admission(founder, answer, founder.ask(find_roster).members[device])


def main() -> int:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        founder = large_office(folder)
        asking = StartJoining("B 机", "张敏")
        newcomer = create_joining_store(
            folder / "B" / "office.ssj", asking, PASSWORD, cost=LEAST_COST
        )
        answer, mine, theirs = folder / "answer.ssjb", founder.database, newcomer.desk.database
        joined = timed("写出加入回复", lambda: admitted(founder, newcomer, answer), answer)
        joined += timed(
            "新电脑并入", lambda: accept(newcomer.desk, answer, own_code(founder)), theirs.path
        )
        copied = timed(
            "对照：核对过的副本",
            lambda: make_backup(mine.path, mine.key, BackupReason.MANUAL),
            mine.path,
        )
        is_whole = newcomer.desk.signed_in_as(founder.actor).ask(count_rows, "targets") == SIZE
        newcomer.desk.close()
        founder.close()
    print(f"加入共 {joined:.1f} 秒（目标 {MOST_SECONDS} 秒内），是副本的 {joined / copied:.1f} 倍")
    return 0 if is_whole and joined <= MOST_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
