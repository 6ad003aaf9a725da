"""The stand-alone file agrees with the program on random draws and disagrees on every change."""

import ast
import copy
import importlib.util
import json
import random
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from mutations import every_leaf_changed
from random_draws import random_outcome

from ssj_desktop import places
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.record import record_bytes, record_digest, record_of, verify_record

SCRIPT = places.resource("verify", "verify_draw.py")
DRAWS = 150
NO_RECORD = (LookupError, ValueError, TypeError, AttributeError, StopIteration)


def load_script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify_draw", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


VERIFIER = load_script()


def as_read(record: dict[str, Any]) -> dict[str, Any]:
    return json.loads(record_bytes(record))  # type: ignore[no-any-return]


def test_it_is_one_short_file_of_the_standard_library_without_our_code() -> None:
    text = SCRIPT.read_text("utf-8")
    assert len(text.splitlines()) <= 200
    imported = {
        name.name
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import)
        for name in node.names
    }
    assert imported <= sys.stdlib_module_names
    assert not [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.ImportFrom)]


def test_it_agrees_with_the_program_on_random_draws() -> None:
    for number in range(DRAWS):
        record = as_read(record_of(random_outcome(number)))
        assert VERIFIER.verify(record) == [], number


@pytest.mark.parametrize("number", [3, 11, 28])
def test_both_disagree_on_every_changed_leaf_even_with_a_fitting_digest(number: int) -> None:
    record = as_read(record_of(random_outcome(number)))
    checked = 0
    for name, changed in every_leaf_changed(record):
        try:
            found = VERIFIER.verify(changed)
        except NO_RECORD:
            found = ["不是完整的抽取记录"]
        assert found, name
        assert not verify_record(changed).ok, name
        checked += 1
    assert checked > 40


def test_any_byte_changed_in_a_frozen_file_is_found() -> None:
    chance = random.Random(5)
    record = as_read(record_of(random_outcome(7)))
    for name, text in record["files"].items():
        for _ in range(30):
            place = chance.randrange(len(text))
            changed = copy.deepcopy(record)
            letter = "7" if text[place] != "7" else "8"
            changed["files"][name] = text[:place] + letter + text[place + 1 :]
            changed["digest"] = record_digest(changed)
            try:
                found = VERIFIER.verify(changed)
            except NO_RECORD:
                found = ["?"]
            assert found, (name, place)
            assert not verify_record(changed).ok


def test_a_folder_of_a_draw_is_verified_and_a_stranger_gets_exit_codes(tmp_path: Path) -> None:
    outcome = random_outcome(1)
    for name, content in draw_files(outcome).items():
        (tmp_path / name).write_bytes(content)
    run = [sys.executable, str(SCRIPT)]
    done = subprocess.run([*run, str(tmp_path)], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, "全部一致" in done.stdout) == (0, True)
    pool = (tmp_path / "pool.int").read_bytes()
    (tmp_path / "pool.int").write_bytes(pool.replace(b"\tE\t", b"\tX\t", 1))
    done = subprocess.run([*run, str(tmp_path)], capture_output=True, encoding="utf-8", check=False)
    assert (done.returncode, "不一致" in done.stdout) == (1, True)
    (tmp_path / "record.json").write_text("{}", encoding="utf-8")
    done = subprocess.run([*run, str(tmp_path)], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
