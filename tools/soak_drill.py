"""Times a restore drill of a store with 100,000 objects. ``--short``: 2,000."""

import sys
import time

from figures import Figure, tell
from killing import PASSWORD, scratch_folder
from single_store import template
from sqlalchemy import func, insert, select

from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.models.copies import find_faults
from ssj_desktop.models.registries import Target
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up, drill
from ssj_desktop.services.desk import Work

OBJECTS, SHORT_OBJECTS = 100_000, 2_000
DRILL_SECONDS = 10.0
ALONE = True


def fill(work: Work, count: int) -> None:
    """Many objects in one act, as a large import leaves them."""
    row = dict(work.session.execute(select(Target.__table__)).mappings().first() or {})
    rows = [
        {**row, "id": work.new_id(), "name": f"企业{n}", "number": f"D-{n}"} for n in range(count)
    ]
    for start in range(0, count, 10_000):
        work.session.execute(insert(Target.__table__), rows[start : start + 10_000])  # type: ignore[arg-type]
    work.note("导入", f"{count} 家", "targets")


def timed_drill(count: int) -> tuple[float, int]:
    """Seconds of a restore drill at so many objects, and the rows it brought back."""
    from ssj_desktop.domain import permissions  # noqa: PLC0415 - for this drill only

    permissions.ALLOWED["fill"] = permissions.ALLOWED["import_rows"]
    with scratch_folder() as folder:
        desk = sign_in(template(folder), PASSWORD)
        desk.do(fill, count)
        back_up(desk, BackupReason.MANUAL)
        found = drill(desk)
        there = desk.ask(lambda session: session.scalar(select(func.count()).select_from(Target)))
        faults = find_faults(desk.database.path, desk.database.key)
        desk.close()
        if not found.passed or faults or (there or 0) < count:
            raise SystemExit(f"恢复演练没有通过：{found.result}")
    return found.seconds, found.rows


def main(arguments: list[str]) -> int:
    begun, count = time.monotonic(), SHORT_OBJECTS if "--short" in arguments else OBJECTS
    seconds, rows = timed_drill(count)
    held = f"{count} 个对象，{rows} 行用时 {seconds} 秒"
    print(f"soak drill：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = f"100,000 个对象的恢复演练不超过 {DRILL_SECONDS:.0f} 秒"
    return tell(Figure("R6 演练", asked, held, seconds <= DRILL_SECONDS))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
