"""The papers of a draw, made from what was frozen and from the record alone."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from ssj_desktop.domain.draw.canonical import sha256, sm3, text_lines
from ssj_desktop.domain.draw.files import recipe
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.record import Record
from ssj_desktop.domain.draw.scheme import EXCLUDED, StratumRule
from ssj_desktop.domain.draw.ticket import printed
from ssj_desktop.domain.papers import HashLine, PredrawPaper, RecordPaper, Row, Signer
from ssj_desktop.domain.plan_rules import ratio_text, stratum_label
from ssj_desktop.domain.vocabulary import ExclusionReason
from ssj_desktop.models.draws import Draw

if TYPE_CHECKING:
    from ssj_desktop.queries.draws import DrawDetail

_REASONS = {reason.value: reason.label for reason in ExclusionReason}
_DRIFT = (
    ("added", "新增"),
    ("removed", "移出"),
    ("restratified", "重新分层"),
    ("excluded", "排除"),
)
_DASH = "—"


def ordinal(serial: int, voided: int) -> str:
    """第 n 次，作废 m 次; a draw from a file has no place in a ledger."""
    if not serial:
        return "不入台账"
    return f"本年度第 {serial} 次，作废 {voided} 次"


def paper_time(moment: str | datetime) -> str:
    """2026年9月15日 9:12."""
    if not moment:
        return _DASH
    when = datetime.fromisoformat(moment) if isinstance(moment, str) else moment.astimezone()
    return f"{paper_date(when.date())} {when.hour}:{when.minute:02d}"


def paper_date(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _hash_lines(files: Mapping[str, bytes]) -> list[HashLine]:
    labels = {"pool.int": "待抽库", "pool.pub": "公开名单", "plan": "方案", "staff": "人员库"}
    return [
        HashLine(label, sha256(files[name]), sm3(files[name]) or "")
        for name, label in labels.items()
    ]


def predraw_paper(draw: Draw, organ: str, ordinal: str, detail: "DrawDetail") -> PredrawPaper:
    """Everything the witnesses sign before they write."""
    files = {
        "pool.int": draw.pool_int, "pool.pub": draw.pool_pub,
        "plan": draw.plan_file, "staff": draw.staff_file,
    }  # fmt: skip
    hashes = [
        *_hash_lines(files),
        HashLine("上一记录链头", draw.previous_head),
        HashLine("机器数 M 承诺", draw.commitment),
    ]
    items = "；".join(f"{name}（{number}）" for number, name in draw.scheme["items"])
    quota = f"共 {detail.quota} 家：" + "，".join(
        _quota_text(line) for line in _strata(draw.plan_file)
    )
    return PredrawPaper(
        organ=organ,
        number=draw.number,
        ordinal=ordinal,
        facts=(
            ("抽查任务", draw.title),
            ("抽查事项", items),
            ("名录库基数", f"{detail.base} 家（{paper_date(draw.frozen_at.astimezone().date())}）"),
            ("|参加抽取", f"{detail.eligible} 家；按规定排除 {detail.base - detail.eligible} 家"),
            ("拟抽数量", quota),
            ("冻结时间", paper_time(draw.frozen_at)),
            ("|执法人员", f"{detail.officers} 人，回避 {detail.recusals} 条，逐家试配通过"),
        ),
        drift_title=_drift_title(draw.drift),
        drift=_drift_rows(draw.drift),
        hashes=tuple(hashes),
        signers=(
            *(Signer("见证人", p["name"], p["unit"]) for p in draw.panel),
            Signer("操作人", draw.operator, organ),
            Signer("监督人", draw.supervisor, ""),
        ),
        qr_text="/".join(("SSJ1", draw.number, *(line.sha256.upper() for line in hashes))),
        page_foot=f"抽取编号 {draw.number}　　设备 {draw.device}",
    )


def _strata(plan_file: bytes) -> list[list[str]]:
    return [line[1:] for line in text_lines(plan_file) if line[0] == "stratum"]


def _quota_text(line: list[str]) -> str:
    spare = f"（候补 {line[7]}）" if line[7] != "0" else ""
    return f"{stratum_label(line[0])} 层 {line[6]} 家{spare}"


def _drift_title(drift: Mapping[str, Any]) -> str:
    if not drift["since"]:
        return "名录库与上次名单的差异"
    return f"名录库与上次抽取（{drift['since']}）名单的差异"


def _drift_rows(drift: Mapping[str, Any]) -> tuple[Row, ...]:
    if not drift["since"]:
        return (("—", "—", "本任务首次抽取，没有上次名单"),)
    return tuple((label, str(len(drift[key])), _some_names(drift[key])) for key, label in _DRIFT)


def _some_names(names: list[str], most: int = 6) -> str:
    text = "、".join(names[:most])
    return f"{text}等，全部见待抽库清单" if len(names) > most else text or _DASH


def record_paper(record: Record) -> RecordPaper:
    """The record sheet; everything on it comes out of record.json."""
    paper = record["paper"]
    outcome = _outcome(record)
    return RecordPaper(
        organ=paper["organ"],
        number=record["draw"],
        ordinal=ordinal(paper["serial"], paper["voided"]),
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
        watermark="演 练" if record["rehearsal"] else "",
    )


def _outcome(record: Record) -> Outcome:
    files = {name: text.encode() for name, text in record["files"].items()}
    scheme = thaw(files["pool.int"], files["plan"], files["staff"], record["device"])
    return perform(
        scheme, record["hashes"]["prev"], record["machine"], record["witnesses"], record["public"]
    )


def _empty_row(columns: int) -> Row:
    return tuple("无" if place == columns - 1 else _DASH for place in range(columns))


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
        ("操作人", paper["operator"]),
        ("|监督人", paper["supervisor"]),
    )


def _strata_rows(outcome: Outcome) -> tuple[Row, ...]:
    rules = {rule.code: rule for rule in outcome.scheme.strata}
    rows = [
        (
            stratum_label(s.code), str(s.eligible), _rule_text(rules[s.code]),
            _exact(rules[s.code], s.eligible), str(s.k), str(len(s.substitutes)),
            printed(s.cutoff) if s.k else _DASH,
        )
        for s in outcome.strata
    ]  # fmt: skip
    totals = (
        "合计", str(sum(s.eligible for s in outcome.strata)), _DASH, _DASH,
        str(sum(s.k for s in outcome.strata)),
        str(sum(len(s.substitutes) for s in outcome.strata)), _DASH,
    )  # fmt: skip
    return (*rows, totals)


def _rule_text(rule: StratumRule) -> str:
    if rule.mode == "NUMBER":
        return f"{rule.number} 家"
    if rule.mode == "TOTAL":
        return "按总数分摊"
    return ("不低于 " if rule.mode == "RATIO" else "不高于 ") + ratio_text(rule.ratio)


def _exact(rule: StratumRule, eligible: int) -> str:
    if rule.mode not in ("RATIO", "RATIO_MAX"):
        return _DASH
    whole, rest = divmod(eligible * rule.ratio, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".")


def _names(outcome: Outcome) -> dict[str, str]:
    return {entry.id: entry.name for entry in outcome.scheme.pool}


def _drawn_rows(record: Record, outcome: Outcome) -> tuple[Row, ...]:
    names, officers = _names(outcome), record["paper"]["officers"]
    teams = {team["object"]: team for team in record["teams"]}
    pairs = [(s.code, ticket, i) for s in outcome.strata for ticket, i in s.drawn]
    return tuple(
        (
            str(n),
            stratum_label(code),
            printed(ticket),
            i,
            names[i],
            _team_text(teams.get(i), officers),
        )
        for n, (code, ticket, i) in enumerate(pairs, start=1)
    )


def _team_text(team: Mapping[str, Any] | None, officers: Mapping[str, str]) -> str:
    """The leader first, marked."""
    if team is None:
        return _DASH
    ordered = sorted(team["officers"], key=lambda officer: officer != team["leader"])
    return "、".join(
        ("▲" if officer == team["leader"] else "") + officers.get(officer, officer)
        for officer in ordered
    )


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
            _REASONS.get(entries[i].reason, entries[i].reason),
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
        *_hash_lines(files),
        HashLine("机器数 M", record["machine"], kind="抽前封存"),
        HashLine("上一记录链头", record["hashes"]["prev"]),
        HashLine("随机种子 R", record["seed"]),
        HashLine("本记录摘要", record["digest"]),
    )


def _candidate_rows(record: Record) -> tuple[Row, ...]:
    """Seats in the order in which they were filled, so that the loads can be followed."""
    names = record["paper"]["officers"]
    return tuple(
        (team["object"], str(n), str(len(seat)), _seat_text(seat, names))
        for team in record["teams"]
        for n, seat in enumerate(team["seats"], start=1)
    )


def _seat_text(seat: list[list[Any]], names: Mapping[str, str]) -> str:
    considered = [candidate for candidate in seat if candidate[3]]
    return "；".join(
        f"{names.get(officer, officer)}（{load}，{number[:8]}，{standing}）"
        for officer, load, number, standing in considered
    )
