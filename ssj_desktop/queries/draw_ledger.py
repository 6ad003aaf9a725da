"""Papers around a draw: 待抽库清单, 作废单, 替补/回避审批表, and the ledger of the year."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import text_lines, unlabel
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.record import read_record
from ssj_desktop.domain.draw.scheme import EXCLUDED
from ssj_desktop.domain.papers import ApprovalPaper, Column, TablePaper
from ssj_desktop.domain.plan_rules import stratum_label
from ssj_desktop.domain.vocabulary import AmendmentKind, AmendmentState
from ssj_desktop.models.draws import Draw, DrawAmendment
from ssj_desktop.models.registries import Expert, Inspector, Target
from ssj_desktop.queries.draw_words import REASONS, WATERMARK, paper_date, paper_time, standing
from ssj_desktop.queries.office import find_office
from ssj_desktop.queries.rivals import rivalries

_POOL = (
    Column("序号", 14, "center", "number"), Column("编码", 48, "center", "code"), Column("名称", 84),
    Column("分层", 22, "center"), Column("所在区域", 30, "center"), Column("参加抽取", 22, "center"),
    Column("排除原因", 41),
)  # fmt: skip
_LEDGER = (
    Column("次序", 13, "center", "number"), Column("抽取编号", 44, "center"), Column("抽查任务", 46),
    Column("状态", 26, "center"), Column("冻结时间", 34, "center"), Column("抽取时间", 34, "center"),
    Column("抽中", 14, "center", "number"), Column("种子前 16 位", 36, "center", "code"),
    Column("操作人", 18, "center"), Column("备注", 40),
)  # fmt: skip


def pool_paper(session: Session, draw_id: str) -> TablePaper:
    """待抽库清单 as frozen, strata included: an internal paper."""
    draw = session.get_one(Draw, draw_id)
    lines = text_lines(draw.pool_int)[2:]
    rows = tuple(
        (
            str(n), code, name, stratum_label(stratum), unlabel(area) or "—",
            "否" if status == EXCLUDED else "是",
            REASONS.get(reason, unlabel(reason)) if status == EXCLUDED else "—",
        )
        for n, (code, name, stratum, status, reason, area, _) in enumerate(lines, start=1)
    )  # fmt: skip
    eligible = sum(line[3] != EXCLUDED for line in lines)
    office = find_office(session)
    return TablePaper(
        organ=office.unit,
        title="待抽库清单",
        head_lines=(
            (f"抽取编号：{draw.number}", f"冻结时间：{paper_time(draw.frozen_at)}"),
            (f"抽查任务：{draw.title}", f"共 {len(rows)} 家，参加抽取 {eligible} 家"),
        ),
        columns=_POOL,
        rows=rows,
        foot_left=f"本清单 SHA-256：{draw.pool_hash}",
        page_foot=f"抽取编号 {draw.number}　　内部留存，不得公示",
        watermark=WATERMARK if office.rehearsal else "",
    )


def void_paper(session: Session, draw_id: str) -> ApprovalPaper:
    """抽取作废单: why, by whom, and that the number stays consumed."""
    draw = session.get_one(Draw, draw_id)
    office = find_office(session)
    return ApprovalPaper(
        organ=office.unit,
        title="随机抽取作废单",
        number=draw.number,
        ordinal=standing(session, draw),
        facts=(
            ("抽查任务", draw.title),
            ("冻结时间", paper_time(draw.frozen_at)),
            ("|拟检查日期", paper_date(draw.visit_date)),
            ("待抽库校验值", draw.pool_hash),
            ("机器数承诺", draw.commitment),
            ("作废时点", "冻结之后、任何见证数字亮出之前"),
        ),
        boxes=(
            ("作废原因", draw.void_reason or "", "操作人（签名）"),
            ("审批意见", f"同意作废（{draw.voided_by or ''}）", "审批人（签名）"),
            ("见证人确认", "以上情况属实，作废前没有亮出见证数字。", "见证人（签名）"),
        ),
        notes=("本编号保留，不再使用；下一张承诺单和记录表载明作废次数。",),
        page_foot=f"抽取编号 {draw.number}",
        watermark=WATERMARK if office.rehearsal else "",
    )


@dataclass(frozen=True, slots=True)
class AmendmentRow:
    """One application for 替补 or 回避 with its decision."""

    id: str
    draw_id: str
    number: str
    kind: AmendmentKind
    target: str
    subject: str
    reason: str
    evidence: str
    state: AmendmentState
    applied_by: str
    applied_at: datetime
    decided_by: str
    decided_at: datetime | None
    opinion: str
    successor: str


def list_amendments(session: Session, draw_id: str | None = None) -> tuple[AmendmentRow, ...]:
    """Newest first."""
    query = select(DrawAmendment).order_by(DrawAmendment.applied_at.desc())
    if draw_id is not None:
        query = query.where(DrawAmendment.draw_id == draw_id)
    rows = session.scalars(query).all()
    draws = select(Draw.id, Draw.number).where(Draw.id.in_({row.draw_id for row in rows}))
    numbers = dict(session.execute(draws).all())
    names = _names(session, {c for r in rows for c in (r.target_code, r.subject, r.successor) if c})
    return tuple(
        AmendmentRow(
            row.id, row.draw_id, numbers[row.draw_id], row.kind,
            names.get(row.target_code, row.target_code), names.get(row.subject, row.subject),
            row.reason, row.evidence, row.state, row.applied_by, row.applied_at,
            row.decided_by or "", row.decided_at, row.opinion or "",
            names.get(row.successor or "", row.successor or ""),
        )
        for row in rows
    )  # fmt: skip


def _names(session: Session, codes: set[str]) -> dict[str, str]:
    """Code → name of these targets, inspectors and experts."""
    found: dict[str, str] = {}
    for table in (Target, Inspector, Expert) if codes else ():
        query = select(table.code, table.name).where(table.code.in_(codes))
        found |= dict(session.execute(query).all())
    return found


def amendment_paper(session: Session, amendment_id: str) -> ApprovalPaper:
    """替补审批表 or 回避审批表."""
    row = next(r for r in list_amendments(session) if r.id == amendment_id)
    draw = session.get_one(Draw, row.draw_id)
    office = find_office(session)
    is_recusal = row.kind is AmendmentKind.RECUSAL
    decided = row.state is not AmendmentState.APPLIED
    who = "申请回避人员" if is_recusal else "原抽中对象"
    heir = "接替人员" if is_recusal else "递补对象"
    rule = (
        "接替人员为该席位打印的候选次序中的下一位，其余席位不变。"
        if is_recusal
        else "递补对象为同一分层票号次序中的下一家；原对象保留在记录和统计中。"
    )
    return ApprovalPaper(
        organ=office.unit,
        title=f"随机抽取{row.kind.label}审批表",
        number=draw.number,
        ordinal=standing(session, draw),
        facts=(
            ("抽查任务", draw.title),
            ("检查对象", row.target),
            (who, row.subject),
            (f"|{heir}", row.successor or ("—" if decided else "批准后按次序确定")),
            ("申请人", row.applied_by),
            ("|申请时间", paper_time(row.applied_at)),
        ),
        boxes=(
            (f"{row.kind.label}理由", f"{row.reason}。证据：{row.evidence}", "申请人（签名）"),
            (
                "审批意见",
                f"{row.state.label}：{row.opinion}（{row.decided_by}）" if decided else "",
                "审批人（签名）",
            ),
        ),
        notes=(rule,),
        page_foot=f"抽取编号 {draw.number}　　与抽取记录一并归档",
        watermark=WATERMARK if office.rehearsal else "",
    )


def ledger_paper(session: Session, year: int) -> TablePaper:
    """随机抽取台账: every number of the year, voided ones included."""
    office = find_office(session)
    draws = list(
        session.scalars(select(Draw).where(Draw.year == year).order_by(Draw.device, Draw.serial))
    )
    amended, rivals = _amended(session), rivalries(session)
    voided = sum(draw.state == DrawState.VOID.value for draw in draws)
    drawn = sum(draw.state == DrawState.DRAWN.value for draw in draws)
    open_ = len(draws) - voided - drawn
    return TablePaper(
        organ=office.unit,
        title=f"{year}年度随机抽取台账",
        head_lines=(
            (f"共 {len(draws)} 次：已抽取 {drawn} 次，作废 {voided} 次，未完成 {open_} 次", ""),
        ),
        columns=_LEDGER,
        rows=tuple(_ledger_cells(draw, _notes(draw, rivals, amended)) for draw in draws),
        foot_left="编号按设备和年度连续，作废的编号不再使用。",
        page_foot=f"{year}年度随机抽取台账",
        watermark=WATERMARK if office.rehearsal else "",
    )


def _ledger_cells(draw: Draw, notes: Sequence[str]) -> tuple[str, ...]:
    record = read_record(draw.record) if draw.record else None
    drawn = sum(len(stratum["drawn"]) for stratum in record["strata"]) if record else None
    return (
        str(draw.serial), draw.number, draw.title, DrawState.of(draw.state).label,
        paper_time(draw.frozen_at), paper_time(draw.drawn_at or ""),
        "—" if drawn is None else str(drawn), record["seed"][:16] if record else "—",
        draw.operator, "；".join(notes) or "—",
    )  # fmt: skip


def _notes(
    draw: Draw, rivals: Mapping[str, str], amended: Mapping[tuple[str, str], int]
) -> list[str]:
    """Void reason, redraw, the same pool drawn elsewhere, and what was changed afterwards."""
    notes = [draw.void_reason] if draw.void_reason else []
    if draw.replaces:
        notes.append(f"另行抽取，原编号 {draw.replaces}")
    if rival := rivals.get(draw.id):
        notes.append(rival)
    counts = ((kind.label, amended.get((draw.id, kind.value))) for kind in AmendmentKind)
    return [*notes, *(f"{label} {count} 次" for label, count in counts if count)]


def _amended(session: Session) -> dict[tuple[str, str], int]:
    """(draw, kind) → approved amendments."""
    rows = session.execute(
        select(DrawAmendment.draw_id, DrawAmendment.kind).where(
            DrawAmendment.state == AmendmentState.APPROVED
        )
    )
    return Counter((draw_id, kind.value) for draw_id, kind in rows)
