"""Filing upwards: prepare, countersign, answer, and take in what came (备案)."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, date
from typing import Any

from sqlalchemy import insert, select

from ssj_desktop.domain.errors import FileRefused, InvalidInput, PermissionRefused, RuleViolation
from ssj_desktop.domain.filing import (
    Countersignature,
    Filing,
    FilingReceipt,
    OfficeCard,
    check_verdict,
    digest_of,
    level_of,
    office_code,
    read_statement,
    statement_text,
)
from ssj_desktop.domain.membership import MemberRecord, call_roll, read_record, record_text
from ssj_desktop.domain.vocabulary import FilingKind, FilingVerdict, PlanState
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.models.exchange import FilingAnswer, FilingPaper, FilingRow, PeerOffice
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.queries.filings import (
    COUNTERSIGN,
    RECEIPT,
    change_facts,
    change_paper,
    facts_text,
    find_filing,
    peer_roster,
    plan_facts,
)
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.membership import find_roster, office_root, own_keys
from ssj_desktop.queries.plans import LIVE_STATES, plan_paper
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class AddPeerOffice:
    """The card of an office above or below; ``code`` is what its people read out."""

    card: str
    members: tuple[str, ...]
    code: str


@dataclass(frozen=True, slots=True)
class PrepareFiling:
    """A plan version by its key, or a summary of changes from ``first`` to ``last``."""

    plan_id: str = ""
    first: date | None = None
    last: date | None = None


@dataclass(frozen=True, slots=True)
class CountersignFiling:
    """The middle level agrees before it hands the filing on."""

    digest: str
    opinion: str


@dataclass(frozen=True, slots=True)
class AnswerFiling:
    """已备案 with a number, or 退回 with an opinion."""

    digest: str
    verdict: FilingVerdict
    number: str = ""
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class TakeFilings:
    """Filings and answers as they lay in a bundle of ``office`` sent by ``sender``."""

    office: str
    sender: str
    parts: dict[str, bytes]


@dataclass(frozen=True, slots=True)
class FilingsTaken:
    """What came in: new filings and new answers, by title."""

    filings: tuple[str, ...]
    answers: tuple[str, ...]


def add_peer_office(work: Work, command: AddPeerOffice) -> str:
    """Know another office by its root key; both sides have compared ten digits."""
    card = read_statement(OfficeCard, command.card)
    if office_code(card.office).replace(" ", "") != command.code.replace(" ", ""):
        raise InvalidInput("比对码与名片不一致。", "请打电话与对方逐位核对；不一致时不要登记。")
    if card.office == office_root(work.session):
        raise InvalidInput("这是本单位自己的名片。", "请导入上级或下级单位的名片。")
    records = tuple(read_record(text) for text in command.members)
    member = call_roll(card.office, records).find(card.signer)
    if member is None or not member.is_active:
        raise PermissionRefused("名片不是由对方在用的设备签出的。", "请对方重新导出名片。")
    known = work.session.scalars(select(PeerOffice).where(PeerOffice.office == card.office)).first()
    row = known or PeerOffice(id=work.new_id(), office=card.office)
    row.unit, row.division, row.level = card.unit, card.division, card.level
    row.members = sorted({*(row.members or ()), *command.members})
    row.added_at, row.added_by = work.now, work.actor.name
    work.session.add(row)
    work.note("登记往来单位", card.unit, "filings", division=card.division)
    return row.id


def prepare_filing(work: Work, command: PrepareFiling) -> str:
    """Sign a filing with its paper and its facts; it never changes afterwards."""
    if command.plan_id:
        facts, kind, title, subject, version, pdf = _plan_filing(work, command.plan_id)
    else:
        facts, kind, title, subject, version, pdf = _summary_filing(work, command)
    facts_json, paper = facts_text(facts), hashlib.sha256(pdf).hexdigest()
    filing = Filing(
        filing=work.new_id(),
        office=office_root(work.session),
        unit=work.office.unit,
        division=work.office.division,
        kind=kind.value,
        title=title,
        subject=subject,
        version=version,
        facts=digest_of(facts_json),
        papers=paper,
        journal_head=journal_head(work.session),
        made_by=work.actor.name,
        made_at=_stamp(work),
        signer="",
    )
    text = statement_text(filing, own_keys(work.session))
    _keep_filing(work, text, facts_json, incoming=False)
    _keep_paper(work, pdf)
    work.note("报送备案", title, "filings", "plans", digest=digest_of(text))
    return digest_of(text)


_Prepared = tuple[dict[str, Any], FilingKind, str, str, str, bytes]


def _plan_filing(work: Work, plan_id: str) -> _Prepared:
    plan = work.session.get(AnnualPlan, plan_id)
    if plan is None or plan.state not in LIVE_STATES:
        raise RuleViolation("只有已审定的计划可以报送备案。", "请先由审批人审定。")
    kind = FilingKind.PLAN if plan.version == 1 else FilingKind.REVISION
    title = f"{plan.name}（第 {plan.version} 版）"
    pdf = render_pdf(plan_paper(work.session, plan_id), work.now)
    return plan_facts(work.session, plan_id), kind, title, plan.id, str(plan.version), pdf


def _summary_filing(work: Work, command: PrepareFiling) -> _Prepared:
    if command.first is None or command.last is None or command.first > command.last:
        raise InvalidInput("没有写明汇总的起止日期。", "请填写起止日期，起不晚于止。")
    facts = change_facts(work.session, command.first, command.last)
    period = f"{command.first.isoformat()} 至 {command.last.isoformat()}"
    pdf = render_pdf(change_paper(work.session, facts), work.now)
    return facts, FilingKind.SUMMARY, f"名录变动汇总（{period}）", period, "1", pdf


def countersign_filing(work: Work, command: CountersignFiling) -> None:
    """Add this office's countersignature beside the text of the level below."""
    entry = find_filing(work.session, command.digest)
    if not entry.incoming:
        raise RuleViolation("本单位报出的备案不用自己加签。", "请在上级单位加签或答复。")
    if entry.countersigns or entry.receipts:
        raise RuleViolation("这份备案已经加签或答复。", "请刷新后查看。")
    statement = Countersignature(
        statement=entry.digest,
        office=office_root(work.session),
        unit=work.office.unit,
        opinion=command.opinion.strip() or "同意转报",
        made_by=work.actor.name,
        made_at=_stamp(work),
        signer="",
    )
    text = statement_text(statement, own_keys(work.session))
    _keep_answer(work, entry.digest, COUNTERSIGN, text)
    work.note("备案加签", entry.filing.title, "filings", digest=entry.digest)


