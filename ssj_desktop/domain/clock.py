"""Hybrid logical clock: follows the wall clock, never runs backwards, orders what it has seen.

Text of fixed width, so that comparing texts compares times: 15 digits of milliseconds since 1970,
a hyphen, six digits that count on while the wall clock stands still or was set back.
"""

from datetime import UTC, datetime

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MOST_MILLIS = 10**15 - 1
_MOST_COUNT = 10**6 - 1


def next_stamp(now: datetime, *seen: str) -> str:
    """A stamp after all those seen, at ``now`` or as little later as that allows."""
    latest = max(seen, default="")
    delta = now - _EPOCH
    millis = min(max((delta.days * 86_400 + delta.seconds) * 1_000, 0), _MOST_MILLIS)
    fresh = f"{millis + delta.microseconds // 1_000:015d}-000000"
    return fresh if fresh > latest else _after(latest)


def _after(stamp: str) -> str:
    """The next stamp; at the very end of time it stays there, and ids decide."""
    millis, count = int(stamp[:15]), int(stamp[16:])
    if count < _MOST_COUNT:
        return f"{millis:015d}-{count + 1:06d}"
    return f"{min(millis + 1, _MOST_MILLIS):015d}-000000" if millis < _MOST_MILLIS else stamp


def millis_of(stamp: str) -> int:
    return int(stamp[:15])
