"""The checkout as a whole: lock file, addresses, file sizes, unfinished places, portability."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from house_reading import ROOT, imported_names, name_of, python_files, text_files, tree_of

EVERYWHERE = python_files(".", "ssj_desktop", "tests", "tools", "resources")
UNFINISHED = re.compile(
    "|".join(
        first + second
        for first, second in (
            ("TO", "DO"),
            ("FIX", "ME"),
            ("XX", "X"),
            ("raise NotImplemented", "Error"),
            (r"pytest\.mark\.", "skip"),
            (r"pytest\.", r"skip\("),
            (r"pytest\.mark\.", "xfail"),
            ("pragma: no ", "cover"),
        )
    )
)
PACKAGE_INDEX = re.compile(
    r"https?://[^\s\"']*/(simple|packages)/|--(extra-)?index-url|--find-links|--trusted-host"
)
ONE_SYSTEM_ONLY = {
    "fcntl", "resource", "pwd", "grp", "termios", "pty", "syslog", "posix", "winreg", "msvcrt",
    "os.fork", "os.getuid", "os.geteuid", "os.chown", "os.mkfifo", "os.killpg", "os.setsid",
    "os.sched_getaffinity", "os.statvfs", "signal.SIGKILL", "signal.SIGALRM", "signal.SIGHUP",
    "signal.alarm", "signal.setitimer", "os.startfile",
}  # fmt: skip
VAGUE = {"utils", "util", "helpers", "helper", "common", "core", "misc", "manager"}


def locked() -> dict[str, list[str]]:
    """Each requirement of the lock file with its hashes."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return {
        line.split(" ;")[0].split()[0] + line: re.findall(r"--hash=(\S+)", line) for line in lines
    }


def test_every_locked_requirement_is_exact_and_hashed() -> None:
    requirements = locked()
    assert len(requirements) > 40
    for line, hashes in requirements.items():
        assert re.match(r"[a-z0-9][a-z0-9._-]*==[0-9]", line), line
        assert hashes, line
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes), line


def test_the_lock_file_has_every_declared_dependency() -> None:
    declared = re.findall(
        r'^  "([A-Za-z0-9_-]+)[>=<]',
        (ROOT / "pyproject.toml").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    names = {line.split("==")[0] for line in locked()}
    assert len(declared) > 20
    assert [name for name in declared if name.lower() not in names] == []


def test_no_file_names_a_package_index() -> None:
    here = Path(__file__)
    named = [
        f"{name_of(path)}: {match.group()}"
        for path in text_files()
        if path != here
        for match in PACKAGE_INDEX.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert named == []


def test_nothing_is_left_unfinished_or_excused() -> None:
    left = [
        f"{name_of(path)}:{number}"
        for path in EVERYWHERE
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if UNFINISHED.search(line)
    ]
    assert left == []


def test_no_file_is_longer_than_500_lines() -> None:
    lengths = {name_of(path): path.read_text("utf-8").count("\n") for path in EVERYWHERE}
    assert {name: length for name, length in lengths.items() if length > 500} == {}


def test_test_files_have_names_of_their_own() -> None:
    """Test folders are no packages, so two files of one name would hide each other."""
    names = Counter(path.name for path in python_files("tests") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []


def test_no_module_and_no_class_has_a_vague_name() -> None:
    vague = [name_of(path) for path in python_files("ssj_desktop") if path.stem in VAGUE]
    vague += [
        f"{name_of(path)}: {node.name}"
        for path in python_files("ssj_desktop")
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ClassDef) and node.name.endswith(("Manager", "Helper", "Handler"))
    ]
    assert vague == []


def one_system_uses(tree: ast.Module) -> set[str]:
    """Names that only one operating system has, used outside any question which system it is."""
    names = imported_names(tree)
    found: set[str] = set()
    _walk(tree, names, found)
    return found


def _walk(node: ast.AST, names: dict[str, str], found: set[str]) -> None:
    if _asks_for_the_system(node):
        return
    for used in _used_by(node, names):
        if used in ONE_SYSTEM_ONLY:
            found.add(used)
    for child in ast.iter_child_nodes(node):
        _walk(child, names, found)


def _asks_for_the_system(node: ast.AST) -> bool:
    """A function, if or try that asks the platform, for an attribute, or expects ImportError."""
    if not isinstance(node, ast.If | ast.IfExp | ast.FunctionDef | ast.Try | ast.BoolOp):
        return False
    return any(_is_question(part) for part in ast.walk(node))


def _is_question(node: ast.AST) -> bool:
    if isinstance(node, ast.Attribute):
        return ast.unparse(node) == "sys.platform"
    if isinstance(node, ast.ExceptHandler):
        return node.type is not None and "ImportError" in ast.unparse(node.type)
    return isinstance(node, ast.Name) and node.id == "hasattr"


def _used_by(node: ast.AST, names: dict[str, str]) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return [node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)]
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return [f"{names.get(node.value.id, node.value.id)}.{node.attr}"]
    return []


def test_nothing_of_one_operating_system_is_used_unasked() -> None:
    unasked = {
        name_of(path): one_system_uses(tree_of(path)) for path in python_files("ssj_desktop")
    }
    assert {name: found for name, found in unasked.items() if found} == {}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import fcntl", {"fcntl"}),
        ("from resource import setrlimit", {"resource"}),
        ("import os\nos.fork()", {"os.fork"}),
        ("import signal as s\ns.SIGKILL", {"signal.SIGKILL"}),
        ("import sys\nif sys.platform != 'win32':\n    import fcntl", set()),
        ("try:\n    import fcntl\nexcept ImportError:\n    fcntl = None", set()),
        ("import os\nif hasattr(os, 'fork'):\n    os.fork()", set()),
        (
            "import sys, os\ndef f():\n    if sys.platform == 'win32':\n        return\n    os.fork()",
            set(),
        ),
    ],
)
def test_the_search_for_one_system_names_finds_them(source: str, found: set[str]) -> None:
    assert one_system_uses(ast.parse(source)) == found