def answer_filing(work: Work, command: AnswerFiling) -> None:
    """Give the receipt: 已备案 with its number, or 退回 with an opinion."""
    entry = find_filing(work.session, command.digest)
    if entry.why_not_answer:
        raise RuleViolation(f"不能答复：{entry.why_not_answer}。", "请在备案列表中核对。")
    check_verdict(command.verdict, command.number, command.opinion)
    receipt = FilingReceipt(
        statement=entry.digest,
        office=office_root(work.session),
        unit=work.office.unit,
        verdict=command.verdict.value,
        number=command.number.strip(),
        opinion=command.opinion.strip(),
        made_by=work.actor.name,
        made_at=_stamp(work),
        signer="",
    )
    text = statement_text(receipt, own_keys(work.session))
    _keep_answer(work, entry.digest, RECEIPT, text)
    verdict = f"备案答复：{command.verdict.label}"
    work.note(verdict, entry.filing.title, "filings", number=command.number)


def take_filings(work: Work, command: TakeFilings) -> FilingsTaken:
    """Take in what another office sent: its signatures, papers and answers are all checked."""
    records = _records(command.parts)
    _refuse_stranger(work, command, records)
    filings = [
        _take_filing(work, command, _text(part), records)
        for name, part in command.parts.items()
        if name.startswith("filings/")
    ]
    work.session.flush()
    answers = [
        _take_answer(work, _text(part), records)
        for name, part in command.parts.items()
        if name.startswith("answers/")
    ]
    taken = FilingsTaken(tuple(filter(None, filings)), tuple(filter(None, answers)))
    titles = "、".join((*taken.filings, *taken.answers)) or "没有新内容"
    work.note("收取备案", titles, "filings", "plans", office=command.office[:16])
    return taken


def _records(parts: dict[str, bytes]) -> tuple[MemberRecord, ...]:
    return tuple(
        read_record(_text(part)) for name, part in parts.items() if name.startswith("members/")
    )


def _refuse_stranger(work: Work, command: TakeFilings, records: tuple[MemberRecord, ...]) -> None:
    """The sender is a device of an office whose card was taken in; its newer records are kept."""
    peer = work.session.scalars(
        select(PeerOffice).where(PeerOffice.office == command.office)
    ).first()
    if peer is None:
        raise PermissionRefused("没有登记过这个单位。", "请先导入对方的单位名片并核对比对码。")
    texts = {record_text(record) for record in records if record.office == command.office}
    known = call_roll(command.office, [read_record(t) for t in {*peer.members, *texts}])
    member = known.find(command.sender)
    if member is None or not member.is_active:
        raise PermissionRefused(
            f"发件设备不是“{peer.unit}”在用的设备。", "请对方用在用的设备重新导出。"
        )
    if not texts <= set(peer.members):
        peer.members = sorted({*peer.members, *texts})


