"""The frozen files: what is hashed before any witness writes a digit (draw rule cs1, section 3)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from operator import attrgetter, lt

from ssj_desktop.domain.draw.canonical import (
    draw_id,
    label,
    sha256,
    sm3,
    tag,
    text_bytes,
    text_lines,
    unlabel,
    unword_list,
    word_list,
)
from ssj_desktop.domain.draw.quota import count_eligible, quotas_of
from ssj_desktop.domain.draw.scheme import (
    ABSENT,
    ELIGIBLE,
    EXCLUDED,
    PROBABILITY,
    Officer,
    PoolEntry,
    Scheme,
    Seat,
    StratumRule,
)
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import are_draw_ids, shown

ALGORITHM, HASH = "cs1", "sha256"
MOST_BATCHES = 366
CAP_RULE = "smallest-raise-then-smallest-cap"
_LINES = 4096
_Shape = tuple[str, str, str, str, str]
_shape: Callable[[PoolEntry], _Shape] = attrgetter(
    "stratum", "status", "reason", "area", "template"
)


@dataclass(frozen=True)
class FrozenFile:
    """A canonical file with its hashes; ``sm3`` is None where the machine has no SM3."""

    name: str
    content: bytes

    @cached_property
    def sha256(self) -> str:
        return sha256(self.content)

    @cached_property
    def sm3(self) -> str | None:
        return sm3(self.content)


@dataclass(frozen=True, slots=True)
class Frozen:
    """The four frozen files of a draw."""

    pool: FrozenFile
    poolpub: FrozenFile
    plan: FrozenFile
    staff: FrozenFile

    def __iter__(self) -> Iterator[FrozenFile]:
        return iter((self.pool, self.poolpub, self.plan, self.staff))


def freeze(scheme: Scheme) -> Frozen:
    """The canonical files of a scheme; InvalidInput names the entry that breaks a text rule."""
    _check(scheme)
    return Frozen(
        *_pool_files(scheme),
        FrozenFile("plan", text_bytes(_plan_lines(scheme))),
        FrozenFile("staff", text_bytes(_staff_lines(scheme))),
    )


def _tag(scheme: Scheme, kind: str) -> str:
    return tag(kind, rehearsal=scheme.rehearsal)


def _pool_files(scheme: Scheme) -> tuple[FrozenFile, FrozenFile]:
    """Both lists of the pool, a few thousand lines at a time: a million of them stay affordable."""
    pool = sorted(scheme.pool, key=attrgetter("id"))
    head = f"{scheme.draw}\t{len(pool)}\n"
    internal = [f"{_tag(scheme, 'POOL')}\n{head}".encode()]
    public = [f"{_tag(scheme, 'POOLPUB')}\n{head}".encode()]
    endings: dict[_Shape, tuple[str, str]] = {}
    for start in range(0, len(pool), _LINES):
        lines, public_lines = _pool_lines(pool[start : start + _LINES], endings)
        internal.append("".join(lines).encode())
        public.append("".join(public_lines).encode())
    return FrozenFile("pool.int", b"".join(internal)), FrozenFile("pool.pub", b"".join(public))


def _pool_lines(
    pool: Iterable[PoolEntry], endings: dict[_Shape, tuple[str, str]]
) -> tuple[list[str], list[str]]:
    """Lines of both lists; what follows the name is the same for many entries and kept."""
    lines, public = [], []
    for entry in pool:
        shape = _shape(entry)
        if shape not in endings:
            endings[shape] = _ending(entry), f"{entry.status}\n"
        ending, public_ending = endings[shape]
        start = f"{entry.id}\t{label(entry.name, f'对象 {entry.id}')}\t"
        lines.append(start + ending)
        public.append(start + public_ending)
    return lines, public


def _ending(entry: PoolEntry) -> str:
    place = f"对象 {entry.id}"
    words = (entry.reason, entry.area, entry.template)
    fields = [label(entry.stratum, place), entry.status, *(label(word, place) for word in words)]
    return "\t".join(fields) + "\n"


def _plan_lines(scheme: Scheme) -> Iterator[Sequence[str]]:
    eligible = count_eligible(scheme)
    wanted = quotas_of(scheme, eligible)
    mode = "TOTAL" if scheme.total is not None else "STRATA"
    yield [_tag(scheme, "PLAN")]
    yield [scheme.draw, word_list(scheme.items, "抽查事项"), ALGORITHM, HASH, mode]
    for rule in sorted(scheme.strata, key=lambda rule: rule.code):
        k = wanted.get(rule.code, ABSENT)
        numbers = (rule.ratio, rule.minimum, rule.number, eligible[rule.code], k)
        yield [
            "stratum",
            label(rule.code, "分层"),
            rule.mode,
            *map(str, numbers),
            str(rule.substitutes),
        ]
    yield ["total", ABSENT if scheme.total is None else str(scheme.total)]
    for field, values in scheme.conditions:
        yield ["condition", field, word_list(values, "定向条件")]
    if scheme.batches:
        yield ["batches", str(scheme.batches)]
    for name, seats in sorted(scheme.templates.items()):
        for position, seat in enumerate(seats, start=1):
            yield ["seat", label(name, "席位"), str(position), *_seat_fields(seat)]
    for position, seat in enumerate(scheme.expert_seats, start=1):
        yield ["expert-seat", str(position), *_seat_fields(seat)]
    yield ["cap", CAP_RULE]
    yield ["exclusions", word_list(sorted({e.reason for e in scheme.pool if e.reason}), "排除原因")]
    for position, witness in enumerate(scheme.panel, start=1):
        yield ["witness", str(position), label(witness, "见证人")]
    yield ["public", label(scheme.public_source, "公开数来源")]
    yield ["program", label(scheme.program, "程序版本")]


def _seat_fields(seat: Seat) -> list[str]:
    return [
        label(seat.department, "席位"),
        label(seat.specialty, "席位"),
        "Y" if seat.leader else "N",
    ]


def _staff_lines(scheme: Scheme) -> Iterator[Sequence[str]]:
    yield [_tag(scheme, "STAFF")]
    yield [scheme.draw, str(len(scheme.officers))]
    for officer in sorted(scheme.officers, key=lambda officer: officer.id):
        yield _officer_fields(officer)
    for target, officer_id in sorted(set(scheme.recusals)):
        yield ["recusal", target, officer_id]
    for expert in sorted(scheme.experts, key=lambda expert: expert.id):
        yield ["expert", *_officer_fields(expert)]


def _officer_fields(officer: Officer) -> list[str]:
    place = f"人员 {officer.id}"
    return [
        officer.id,
        label(officer.department, place),
        word_list(officer.specialties, place),
        "Y" if officer.leader else "N",
        word_list(officer.areas, place),
        ABSENT if officer.cap is None else str(officer.cap),
    ]


def _check(scheme: Scheme) -> None:
    if not scheme.pool:
        raise InvalidInput("待抽库是空的。", "请至少列入一个检查对象。")
    if scheme.batches > MOST_BATCHES:
        raise InvalidInput("检查批次太多。", f"最多分 {MOST_BATCHES} 批。")
    _check_ids([entry.id for entry in scheme.pool], "检查对象")
    _check_ids([officer.id for officer in (*scheme.officers, *scheme.experts)], "执法人员或专家")
    draw_id(scheme.draw, "抽取编号")
    draw_id(scheme.device, "设备号")
    _check_strata(scheme)
    examples = {_shape(entry): entry for entry in reversed(scheme.pool)}
    for entry in examples.values():
        _check_entry(scheme, entry)


def _check_entry(scheme: Scheme, entry: PoolEntry) -> None:
    if entry.stratum not in {rule.code for rule in scheme.strata}:
        raise InvalidInput(
            f"对象 {entry.id} 所在的分层“{shown(entry.stratum)}”没有抽取规则。",
            "请为该分层设定比例或数量。",
        )
    if entry.status not in (ELIGIBLE, EXCLUDED):
        raise InvalidInput(
            f"对象 {entry.id} 的状态“{shown(entry.status)}”不对。", "请填写 E 或 X。"
        )
    if entry.status == EXCLUDED and not entry.reason:
        raise InvalidInput(f"对象 {entry.id} 被排除却没有原因。", "请填写排除原因代码。")
    if scheme.is_staffed and entry.template not in scheme.templates:
        raise InvalidInput(f"对象 {entry.id} 的席位模板不存在。", "请先定义席位模板。")


def _check_ids(ids: Sequence[str], place: str) -> None:
    ordered = sorted(ids)
    if are_draw_ids(ordered) and all(map(lt, ordered, ordered[1:])):
        return
    for identifier in ids:
        if draw_id(identifier, place) != identifier:
            raise InvalidInput(
                f"{place}的编码“{identifier}”不是大写半角。", "请改为大写半角后重试。"
            )
    twin = next(one for one, other in pairwise(ordered) if one == other)
    raise InvalidInput(f"{place}的编码“{twin}”重复。", "请删去重复的一行。")


_MODES = ("RATIO", "RATIO_MAX", "NUMBER", "TOTAL", PROBABILITY)


def _check_strata(scheme: Scheme) -> None:
    codes: set[str] = set()
    for rule in scheme.strata:
        if rule.code in codes:
            raise InvalidInput(f"分层“{shown(rule.code)}”有两条规则。", "请只留一条。")
        codes.add(rule.code)
        _check_rule(rule)
    if (scheme.total is not None) != any(rule.mode == "TOTAL" for rule in scheme.strata):
        raise InvalidInput("总数抽取（TOTAL）的分层和总数不配套。", "请同时给出总数和 TOTAL 分层。")
    if scheme.is_single_filing and (len(codes) > 1 or len(scheme.pool) != 1):
        raise InvalidInput("按概率抽取一次只能抽一个备案对象。", "请只留一个对象和一条规则。")


def _check_rule(rule: StratumRule) -> None:
    stratum = f"分层“{shown(rule.code)}”"
    if rule.mode not in _MODES:
        raise InvalidInput(
            f"{stratum}的方式“{shown(rule.mode)}”不对。", f"请改为 {'、'.join(_MODES)}。"
        )
    if not 0 <= rule.ratio <= 10_000:
        raise InvalidInput(f"{stratum}的比例超出 0–100%。", "比例以万分之一计，500 表示 5%。")
    if min(rule.number, rule.minimum, rule.substitutes) < 0:
        raise InvalidInput(f"{stratum}的数量是负数。", "请填写不小于 0 的整数。")


def thaw(pool: bytes, plan: bytes, staff: bytes, device: str) -> Scheme:
    """The scheme that froze into these files, for recomputing a record.

    Raises InvalidInput (or ValueError, IndexError on lines of another shape).
    """
    pool_lines, plan_lines, staff_lines = text_lines(pool), text_lines(plan), text_lines(staff)
    rows = {kind: [line[1:] for line in plan_lines[2:] if line[0] == kind] for kind in _PLAN_KINDS}
    templates: dict[str, tuple[Seat, ...]] = {}
    for name, _, *tags in rows["seat"]:
        templates[name] = (*templates.get(name, ()), _thaw_seat(*tags))
    return Scheme(
        draw=plan_lines[1][0],
        device=device,
        items=unword_list(plan_lines[1][1]),
        strata=tuple(_thaw_rule(*row) for row in rows["stratum"]),
        pool=tuple(_thaw_entry(*line) for line in pool_lines[2:]),
        officers=tuple(_thaw_officer(*line) for line in staff_lines[2:] if len(line) == 6),
        recusals=tuple((line[1], line[2]) for line in staff_lines[2:] if line[0] == "recusal"),
        templates=templates,
        total=None if rows["total"][0][0] == ABSENT else int(rows["total"][0][0]),
        panel=tuple(row[1] for row in rows["witness"]),
        public_source=rows["public"][0][0],
        program=rows["program"][0][0],
        rehearsal=pool_lines[0][0] == tag("POOL", rehearsal=True),
        conditions=tuple((row[0], unword_list(row[1])) for row in rows["condition"]),
        batches=int(rows["batches"][0][0]) if rows["batches"] else 0,
        experts=tuple(_thaw_officer(*line[1:]) for line in staff_lines[2:] if line[0] == "expert"),
        expert_seats=tuple(_thaw_seat(*row[1:]) for row in rows["expert-seat"]),
    )


_PLAN_KINDS = (
    "stratum", "total", "condition", "batches", "seat", "expert-seat", "witness", "public",
    "program",
)  # fmt: skip


def _thaw_seat(department: str, specialty: str, leader: str) -> Seat:
    return Seat(unlabel(department), unlabel(specialty), leader == "Y")


def _thaw_rule(
    code: str, mode: str, ratio: str, minimum: str, number: str, _n: str, _k: str, substitutes: str
) -> StratumRule:
    return StratumRule(code, mode, int(ratio), int(number), int(minimum), int(substitutes))


def _thaw_entry(
    identifier: str, name: str, stratum: str, status: str, reason: str, area: str, template: str
) -> PoolEntry:
    return PoolEntry(identifier, name, stratum, status, unlabel(reason), unlabel(area), template)


def _thaw_officer(
    identifier: str, department: str, specialties: str, leader: str, areas: str, cap: str
) -> Officer:
    return Officer(
        identifier,
        unlabel(department),
        unword_list(specialties),
        leader == "Y",
        unword_list(areas),
        None if cap == ABSENT else int(cap),
    )
