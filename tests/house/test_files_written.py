"""Text has a named encoding (Windows would take GBK), and files are replaced whole."""

import ast
from collections.abc import Callable
from pathlib import Path

import pytest
from house_reading import called_name, calls, name_of, python_files

WRITERS = {"write_bytes", "write_text"}


def open_mode(call: ast.Call, position: int) -> str:
    """The mode an ``open`` call states, ``r`` when it states none; empty when computed."""
    stated = [keyword.value for keyword in call.keywords if keyword.arg == "mode"]
    stated += call.args[position : position + 1]
    if not stated:
        return "r"
    value = stated[0]
    return str(value.value) if isinstance(value, ast.Constant) else ""


def is_open(call: ast.Call) -> bool:
    """``open(…)`` and ``path.open(…)``, not that of a library or of an ``archive``."""
    if called_name(call) != "open":
        return False
    return isinstance(call.func, ast.Name) or (
        isinstance(call.func, ast.Attribute) and not is_no_path(call.func.value)
    )


def is_no_path(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and (
        value.id[:1].isupper() or value.id in {"os", "pikepdf", "archive"}
    )


def mode_of(call: ast.Call) -> str:
    return open_mode(call, 1 if isinstance(call.func, ast.Name) else 0)


def method_name(call: ast.Call) -> str:
    """What is called on an object: a path's ``write_text``, not a function of that name."""
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def lacks_encoding(call: ast.Call) -> bool:
    """Reads or writes text in whatever encoding the machine has."""
    if any(keyword.arg == "encoding" for keyword in call.keywords):
        return False
    name = method_name(call)
    if name == "read_text":
        return not call.args
    if name == "write_text":
        return len(call.args) < 2
    if is_open(call):
        return "b" not in mode_of(call)
    return any(
        keyword.arg in ("text", "universal_newlines")
        and isinstance(keyword.value, ast.Constant)
        and keyword.value.value is True  # of subprocess; a column named text is no mode
        for keyword in call.keywords
    )


def writes(call: ast.Call) -> bool:
    if method_name(call) in WRITERS:
        return True
    return is_open(call) and bool(set("wax+") & set(mode_of(call)))


def places(files: list[Path], holds: Callable[[ast.Call], bool]) -> list[str]:
    return [
        f"{name_of(path)}:{call.lineno}" for path in files for call in calls(path) if holds(call)
    ]


def test_text_is_never_read_or_written_in_the_machines_own_encoding() -> None:
    assert places(python_files(".", "ssj_desktop", "tools", "resources"), lacks_encoding) == []


def test_files_are_written_in_one_place_that_replaces_them_whole() -> None:
    """Only the atomic writer and the key file open a file for writing."""
    found = {place.partition(":")[0] for place in places(python_files("ssj_desktop"), writes)}
    assert found <= {"ssj_desktop/formats/files.py", "ssj_desktop/models/keyfile.py"}


@pytest.mark.parametrize(
    ("source", "lacking", "writing"),
    [
        ("path.read_text()", True, False),
        ("path.read_text('utf-8')", False, False),
        ("path.write_text('x')", True, True),
        ("path.write_text('x', encoding='utf-8')", False, True),
        ("open(p)", True, False),
        ("open(p, 'wb')", False, True),
        ("p.open('w', encoding='utf-8')", False, True),
        ("p.open(mode='rb')", False, False),
        ("Image.open(p)", False, False),
        ("write_text(cell, 'x')", False, False),
        ("run(c, text=True)", True, False),
    ],
)
def test_the_search_for_reads_and_writes_finds_them(
    source: str, lacking: bool, writing: bool
) -> None:
    call = next(node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    assert (lacks_encoding(call), writes(call)) == (lacking, writing)
