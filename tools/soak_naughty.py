"""Every odd string through every channel, none left out: the long form of the test of that name (I3).

``--short``: every third string in the slow channels.
"""

import sys
from pathlib import Path

from figures import Figure, tell
from promises import outcome_of

TEST = Path("tests", "imports", "test_naughty_strings.py")


def main(arguments: list[str]) -> int:
    step = "3" if "--short" in arguments else "1"
    passed, bad, said = outcome_of([str(TEST), "--durations=3"], SSJ_NAUGHTY_STEP=step)
    print(said)
    held = f"{passed} 项检查通过，{bad} 项不通过" + ("（每三条取一条）" if step != "1" else "")
    asked = "每条怪字符串经每条渠道：原样返回或说明拒绝"
    return tell(Figure("I3", asked, held, passed > 0 and bad == 0))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
