"""The week of four computers in four processes by stick, by folder and over a real server.

All copies of all devices must end equal, with every conflict shown and nothing lost.
``--short``: by folder only; stick and server are in the tests.
"""

import sys
import time
from pathlib import Path

from figures import Figure, tell
from killing import scratch_folder

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.journey import Meeting, a_week_ends_equal, by_folder, by_stick, over_server
from exchange.postgres import as_login, running_server

ROUNDS = 5


def lived(name: str, meeting: Meeting) -> list[str]:
    """One week; what went wrong in it."""
    with scratch_folder() as folder:
        try:
            a_week_ends_equal(folder, meeting)
        except AssertionError as fault:
            return [f"{name}：{fault}"]
    return []


def main(arguments: list[str]) -> int:
    begun, faults = time.monotonic(), lived("共享文件夹", by_folder)
    rounds = 0 if "--short" in arguments else ROUNDS
    for _ in range(rounds):
        faults += lived("U 盘", by_stick)
        with running_server() as url:
            faults += lived("服务器", over_server(url, as_login(url, "ssj_239921")))
    for fault in faults:
        print(fault)
    count = 1 + 2 * rounds
    held = f"{count} 周，{len(faults)} 处不一致"
    print(f"soak week：{held}（{time.monotonic() - begun:.0f} 秒）")
    asked = "四台电脑用 U 盘、文件夹、服务器交换一周：最后全部相等，冲突都列出"
    return tell(Figure("week", asked, held, not faults))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
