"""Ratios instead of seconds: ours and the bare tool, in turns, in the same run, by CPU time."""

import gc
import math
import os
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Action = Callable[[], object]
ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Row:
    """One measured operation at one size; seconds are medians of CPU time, children included.

    ``goal`` None: measured to be known, nothing was promised for this size.
    """

    operation: str
    size: int
    ours: float
    bare: float
    goal: float | None

    @property
    def ratio(self) -> float:
        return self.ours / self.bare if self.bare else math.inf

    @property
    def is_met(self) -> bool:
        return self.goal is None or self.ratio <= self.goal


def cpu_seconds() -> float:
    """CPU time of this process and of the children it has waited for."""
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def seconds_of(action: Action) -> float:
    gc.collect()
    begun = cpu_seconds()
    action()
    return cpu_seconds() - begun


def repeated(action: Action, times: int) -> Action:
    """The action several times over, for what takes less than a millisecond."""

    def run() -> None:
        for _ in range(times):
            action()

    return run


def compare(
    operation: str, size: int, ours: Action, bare: Action, goal: float | None, rounds: int = ROUNDS
) -> Row:
    """Run both in turns and take the medians."""
    pairs = [(seconds_of(ours), seconds_of(bare)) for _ in range(rounds)]
    mine, other = (statistics.median(column) for column in zip(*pairs, strict=True))
    return Row(operation, size, mine, other, goal)


def slope(rows: Sequence[Row]) -> float | None:
    """Exponent of growth fitted over the sizes: 1 is linear; None with fewer than two sizes."""
    points = [(math.log(row.size), math.log(max(row.ours, 1e-6))) for row in rows]
    if len({x for x, _ in points}) < 2:
        return None
    return statistics.linear_regression(*zip(*points, strict=True)).slope


def table(rows: Sequence[Row]) -> str:
    """One line per measured row, then the fitted slope of each operation."""
    lines = [f"{'操作':<28}{'规模':>9}{'本程序 ms':>12}{'对照 ms':>11}{'倍数':>8}{'目标':>7}"]
    for row in rows:
        wanted = f"{row.goal:.2f}" if row.goal is not None else "—"
        mark = "" if row.goal is None else "达到" if row.is_met else "未达"
        lines.append(
            f"{row.operation:<28}{row.size:>9}{row.ours * 1e3:>12.1f}{row.bare * 1e3:>11.1f}"
            f"{row.ratio:>8.2f}{wanted:>7} {mark}".rstrip()
        )
    for operation in dict.fromkeys(row.operation for row in rows):
        exponent = slope([row for row in rows if row.operation == operation])
        if exponent is not None:
            lines.append(f"{operation}：随规模增长的指数 {exponent:.2f}")
    return "\n".join(lines)


def report(suite: str, rows: Sequence[Row]) -> int:
    """Print the table and the closing line; 0 always, a bench informs and never fails."""
    print(table(rows))
    promised = [row for row in rows if row.goal is not None]
    met = sum(row.is_met for row in promised)
    print(f"bench {suite}：{len(promised)} 项目标中 {met} 项达到")
    return 0
