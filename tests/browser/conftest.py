"""Tests in real browsers; where one is missing they are left out and the head of the run says so."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "domain" / "draw"))

from chromium import browser
from firefox import firefox

IN_FIREFOX = "test_page_in_firefox.py"
IN_CHROMIUM = (
    "test_golden_records_in_page.py", "test_public_site.py", "test_verification_page.py",
)  # fmt: skip
collect_ignore = [*(() if browser() else IN_CHROMIUM), *(() if firefox() else (IN_FIREFOX,))]


def pytest_report_header() -> list[str]:
    return [
        f"Chromium: {browser() or '没有，它的测试不运行'}",
        f"Firefox: {firefox() or '没有，它的测试不运行'}",
    ]
