"""What every table shares: text keys, no UNIQUE but the key, no REAL, UTC instants, lazy="raise".

These constraints come from the sync design: offline copies merge without renumbering, and two
rows with the same business number are shown for review instead of failing an import.
"""

import json
from datetime import UTC, datetime
from enum import Enum
from typing import Any, ClassVar, cast

from sqlalchemy import Dialect, MetaData, String, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from ssj_desktop.domain.vocabulary import Term


class Base(DeclarativeBase):
    """Root of all tables, with a naming convention so that migrations can name constraints."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
        }
    )


class Synced(Enum):
    """Whether the journal covers the rows of a table and other devices get them (ADR 008)."""

    MERGED = "merged"
    INSERT_ONLY = "insert only"
    LOCAL = "local"


class Keyed:
    """A random UUID as text key; the key names the insertion of the row (ADR 008)."""

    __random_key__: ClassVar[bool] = True

    id: Mapped[str] = mapped_column(String(36), primary_key=True)


class Utc(TypeDecorator[datetime]):
    """An instant, stored as ISO text in UTC; a naive value is refused."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        return None if value is None else datetime.fromisoformat(value)


class TermType(TypeDecorator[Term]):
    """A vocabulary term, stored by its English value."""

    impl = String(32)
    cache_ok = True

    def __init__(self, vocabulary: type[Any]) -> None:
        super().__init__()
        self.vocabulary = vocabulary

    def process_bind_param(self, value: Term | None, dialect: Dialect) -> str | None:
        return None if value is None else str(self.vocabulary(value).value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Term | None:
        return None if value is None else cast("Term", self.vocabulary(value))


class Tags(TypeDecorator[tuple[str, ...]]):
    """A tuple of short texts, stored as one canonical JSON array."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(list(value))

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[str, ...] | None:
        return None if value is None else tuple(json.loads(value))


class Json(TypeDecorator[Any]):
    """A small structure, stored as canonical JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Any:
        return None if value is None else json.loads(value)


def canonical_json(value: Any) -> str:
    """JSON with sorted keys and no blanks, so that equal values have equal bytes."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