def _take_filing(
    work: Work, command: TakeFilings, text: str, records: tuple[MemberRecord, ...]
) -> str | None:
    filing, digest, parts = read_statement(Filing, text), digest_of(text), command.parts
    if work.session.scalar(select(FilingRow.id).where(FilingRow.digest == digest)):
        return None
    if filing.office != command.office:
        _refuse_unvouched(command, filing, digest)
    _refuse_foreign_signer(work, filing.office, filing.signer, records)
    facts = _text(parts.get(f"facts/{filing.facts}.json", b""))
    papers = [parts.get(f"papers/{sha256}.pdf", b"") for sha256 in filing.paper_hashes]
    found = (digest_of(facts), *(hashlib.sha256(paper).hexdigest() for paper in papers))
    if found != (filing.facts, *filing.paper_hashes):
        raise FileRefused(f"“{filing.title}”的附件与签名不符。", "请报送单位重新导出。")
    _keep_filing(work, text, facts, incoming=True)
    for paper in papers:
        _keep_paper(work, paper)
    return filing.title


def _refuse_unvouched(command: TakeFilings, filing: Filing, digest: str) -> None:
    """What was handed on carries the countersignature of the office that hands it on."""
    for name, part in command.parts.items():
        text = _text(part) if name.startswith("answers/") else ""
        if text.startswith(f"{Countersignature.magic}\n"):
            statement = read_statement(Countersignature, text)
            if (statement.statement, statement.office) == (digest, command.office):
                return
    raise PermissionRefused(
        f"“{filing.unit}”的备案没有转报单位的加签。", "请转报单位加签后重新导出。"
    )


def _take_answer(work: Work, text: str, records: tuple[MemberRecord, ...]) -> str | None:
    kind = RECEIPT if text.startswith(f"{FilingReceipt.magic}\n") else COUNTERSIGN
    answer: FilingReceipt | Countersignature = (
        read_statement(FilingReceipt, text)
        if kind == RECEIPT
        else read_statement(Countersignature, text)
    )
    _refuse_foreign_signer(work, answer.office, answer.signer, records)
    entry = find_filing(work.session, answer.statement)
    if answer in (*entry.receipts, *entry.countersigns):
        return None
    _keep_answer(work, entry.digest, kind, text)
    if isinstance(answer, FilingReceipt) and not entry.incoming:
        _close_plan(work, entry.filing, answer)
    return entry.filing.title


def _close_plan(work: Work, filing: Filing, receipt: FilingReceipt) -> None:
    """A plan that the level above has filed carries its number from then on."""
    plan = work.session.get(AnnualPlan, filing.subject)
    if (
        receipt.verdict == FilingVerdict.FILED.value
        and plan is not None
        and plan.state is PlanState.APPROVED
    ):
        plan.state, plan.filed_to = PlanState.FILED, receipt.unit
        plan.filed_on, plan.filing_number = date.fromisoformat(receipt.made_at[:10]), receipt.number


def _refuse_foreign_signer(
    work: Work, office: str, signer: str, records: tuple[MemberRecord, ...]
) -> None:
    """An own device, a device of a known office, or one whose office vouches in the same bundle."""
    rosters = [call_roll(office, records), peer_roster(work.session, office)]
    if office == office_root(work.session):
        rosters.append(find_roster(work.session))
    if not any(roster is not None and roster.find(signer) for roster in rosters):
        raise PermissionRefused("备案的签名设备查不到登记。", "请报送单位连同设备登记重新导出。")


def _text(part: bytes) -> str:
    try:
        return part.decode()
    except UnicodeDecodeError:
        raise FileRefused("备案内容的编码不对。", "请报送单位重新导出。") from None


def _stamp(work: Work) -> str:
    return work.now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _keep_filing(work: Work, text: str, facts: str, *, incoming: bool) -> None:
    work.session.execute(
        insert(FilingRow).values(
            id=work.new_id(), digest=digest_of(text), incoming=incoming, text=text, facts=facts,
            kept_at=work.now,
        )
    )  # fmt: skip


def _keep_paper(work: Work, content: bytes) -> None:
    sha256 = hashlib.sha256(content).hexdigest()
    if work.session.scalar(select(FilingPaper.id).where(FilingPaper.sha256 == sha256)) is None:
        work.session.execute(
            insert(FilingPaper).values(id=work.new_id(), sha256=sha256, content=content)
        )


def _keep_answer(work: Work, filing: str, kind: str, text: str) -> None:
    work.session.execute(
        insert(FilingAnswer).values(
            id=work.new_id(), filing=filing, kind=kind, text=text, kept_at=work.now
        )
    )


def office_card(work_office: str, unit: str, division: str) -> OfficeCard:
    """The card of an office; its level follows from the division code (GB/T 2260)."""
    return OfficeCard(work_office, unit, division, level_of(division).value, "")
