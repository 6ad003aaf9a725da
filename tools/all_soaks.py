"""Runs every soak, two at a time, and prints one table of the promised figures at the end.

A suite that measures time says ``ALONE = True`` and runs at the end by itself. Rows come from the
lines of ``figures.py`` in the output of the suites. ``--short`` is handed on.
"""

import os
import re
import subprocess
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from figures import SIGN, Figure

TOOLS = Path(__file__).resolve().parent
LANES = 2
LONGEST_FIRST = ("kill", "draws", "power", "steps", "migrations", "week", "disk", "verify", "sync")
_ALONE = re.compile(r"^ALONE = True$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ended:
    """One suite that has run."""

    suite: str
    code: int
    seconds: float
    text: str

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What it told; a suite that told nothing held nothing."""
        told = tuple(figures_in(self.text.splitlines()))
        if told and not (self.code and all(figure.is_held for figure in told)):
            return told
        return (
            *told,
            Figure(self.suite, "演练走完", f"没有走完（代码 {self.code}）", is_held=False),
        )


def figures_in(lines: Iterable[str]) -> Iterator[Figure]:
    for line in lines:
        sign, *cells = line.split("\t")
        if sign == SIGN and len(cells) == 4:
            yield Figure(cells[0], cells[1], cells[2], is_held=cells[3] == "held")


def suites(tools: Path) -> tuple[list[Path], list[Path]]:
    """Those that may share the machine, the longest first, and those that may not."""
    known = sorted(tools.glob("soak_*.py"), key=_turn)
    alone = [path for path in known if _ALONE.search(path.read_text("utf-8"))]
    return [path for path in known if path not in alone], alone


def _turn(path: Path) -> tuple[int, str]:
    suite = path.stem.removeprefix("soak_")
    place = LONGEST_FIRST.index(suite) if suite in LONGEST_FIRST else len(LONGEST_FIRST)
    return place, suite


def run(arguments: Sequence[str], path: Path) -> Ended:
    """One suite to its end; its words are shown in one piece."""
    begun = time.monotonic()
    done = subprocess.run(
        [sys.executable, str(path), *arguments],
        cwd=path.parent.parent,
        env={**os.environ, "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    suite = path.stem.removeprefix("soak_")
    ended = Ended(suite, done.returncode, time.monotonic() - begun, done.stdout)
    words = [line for line in ended.text.splitlines() if not line.startswith(f"{SIGN}\t")]
    print("\n".join([f"── {suite}（{ended.seconds:.0f} 秒）", *words]), flush=True)
    return ended


def run_all(tools: Path, arguments: Sequence[str]) -> list[Ended]:
    together, alone = suites(tools)
    one = partial(run, arguments)
    with ThreadPoolExecutor(LANES) as lanes:
        return [*lanes.map(one, together), *map(one, alone)]


def table(ended: Sequence[Ended]) -> str:
    """One line for each figure: id, seconds, verdict, what was asked and what was held."""
    rows = [("编号", "用时", "结论", "要求", "实得")]
    for suite in ended:
        for figure in suite.figures:
            verdict = "达到" if figure.is_held else "未达"
            seconds = f"{suite.seconds:.0f} 秒"
            rows.append((figure.name, seconds, verdict, figure.asked, figure.held))
    rows[1:] = sorted(rows[1:], key=lambda row: row[0])
    widths = [max(_width(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join(
            [*(_padded(cell, width) for cell, width in zip(row, widths, strict=False)), row[4]]
        )
        for row in rows
    )


def _padded(cell: str, width: int) -> str:
    return cell + " " * (width - _width(cell))


def _width(text: str) -> int:
    return sum(1 + (unicodedata.east_asian_width(letter) in "WF") for letter in text)


def main(arguments: Sequence[str], tools: Path = TOOLS) -> int:
    begun = time.monotonic()
    ended = run_all(tools, arguments)
    figures = [figure for suite in ended for figure in suite.figures]
    missed = sum(not figure.is_held for figure in figures)
    print(f"\n{table(ended)}")
    seconds = time.monotonic() - begun
    print(f"soak：{len(ended)} 项演练，{len(figures)} 个指标，{missed} 个未达，共 {seconds:.0f} 秒")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
