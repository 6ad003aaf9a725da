"""What a backup is called, which backups are kept, and which acts one comes before."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ssj_desktop.domain.vocabulary import BackupReason

BEFORE = {
    "import_rows": BackupReason.BEFORE_IMPORT,
    "take_in": BackupReason.BEFORE_IMPORT,
    "draw": BackupReason.BEFORE_DRAW,
}
"""Use-cases that a backup is made before."""

EVERY = timedelta(minutes=30)
DRILL_EVERY = timedelta(days=30)

_KEEP_ALL = timedelta(days=2)
_DAYS, _WEEKS, _MONTHS = 12, 10, 9
_OFFICE_HOURS = timedelta(hours=8)
_AT = "%Y%m%dT%H%M%SZ"
_NAME = re.compile(
    r"e(?P<epoch>\d{1,6})\.(?P<sequence>\d{1,12})\.(?P<head>[0-9a-f]{12})"
    r"\.(?P<at>\d{8}T\d{6}Z)\.(?P<reason>[a-z-]{1,20})\.ssj"
)


@dataclass(frozen=True, slots=True)
class BackupName:
    """A file name that says what is inside: epoch, last entry, its hash and its time.

    Two backups of one state have the same head, so a file of this head is proof enough that
    nothing has changed since. The time is that of the last entry, not of the copying.
    """

    epoch: int
    sequence: int
    head: str
    at: datetime
    reason: BackupReason

    @property
    def file_name(self) -> str:
        at = self.at.astimezone(UTC).strftime(_AT)
        reason = self.reason.value.lower().replace("_", "-")
        return f"e{self.epoch}.{self.sequence:07d}.{self.head[:12]}.{at}.{reason}.ssj"

    @property
    def place(self) -> tuple[int, int]:
        """Order of backups: by epoch and entry, never by the clock."""
        return self.epoch, self.sequence


def parse_backup_name(text: str) -> BackupName | None:
    """None for a file that is no backup of ours."""
    found = _NAME.fullmatch(text)
    if found is None:
        return None
    try:
        at = datetime.strptime(found["at"], _AT).replace(tzinfo=UTC)
        reason = BackupReason(found["reason"].upper().replace("-", "_"))  # type: ignore[call-arg]
    except ValueError:
        return None
    return BackupName(int(found["epoch"]), int(found["sequence"]), found["head"], at, reason)


def choose_kept(names: Iterable[BackupName]) -> frozenset[BackupName]:
    """All of the last 2 days, then the newest of 12 days, 10 weeks and 9 months.

    Counted back from the newest backup and over days that have one, so that a clock set wrong
    never thins away the past. The newest of all is always kept.
    """
    newest_first = sorted(names, key=lambda name: (name.at, name.place), reverse=True)
    if not newest_first:
        return frozenset()
    border = newest_first[0].at - _KEEP_ALL
    kept = {name for name in newest_first if name.at >= border}
    kept.add(max(newest_first, key=lambda name: name.place))
    for most, period_of in ((_DAYS, _day), (_WEEKS, _week), (_MONTHS, _month)):
        kept |= _newest_of_each(newest_first, period_of, most)
    return frozenset(kept)


def _newest_of_each(
    newest_first: list[BackupName], period_of: Callable[[datetime], tuple[int, ...]], most: int
) -> set[BackupName]:
    found: dict[tuple[int, ...], BackupName] = {}
    for name in newest_first:
        found.setdefault(period_of(name.at + _OFFICE_HOURS), name)
    return set(list(found.values())[:most])


def _day(at: datetime) -> tuple[int, ...]:
    return at.year, at.month, at.day


def _week(at: datetime) -> tuple[int, ...]:
    return at.isocalendar()[:2]


def _month(at: datetime) -> tuple[int, ...]:
    return at.year, at.month


def is_drill_due(last: datetime | None, now: datetime) -> bool:
    """A month after the last drill; a clock set back by more than a month makes it due as well."""
    return last is None or abs(now - last) >= DRILL_EVERY
