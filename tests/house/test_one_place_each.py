"""Commits, the clock, ids and chance each have one place; the draw knows no fractions."""

import ast
from collections.abc import Callable
from pathlib import Path

from house_reading import called_name, calls, name_of, python_files, tree_of, uses

PACKAGE = python_files("ssj_desktop")
CLOCK = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
    "PySide6.QtCore.QDate.currentDate",
    "PySide6.QtCore.QDateTime.currentDateTime",
    "PySide6.QtCore.QTime.currentTime",
}
CHANCE = {"random", "secrets", "uuid.uuid1", "uuid.uuid4", "os.urandom", "numpy"}


def where(holds: Callable[[Path], bool]) -> set[str]:
    return {name_of(path) for path in PACKAGE if holds(path)}


def test_only_the_database_commits_and_rolls_back() -> None:
    ending = {"commit", "rollback"}
    assert where(lambda path: any(called_name(call) in ending for call in calls(path))) == {
        "ssj_desktop/models/database.py"
    }


def test_only_the_surroundings_read_the_clock() -> None:
    assert where(lambda path: bool(CLOCK & uses(path))) == {"ssj_desktop/services/surroundings.py"}


def test_ids_and_chance_come_from_the_surroundings_and_keys_from_the_key_file() -> None:
    assert where(lambda path: bool(CHANCE & uses(path))) == {
        "ssj_desktop/services/surroundings.py",
        "ssj_desktop/models/keyfile.py",
    }


def test_the_draw_counts_in_whole_numbers_only() -> None:
    """No floats and no true division: another machine must get the same digits."""
    fractions = [
        f"{name_of(path)}:{node.lineno}"
        for path in python_files("ssj_desktop/domain/draw")
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Constant) and isinstance(node.value, float))
        or (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div))
        or (isinstance(node, ast.Name) and node.id == "float")
    ]
    assert fractions == []
