"""A copied office for the tests of the journal, and the tools: scripts beside the package, imported by name."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from journal.copied_office import copied_office

from ssj_desktop.services.desk import Desk

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """The clerk of a copied office."""
    clerk, _, _ = copied_office(tmp_path)
    yield clerk
    clerk.close()
