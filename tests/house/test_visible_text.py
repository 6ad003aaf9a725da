"""What a clerk reads is Chinese: refusals, labels, buttons; every term is in the glossary."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from house_reading import (
    ROOT,
    called_name,
    calls,
    has_chinese,
    literal_text,
    name_of,
    python_files,
    tree_of,
)

import ssj_desktop.domain
from ssj_desktop.domain.vocabulary import Term

ERRORS = {
    node.name
    for node in ast.walk(tree_of(ROOT / "ssj_desktop" / "domain" / "errors.py"))
    if isinstance(node, ast.ClassDef)
}
SHOWN_BY = {
    "QLabel", "QPushButton", "QToolButton", "QCheckBox", "QRadioButton", "QGroupBox", "QAction",
    "setText", "setTitle", "setWindowTitle", "setToolTip", "setPlaceholderText", "setStatusTip",
    "addAction", "addTab", "addMenu", "setLabelText", "setInformativeText", "showMessage",
    "setAccessibleName",
}  # fmt: skip
PROPER_NAMES = re.compile(r"PDF|Excel|CSV|JSON|SHA-?256|Ctrl\+\w+|SSJ|M|S|O|R|QR|USB|HTML|\{\}")


def refusals() -> Iterator[tuple[str, list[str]]]:
    """Each place that makes a refusal, with its literal sentences in order."""
    for path in python_files("ssj_desktop"):
        for call in calls(path):
            if called_name(call) in ERRORS:
                texts = [literal_text(part) for part in call.args]
                yield f"{name_of(path)}:{call.lineno}", [text for text in texts if text]


def is_no_chinese_sentence(text: str) -> bool:
    """Words of another language, or no full stop; bare places for values prove nothing."""
    written = text.replace("{}", "")
    if not re.search(r"\w", written):
        return False
    return not has_chinese(written) or not text.endswith(("。", "{}"))


def test_every_refusal_is_written_in_chinese_sentences() -> None:
    wrong = [
        (place, text)
        for place, texts in refusals()
        for text in texts
        if is_no_chinese_sentence(text)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "wrong"),
    [("Not found.", True), ("找不到", True), ("找不到“{}”。", False), ("{}：{}", False)],
)
def test_a_sentence_is_chinese_and_has_a_full_stop(text: str, wrong: bool) -> None:
    assert is_no_chinese_sentence(text) is wrong


def test_every_refusal_says_what_to_do() -> None:
    """A literal fact is followed by a remedy."""
    silent = [
        f"{name_of(path)}:{call.lineno}"
        for path in python_files("ssj_desktop")
        for call in calls(path)
        if called_name(call) in ERRORS
        and len(call.args) + len(call.keywords) < 2
        and any(literal_text(part) for part in call.args)
    ]
    assert silent == []


def is_plain_foreign(text: str) -> bool:
    """Latin letters beyond proper names, and nothing Chinese beside them."""
    return bool(re.search(r"[A-Za-z]", PROPER_NAMES.sub("", text))) and not has_chinese(text)


def test_every_label_and_button_is_chinese() -> None:
    foreign = [
        (f"{name_of(path)}:{call.lineno}", text)
        for path in python_files("ssj_desktop/ui")
        for call in calls(path)
        if called_name(call) in SHOWN_BY
        for text in map(literal_text, call.args)
        if text and is_plain_foreign(text)
    ]
    assert foreign == []


@pytest.mark.parametrize(
    ("text", "foreign"), [("Open", True), ("导出 PDF", False), ("PDF", False), ("12", False)]
)
def test_a_proper_name_alone_may_stand(text: str, foreign: bool) -> None:
    assert is_plain_foreign(text) is foreign


def vocabularies() -> list[type[Term]]:
    """Every closed vocabulary of the domain."""
    folder = ssj_desktop.domain
    for module in pkgutil.walk_packages(folder.__path__, f"{folder.__name__}."):
        importlib.import_module(module.name)
    return sorted(Term.__subclasses__(), key=lambda vocabulary: vocabulary.__name__)


def test_every_vocabulary_is_in_the_glossary_with_all_its_labels() -> None:
    glossary = Path(ROOT, "docs", "glossary.md").read_text(encoding="utf-8")
    rows = [line for line in glossary.splitlines() if line.startswith("|")]
    found = vocabularies()
    absent = [
        f"{vocabulary.__name__}: {term.label} `{term.value}`"
        for vocabulary in found
        for term in vocabulary
        if not any(
            f"`{vocabulary.__name__}`" in row and f"{term.label} `{term.value}`" in row
            for row in rows
        )
    ]
    assert absent == []
    assert len(found) >= 15


def test_labels_of_one_vocabulary_differ() -> None:
    for vocabulary in vocabularies():
        labels = [term.label for term in vocabulary]
        assert len(set(labels)) == len(labels), vocabulary.__name__
