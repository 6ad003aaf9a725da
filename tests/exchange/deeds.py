"""What a person does at a computer of ``computer.py``, by name; answers are plain JSON."""

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from random import Random
from typing import Any

from exchange.two_desks import approver_at
from office import PASSWORD, Clock, approved_line, enrol_inspectors, enrol_targets, freezing
from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.exchange_report import ExchangeReport
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import FilingVerdict, InspectionMethod, ResultCode
from ssj_desktop.models import rows
from ssj_desktop.models.capture import covered_tables
from ssj_desktop.models.registries import RegistryChange
from ssj_desktop.queries.attachments import named_hashes
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.conflicts import list_conflicts
from ssj_desktop.queries.filings import find_filing
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import list_double_entries
from ssj_desktop.queries.membership import own_keys
from ssj_desktop.queries.plans import list_plans
from ssj_desktop.queries.registries import RowFilter, list_rows
from ssj_desktop.queries.segments import QUARANTINED, WAITING, list_segments
from ssj_desktop.services import serving
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.conflicts import SettleConflict, settle_conflict
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.field_bundles import bring_in, write_bundle_out, write_field_bundle
from ssj_desktop.services.filing_files import (
    card_file,
    filing_bundle,
    own_code,
    read_card_file,
    take_filing_bundle,
)
from ssj_desktop.services.filings import (
    AnswerFiling,
    CountersignFiling,
    PrepareFiling,
    add_peer_office,
    answer_filing,
    countersign_filing,
    prepare_filing,
)
from ssj_desktop.services.inspections import (
    EnterResult,
    ScheduleVisit,
    enter_result,
    schedule_visit,
)
from ssj_desktop.services.membership import RevokeDevice, revoke_device
from ssj_desktop.services.registries import Revise, revise
from ssj_desktop.services.signing_in import open_account
from ssj_desktop.services.transports import exchange_folder, pull, push

FINE = (ResultCode.NO_PROBLEM_FOUND,)


@dataclass
class Seat:
    """The clerk at the open store."""

    desk: Desk
    clock: Clock

    @classmethod
    def at(cls, store: Path, day: int) -> "Seat":
        clock = Clock()
        clock.pass_days(day)
        return cls(open_account(store, PASSWORD, "张敏", clock), clock)


def to_day(seat: Seat, day: int) -> None:
    began = Clock()
    began.pass_days(day)
    seat.clock.pass_days((began.now() - seat.clock.now()).days)


def device(seat: Seat) -> str:
    return seat.desk.ask(own_keys).device


# --- ordinary work ----------------------------------------------------------------------------


def targets(seat: Seat) -> list[str]:
    return sorted(row.id for row in seat.desk.ask(list_rows, "targets", RowFilter()))


def edit(seat: Seat, key: str, name: str, value: str, reason: str) -> None:
    seat.desk.do(revise, Revise("targets", key, {name: value}, reason))


def draw_tasks(seat: Seat) -> list[str]:
    """Plan, approval and draw; the tasks that came of it."""
    enrol_inspectors(seat.desk)
    line = approved_line(seat.desk, approver_at(seat.desk))
    frozen = seat.desk.do(freeze_draw, freezing(seat.desk, line))
    seat.desk.do(draw, PerformDraw(frozen, ("314159", "271828", "161803")))
    return [task.id for task in seat.desk.ask(list_tasks)]


def visit(seat: Seat, task: str, place: str) -> None:
    command = ScheduleVisit(task, seat.desk.today(), InspectionMethod.ON_SITE, place)
    seat.desk.do(schedule_visit, command)


def result(seat: Seat, task: str) -> None:
    """No problem found, for every item of the task."""
    (row,) = [each for each in seat.desk.ask(list_tasks) if each.id == task]
    for item in row.items:
        seat.desk.do(enter_result, EnterResult(task, Entry(item.item, FINE)))


def photograph(seat: Seat, task: str, number: int) -> str:
    """Attach a picture; its hash."""
    content = b"\xff\xd8\xff" + Random(number).randbytes(90_000)
    seat.desk.do(attach, Attach(task, f"照片{number}", content))
    return digest_of(content)


# --- ways to each other -----------------------------------------------------------------------


def told(report: ExchangeReport | None) -> dict[str, int]:
    return {} if report is None else {"received": report.received, **report.counts}


def out(seat: Seat, path: str, devices: list[str]) -> int:
    return write_bundle_out(seat.desk, Path(path), devices)[1]


def field_out(seat: Seat, path: str, laptop: str, tasks: list[str]) -> int:
    return write_field_bundle(seat.desk, Path(path), laptop, tasks, with_attachments=True)[1]


def bring(seat: Seat, path: str) -> dict[str, Any]:
    brought = bring_in(seat.desk, Path(path))
    return {**told(brought.report), "receipt": str(brought.receipt or "")}


