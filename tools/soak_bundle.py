"""Opens 100,000 damaged bundles: only refusals in Chinese, nothing believed, memory under a cap.

A third of the damage lies below a valid signature, as a dishonest member could make it. Every third
bundle has attachments behind its envelope and is read from a file.
``--short``: 3,000 bundles.
"""

import random
import sys
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from pathlib import Path

import psutil

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.parcels import READER, damaged, laden, parcel
from figures import Figure, tell
from killing import scratch_folder
from pacing import Rounds

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.formats.bundle import read_bundle
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.envelope import open_envelope

ROUNDS, SHORT_ROUNDS = 100_000, 3_000
MOST_GROWTH_MB = 64


def read_light(file: bytes) -> object:
    return read_bundle(open_envelope(file), READER)


def read_heavy(file: bytes, path: Path) -> object:
    """Everything in it, attachments included."""
    path.write_bytes(file)
    contents, cargo = open_bundle_file(path).contents(READER)
    cargo.check(lambda _done, _total: None)
    return contents, tuple(cargo.fetch(cargo.hashes))


def outcome(read_it: Callable[[], object], whole: object) -> str:
    """refused, same (the damage changed nothing that is read), believed or the name of a crash."""
    try:
        read = read_it()
    except SsjError as refusal:
        return "refused" if refusal.message and refusal.remedy else "silent"
    except Exception as bug:  # noqa: BLE001 - what is counted here
        return type(bug).__name__
    return "same" if read == whole else "believed"


def main(arguments: list[str]) -> int:
    with scratch_folder() as folder:
        return fuzz(arguments, folder / "laden.ssjb")


def fuzz(arguments: list[str], path: Path) -> int:
    rounds = Rounds(SHORT_ROUNDS if "--short" in arguments else ROUNDS)
    begun, chance, process = time.monotonic(), random.Random(20260916), psutil.Process()
    file = parcel({"segments/" + "a" * 64 + ".seg": chance.randbytes(3000)})
    whole, heavy = read_light(file), laden()
    whole_heavy = read_heavy(heavy, path)
    counts: Counter[str] = Counter()
    before = most = process.memory_info().rss
    for number in rounds:
        if number % 3 == 0:
            read_it = partial(read_heavy, damaged(heavy, chance), path)
            counts[outcome(read_it, whole_heavy)] += 1
        else:
            counts[outcome(partial(read_light, damaged(file, chance)), whole)] += 1
        if number % 500 == 0:
            most = max(most, process.memory_info().rss)
    growth = (most - before) >> 20
    bad = rounds.done - counts["refused"] - counts["same"]
    print(dict(counts))
    held = (
        f"{rounds.text} 个损坏的数据包，拒绝 {counts['refused']}，无实质改动 {counts['same']}，"
        f"误信或出错 {bad}，内存增长 {growth} MB"
    )
    print(f"soak bundle：{held}（{time.monotonic() - begun:.0f} 秒）")
    is_held = rounds.is_whole and bad == 0 and growth <= MOST_GROWTH_MB
    asked = f"100,000 个损坏的数据包：不崩溃，内存增长不超过 {MOST_GROWTH_MB} MB"
    return tell(Figure("fuzz", asked, held, is_held))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
