"""The page agrees with every golden record from its first bytes."""

import json
from pathlib import Path

from chromium import open_page

from ssj_desktop import places

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "cs1"


def test_the_page_agrees_with_every_golden_record() -> None:
    texts = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*/record.json"))]
    with open_page() as page:
        page.visit(places.resource("verify", "verify_draw.html"))
        assert page.run(f"({json.dumps(texts)}).map(verifyText)") == [[]] * 8
