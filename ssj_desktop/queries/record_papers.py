"""随机抽取记录表: everything on it comes out of record.json, so that the file and the paper agree."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.files import recipe
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.record import Record
from ssj_desktop.domain.draw.scheme import ABSENT, EXCLUDED, PROBABILITY, StratumRule
from ssj_desktop.domain.draw.ticket import printed
from ssj_desktop.domain.papers import HashLine, RecordPaper, Row, Signer
from ssj_desktop.domain.plan_rules import ratio_text, stratum_label
from ssj_desktop.queries.draw_words import (
    DASH,
    REASONS,
    WATERMARK,
    file_hashes,
    note_facts,
    ordinal,
    paper_time,
    scheme_facts,
)
from ssj_desktop.queries.draws import draw_record


def record_paper(session: Session, draw_id: str) -> RecordPaper:
    """The record sheet of a stored draw."""
    return paper_of_record(draw_record(session, draw_id))


def paper_of_record(record: Record) -> RecordPaper:
    """The record sheet; everything on it comes out of record.json."""
    paper = record["paper"]
    outcome = _outcome(record)
    return RecordPaper(
        organ=paper["organ"],
        number=record["draw"],
        ordinal=ordinal(paper["serial"], paper["voided"], paper.get("unfinished", 0)),
        facts=_facts(record, outcome),
        strata=_strata_rows(outcome),
        drawn=_drawn_rows(record, outcome),
        substitutes=_substitute_rows(outcome) or (_empty_row(5),),
        would_be=_would_be_rows(outcome) or (_empty_row(6),),
        would_be_note=_would_be_note(outcome),
        witnesses=tuple(
            Signer(p["capacity"], p["name"], p["unit"], digits)
            for p, digits in zip(paper["panel"], record["witnesses"], strict=True)
        ),
        hashes=_record_hashes(record),
        recipe=recipe(outcome),
        qr_text="/".join(
            ("SSJ1", record["draw"], record["seed"].upper(), record["digest"].upper())
        ),
        page_foot=f"抽取编号 {record['draw']}　　内部留存；公示件另行生成，不含分层",
        candidates=_candidate_rows(record),
        watermark=WATERMARK if record["rehearsal"] else "",
    )


def _outcome(record: Record) -> Outcome:
    files = {name: text.encode() for name, text in record["files"].items()}
    scheme = thaw(files["pool.int"], files["plan"], files["staff"], record["device"])
    return perform(
        scheme, record["hashes"]["prev"], record["machine"], record["witnesses"], record["public"]
    )


def _empty_row(columns: int) -> Row:
    return tuple("无" if place == columns - 1 else DASH for place in range(columns))


def _facts(record: Record, outcome: Outcome) -> tuple[tuple[str, str], ...]:
    paper, pool = record["paper"], outcome.scheme.pool
    excluded = sum(entry.status == EXCLUDED for entry in pool)
    items = "；".join(f"{name}（{number}）" for number, name in paper["items"])
    frozen, drawn = paper_time(paper["frozen_at"]), paper_time(paper["drawn_at"])
    team = max((len(seats) for seats in outcome.scheme.templates.values()), default=0)
    raised = f"，个人上限统一上调 {record['cap_raise']}" if record["cap_raise"] else ""
    staff = (
        f"{len(outcome.scheme.officers)} 人，每组 {team} 人，每人至多 {record['cap']} 家{raised}"
    )
    departments, targeting = paper.get("departments", []), paper.get("targeting", "")
    return (
        (
            "抽查任务",
            paper["title"]
            + (f"（另行抽取，原编号 {paper['replaces']}）" if paper["replaces"] else ""),
        ),
        ("抽查事项", items),
        ("冻结时间", frozen),
        ("|抽取时间", drawn),
        ("抽取地点", paper["place"]),
        ("|规则、设备", f"cs1（SHA-256）；设备 {record['device']}"),
        ("名录库基数", f"{len(pool)} 家"),
        ("|参加抽取", f"{len(pool) - excluded} 家；按规定排除 {excluded} 家"),
        ("执法人员", staff),
        *scheme_facts(outcome.scheme, departments, targeting),
        *note_facts(outcome.scheme, paper.get("exclusion_notes", {})),
        *_paper_facts(paper, record["public"]),
        ("操作人", paper["operator"]),
        ("|监督人", paper["supervisor"]),
    )


def _paper_facts(paper: Mapping[str, Any], public: str) -> tuple[tuple[str, str], ...]:
    pairs = (
        ("公开数 X", "" if public == ABSENT else public),
        ("抽查依据", paper.get("plan", "")),
        ("临时任务", paper.get("ad_hoc", "")),
        ("名单封存", f"至 {paper['sealed_until']}" if paper.get("sealed_until") else ""),
        ("见证确认", paper.get("confirmed", "")),
        ("小单位模式", paper.get("small_office", "")),
        ("时钟提示", paper.get("clock", "")),
    )
    return tuple(pair for pair in pairs if pair[1])


def _strata_rows(outcome: Outcome) -> tuple[Row, ...]:
    rules = {rule.code: rule for rule in outcome.scheme.strata}
    rows = [
        (
            stratum_label(s.code), str(s.eligible), _rule_text(rules[s.code]),
            _exact(rules[s.code], s.eligible), str(s.k), str(len(s.substitutes)),
            printed(s.cutoff) if s.k else DASH,
        )
        for s in outcome.strata
    ]  # fmt: skip
    totals = (
        "合计", str(sum(s.eligible for s in outcome.strata)), DASH, DASH,
        str(sum(s.k for s in outcome.strata)),
        str(sum(len(s.substitutes) for s in outcome.strata)), DASH,
    )  # fmt: skip
    return (*rows, totals)


def _rule_text(rule: StratumRule) -> str:
    if rule.mode == "NUMBER":
        return f"{rule.number} 家"
    if rule.mode == "TOTAL":
        return "按总数分摊"
    if rule.mode == PROBABILITY:
        return f"概率 {ratio_text(rule.ratio)}"
    return ("不低于 " if rule.mode == "RATIO" else "不高于 ") + ratio_text(rule.ratio)


def _exact(rule: StratumRule, eligible: int) -> str:
    if rule.mode not in ("RATIO", "RATIO_MAX"):
        return DASH
    whole, rest = divmod(eligible * rule.ratio, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def _names(outcome: Outcome) -> dict[str, str]:
    return {entry.id: entry.name for entry in outcome.scheme.pool}


def _drawn_rows(record: Record, outcome: Outcome) -> tuple[Row, ...]:
    names, officers = _names(outcome), record["paper"]["officers"]
    teams = {team["object"]: team for team in record["teams"]}
    experts = {team["object"]: team for team in record.get("experts", {}).get("teams", ())}
    batch = {i: n for n, codes in enumerate(record.get("batches", ()), start=1) for i in codes}
    pairs = [(s.code, ticket, i) for s in outcome.strata for ticket, i in s.drawn]
    return tuple(
        (
            str(n),
            stratum_label(code),
            printed(ticket),
            i,
            names[i] + (f"（第 {batch[i]} 批）" if i in batch else ""),
            _team_text(teams.get(i), officers) + _experts_text(experts.get(i), officers),
        )
        for n, (code, ticket, i) in enumerate(pairs, start=1)
    )


def _team_text(team: Mapping[str, Any] | None, officers: Mapping[str, str]) -> str:
    """The leader first, marked."""
    if team is None:
        return DASH
    ordered = sorted(team["officers"], key=lambda officer: officer != team["leader"])
    return "、".join(
        ("▲" if officer == team["leader"] else "") + officers.get(officer, officer)
        for officer in ordered
    )


def _experts_text(team: Mapping[str, Any] | None, names: Mapping[str, str]) -> str:
    if team is None:
        return ""
    return "；专家" + "、".join(names.get(expert, expert) for expert in team["officers"])


def _substitute_rows(outcome: Outcome) -> tuple[Row, ...]:
    names = _names(outcome)
    return tuple(
        (str(n), stratum_label(s.code), printed(ticket), i, names[i])
        for s in outcome.strata
        for n, (ticket, i) in enumerate(s.substitutes, start=1)
    )


def _would_be_rows(outcome: Outcome) -> tuple[Row, ...]:
    entries = {entry.id: entry for entry in outcome.scheme.pool}
    pairs = [(s.code, ticket, i) for s in outcome.strata for ticket, i in s.would_be]
    return tuple(
        (
            str(n), stratum_label(code), printed(ticket), i, entries[i].name,
            REASONS.get(entries[i].reason, entries[i].reason),
        )
        for n, (code, ticket, i) in enumerate(pairs, start=1)
    )  # fmt: skip


def _would_be_note(outcome: Outcome) -> str:
    excluded = sum(entry.status == EXCLUDED for entry in outcome.scheme.pool)
    listed = sum(len(s.would_be) for s in outcome.strata)
    return f"共排除 {excluded} 家；其余 {excluded - listed} 家的票号均不小于本层截止票号"


def _record_hashes(record: Record) -> tuple[HashLine, ...]:
    files = {name: text.encode() for name, text in record["files"].items()}
    return (
        *file_hashes(files),
        HashLine("机器数 M", record["machine"], kind="抽前封存"),
        HashLine("上一记录链头", record["hashes"]["prev"]),
        HashLine("随机种子 R", record["seed"]),
        HashLine("本记录摘要", record["digest"]),
    )


def _candidate_rows(record: Record) -> tuple[Row, ...]:
    """Seats in the order in which they were filled, so that the loads can be followed."""
    names = record["paper"]["officers"]
    return tuple(
        (team["object"], f"{word}{n}", str(len(seat)), _seat_text(seat, names))
        for seats, word in (
            (record["teams"], ""),
            (record.get("experts", {}).get("teams", ()), "专家"),
        )
        for team in seats
        for n, seat in enumerate(team["seats"], start=1)
    )


def _seat_text(seat: list[list[Any]], names: Mapping[str, str]) -> str:
    considered = [candidate for candidate in seat if candidate[3]]
    return "；".join(
        f"{names.get(officer, officer)}（{load}，{number[:8]}，{standing}）"
        for officer, load, number, standing in considered
    )
