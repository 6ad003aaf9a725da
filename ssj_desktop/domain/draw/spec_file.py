"""SPEC.json: a whole draw from a file, strictly read (draw rule cs1, section 11)."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from ssj_desktop.domain.draw.canonical import draw_id
from ssj_desktop.domain.draw.scheme import (
    ABSENT,
    DEFAULT_TEMPLATE,
    ELIGIBLE,
    EVERYWHERE,
    Officer,
    PoolEntry,
    Scheme,
    Seat,
    StratumRule,
)
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import clean_name

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SpecDraw:
    """A scheme with the contributions that a ceremony would gather."""

    scheme: Scheme
    previous: str
    machine: str
    witnesses: tuple[str, ...]
    public: str

    def paper(self) -> dict[str, Any]:
        """What a record prints beside the result; a draw without a store has no people or place."""
        panel = [
            {"name": f"见证人 {n}", "unit": "", "capacity": ""}
            for n in range(1, len(self.witnesses) + 1)
        ]
        return {
            "organ": "随机抽取（按说明文件）", "title": self.scheme.draw,
            "items": [[item, item] for item in self.scheme.items], "place": "", "operator": "",
            "supervisor": "", "panel": panel, "visit_date": "", "frozen_at": "", "drawn_at": "",
            "serial": 0, "voided": 0, "officers": {}, "replaces": "",
        }  # fmt: skip


class _Reader:
    """Reads one JSON object, naming the place of every fault; every key must be asked for."""

    def __init__(self, value: Any, place: str) -> None:
        if not isinstance(value, dict):
            raise InvalidInput(f"{place or '文件'}应是一个对象（花括号）。", "请对照说明改正。")
        self._value: Mapping[str, Any] = value
        self._place = place
        self._known: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _take(self, key: str, kind: type[T], word: str, default: T | None) -> T:
        self._known.add(key)
        if key not in self._value:
            if default is None:
                raise InvalidInput(f"缺少“{self.at(key)}”。", "请补上后重试。")
            return default
        value = self._value[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidInput(f"“{self.at(key)}”应是{word}。", "请改正后重试。")
        return value

    def text(self, key: str, default: str | None = None) -> str:
        value = self._take(key, str, "文字", default)
        try:
            return clean_name(value)
        except InvalidInput as problem:
            raise InvalidInput(f"“{self.at(key)}”：{problem.message}", problem.remedy) from None

    def number(self, key: str, default: int | None = None) -> int:
        value = self._take(key, int, "整数", default)
        if value < 0:
            raise InvalidInput(f"“{self.at(key)}”不能是负数。", "请改正后重试。")
        return value

    def number_or_none(self, key: str) -> int | None:
        self._known.add(key)
        return None if self._value.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        return self._take(key, bool, "true 或 false", default=False)

    def identifier(self, key: str) -> str:
        return draw_id(self._take(key, str, "文字", None), f"“{self.at(key)}”")

    def rows(self, key: str, default: list[Any] | None = None) -> list[Any]:
        return self._take(key, list, "列表（方括号）", default)

    def texts(self, key: str, default: list[Any] | None = None) -> tuple[str, ...]:
        values = self.rows(key, default)
        for place, value in enumerate(values):
            if not isinstance(value, str):
                raise InvalidInput(f"“{self.at(key)}[{place}]”应是文字。", "请加上引号后重试。")
        return tuple(values)

    def each(
        self, key: str, read: Callable[["_Reader"], T], default: list[Any] | None = None
    ) -> tuple[T, ...]:
        found = []
        for place, value in enumerate(self.rows(key, default)):
            reader = _Reader(value, f"{self.at(key)}[{place}]")
            found.append(read(reader))
            reader.refuse_unknown()
        return tuple(found)

    def refuse_unknown(self) -> None:
        unknown = sorted(set(self._value) - self._known)
        if unknown:
            raise InvalidInput(f"不认识的项“{self.at(unknown[0])}”。", "请检查拼写，或删去该项。")


def read_spec(content: bytes) -> SpecDraw:
    """The draw described by SPEC.json; InvalidInput names what is wrong and where."""
    reader = _Reader(_parse(content), "")
    seats = reader.each("seats", _read_seat, [])
    scheme = Scheme(
        draw=reader.identifier("draw"),
        device=reader.identifier("device"),
        items=reader.texts("items"),
        strata=reader.each("strata", _read_rule),
        pool=reader.each("pool", _read_entry),
        officers=reader.each("officers", _read_officer, []),
        recusals=_read_recusals(reader),
        templates={DEFAULT_TEMPLATE: seats} if seats else {},
        total=reader.number_or_none("total"),
    )
    spec = SpecDraw(
        scheme,
        reader.text("prev"),
        reader.text("machine"),
        reader.texts("witnesses"),
        reader.text("public", ABSENT),
    )
    reader.refuse_unknown()
    return spec


def _parse(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_no_twins)
    except UnicodeDecodeError:
        raise InvalidInput("抽取说明不是 UTF-8 编码。", "请另存为 UTF-8 后重试。") from None
    except json.JSONDecodeError as problem:
        raise InvalidInput(
            f"抽取说明第 {problem.lineno} 行第 {problem.colno} 列不是合法的 JSON。",
            "请改正后重试。",
        ) from None
    except (ValueError, RecursionError):
        raise InvalidInput("抽取说明不是合法的 JSON。", "请改正后重试。") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"“{twin}”写了两次。", "请删去其中一个。")
    return value


def _read_rule(reader: _Reader) -> StratumRule:
    return StratumRule(
        code=reader.text("code"),
        mode=reader.text("mode"),
        ratio=reader.number("ratio", 0),
        number=reader.number("number", 0),
        minimum=reader.number("minimum", 0),
        substitutes=reader.number("substitutes", 0),
    )


def _read_entry(reader: _Reader) -> PoolEntry:
    return PoolEntry(
        id=reader.identifier("id"),
        name=reader.text("name", ""),
        stratum=reader.text("stratum"),
        status=reader.text("status", ELIGIBLE),
        reason=reader.text("reason", ""),
        area=reader.text("area", ""),
    )


def _read_officer(reader: _Reader) -> Officer:
    return Officer(
        id=reader.identifier("id"),
        department=reader.text("department", ""),
        specialties=reader.texts("specialties", []),
        leader=reader.flag("leader"),
        areas=reader.texts("areas", [EVERYWHERE]),
        cap=reader.number_or_none("cap"),
    )


def _read_seat(reader: _Reader) -> Seat:
    return Seat(
        department=reader.text("department", ""),
        specialty=reader.text("specialty", ""),
        leader=reader.flag("leader"),
    )


def _read_recusals(reader: _Reader) -> tuple[tuple[str, str], ...]:
    pairs = []
    for place, value in enumerate(reader.rows("recusals", [])):
        at = f"“recusals[{place}]”"
        if not (
            isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
        ):
            raise InvalidInput(f"{at}应是 [对象编码, 人员编号]。", "请改正后重试。")
        pairs.append((draw_id(value[0], at), draw_id(value[1], at)))
    return tuple(pairs)
