"""Every odd string through every channel, none left out: the long form of the test of that name.

``--short``: every third string in the slow channels.
"""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> int:
    step = "3" if "--short" in sys.argv else "1"
    around = {**os.environ, "SSJ_NAUGHTY_STEP": step, "QT_QPA_PLATFORM": "offscreen"}
    test = ROOT / "tests" / "imports" / "test_naughty_strings.py"
    command = [sys.executable, "-m", "pytest", "-q", "--durations=3", str(test)]
    return subprocess.run(command, cwd=ROOT, env=around, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
