"""抽取历史均衡性分析表: the office's own draws, counted against expectation."""

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
    last_drawn,
    tally,
    tally_objects,
    tally_pairs,
    tally_positions,
)
from ssj_desktop.domain.papers import Column, Row, TablePaper
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.registries import Inspector, Target
from ssj_desktop.queries.office import find_office

_COLUMNS = (
    Column("维度", 30, "center"), Column("分组", 90), Column("参加次数", 26, "center", "number"),
    Column("期望抽中", 28, "center", "number"), Column("实际抽中", 26, "center", "number"),
    Column("偏差（标准差）", 34, "center", "number"), Column("说明", 50),
)  # fmt: skip


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
    return PastDraw(draw.year, strata, drawn, teams)


def fairness_paper(session: Session, year: int) -> TablePaper:
    """All dimensions in one table; the foot says what it can and cannot prove."""
    draws, office = past_draws(session), find_office(session)
    targets = session.execute(select(Target.code, Target.name, Target.area, Target.industry)).all()
    names = {code: name for code, name, _, _ in targets}
    by_area = {code: area or "—" for code, _, area, _ in targets}
    by_kind = {code: industry or "—" for code, _, _, industry in targets}
    since = last_drawn(draws)
    rows = [
        *(_cells("名单位置", t) for t in tally_positions(draws)),
        *(_cells("所在区域", t) for t in tally(draws, by_area)),
        *(_cells("行业类别", t) for t in tally(draws, by_kind)),
        *_pair_rows(session, draws),
        *(
            _cells("检查对象", t, names.get(t.group, t.group), _since(since.get(t.group), year))
            for t in tally_objects(draws)
        ),
    ]
    return TablePaper(
        organ=office.unit,
        title="抽取历史均衡性分析表",
        head_lines=(
            (f"共 {len(draws)} 次抽取", "期望为各次 k/N 之和"),
            (PROVES, ""),
            (PROVES_NOT, ""),
        ),
        columns=_COLUMNS,
        rows=tuple(rows),
        page_foot="内部留存",
    )


def _since(last: int | None, year: int) -> str:
    if last is None:
        return "尚未抽中过"
    return "本年抽中" if last == year else f"距上次抽中 {year - last} 年"


def _cells(kind: str, tally: Tally, name: str = "", note: str = "") -> Row:
    words = note + ("　偏差较大，请核对档案" if tally.is_notable else "")
    return (
        kind, name or tally.group, str(tally.chances), f"{tally.expected:.2f}", str(tally.observed),
        f"{tally.deviation:+.2f}", words.strip("　") or "—",
    )  # fmt: skip


def _pair_rows(session: Session, draws: tuple[PastDraw, ...]) -> list[Row]:
    """Officers' pairs; chance depends on seats and recusals, so only the mean is given."""
    names = dict(session.execute(select(Inspector.code, Inspector.name)).all())
    pairs = tally_pairs(draws)
    mean = sum(count for _, count in pairs) / len(pairs) if pairs else 0.0
    return [
        (
            "人员搭档", f"{names.get(a, a)}、{names.get(b, b)}", "—", f"{mean:.2f}", str(count), "—",
            "期望一栏为各搭档的平均次数",
        )
        for (a, b), count in pairs
    ]  # fmt: skip
