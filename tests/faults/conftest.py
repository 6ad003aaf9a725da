"""The drills are tools beside the package; their tests import them by name."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools"))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed store with one target to revise; tests work on copies of it."""
    import single_store

    return single_store.template(tmp_path_factory.mktemp("template"))
