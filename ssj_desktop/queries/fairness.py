"""抽取历史均衡性分析: the office's own draws, counted against expectation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import text_lines
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.domain.draw.scheme import ELIGIBLE
from ssj_desktop.domain.fairness import (
    PROVES,
    PROVES_NOT,
    PastDraw,
    Tally,
    TeamTally,
    last_drawn,
    tally,
    tally_objects,
    tally_officers,
    tally_pairs,
    tally_positions,
)
from ssj_desktop.domain.papers import Column, Row, TablePaper
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.registries import Inspector, Target
from ssj_desktop.queries.office import find_office

POSITION, AREA, TRADE, OFFICER, PAIR, TARGET = (
    "名单位置", "所在区域", "行业类别", "执法人员", "人员搭档", "检查对象",
)  # fmt: skip
DIMENSIONS = (POSITION, AREA, TRADE, OFFICER, PAIR, TARGET)
_NEVER = "尚未抽中过"
_MOST_PAIRS = 30
_TEAM_NOTE = "按在册人数估算"
_COLUMNS = (
    Column("维度", 30, "center"), Column("分组", 90), Column("参加次数", 26, "center", "number"),
    Column("期望抽中", 28, "center", "number"), Column("实际抽中", 26, "center", "number"),
    Column("偏差（标准差）", 34, "center", "number"), Column("说明", 50),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class FairnessRow:
    """One group of one dimension; ``deviation`` is "—" where no spread can be stated."""

    dimension: str
    group: str
    chances: int
    expected: float
    observed: int
    deviation: str
    note: str
    is_notable: bool = False

    @property
    def is_overdue(self) -> bool:
        """Never drawn although once was to be expected."""
        return self.note.startswith(_NEVER) and self.expected >= 1

    @property
    def short(self) -> str:
        """A label that fits under a bar."""
        return self.group.split("（")[0].removeprefix("名单")[:5]

    @property
    def cells(self) -> Row:
        return (
            self.dimension, self.group, str(self.chances), f"{self.expected:.2f}",
            str(self.observed), self.deviation, self.note,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fairness:
    """Everything the view and the paper show; ``since`` counts objects by years since drawn."""

    draws: int
    rows: tuple[FairnessRow, ...]
    since: tuple[tuple[str, int], ...]

    def of(self, dimension: str) -> tuple[FairnessRow, ...]:
        return tuple(row for row in self.rows if row.dimension == dimension)

    @property
    def notable(self) -> int:
        return sum(row.is_notable for row in self.rows)

    def printed(self) -> tuple[FairnessRow, ...]:
        """What stands on paper: every group, the first pairs, objects with something to say."""
        short = {row for row in self.of(TARGET) if row.is_notable or row.is_overdue}
        short.update(self.of(PAIR)[:_MOST_PAIRS])
        return tuple(r for r in self.rows if r.dimension not in (PAIR, TARGET) or r in short)


def past_draws(session: Session) -> tuple[PastDraw, ...]:
    """Every draw with a result, oldest first."""
    draws = session.scalars(
        select(Draw).where(Draw.state == DrawState.DRAWN.value).order_by(Draw.drawn_at)
    )
    return tuple(_past(draw) for draw in draws)


def _past(draw: Draw) -> PastDraw:
    strata: dict[str, list[str]] = {}
    for code, _, stratum, status, *_ in text_lines(draw.pool_int)[2:]:
        if status == ELIGIBLE:
            strata.setdefault(stratum, []).append(code)
    record = read_record(draw.record or b"")
    drawn = frozenset(code for stratum in record["strata"] for code in stratum["drawn"])
    teams = tuple(tuple(team["officers"]) for team in record["teams"])
    staff = tuple(line[0] for line in text_lines(draw.staff_file)[2:] if len(line) == 6)
    return PastDraw(draw.year, strata, drawn, teams, staff)


def fairness(session: Session, year: int) -> Fairness:
    """All dimensions over all draws of this store; ``year`` is the one that "since" counts to."""
    draws = past_draws(session)
    targets = session.execute(select(Target.code, Target.name, Target.area, Target.industry)).all()
    names = {code: name for code, name, _, _ in targets}
    people = dict(session.execute(select(Inspector.code, Inspector.name)).all())
    last = last_drawn(draws)
    objects = tally_objects(draws)
    since = {t.group: _since(last.get(t.group), year) for t in objects}
    rows = [
        *_rows(POSITION, tally_positions(draws), {}, {}),
        *_rows(AREA, tally(draws, {code: area or "—" for code, _, area, _ in targets}), {}, {}),
        *_rows(TRADE, tally(draws, {code: trade or "—" for code, _, _, trade in targets}), {}, {}),
        *_team_rows(OFFICER, tally_officers(draws), people),
        *_team_rows(PAIR, tally_pairs(draws), people),
        *_rows(TARGET, objects, names, since),
    ]
    return Fairness(len(draws), tuple(rows), _counted(since.values()))


def _since(last: int | None, year: int) -> str:
    if last is None:
        return _NEVER
    return "本年抽中" if last == year else f"距上次抽中 {year - last} 年"


def _counted(notes: Iterable[str]) -> tuple[tuple[str, int], ...]:
    """This year, then by years, never drawn last."""
    counts = Counter(notes)
    order = sorted(counts, key=lambda n: (n == _NEVER, n != "本年抽中", len(n), n))
    return tuple((note, counts[note]) for note in order)


def _rows(
    dimension: str, tallies: Iterable[Tally], names: Mapping[str, str], notes: Mapping[str, str]
) -> Iterator[FairnessRow]:
    for t in tallies:
        note = notes.get(t.group, "") + ("　偏差较大，请核对档案" if t.is_notable else "")
        yield FairnessRow(
            dimension, names.get(t.group, t.group), t.chances, t.expected, t.observed,
            f"{t.deviation:+.2f}", note.strip("　") or "—", t.is_notable,
        )  # fmt: skip


def _team_rows(
    dimension: str, tallies: Iterable[TeamTally], names: Mapping[str, str]
) -> Iterator[FairnessRow]:
    for t in tallies:
        group = "、".join(names.get(officer, officer) for officer in t.officers)
        yield FairnessRow(dimension, group, t.draws, t.expected, t.observed, "—", _TEAM_NOTE)


def fairness_paper(session: Session, year: int, *, whole: bool = False) -> TablePaper:
    """The table for the file; printed, objects without anything to say are only counted."""
    found, office = fairness(session, year), find_office(session)
    rows = found.rows if whole else found.printed()
    left = len(found.rows) - len(rows)
    return TablePaper(
        organ=office.unit,
        title="抽取历史均衡性分析表",
        head_lines=(
            (f"共 {found.draws} 次抽取；{_since_text(found)}", "期望为各次 k/N 之和"),
            (PROVES, ""),
            (PROVES_NOT, ""),
        ),
        columns=_COLUMNS,
        rows=tuple(row.cells for row in rows),
        foot_left=f"另有 {left} 行没有特别之处，未印出；全部数字见导出的工作簿。" if left else "",
        page_foot="内部留存",
    )


def _since_text(found: Fairness) -> str:
    return "，".join(f"{note} {count} 家" for note, count in found.since) or "还没有抽取"
