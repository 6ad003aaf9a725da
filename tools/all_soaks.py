"""Runs every soak, two at a time, and prints one table of the promised figures at the end.

A suite that measures time says ``ALONE = True`` and runs at the end by itself. Rows come from the
lines of ``figures.py`` in the output of the suites; they are printed, and written to
``out/soak.txt``, as each suite ends. When the time is over or Ctrl-C is pressed, suites end their
round and tell how far they came; what never began is missed. ``--short`` is handed on; names of
suites choose among them.
"""

import os
import re
import sys
import time
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from figures import SIGN, Figure
from lanes import NEVER_BEGAN, Lanes, Run

TOOLS = Path(__file__).resolve().parent
TOGETHER_SECONDS, ALONE_SECONDS = 49 * 60.0, 9 * 60.0
LONGEST_FIRST = (
    "verify", "kill", "power", "draws", "migrations", "errors", "sync", "steps", "disk", "journal",
    "folder", "week", "promises", "bundle", "repair", "years", "drill", "window",
)  # fmt: skip
_ALONE = re.compile(r"^ALONE = True$", re.MULTILINE)
HEAD = ("编号", "用时", "结论", "要求", "实得")


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
        held = "没有开始" if self.code == NEVER_BEGAN else f"没有走完（代码 {self.code}）"
        return (*told, Figure(self.suite, "演练走完", held, is_held=False))


def figures_in(lines: Iterable[str]) -> Iterator[Figure]:
    for line in lines:
        sign, *cells = line.split("\t")
        if sign == SIGN and len(cells) == 4:
            yield Figure(cells[0], cells[1], cells[2], is_held=cells[3] == "held")


def suites(tools: Path, names: Sequence[str] = ()) -> tuple[list[Path], list[Path]]:
    """Those that may share the machine, the longest first, and those that may not."""
    known = sorted(tools.glob("soak_*.py"), key=_turn)
    known = [path for path in known if not names or name_of(path) in names]
    alone = [path for path in known if _ALONE.search(path.read_text("utf-8"))]
    return [path for path in known if path not in alone], alone


def name_of(path: Path) -> str:
    return path.stem.removeprefix("soak_")


def _turn(path: Path) -> tuple[int, str]:
    suite = name_of(path)
    place = LONGEST_FIRST.index(suite) if suite in LONGEST_FIRST else len(LONGEST_FIRST)
    return place, suite


class Report:
    """What is known so far: printed, and in a file that an interrupted run leaves behind."""

    def __init__(self, path: Path) -> None:
        self.ended: list[Ended] = []
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("", "utf-8")

    def note(self, run: Run) -> None:
        """A suite ended: its words in one piece, then its rows."""
        ended = Ended(name_of(run.script), run.code, run.seconds, run.text)
        self.ended.append(ended)
        words = [line for line in ended.text.splitlines() if not line.startswith(f"{SIGN}\t")]
        rows = ["  ".join(row) for row in rows_of(ended)]
        self.say("\n".join([f"── {ended.suite}（{ended.seconds:.0f} 秒）", *words, *rows]))

    def say(self, text: str) -> None:
        print(text, flush=True)
        with self._path.open("a", encoding="utf-8") as file:
            file.write(f"{text}\n")


def rows_of(suite: Ended) -> list[tuple[str, str, str, str, str]]:
    return [
        (
            figure.name,
            f"{suite.seconds:.0f} 秒",
            "达到" if figure.is_held else "未达",
            figure.asked,
            figure.held,
        )
        for figure in suite.figures
    ]


def table(ended: Sequence[Ended]) -> str:
    """One line for each figure: id, seconds, verdict, what was asked and what was held."""
    rows = [HEAD, *sorted(row for suite in ended for row in rows_of(suite))]
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
    options = [word for word in arguments if word.startswith("-")]
    together, alone = suites(tools, [word for word in arguments if word not in options])
    report = Report(tools.parent / "out" / "soak.txt")
    lanes = Lanes(options, report.note)
    lanes.run(together, os.cpu_count() or 1, TOGETHER_SECONDS)
    lanes.run(alone, 1, ALONE_SECONDS)
    figures = [figure for suite in report.ended for figure in suite.figures]
    missed = sum(not figure.is_held for figure in figures)
    report.say(f"\n{table(report.ended)}")
    seconds = time.monotonic() - begun
    report.say(
        f"soak：{len(report.ended)} 项演练，{len(figures)} 个指标，{missed} 个未达，共 {seconds:.0f} 秒"
    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
