"""Runs tests of the suite for a soak and gives their counts."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def outcome_of(arguments: Sequence[str], **around: str) -> tuple[int, int, str]:
    """Passed, not passed, and all pytest said; tests that never ran are not passed."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen", **around},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    lines = done.stdout.rstrip().splitlines()
    counts = {word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)", lines[-1] if lines else "")}
    bad = sum(counts.get(word, 0) for word in ("failed", "error", "errors"))
    passed = counts.get("passed", 0)
    return passed, bad or int(done.returncode != 0), f"{done.stdout}{done.stderr}".rstrip()
