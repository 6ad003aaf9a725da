"""The workbook on its way from the reading process to the program: plain JSON, nothing executable.

All texts travel as one string, cut at a sign that none of them contains; rows that fill the same
columns share one list of them. That is many times faster than a list of lists.
"""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Any

from ssj_desktop.domain.errors import FileRefused
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook

_SIGNS = ("\x1f", "\x1e", "\x1d")
_DAMAGED, _ERROR, _MERGED, _UNCALCULATED = 1, 2, 4, 8


def refusal_bytes(refusal: FileRefused) -> bytes:
    return json.dumps({"message": refusal.message, "remedy": refusal.remedy}).encode()


def workbook_bytes(workbook: Workbook) -> bytes:
    """The answer of the reading process."""
    answer = {
        "sheets": [_sheet_value(sheet) for sheet in workbook.sheets],
        "notices": workbook.notices,
    }
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _sheet_value(sheet: Sheet) -> dict[str, Any]:
    shapes: dict[tuple[int, ...], int] = {}
    filled = [shapes.setdefault(tuple(row.cells), len(shapes)) for row in sheet.rows]
    texts = list(chain.from_iterable(row.cells.values() for row in sheet.rows))
    return {
        "name": sheet.name,
        "hidden": sheet.hidden,
        "numbers": [row.number for row in sheet.rows],
        "hidden_rows": [row.number for row in sheet.rows if row.hidden],
        "filled": filled,
        "shapes": list(shapes),
        "marks": list(chain.from_iterable(_marks(texts))),
        "count": len(texts),
        **_joined(texts),
    }


def _joined(texts: list[str]) -> dict[str, Any]:
    for sign in _SIGNS:
        joined = sign.join(texts)
        if joined.count(sign) == max(0, len(texts) - 1):
            return {"sign": sign, "texts": joined}
    return {"texts": texts}


def _marks(texts: list[str]) -> Iterator[tuple[int, int]]:
    """Place and marks of the cells that have any; usually none."""
    if set(map(type, texts)) <= {str}:
        return
    for at, cell in enumerate(texts):
        if isinstance(cell, Cell):
            yield (
                at,
                (
                    _DAMAGED * cell.damaged
                    + _ERROR * cell.error
                    + _MERGED * cell.merged
                    + _UNCALCULATED * cell.uncalculated
                ),
            )


def read_answer(name: str, content: bytes) -> Workbook:
    """The workbook, or the refusal raised anew; ValueError when cells went missing on the way."""
    answer = json.loads(content)
    if "message" in answer:
        raise FileRefused(str(answer["message"]), str(answer["remedy"]))
    sheets = tuple(_sheet(value) for value in answer["sheets"])
    return Workbook(name, sheets, tuple(answer["notices"]))


def _sheet(value: dict[str, Any]) -> Sheet:
    texts = value["texts"]
    if isinstance(texts, str):
        texts = texts.split(value["sign"]) if value["count"] else []
    marks = iter(value["marks"])
    for at, bits in zip(marks, marks, strict=True):
        texts[at] = _marked(texts[at], bits)
    rows = tuple(_rows(value, texts))
    if len(texts) != value["count"] or sum(len(row.cells) for row in rows) != len(texts):
        raise ValueError(value["name"])
    return Sheet(value["name"], rows, value["hidden"])


def _rows(value: dict[str, Any], texts: list[str]) -> Iterator[SheetRow]:
    shapes, hidden = value["shapes"], set(value["hidden_rows"])
    at = 0
    for number, filled in zip(value["numbers"], value["filled"], strict=True):
        shape = shapes[filled]
        end = at + len(shape)
        yield SheetRow(number, dict(zip(shape, texts[at:end], strict=True)), number in hidden)
        at = end


def _marked(text: str, bits: int) -> Cell:
    return Cell(
        text,
        bool(bits & _DAMAGED),
        bool(bits & _ERROR),
        bool(bits & _MERGED),
        bool(bits & _UNCALCULATED),
    )
