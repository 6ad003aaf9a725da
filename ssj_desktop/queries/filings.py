"""Reading filings, their answers and the offices above and below."""

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.filing import (
    Countersignature,
    Filing,
    FilingReceipt,
    level_of,
    office_code,
    read_statement,
)
from ssj_desktop.domain.membership import Roster, call_roll, read_record
from ssj_desktop.domain.papers import Column, TablePaper
from ssj_desktop.domain.vocabulary import FilingKind, FilingVerdict, OfficeLevel
from ssj_desktop.models.exchange import FilingAnswer, FilingPaper, FilingRow, PeerOffice
from ssj_desktop.models.plans import AnnualPlan
from ssj_desktop.models.registries import REGISTRY_TABLES, RegistryChange
from ssj_desktop.queries.office import find_office
from ssj_desktop.queries.plans import list_lines

COUNTERSIGN, RECEIPT = "COUNTERSIGN", "RECEIPT"


@dataclass(frozen=True, slots=True)
class PeerOfficeRow:
    """An office above or below as the page shows it."""

    id: str
    office: str
    unit: str
    division: str
    level: OfficeLevel
    code: str


@dataclass(frozen=True, slots=True)
class FilingEntry:
    """One filing with everything known about it."""

    digest: str
    filing: Filing
    incoming: bool
    countersigns: tuple[Countersignature, ...]
    receipts: tuple[FilingReceipt, ...]

    @property
    def kind(self) -> FilingKind:
        return FilingKind.of(self.filing.kind)

    @property
    def state(self) -> str:
        """Words for the list."""
        if self.receipts:
            last = self.receipts[-1]
            return f"{FilingVerdict.of(last.verdict).label} {last.number}".strip()
        if self.countersigns and self.incoming:
            return "已加签，待转报"
        return "待答复" if self.incoming else "已报出，等待回执"

    @property
    def tone(self) -> str:
        if not self.receipts:
            return "warn"
        is_filed = self.receipts[-1].verdict == FilingVerdict.FILED.value
        return "ok" if is_filed else "bad"

    @property
    def answered_by(self) -> str:
        if not self.receipts:
            return "—"
        last = self.receipts[-1]
        return f"{last.unit} {last.made_by} {last.made_at[:10]}"

    @property
    def why_not_answer(self) -> str | None:
        if not self.incoming:
            return "这是本单位报出的备案"
        return "已经答复" if self.receipts else None


def list_filings(session: Session) -> tuple[FilingEntry, ...]:
    """The newest first."""
    rows = session.scalars(select(FilingRow).order_by(FilingRow.kept_at.desc()))
    return tuple(_entry(session, row) for row in rows)


def find_filing(session: Session, digest: str) -> FilingEntry:
    """By the first characters of its digest."""
    query = select(FilingRow).where(FilingRow.digest.startswith(digest, autoescape=True))
    rows = session.scalars(query).all()
    if len(digest) < 8 or len(rows) != 1:
        raise InvalidInput(f"找不到备案“{digest}”。", "请用 ssj filing list 查看编号。")
    return _entry(session, rows[0])


def _entry(session: Session, row: FilingRow) -> FilingEntry:
    query = select(FilingAnswer.kind, FilingAnswer.text).where(FilingAnswer.filing == row.digest)
    answers = session.execute(query.order_by(FilingAnswer.kept_at)).all()
    return FilingEntry(
        row.digest,
        read_statement(Filing, row.text),
        row.incoming,
        tuple(read_statement(Countersignature, t) for kind, t in answers if kind == COUNTERSIGN),
        tuple(read_statement(FilingReceipt, text) for kind, text in answers if kind == RECEIPT),
    )


def filing_parts(session: Session, digest: str) -> dict[str, bytes]:
    """Everything of one filing by its name in a bundle."""
    row = session.scalars(select(FilingRow).where(FilingRow.digest == digest)).one()
    filing = read_statement(Filing, row.text)
    parts = {
        f"filings/{digest}.txt": row.text.encode(),
        f"facts/{filing.facts}.json": row.facts.encode(),
    }
    papers = select(FilingPaper.sha256, FilingPaper.content)
    for sha256, content in session.execute(
        papers.where(FilingPaper.sha256.in_(filing.paper_hashes))
    ):
        parts[f"papers/{sha256}.pdf"] = content
    answers = select(FilingAnswer.text).where(FilingAnswer.filing == digest)
    for text in session.scalars(answers):
        parts[f"answers/{hashlib.sha256(text.encode()).hexdigest()}.txt"] = text.encode()
    return parts


