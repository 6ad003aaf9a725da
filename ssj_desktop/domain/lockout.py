"""How failed sign-ins lock an account: 15, then 30, then 60 minutes, whatever the clock says.

Time served is what both clocks agree on: setting the wall clock forward does not shorten a lock,
and after a restart only the time the machine has been up counts for sure.
"""

from dataclasses import dataclass, replace

LOCK_MINUTES = (15, 30, 60)
"""Each further lock without a success in between lasts longer (等保 2.0 第二级, configurable)."""


@dataclass(frozen=True, slots=True)
class Moment:
    """Wall clock and time since the machine started, both in whole seconds."""

    wall: int
    uptime: int


@dataclass(frozen=True, slots=True)
class Tries:
    """Failures of one account since its last success; ``wait`` seconds are left to serve."""

    failures: int = 0
    locks: int = 0
    wait: int = 0
    since_success: int = 0
    seen: Moment = Moment(0, 0)

    @property
    def minutes_left(self) -> int:
        return -(-self.wait // 60)


def elapsed(before: Moment, now: Moment) -> int:
    """Seconds that have passed for certain."""
    same_run = now.uptime >= before.uptime
    running = now.uptime - before.uptime if same_run else now.uptime
    by_wall = now.wall - before.wall
    return running if by_wall < 0 else min(running, by_wall)


def settle(tries: Tries, now: Moment) -> Tries:
    """The same account a while later."""
    if not tries.wait:
        return replace(tries, seen=now)
    return replace(tries, wait=max(0, tries.wait - elapsed(tries.seen, now)), seen=now)


def charge(tries: Tries, now: Moment, failures: int) -> Tries:
    """Count an attempt as failed before it is made; a success clears it again."""
    failed = tries.failures + 1
    total = tries.since_success + 1
    if failed < failures:
        return replace(tries, failures=failed, since_success=total, seen=now)
    minutes = LOCK_MINUTES[min(tries.locks, len(LOCK_MINUTES) - 1)]
    return Tries(0, tries.locks + 1, minutes * 60, total, now)
