"""Tables of the exchange: root key, member records, peers, history, leases, filings."""

from datetime import datetime
from typing import Any

from sqlalchemy import Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from ssj_desktop.models.base import Base, Json, Keyed, Synced, Utc


class OfficeRoot(Base):
    """The key that founds the office; ``seed`` is there only until it is on the recovery sheet."""

    __tablename__ = "office_root"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    public: Mapped[str] = mapped_column(String(64))
    seed: Mapped[bytes | None] = mapped_column(LargeBinary)
    taken_at: Mapped[datetime | None] = mapped_column(Utc)


class MemberRecordRow(Base):
    """A signed member record by its digest; it proves itself, so it travels beside the segments."""

    __tablename__ = "member_records"
    __synced__ = Synced.LOCAL

    digest: Mapped[str] = mapped_column(String(64), primary_key=True)
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Utc)


class PeerState(Base):
    """What another device last said it holds.

    ``behind`` are statements that did not hold what the device had acknowledged before: it was
    restored, or its disk was cloned. The next bundle for it starts from what all of them hold.
    """

    __tablename__ = "peer_states"
    __synced__ = Synced.LOCAL

    device: Mapped[str] = mapped_column(String(32), primary_key=True)
    heads: Mapped[Any] = mapped_column(Json)
    journal_head: Mapped[str] = mapped_column(String(64))
    heard_at: Mapped[datetime] = mapped_column(Utc)
    behind: Mapped[Any] = mapped_column(Json, nullable=True)
    asked: Mapped[Any] = mapped_column(Json, nullable=True)
    """Hashes of attachments it said it lacks."""
    attested: Mapped[Any] = mapped_column(Json, nullable=True)
    """Hashes of attachments its receipts said it holds."""


class OwnServer(Base):
    """The server this device exchanges with, and its password there; exactly one row or none."""

    __tablename__ = "own_server"
    __synced__ = Synced.LOCAL

    only: Mapped[int] = mapped_column(Integer, primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    port: Mapped[int] = mapped_column(Integer)
    database: Mapped[str] = mapped_column(Text)
    login: Mapped[str] = mapped_column(Text)
    password: Mapped[str] = mapped_column(Text)
    safety: Mapped[str] = mapped_column(String(16))
    certificate: Mapped[str] = mapped_column(Text)


class Exchange(Keyed, Base):
    """One exchange as its printed page tells it."""

    __tablename__ = "exchanges"
    __synced__ = Synced.LOCAL

    at: Mapped[datetime] = mapped_column(Utc)
    actor: Mapped[str] = mapped_column(Text)
    way: Mapped[str] = mapped_column(String(16))
    peer: Mapped[str] = mapped_column(Text)
    file: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    sent: Mapped[int] = mapped_column(Integer)
    received: Mapped[int] = mapped_column(Integer)
    counts: Mapped[Any] = mapped_column(Json)
    remarks: Mapped[Any] = mapped_column(Json)


class ExcerptRow(Base):
    """The operations about the rows a field laptop works with, signed by who chose them."""

    __tablename__ = "excerpts"
    __synced__ = Synced.LOCAL

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    kept_at: Mapped[datetime] = mapped_column(Utc)
    touched: Mapped[bytes] = mapped_column(LargeBinary)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class ReturnedExcerpt(Keyed, Base):
    """An excerpt a laptop handed back, and the heads of segments no computer has any more."""

    __tablename__ = "returned_excerpts"
    __synced__ = Synced.INSERT_ONLY

    sha256: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    heads: Mapped[Any] = mapped_column(Json)
    returned_at: Mapped[datetime] = mapped_column(Utc)
    returned_by: Mapped[str] = mapped_column(Text)


class FieldLease(Keyed, Base):
    """A task taken out by a field laptop; a soft lease names the laptop and forbids nothing."""

    __tablename__ = "field_leases"
    __synced__ = Synced.MERGED

    task_id: Mapped[str] = mapped_column(String(36), index=True)
    device: Mapped[str] = mapped_column(String(32), index=True)
    bundle: Mapped[str] = mapped_column(String(32))
    made_at: Mapped[datetime] = mapped_column(Utc)
    made_by: Mapped[str] = mapped_column(Text)
    returned_at: Mapped[datetime | None] = mapped_column(Utc)


class PeerOffice(Keyed, Base):
    """The office above or below: its root key and the records of its devices."""

    __tablename__ = "peer_offices"
    __synced__ = Synced.MERGED

    office: Mapped[str] = mapped_column(String(64), index=True)
    unit: Mapped[str] = mapped_column(Text)
    division: Mapped[str] = mapped_column(String(12))
    level: Mapped[str] = mapped_column(String(16))
    members: Mapped[Any] = mapped_column(Json)
    added_at: Mapped[datetime] = mapped_column(Utc)
    added_by: Mapped[str] = mapped_column(Text)


class FilingRow(Keyed, Base):
    """A filing as it was signed; ``incoming`` when it came from the level below."""

    __tablename__ = "filings"
    __synced__ = Synced.INSERT_ONLY

    digest: Mapped[str] = mapped_column(String(64), index=True)
    incoming: Mapped[bool] = mapped_column()
    text: Mapped[str] = mapped_column(Text)
    facts: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Utc)


class FilingPaper(Keyed, Base):
    """A PDF of a filing by its hash."""

    __tablename__ = "filing_papers"
    __synced__ = Synced.INSERT_ONLY

    sha256: Mapped[str] = mapped_column(String(64), index=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class FilingAnswer(Keyed, Base):
    """A countersignature or a receipt as it was signed; ``filing`` is the digest it answers."""

    __tablename__ = "filing_answers"
    __synced__ = Synced.INSERT_ONLY

    filing: Mapped[str] = mapped_column(String(64), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    kept_at: Mapped[datetime] = mapped_column(Utc)
