"""Publication (方案 二（八）): prepare, assess, approve or exempt, record, withdraw."""

import hashlib
from dataclasses import dataclass
from datetime import date

from sqlalchemy import insert, select

from ssj_desktop.domain.disclosure_rules import check_assessment, mask, personal_marks
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.domain.permissions import refuse_same_person
from ssj_desktop.domain.vocabulary import DisclosureKind, DisclosureState, PlanState
from ssj_desktop.models.base import canonical_json
from ssj_desktop.models.disclosures import Disclosure
from ssj_desktop.models.item_lists import ListEdition
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.queries.disclosures import list_subjects, subject_rows
from ssj_desktop.services.desk import Work


@dataclass(frozen=True, slots=True)
class PrepareDisclosure:
    """Open a publication of the item list, a plan, a draw list or results."""

    kind: DisclosureKind
    subject_id: str


@dataclass(frozen=True, slots=True)
class AssessDisclosure:
    """舆情研判 before publication."""

    disclosure_id: str
    assessment: str


@dataclass(frozen=True, slots=True)
class ExemptDisclosure:
    """不予公示, with its legal basis."""

    disclosure_id: str
    basis: str


@dataclass(frozen=True, slots=True)
class RecordPublication:
    """Where and when it was published; the proof an evaluator asks for."""

    disclosure_id: str
    published_on: date
    channel: str


@dataclass(frozen=True, slots=True)
class WithdrawDisclosure:
    """撤下, with the reason; the history stays."""

    disclosure_id: str
    reason: str


def prepare_disclosure(work: Work, command: PrepareDisclosure) -> str:
    """Take the public rows as they are now; they no longer change by themselves."""
    subjects = list_subjects(work.session, work.today)
    subject = next(
        (s for s in subjects if (s.kind, s.subject_id) == (command.kind, command.subject_id)), None
    )
    if subject is None:
        raise RuleViolation("现在不能公示这一项。", "可能已经在公示流程中，或还有检查没有复核完。")
    rows = subject_rows(work.session, command.kind, command.subject_id)
    masked = [[mask(text) for text in row] for row in rows]
    disclosure_id = work.new_id()
    work.session.execute(
        insert(Disclosure).values(
            id=disclosure_id,
            kind=command.kind,
            subject_id=command.subject_id,
            title=subject.title,
            state=DisclosureState.PREPARED,
            completed_on=subject.completed_on,
            rows=masked,
            content_hash=_content_hash(masked),
            prepared_by=work.actor.name,
            prepared_at=work.now,
        )
    )
    hidden = sum(len(personal_marks(text)) for row in rows for text in row)
    work.note("准备公示", subject.title, "disclosures", rows=len(rows), masked=hidden)
    return disclosure_id


def _content_hash(rows: list[list[str]]) -> str:
    return hashlib.sha256(canonical_json(rows).encode()).hexdigest()


def assess_disclosure(work: Work, command: AssessDisclosure) -> None:
    disclosure = _in_state(work, command.disclosure_id, DisclosureState.PREPARED)
    check_assessment(command.assessment)
    disclosure.assessment = command.assessment.strip()
    disclosure.assessed_by, disclosure.state = work.actor.name, DisclosureState.ASSESSED
    work.note("公示研判", disclosure.title, "disclosures", assessment=disclosure.assessment)


def approve_disclosure(work: Work, disclosure_id: str) -> None:
    """A second person approves exactly the rows whose hash is journalled."""
    disclosure = _in_state(work, disclosure_id, DisclosureState.ASSESSED)
    refuse_same_person(disclosure.prepared_by, work.actor.name, "公示审批")
    disclosure.approved_by, disclosure.approved_at = work.actor.name, work.now
    disclosure.state = DisclosureState.APPROVED
    work.note("公示审批", disclosure.title, "disclosures", sha256=disclosure.content_hash)


def exempt_disclosure(work: Work, command: ExemptDisclosure) -> None:
    """Decide not to publish (法定不公示情形)."""
    disclosure = _in_state(
        work, command.disclosure_id, DisclosureState.PREPARED, DisclosureState.ASSESSED
    )
    refuse_same_person(disclosure.prepared_by, work.actor.name, "不予公示审批")
    if not command.basis.strip():
        raise InvalidInput("不予公示没有法律依据。", "请写明依据的法律条款。")
    disclosure.exemption_basis, disclosure.approved_by = command.basis.strip(), work.actor.name
    disclosure.state = DisclosureState.EXEMPTED
    work.note("不予公示", disclosure.title, "disclosures", basis=command.basis)


def record_publication(work: Work, command: RecordPublication) -> None:
    disclosure = _in_state(work, command.disclosure_id, DisclosureState.APPROVED)
    if not command.channel.strip():
        raise InvalidInput("没有填写公示渠道。", "请填写网站或公示系统名称。")
    if command.published_on > work.today:
        raise InvalidInput("公示日期在今天之后。", "请填写实际公示日期。")
    disclosure.published_on, disclosure.channel = command.published_on, command.channel.strip()
    disclosure.state = DisclosureState.PUBLISHED
    if disclosure.kind is DisclosureKind.ITEM_LIST:
        edition = work.session.get_one(ListEdition, disclosure.subject_id)
        edition.published_on, edition.published_where = command.published_on, disclosure.channel
    if disclosure.kind is DisclosureKind.PLAN:
        plan = work.session.get_one(AnnualPlan, disclosure.subject_id)
        if plan.state is PlanState.FILED:
            plan.state = PlanState.PUBLISHED
    work.note(
        "已公示", disclosure.title, "disclosures", "plans", "items", channel=disclosure.channel
    )


def withdraw_disclosure(work: Work, command: WithdrawDisclosure) -> None:
    disclosure = _in_state(work, command.disclosure_id, DisclosureState.PUBLISHED)
    if not command.reason.strip():
        raise InvalidInput("撤下没有原因。", "请写明原因。")
    disclosure.state, disclosure.withdrawn_on = DisclosureState.WITHDRAWN, work.today
    disclosure.withdrawal_reason = command.reason.strip()
    work.note("撤下公示", disclosure.title, "disclosures", reason=command.reason)


def _in_state(work: Work, disclosure_id: str, *states: DisclosureState) -> Disclosure:
    disclosure = work.session.scalar(select(Disclosure).where(Disclosure.id == disclosure_id))
    if disclosure is None or disclosure.state not in states:
        state = disclosure.state.label if disclosure else "不存在"
        raise RuleViolation(f"这项公示现在是“{state}”，不能办理。", "请刷新后查看。")
    return disclosure
