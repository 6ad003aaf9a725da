"""Tests in a real Chromium; where there is none they are left out and the head of the run says so."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "domain" / "draw"))

from chromium import browser

collect_ignore_glob = [] if browser() else ["test_*.py"]


def pytest_report_header() -> str:
    return f"Chromium: {browser() or '没有，tests/browser 不运行'}"