def filing_paper(session: Session, sha256: str) -> bytes:
    """The PDF as it was filed."""
    found = session.scalars(select(FilingPaper.content).where(FilingPaper.sha256 == sha256)).first()
    if found is None:
        raise InvalidInput("备案文件不在本库。", "请让报送单位重新导出。")
    return found


def list_peer_offices(session: Session) -> tuple[PeerOfficeRow, ...]:
    rows = session.scalars(select(PeerOffice).order_by(PeerOffice.division))
    return tuple(
        PeerOfficeRow(r.id, r.office, r.unit, r.division, level_of(r.division),
                      office_code(r.office))
        for r in rows
    )  # fmt: skip


def peer_roster(session: Session, office: str) -> Roster | None:
    """The devices of another office, None when its card was never taken in."""
    row = session.scalars(select(PeerOffice).where(PeerOffice.office == office)).first()
    return None if row is None else call_roll(office, map(read_record, row.members))


def peer_texts(session: Session) -> tuple[str, ...]:
    """Records of the devices of all offices around, so that the next level can check them."""
    rows = session.scalars(select(PeerOffice.members).order_by(PeerOffice.office))
    return tuple(text for members in rows for text in members)


def plan_facts(session: Session, plan_id: str) -> dict[str, Any]:
    """A plan version for machines: counts and terms, no names of people or objects."""
    plan = session.get_one(AnnualPlan, plan_id)
    lines = [
        {
            "name": line.draft.name,
            "items": list(line.draft.items),
            "base": line.base_count,
            "quota": line.quota_text,
            "months": line.months,
            "lead": line.draft.lead,
            "partners": list(line.draft.partners),
            "method": line.draft.method.value,
        }
        for line in list_lines(session, plan_id)
    ]
    return {
        "year": plan.year,
        "number": plan.number,
        "version": plan.version,
        "reason": plan.reason,
        "lines": lines,
    }


SUMMARY_COLUMNS = (
    Column("名录", 60),
    Column("期末数量", 30, "right", "number"),
    Column("新增", 30, "right", "number"),
    Column("变更", 30, "right", "number"),
    Column("出库（注销、迁出等）", 50, "right", "number"),
)


def change_facts(session: Session, first: date, last: date) -> dict[str, Any]:
    """Changes of the registries from ``first`` to ``last`` in numbers."""
    query = select(RegistryChange.registry_kind, RegistryChange.before, RegistryChange.after).where(
        func.substr(RegistryChange.at, 1, 10) >= first.isoformat(),
        func.substr(RegistryChange.at, 1, 10) <= last.isoformat(),
    )
    counts = {kind: {"added": 0, "changed": 0, "retired": 0} for kind in REGISTRY_TABLES}
    for kind, before, after in session.execute(query):
        counts[kind][_change(before, after)] += 1
    for kind, table in REGISTRY_TABLES.items():
        counts[kind]["total"] = session.scalar(select(func.count()).select_from(table)) or 0
    return {"first": first.isoformat(), "last": last.isoformat(), "registries": counts}


_STANDING = ("NORMAL", "ACTIVE", "ADOPTED", None)


def _change(before: Any, after: Any) -> str:
    if not before:
        return "added"
    was, now = before.get("status"), (after or {}).get("status")
    return "retired" if was != now and now not in (*_STANDING, was) else "changed"


def change_paper(session: Session, facts: dict[str, Any]) -> TablePaper:
    """名录变动汇总表."""
    office = find_office(session)
    rows = tuple(
        (REGISTRIES[kind].label, *(str(count[n]) for n in ("total", "added", "changed", "retired")))
        for kind, count in facts["registries"].items()
    )
    return TablePaper(
        organ=office.unit,
        title="“双随机、一公开”名录库变动汇总表",
        head_lines=((f"期间：{facts['first']} 至 {facts['last']}", ""),),
        columns=SUMMARY_COLUMNS,
        rows=rows,
        foot_left="填报人：　　　　　　审核人：",
        foot_right=office.unit,
    )


def facts_text(facts: dict[str, Any]) -> str:
    """Canonical JSON; its SHA-256 stands in the filing."""
    return json.dumps(facts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
