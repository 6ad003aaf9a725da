"""Thousands of random draws and mutated records: the program, the file and the page must agree.

Each random draw is verified by the program, by ``verify_draw.py`` and by ``verify_draw.html`` in a
real Chromium; so is every record with one leaf changed and the digest made to fit, which all three
must find. ``--short``: 200 draws, 2 of them changed leaf by leaf.
"""

import importlib.util
import json
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "browser"), str(ROOT / "tests" / "domain" / "draw")]

from chromium import Page, browser, open_page  # noqa: E402
from figures import Figure, tell  # noqa: E402
from mutations import every_leaf_changed  # noqa: E402
from pacing import Rounds  # noqa: E402
from random_draws import random_outcome  # noqa: E402

from ssj_desktop import places  # noqa: E402
from ssj_desktop.domain.draw.record import record_bytes, record_of, verify_record  # noqa: E402

DRAWS, SHORT_DRAWS = 4000, 200
CHANGED, SHORT_CHANGED = 40, 2
BATCH = 200
FIRST = 10_000  # other draws than those of the test-suite
NO_RECORD = (LookupError, ValueError, TypeError, AttributeError, StopIteration, RecursionError)


def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location(
        "verify_draw", places.resource("verify", "verify_draw.py")
    )
    if spec is None or spec.loader is None:
        raise SystemExit("verify_draw.py 不在")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = script()


def verdicts(page: Page | None, texts: list[str]) -> Iterator[tuple[bool, bool, bool]]:
    """Whether the program, the file and the page agree with each record."""
    pages = page.run(f"({json.dumps(texts)}).map(verifyText)") if page else [None] * len(texts)
    for text, wrong in zip(texts, pages, strict=True):
        record = json.loads(text)
        program, alone = verify_record(record).ok, not by_file(record)
        yield program, alone, program if wrong is None else not wrong


def by_file(record: dict[str, Any]) -> list[str]:
    try:
        return VERIFIER.verify(record)  # type: ignore[no-any-return]
    except NO_RECORD:
        return ["不是完整的抽取记录"]


def genuine(rounds: Iterable[int]) -> Iterator[str]:
    for number in rounds:
        yield record_bytes(record_of(random_outcome(FIRST + number))).decode()


def edited(rounds: Iterable[int]) -> Iterator[str]:
    """On one line each: the digest covers the canonical text, whatever text carries a record."""
    for text in genuine(rounds):
        for _, record in every_leaf_changed(json.loads(text)):
            yield json.dumps(record, ensure_ascii=False)


def run(page: Page | None, texts: Iterator[str], *, expected: bool) -> tuple[int, int]:
    """Records looked at, and those on which one of the three was wrong."""
    looked, wrong, batch = 0, 0, list[str]()
    for text in texts:
        batch.append(text)
        if len(batch) == BATCH:
            wrong += sum(set(found) != {expected} for found in verdicts(page, batch))
            looked, batch = looked + len(batch), []
    wrong += sum(set(found) != {expected} for found in verdicts(page, batch))
    return looked + len(batch), wrong


def soak(page: Page | None, *, short: bool) -> int:
    begun = time.monotonic()
    draws, edits = (
        Rounds(SHORT_DRAWS if short else DRAWS),
        Rounds(SHORT_CHANGED if short else CHANGED),
    )
    drawn, bad = run(page, genuine(draws), expected=True)
    print(f"真实记录 {drawn} 份，三种核对不全一致 {bad} 份", flush=True)
    changed, missed = run(page, edited(edits), expected=False)
    print(f"改动一处的记录 {changed} 份，有核对没发现的 {missed} 份", flush=True)
    tools = "程序、verify_draw.py、网页" if page else "程序、verify_draw.py（没有 Chromium）"
    held = f"{tools}；真实 {draws.text} 份误报 {bad}，{edits.text} 份改动 {changed} 处漏报 {missed}"
    print(f"soak verify：{held}（{time.monotonic() - begun:.0f} 秒）")
    is_held = draws.is_whole and edits.is_whole and not (bad or missed)
    asked = "抽取记录的三种核对总是一致，改动一处都能发现"
    return tell(Figure("verify", asked, held, is_held))


def main() -> int:
    """Exit code 1 when one of the three ever differed."""
    short = "--short" in sys.argv
    if browser() is None:
        return soak(None, short=short)
    with open_page() as page:
        page.visit(places.resource("verify", "verify_draw.html"))
        return soak(page, short=short)


if __name__ == "__main__":
    sys.exit(main())
