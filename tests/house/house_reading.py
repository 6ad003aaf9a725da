"""Reads the program's own source for the house rules."""

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "ssj_desktop"
_NOT_OURS = {".venv", ".git", "out", "build", "dist", "__pycache__"}


def python_files(*folders: str) -> list[Path]:
    """Every Python file below these folders of the checkout, the root's own files for ``.``."""
    found: list[Path] = []
    for folder in folders:
        found += ROOT.glob("*.py") if folder == "." else (ROOT / folder).rglob("*.py")
    return sorted(found)


def text_files() -> Iterator[Path]:
    """Every text file that belongs to the project, told by its ending."""
    endings = {
        ".py",
        ".md",
        ".toml",
        ".lock",
        ".csv",
        ".json",
        ".html",
        ".qss",
        ".spec",
        ".mako",
        "",
    }
    for path in ROOT.rglob("*"):
        inner = path.relative_to(ROOT).parts
        hidden = any(part.startswith(".") and part != ".ci" for part in inner[:-1])
        if path.suffix in endings and path.is_file() and not hidden and not _NOT_OURS & set(inner):
            yield path


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def imported_names(tree: ast.AST) -> dict[str, str]:
    """What each name brought in by an import stands for: ``{"dt": "datetime"}``."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                bound = alias.asname or alias.name.partition(".")[0]
                names[bound] = alias.name if alias.asname else bound
        elif isinstance(node, ast.ImportFrom) and not node.level:
            for alias in node.names:
                names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return names


def _dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if isinstance(node, ast.Attribute):
        base = _dotted(node.value, names)
        return f"{base}.{node.attr}" if base else None
    return None


def uses(path: Path) -> set[str]:
    """Dotted names of everything imported that the file touches, e.g. ``datetime.datetime.now``."""
    tree = tree_of(path)
    names = imported_names(tree)
    found = set(names.values())
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            dotted = _dotted(node, names)
            if dotted:
                found.add(dotted)
    return found


def called_name(call: ast.Call) -> str:
    """The last part of what is called: ``setText`` of ``self.label.setText(…)``."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr
    return call.func.id if isinstance(call.func, ast.Name) else ""


def calls(path: Path) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Call))


def literal_text(node: ast.expr) -> str | None:
    """The written part of a text literal or f-string; None for anything computed."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(literal_text(part) or "{}" for part in node.values)
    return None


def has_chinese(text: str) -> bool:
    return any("\u4e00" <= letter <= "\u9fff" for letter in text)
