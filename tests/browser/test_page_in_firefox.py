"""The offline page in a real Firefox, where one is installed: the same verdicts as in Chromium."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from firefox import Firefox, open_firefox
from mutations import every_leaf_changed
from random_draws import random_outcome

from ssj_desktop import places
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.record import record_bytes, record_of

PAGE = places.resource("verify", "verify_draw.html")
FOLDER = Path(__file__).resolve().parents[1] / "golden" / "cs1"


@pytest.fixture(scope="module")
def page() -> Iterator[Firefox]:
    with open_firefox() as opened:
        opened.visit(PAGE)
        yield opened


def verdicts(page: Firefox, texts: list[str]) -> list[list[str]]:
    return page.run(f"({json.dumps(texts)}).map(verifyText)")  # type: ignore[no-any-return]


def test_golden_and_random_records_agree(page: Firefox) -> None:
    golden = [path.read_text("utf-8") for path in sorted(FOLDER.glob("*/record.json"))]
    random = [record_bytes(record_of(random_outcome(n))).decode() for n in range(30)]
    assert verdicts(page, golden + random) == [[]] * (len(golden) + len(random))


def test_a_record_changed_in_any_leaf_disagrees(page: Firefox) -> None:
    record = record_of(random_outcome(1))
    texts = [record_bytes(changed).decode() for _, changed in every_leaf_changed(record)]
    assert len(texts) > 50
    assert all(verdicts(page, texts))


@pytest.mark.parametrize("name", ["record.json", "改过.json"])
def test_a_file_is_chosen_and_answered(page: Firefox, tmp_path: Path, name: str) -> None:
    record = draw_files(random_outcome(3))["record.json"]
    changed = record.replace(b'"device":', b'"device": "Z", "other":', 1)
    path = tmp_path / name
    path.write_bytes(record if name == "record.json" else changed)
    page.visit(PAGE)
    page.choose("#file", path)
    page.wait_for("document.querySelector('.verdict') !== null")
    said = page.run("document.querySelector('#result').innerText")
    assert ("全部一致" in said) is (name == "record.json")
