"""Exchanging with other devices: taking segments in, handing them out, by whatever way.

Every way ends in ``take_in``: one backup before it, one transaction, one printable report.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import insert, update

from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.have import Have, have_text
from ssj_desktop.domain.membership import MemberRecord
from ssj_desktop.models.exchange import Exchange, PeerState
from ssj_desktop.queries.exchanges import are_behind, common_heads, owes_word
from ssj_desktop.queries.journal import journal_head
from ssj_desktop.queries.lineage import (
    has_unsealed_changes,
    holds,
    segment_parents,
    segments_beyond,
    tips,
)
from ssj_desktop.queries.membership import find_roster, office_root, own_keys
from ssj_desktop.queries.rivals import list_rivalries
from ssj_desktop.queries.waiting import describe_waiting
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.excerpts import NOTHING, FromOffice, take_excerpts
from ssj_desktop.services.folding import Changes
from ssj_desktop.services.judging import judge_segment
from ssj_desktop.services.membership import keep_foreign_records
from ssj_desktop.services.steps import Steps, in_silence
from ssj_desktop.services.sync import ApplySegments, SegmentsApplied, apply_segments

FOLDER, STICK, SERVER, FIELD = "共享文件夹", "数据包", "服务器", "外业包"
MOST_COPIES = 8
"""Statements of copies of one device that are remembered until the next bundle for it."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a device says of attachments: what it lacks, and in a receipt what it holds."""

    device: str
    asked: tuple[str, ...]
    attested: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeIn:
    """What came from others: segment files by hash, member records, what they say they hold."""

    way: str
    peer: str
    segments: Mapping[str, bytes]
    records: tuple[MemberRecord, ...] = ()
    haves: tuple[Have, ...] = ()
    sent: int = 0
    file: str = ""
    digest: str = ""
    remarks: tuple[str, ...] = field(default=())
    brought: FromOffice = NOTHING
    said: Said | None = None
    steps: Steps = in_silence


class _PreviewEnds(Exception):
    """Carries the report of a preview out of the transaction that is rolled back."""

    def __init__(self, report: ExchangeReport) -> None:
        super().__init__()
        self.report = report


def take_in(work: Work, command: TakeIn) -> ExchangeReport:
    """Check, apply, remember who holds what, and write the report; all or nothing."""
    report = _taken(work, command)
    _keep_report(work, report)
    work.note(
        "交换数据", command.peer or command.way, "sync", "devices", "home",
        way=command.way, sent=report.sent, received=report.received, **report.counts,
    )  # fmt: skip
    return report


def preview_exchange(work: Work, command: TakeIn) -> ExchangeReport:
    """What ``take_in`` would report; always ends in a rollback."""
    raise _PreviewEnds(_taken(work, command))


def preview(desk: Desk, command: TakeIn) -> ExchangeReport:
    """The report of an exchange that has not happened."""
    try:
        return desk.do(preview_exchange, command)
    except _PreviewEnds as end:
        return end.report


def _taken(work: Work, command: TakeIn) -> ExchangeReport:
    keep_foreign_records(work, command.records)
    known = segment_parents(work.session)
    fresh = {name: part for name, part in command.segments.items() if name not in known}
    before = list_rivalries(work.session)
    excerpted = take_excerpts(work, command.brought)
    applied = apply_segments(
        work, ApplySegments(tuple(fresh.values()), judge_segment, command.way, command.steps)
    )
    rivalries = list_rivalries(work.session).items() - before.items()
    for have in command.haves:
        _keep_have(work, have)
    if command.said is not None:
        _keep_said(work, command.said)
    return ExchangeReport(
        at=work.surroundings.local(work.now).strftime("%Y-%m-%d %H:%M"),
        actor=work.actor.name,
        way=command.way,
        peer=command.peer,
        file=command.file,
        digest=command.digest,
        sent=command.sent,
        received=len(fresh) + len(command.brought.excerpts),
        counts=_counts(applied, excerpted),
        remarks=(
            *command.remarks,
            *_remarks(applied),
            *describe_waiting(work.session),
            *(f"{n}：{s}" for n, s in sorted(rivalries)),
        ),
        id=work.new_id(),
    )


