"""The papers of a draw, made from what was frozen and from the record alone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.canonical import sha256, sm3, text_lines
from ssj_desktop.domain.draw.files import recipe
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.draw.freezing import thaw
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.record import Record
from ssj_desktop.domain.draw.scheme import ABSENT, EXCLUDED, PROBABILITY, Scheme, StratumRule
from ssj_desktop.domain.draw.ticket import printed
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.papers import HashLine, PredrawPaper, RecordPaper, Row, Signer
from ssj_desktop.domain.plan_rules import ratio_text, stratum_label
from ssj_desktop.domain.vocabulary import ExclusionReason
from ssj_desktop.models.draws import Draw
from ssj_desktop.models.plans import PlanLine
from ssj_desktop.queries.drift import drift_annex, drift_rows, drift_title, some

if TYPE_CHECKING:
    from ssj_desktop.queries.draws import DrawDetail

_REASONS = {reason.value: reason.label for reason in ExclusionReason}
_DASH = "—"


def ordinal(serial: int, voided: int, unfinished: int = 0) -> str:
    """第 n 次，作废 m 次; earlier draws never finished are named; a file has no ledger."""
    if not serial:
        return "不入台账"
    left = f"，未完成 {unfinished} 次" if unfinished else ""
    return f"本年度第 {serial} 次，作废 {voided} 次{left}"


def standing(session: Session, draw: Draw) -> str:
    """Where a draw stands in the ledger of its device and year."""
    states = Counter(
        session.scalars(
            select(Draw.state).where(
                Draw.year == draw.year, Draw.device == draw.device, Draw.serial < draw.serial
            )
        )
    )
    voided = states[DrawState.VOID.value] + (draw.state == DrawState.VOID.value)
    unfinished = states[DrawState.FROZEN.value] + states[DrawState.OPENED.value]
    return ordinal(draw.serial, voided, unfinished)


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


def _iso_date(day: str) -> str:
    return paper_date(date.fromisoformat(day))


def predraw_paper(
    draw: Draw, organ: str, ordinal: str, detail: "DrawDetail", line: PlanLine
) -> PredrawPaper:
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
    scheme = thaw(draw.pool_int, draw.plan_file, draw.staff_file, draw.device)
    return PredrawPaper(
        organ=organ,
        number=draw.number,
        ordinal=ordinal,
        facts=(
            ("抽查任务", draw.title),
            ("抽查事项", items),
            ("名录库基数", f"{detail.base} 家（{paper_date(draw.frozen_at.astimezone().date())}）"),
            ("|参加抽取", f"{detail.eligible} 家；按规定排除 {detail.base - detail.eligible} 家"),
            *_excluded_facts(scheme),
            *_note_facts(scheme, draw.scheme.get("exclusion_notes", {})),
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
        watermark="演 练" if scheme.rehearsal else "",
        qr_text="/".join(("SSJ1", draw.number, *(line.sha256.upper() for line in hashes))),
        page_foot=f"抽取编号 {draw.number}　　设备 {draw.device}",
    )


def _excluded_facts(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """How many were left out for which reason."""
    counts = Counter(entry.reason for entry in scheme.pool if entry.status == EXCLUDED)
    words = "，".join(f"{_REASONS.get(code, code)} {n} 家" for code, n in sorted(counts.items()))
    return (("排除原因", words),) if words else ()


def _note_facts(scheme: Scheme, notes: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """What was written beside a reason, in full: an exclusion by hand has to explain itself."""
    names = {entry.id: entry.name for entry in scheme.pool if entry.id in notes}
    words = "；".join(f"{names[code]}：{note}" for code, note in sorted(notes.items()))
    return (("排除说明", words),) if words else ()


def _twin_facts(scheme: Scheme) -> tuple[tuple[str, str], ...]:
    """One firm under two codes would hold two tickets: names that occur twice are printed."""
    counts = Counter(entry.name for entry in scheme.pool if entry.status != EXCLUDED)
    twins = sorted(f"{name}（{n} 条）" for name, n in counts.items() if n > 1)
    return (("名称相同", some(twins)),) if twins else ()


def _strata(plan_file: bytes) -> list[list[str]]:
    return [line[1:] for line in text_lines(plan_file) if line[0] == "stratum"]


def _quotas_text(plan_file: bytes, detail: "DrawDetail") -> str:
    lines = _strata(plan_file)
    if lines[0][1] == PROBABILITY:
        return f"按概率 {ratio_text(int(lines[0][2]))}：票号小于该概率即为抽中，只抽一次"
    return f"共 {detail.quota} 家：" + "，".join(_quota_text(line) for line in lines)


def _quota_text(line: list[str]) -> str:
    spare = f"（候补 {line[7]}）" if line[7] != "0" else ""
    return f"{stratum_label(line[0])} 层 {line[6]} 家{spare}"


def scheme_facts(
    scheme: Scheme, departments: Sequence[str], targeting: str
) -> tuple[tuple[str, str], ...]:
    """What only some draws have: directed conditions, joint departments, batches, experts, X."""
    names = {field.name: field.label for field in TARGETS.fields}
    found = []
    if scheme.conditions:
        words = "；".join(
            f"{names[name]}为{'、'.join(values)}" for name, values in scheme.conditions
        )
        found.append((targeting, words))
    if len(departments) > 1:
        found.append(("联合抽查", f"牵头 {departments[0]}；配合 {'、'.join(departments[1:])}"))
    if scheme.batches:
        found.append(("检查批次", f"全部检查，按票号次序分 {scheme.batches} 批"))
    if scheme.expert_seats:
        words = "、".join(seat.specialty or "不限专业" for seat in scheme.expert_seats)
        found.append(
            ("专家", f"{len(scheme.experts)} 人中每家配 {len(scheme.expert_seats)} 人（{words}）")
        )
    if scheme.public_source != ABSENT:
        found.append(("公开数来源", scheme.public_source))
    return tuple(found)


def record_paper(record: Record) -> RecordPaper:
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
        *_note_facts(outcome.scheme, paper.get("exclusion_notes", {})),
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
    if rule.mode == PROBABILITY:
        return f"概率 {ratio_text(rule.ratio)}"
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
        return _DASH
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