def folder(seat: Seat, path: str) -> dict[str, int]:
    return told(exchange_folder(seat.desk, Path(path)))


def server(seat: Seat, owner: str, login: str) -> dict[str, int]:
    serving.furnish(seat.desk, owner, "ssj_239921", PASSWORD, "")
    report = told(pull(seat.desk, login))
    push(seat.desk, login)
    return report


def revoke(seat: Seat, name: str, reason: str) -> None:
    seat.desk.do(revoke_device, RevokeDevice(name, reason))


def settle(seat: Seat) -> int:
    """Take the first side of every open conflict."""
    cards = seat.desk.ask(list_conflicts)
    for card in cards:
        chosen = {field.name: field.sides[0].operation for field in card.fields}
        seat.desk.do(settle_conflict, SettleConflict(card.table, card.key, "核实", chosen))
    return len(cards)


# --- what there is ----------------------------------------------------------------------------


def contents(seat: Seat) -> dict[str, dict[str, str]]:
    """Every row of every covered table by its key, as a digest."""
    found = {t.name: seat.desk.ask(_digests, rows.all_rows(t)) for t in covered_tables()}
    return {name: digests for name, digests in found.items() if digests}


def _digests(session: Session, query: str) -> dict[str, str]:
    found = session.connection().exec_driver_sql(query)
    return {key: sha256(text.encode()).hexdigest()[:16] for key, text in found}


def pictures(seat: Seat) -> dict[str, str]:
    """Every attachment the rows name, and a digest of the bytes as they are read here."""
    files, named = seat.desk.attachments, seat.desk.ask(named_hashes)
    return {sha: sha256(files.get(sha)).hexdigest() if files.has(sha) else "" for sha in named}


def look(seat: Seat) -> dict[str, Any]:
    """What a person who looks closely would find."""
    desk = seat.desk
    return {
        "conflicts": sorted([c.key, f.name] for c in desk.ask(list_conflicts) for f in c.fields),
        "reasons": sorted(desk.ask(_reasons)),
        "doubles": len(desk.ask(list_double_entries)),
        "waiting": len(desk.ask(list_segments, WAITING)),
        "quarantined": len(desk.ask(list_segments, QUARANTINED)),
        "intact": desk.ask(full_audit).is_intact,
    }


def _reasons(session: Session) -> list[str]:
    return list(session.scalars(select(RegistryChange.reason)))


# --- filing upwards ---------------------------------------------------------------------------


def plan(seat: Seat) -> str:
    enrol_targets(seat.desk)
    approved_line(seat.desk, approver_at(seat.desk))
    return str(seat.desk.ask(list_plans)[0].id)


def card(seat: Seat, path: str) -> str:
    Path(path).write_bytes(card_file(seat.desk))
    return own_code(seat.desk)


def greet(seat: Seat, path: str, code: str) -> None:
    seat.desk.do(add_peer_office, read_card_file(Path(path).read_bytes(), code)[1])


def prepare(seat: Seat, plan_id: str) -> str:
    return str(seat.desk.do(prepare_filing, PrepareFiling(plan_id)))


def file_out(seat: Seat, digest: str, unit: str, path: str) -> None:
    Path(path).write_bytes(filing_bundle(seat.desk, digest, unit))


def file_in(seat: Seat, path: str) -> list[int]:
    taken = take_filing_bundle(seat.desk, Path(path).read_bytes())
    return [len(taken.filings), len(taken.answers)]


def countersign(seat: Seat, digest: str, opinion: str) -> None:
    approver_at(seat.desk).do(countersign_filing, CountersignFiling(digest, opinion))


def reply(seat: Seat, digest: str, number: str) -> None:
    command = AnswerFiling(digest, FilingVerdict.FILED, number)
    approver_at(seat.desk).do(answer_filing, command)


def filing(seat: Seat, digest: str) -> dict[str, Any]:
    entry = seat.desk.ask(find_filing, digest)
    return {
        "text": entry.filing.title,
        "unit": entry.filing.unit,
        "state": entry.state,
        "countersigned": [each.unit for each in entry.countersigns],
        "receipts": [each.unit for each in entry.receipts],
        "plan": [each.state.label for each in seat.desk.ask(list_plans)],
    }


_ALL: tuple[Callable[..., Any], ...] = (
    device, targets, edit, draw_tasks, visit, result, photograph, pictures, out, field_out, bring, folder, server, revoke,
    settle, contents, look, plan, card, greet, prepare, file_out, file_in, countersign, reply, filing,
)  # fmt: skip
DEEDS: dict[str, Callable[..., Any]] = {"day": to_day, **{deed.__name__: deed for deed in _ALL}}