def _counts(applied: SegmentsApplied, excerpted: Changes) -> dict[str, int]:
    return {
        "new": applied.added + excerpted.added,
        "changed": applied.changed + applied.removed + excerpted.changed + excerpted.removed,
        "conflicts": max(0, applied.conflicts),
        "waiting": len(applied.waiting),
        "refused": len(applied.refused),
    }


def _remarks(applied: SegmentsApplied) -> tuple[str, ...]:
    """Why something was not taken, each reason once with its count."""
    reasons = Counter(each.reason for each in applied.refused)
    return tuple(f"{reason}（{count} 段）" for reason, count in sorted(reasons.items()))


def _keep_have(work: Work, have: Have) -> None:
    """Believe a statement of a member about itself.

    One that does not hold what the device had acknowledged comes from a restored backup or from
    a clone; which copy will read the next bundle nobody knows, so it is made for both.
    """
    member = find_roster(work.session).find(have.public)
    if member is None or not member.is_active or have.office != office_root(work.session):
        return
    if member.device == own_keys(work.session).device:
        return
    row = work.session.get(PeerState, member.device)
    if row is None:
        row = PeerState(device=member.device)
        work.session.add(row)
    elif not holds(segment_parents(work.session), have.heads, row.heads):
        row.behind = [*(row.behind or ()), row.heads, list(have.heads)][-MOST_COPIES:]
    row.heads, row.journal_head, row.heard_at = list(have.heads), have.journal_head, work.now


def _keep_said(work: Work, said: Said) -> None:
    """Of a device whose statement was just believed; every receipt it ever gave counts."""
    row = work.session.get(PeerState, said.device)
    if row is not None:
        row.asked = list(said.asked) or None
        row.attested = sorted({*(row.attested or ()), *said.attested}) or None


def _keep_report(work: Work, report: ExchangeReport) -> None:
    work.session.execute(
        insert(Exchange).values(
            id=report.id,
            at=work.now,
            actor=report.actor,
            way=report.way,
            peer=report.peer,
            file=report.file,
            digest=report.digest,
            sent=report.sent,
            received=report.received,
            counts=dict(report.counts),
            remarks=list(report.remarks),
        )
    )


def own_have(desk: Desk) -> tuple[str, str]:
    """The name of this device and the signed text of what it holds."""
    keys = desk.ask(own_keys)
    have = Have(
        desk.ask(office_root), keys.public.hex(), tuple(sorted(desk.ask(tips))),
        desk.ask(journal_head), stamp(desk.surroundings.now()),
    )  # fmt: skip
    return keys.device, have_text(have, keys)


def stamp(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def segments_for(desk: Desk, devices: tuple[str, ...]) -> dict[str, bytes]:
    """What at least one of ``devices`` lacks, parents first; sealed up to this moment."""
    seal_changes(desk)
    return desk.ask(segments_beyond, desk.ask(common_heads, devices))


def note_served(desk: Desk, devices: tuple[str, ...]) -> None:
    """A bundle for all copies of these devices lies on the stick; a receipt is for one only."""
    if desk.ask(are_behind, devices):
        desk.jot(forget_behind, devices)


def forget_behind(work: Work, devices: tuple[str, ...]) -> None:
    """A copy that never got the bundle will say so again."""
    session = work.session
    session.execute(update(PeerState).where(PeerState.device.in_(devices)).values(behind=None))


def seal_changes(desk: Desk) -> None:
    """Changes entered until now go into a segment; entries that changed nothing can wait.

    Not so the word for what a device signed that was revoked since: others count it only then.
    """
    if desk.ask(has_unsealed_changes) or desk.ask(owes_word):
        desk.seal()
