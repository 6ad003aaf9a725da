"""SPEC.json: a whole draw from a file, strictly read (draw rule cs1, section 11)."""

from dataclasses import dataclass
from typing import Any

from ssj_desktop.domain.draw.canonical import draw_id
from ssj_desktop.domain.draw.json_reader import JsonReader, parse_json
from ssj_desktop.domain.draw.scheme import (
    ABSENT,
    DEFAULT_TEMPLATE,
    ELIGIBLE,
    EVERYWHERE,
    PROBABILITY,
    Officer,
    PoolEntry,
    Scheme,
    Seat,
    StratumRule,
)
from ssj_desktop.domain.errors import InvalidInput


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
        names = self.scheme.panel or [f"见证人 {n + 1}" for n in range(len(self.witnesses))]
        return {
            "organ": "随机抽取（按说明文件）", "title": self.scheme.draw,
            "items": [[item, item] for item in self.scheme.items], "place": "", "operator": "",
            "supervisor": "", "visit_date": "", "frozen_at": "", "drawn_at": "",
            "panel": [{"name": name, "unit": "", "capacity": ""} for name in names],
            "serial": 0, "voided": 0, "officers": {}, "replaces": "",
        }  # fmt: skip


def read_spec(content: bytes) -> SpecDraw:
    """The draw described by SPEC.json; InvalidInput names what is wrong and where."""
    reader = JsonReader(parse_json(content))
    scheme = _read_scheme(reader)
    spec = SpecDraw(
        scheme,
        reader.exact("prev"),
        reader.exact("machine"),
        reader.exact_texts("witnesses"),
        reader.exact("public", ABSENT),
    )
    reader.refuse_unknown()
    return spec


def _read_scheme(reader: JsonReader) -> Scheme:
    seats = reader.each("seats", _read_seat, [])
    return Scheme(
        draw=reader.identifier("draw"),
        device=reader.identifier("device"),
        items=reader.words("items"),
        strata=reader.each("strata", _read_rule),
        pool=reader.each("pool", _read_entry),
        officers=reader.each("officers", _read_officer, []),
        recusals=_read_recusals(reader),
        templates={DEFAULT_TEMPLATE: seats} if seats else {},
        total=reader.number_or_none("total"),
        panel=reader.words("panel", []),
        public_source=reader.tag("public_source") or ABSENT,
        rehearsal=reader.flag("rehearsal"),
        conditions=reader.each("conditions", _read_condition, []),
        batches=reader.number("batches", 0),
        experts=reader.each("experts", _read_officer, []),
        expert_seats=reader.each("expert_seats", _read_seat, []),
    )


_NEEDED = {"RATIO": "ratio", "RATIO_MAX": "ratio", PROBABILITY: "ratio", "NUMBER": "number"}


def _read_rule(reader: JsonReader) -> StratumRule:
    mode = reader.text("mode")
    needed = _NEEDED.get(mode)
    return StratumRule(
        code=reader.text("code"),
        mode=mode,
        ratio=reader.number("ratio", None if needed == "ratio" else 0),
        number=reader.number("number", None if needed == "number" else 0),
        minimum=reader.number("minimum", 0),
        substitutes=reader.number("substitutes", 0),
    )


def _read_entry(reader: JsonReader) -> PoolEntry:
    return PoolEntry(
        id=reader.identifier("id"),
        name=reader.tag("name"),
        stratum=reader.text("stratum"),
        status=reader.text("status", ELIGIBLE),
        reason=reader.tag("reason"),
        area=reader.tag("area"),
    )


def _read_officer(reader: JsonReader) -> Officer:
    return Officer(
        id=reader.identifier("id"),
        department=reader.tag("department"),
        specialties=reader.words("specialties", []),
        leader=reader.flag("leader"),
        areas=reader.words("areas", [EVERYWHERE]),
        cap=reader.number_or_none("cap"),
    )


def _read_seat(reader: JsonReader) -> Seat:
    return Seat(
        department=reader.tag("department"),
        specialty=reader.tag("specialty"),
        leader=reader.flag("leader"),
    )


def _read_condition(reader: JsonReader) -> tuple[str, tuple[str, ...]]:
    return reader.text("field"), reader.words("values")


def _read_recusals(reader: JsonReader) -> tuple[tuple[str, str], ...]:
    pairs = []
    for place, value in enumerate(reader.rows("recusals", [])):
        at = f"“recusals[{place}]”"
        if not (
            isinstance(value, list) and len(value) == 2 and all(isinstance(v, str) for v in value)
        ):
            raise InvalidInput(f"{at}应是 [对象编码, 人员编号]。", "请改正后重试。")
        pairs.append((draw_id(value[0], at), draw_id(value[1], at)))
    return tuple(pairs)
