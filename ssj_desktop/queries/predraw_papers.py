"""随机抽取前承诺单: what is fixed before any witness writes a digit."""

from collections import Counter
from datetime import date

from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import text_lines
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.scheme import EXCLUDED, PROBABILITY, Scheme
from ssj_desktop.domain.papers import HashLine, PredrawPaper, Signer
from ssj_desktop.domain.plan_rules import ratio_text, stratum_label
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.queries.draw_words import (
    REASONS,
    WATERMARK,
    file_hashes,
    note_facts,
    paper_date,
    paper_time,
    scheme_facts,
    standing,
)
from ssj_desktop.queries.draws import DrawDetail, find_draw
from ssj_desktop.queries.drift import drift_annex, drift_rows, drift_title, some
from ssj_desktop.queries.office import find_office


def predraw_paper(session: Session, draw_id: str) -> PredrawPaper:
    """Everything the witnesses sign before they write."""
    draw = session.get_one(Draw, draw_id)
    detail, line = find_draw(session, draw_id), session.get_one(PlanLine, draw.plan_line_id)
    organ = find_office(session).unit
    files = {
        "pool.int": draw.pool_int, "pool.pub": draw.pool_pub,
        "plan": draw.plan_file, "staff": draw.staff_file,
    }  # fmt: skip
    hashes = [
        *file_hashes(files),
        HashLine("上一记录链头", draw.previous_head),
        HashLine("机器数 M 承诺", draw.commitment),
    ]
    items = "；".join(f"{name}（{number}）" for number, name in draw.scheme["items"])
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    return PredrawPaper(
        organ=organ,
        number=draw.number,
        ordinal=standing(session, draw),
        facts=(
            ("抽查任务", draw.title),
            ("抽查事项", items),
            ("名录库基数", f"{detail.base} 家（{paper_date(draw.frozen_at.astimezone().date())}）"),
            ("|参加抽取", f"{detail.eligible} 家；按规定排除 {detail.base - detail.eligible} 家"),
            *_excluded_facts(scheme),
            *note_facts(scheme, draw.scheme.get("exclusion_notes", {})),
            *_twin_facts(scheme),
            ("拟抽数量", _quotas_text(draw.plan_file, detail)),
            *scheme_facts(scheme, [line.lead, *(line.partners or ())], line.targeting.label),
            ("冻结时间", paper_time(draw.frozen_at)),
            ("|执法人员", f"{detail.officers} 人，回避 {detail.recusals} 条，逐家试配通过"),
        ),
        drift_title=drift_title(draw.drift, _iso_date),
        drift=drift_rows(draw.drift, _iso_date),
        annex=drift_annex(draw.drift, _iso_date),
        hashes=tuple(hashes),
        signers=(
            *(Signer("见证人", p["name"], p["unit"]) for p in draw.panel),
            Signer("操作人", draw.operator, organ),
            Signer("监督人", draw.supervisor, ""),
        ),
        watermark=WATERMARK if scheme.rehearsal else "",
        qr_text="/".join(("SSJ1", draw.number, *(line.sha256.upper() for line in hashes))),
        page_foot=f"抽取编号 {draw.number}　　设备 {draw.device}",
    )


def _excluded_facts(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """How many were left out for which reason."""
    counts = Counter(entry.reason for entry in scheme.pool if entry.status == EXCLUDED)
    words = "，".join(f"{REASONS.get(code, code)} {n} 家" for code, n in sorted(counts.items()))
    return (("排除原因", words),) if words else ()


def _twin_facts(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """One firm under two codes would hold two tickets: names that occur twice are printed."""
    counts = Counter(entry.name for entry in scheme.pool if entry.status != EXCLUDED)
    twins = sorted(f"{name}（{n} 条）" for name, n in counts.items() if n > 1)
    return (("名称相同", some(twins)),) if twins else ()


def _strata(plan_file: bytes) -> list[list[str]]:
    return [line[1:] for line in text_lines(plan_file) if line[0] == "stratum"]


def _quotas_text(plan_file: bytes, detail: DrawDetail) -> str:
    lines = _strata(plan_file)
    if lines[0][1] == PROBABILITY:
        return f"按概率 {ratio_text(int(lines[0][2]))}：票号小于该概率即为抽中，只抽一次"
    return f"共 {detail.quota} 家：" + "，".join(_quota_text(line) for line in lines)


def _quota_text(line: list[str]) -> str:
    spare = f"（候补 {line[7]}）" if line[7] != "0" else ""
    return f"{stratum_label(line[0])} 层 {line[6]} 家{spare}"


def _iso_date(day: str) -> str:
    return paper_date(date.fromisoformat(day))
