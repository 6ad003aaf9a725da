"""Tables of the registries (名录库): items, targets, inspectors, witnesses, and their history."""

from datetime import date, datetime
from typing import Any, cast

from sqlalchemy import Date, Index, Integer, String, Table, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.domain.vocabulary import (
    CreditRiskClass,
    InspectorStatus,
    ItemClass,
    ItemStatus,
    OfficeLevel,
    TargetKind,
    TargetStatus,
)
from ssj_desktop.models.base import Base, Json, Keyed, Synced, Tags, TermType, Utc


class Registered(Keyed):
    """Columns of every registry row.

    ``code`` enters tickets (draw rule cs1): the normalised number, or a local id given once.
    ``initials`` are pinyin initials for searching; ``position`` keeps the order of enrolment.
    """

    __growing__ = ("revised_at",)
    __derived__ = ("initials",)

    code: Mapped[str] = mapped_column(String(64), index=True)
    name: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text, default="")
    enrolled_at: Mapped[datetime] = mapped_column(Utc)
    revised_at: Mapped[datetime] = mapped_column(Utc)


class Target(Registered, Base):
    """检查对象."""

    __tablename__ = "targets"
    __synced__ = Synced.MERGED
    __table_args__ = (Index("ix_targets_name_id", "name", "id"),)

    number: Mapped[str | None] = mapped_column(String(64), index=True)
    kind: Mapped[TargetKind] = mapped_column(TermType(TargetKind))
    industry: Mapped[str | None] = mapped_column(Text)
    credit_class: Mapped[CreditRiskClass | None] = mapped_column(TermType(CreditRiskClass))
    area: Mapped[str | None] = mapped_column(Text)
    status: Mapped[TargetStatus] = mapped_column(TermType(TargetStatus))
    representative: Mapped[str | None] = mapped_column(Text)
    address: Mapped[str | None] = mapped_column(Text)
    contact: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(Text)
    licence: Mapped[str | None] = mapped_column(Text)
    complaints: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str | None] = mapped_column(Text)


class Inspector(Registered, Base):
    """执法检查人员."""

    __tablename__ = "inspectors"
    __synced__ = Synced.MERGED

    certificate_number: Mapped[str] = mapped_column(String(64), index=True)
    certificate_expiry: Mapped[date | None] = mapped_column(Date)
    department: Mapped[str] = mapped_column(Text)
    section: Mapped[str | None] = mapped_column(Text)
    level: Mapped[OfficeLevel] = mapped_column(TermType(OfficeLevel))
    post: Mapped[str | None] = mapped_column(Text)
    categories: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    specialties: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    areas: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    leader: Mapped[bool] = mapped_column()
    cap: Mapped[int | None] = mapped_column(Integer)
    conflicts: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    status: Mapped[InspectorStatus] = mapped_column(TermType(InspectorStatus))
    phone: Mapped[str | None] = mapped_column(Text)
    note: Mapped[str | None] = mapped_column(Text)


class InspectionItem(Registered, Base):
    """抽查事项; ``edition`` names the list it came from."""

    __tablename__ = "inspection_items"
    __synced__ = Synced.MERGED

    number: Mapped[str] = mapped_column(String(64), index=True)
    category: Mapped[str | None] = mapped_column(Text)
    target_text: Mapped[str | None] = mapped_column(Text)
    item_class: Mapped[ItemClass] = mapped_column(TermType(ItemClass))
    methods: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    levels: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    legal_basis: Mapped[str] = mapped_column(Text)
    ratio_ceiling: Mapped[str | None] = mapped_column(Text)
    frequency: Mapped[str | None] = mapped_column(Text)
    specialty: Mapped[str | None] = mapped_column(Text)
    status: Mapped[ItemStatus] = mapped_column(TermType(ItemStatus))
    source: Mapped[str | None] = mapped_column(Text)


class Witness(Registered, Base):
    """见证人."""

    __tablename__ = "witnesses"
    __synced__ = Synced.MERGED

    unit: Mapped[str] = mapped_column(Text)
    capacity: Mapped[str | None] = mapped_column(Text)
    outside: Mapped[bool] = mapped_column()
    phone: Mapped[str | None] = mapped_column(Text)


class Expert(Registered, Base):
    """专家: sits on seats of its own and never counts as an inspector."""

    __tablename__ = "experts"
    __synced__ = Synced.MERGED

    number: Mapped[str] = mapped_column(String(64), index=True)
    unit: Mapped[str] = mapped_column(Text)
    title: Mapped[str | None] = mapped_column(Text)
    specialties: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    areas: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    cap: Mapped[int | None] = mapped_column(Integer)
    conflicts: Mapped[tuple[str, ...] | None] = mapped_column(Tags)
    status: Mapped[InspectorStatus] = mapped_column(TermType(InspectorStatus))
    phone: Mapped[str | None] = mapped_column(Text)


class RegistryChange(Keyed, Base):
    """One change of one registry row: what it was, what it is, who, when and why."""

    __tablename__ = "registry_changes"
    __synced__ = Synced.INSERT_ONLY

    registry_kind: Mapped[str] = mapped_column(String(16))
    row_id: Mapped[str] = mapped_column(String(36), index=True)
    batch_id: Mapped[str | None] = mapped_column(String(36), index=True)
    at: Mapped[datetime] = mapped_column(Utc)
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    before: Mapped[Any] = mapped_column(Json, nullable=True)
    after: Mapped[Any] = mapped_column(Json, nullable=True)


class ImportBatch(Keyed, Base):
    """One import of one file; it can be reverted as a whole until its rows are used."""

    __tablename__ = "import_batches"
    __synced__ = Synced.MERGED

    registry_kind: Mapped[str] = mapped_column(String(16))
    file_name: Mapped[str] = mapped_column(Text)
    file_sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Utc)
    actor: Mapped[str] = mapped_column(Text)
    added: Mapped[int] = mapped_column(Integer)
    changed: Mapped[int] = mapped_column(Integer)
    unchanged: Mapped[int] = mapped_column(Integer)
    faulty: Mapped[int] = mapped_column(Integer)
    reverted_at: Mapped[datetime | None] = mapped_column(Utc)


REGISTRY_TABLES: dict[str, type[Target | Inspector | InspectionItem | Witness | Expert]] = {
    "targets": Target,
    "inspectors": Inspector,
    "items": InspectionItem,
    "witnesses": Witness,
    "experts": Expert,
}


def registry_table(kind: str) -> Table:
    """The bare table of a registry."""
    return cast("Table", REGISTRY_TABLES[kind].__table__)
