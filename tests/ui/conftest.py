"""Offices with a window on them; each test owns its store."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy  # noqa: F401 - before Qt
from office import enrol_inspectors, enrol_targets, found

from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.theme import apply_theme


@pytest.fixture
def office(tmp_path: Path, qapp) -> Iterator[tuple[Desk, Desk]]:  # type: ignore[no-untyped-def]
    """Clerk and approver of an empty office, the window dressed as always."""
    apply_theme(qapp)
    clerk, approver = found(tmp_path)
    yield clerk, approver
    clerk.close()


@pytest.fixture
def filled_office(office: tuple[Desk, Desk]) -> tuple[Desk, Desk]:
    """The same with twenty targets and six inspectors."""
    enrol_targets(office[0])
    enrol_inspectors(office[0])
    return office
