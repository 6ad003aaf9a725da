"""The office, its accounts and settings."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models.office import Account, Office, Setting

REHEARSAL_SETTING = "rehearsal"


@dataclass(frozen=True, slots=True)
class OfficeRow:
    """The unit that owns the store; ``trial`` marks invented data, ``rehearsal`` 演练."""

    unit: str
    division: str
    device: str
    trial: bool
    rehearsal: bool = False


@dataclass(frozen=True, slots=True)
class AccountRow:
    """One account with its roles."""

    name: str
    roles: tuple[Role, ...]
    active: bool

    @property
    def role_text(self) -> str:
        return "、".join(role.label for role in self.roles)


def find_office(session: Session) -> OfficeRow:
    row = session.execute(select(Office.unit, Office.division, Office.device, Office.trial)).first()
    if row is None:
        return OfficeRow("", "000000", "A", trial=True)
    return OfficeRow(*row, rehearsal=bool(find_setting(session, REHEARSAL_SETTING)))


def list_accounts(session: Session) -> tuple[AccountRow, ...]:
    rows = session.execute(
        select(Account.name, Account.roles, Account.active).order_by(Account.created_at)
    )
    return tuple(AccountRow(n, tuple(Role(r) for r in roles), a) for n, roles, a in rows)  # type: ignore[call-arg]


def find_setting(session: Session, name: str, default: str = "") -> str:
    value = session.scalar(select(Setting.value).where(Setting.name == name))
    return default if value is None else value
