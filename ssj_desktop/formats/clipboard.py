"""Rows for the clipboard: plain text for any program, and a table whose cells Excel keeps as text."""

import html
from collections.abc import Iterable, Sequence

_FORMULA_STARTS = ("=", "+", "-", "@")


def tab_separated(rows: Iterable[Sequence[str]]) -> str:
    """One line per row; tabs and line breaks inside a cell become blanks, formulas are defused."""
    return "\n".join("\t".join(_cell(text) for text in row) for row in rows)


def html_table(rows: Iterable[Sequence[str]]) -> str:
    """A table of text cells, so that long codes stay codes."""
    lines = ("<tr>" + "".join(_html_cell(text) for text in row) + "</tr>" for row in rows)
    return "<table>" + "".join(lines) + "</table>"


def _cell(text: str) -> str:
    plain = " ".join(text.split())
    return f"'{plain}" if plain.startswith(_FORMULA_STARTS) else plain


def _html_cell(text: str) -> str:
    return f"<td style=\"mso-number-format:'\\@'\">{html.escape(text)}</td>"
