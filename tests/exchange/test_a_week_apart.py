"""The week of issue 5: a lost and a doubled bundle, a restored backup, a cloned laptop, conflicts."""

from pathlib import Path

from exchange.week import a_week_ends_equal

from ssj_desktop.services.transports import exchange_folder


def test_a_week_apart_ends_equal_over_stick_and_shared_folder(tmp_path: Path) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    a_week_ends_equal(tmp_path, lambda desk: exchange_folder(desk, shared))
