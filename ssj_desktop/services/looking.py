"""Looking into a damaged store: nothing is written, mended or journalled (trust, section 7)."""

from pathlib import Path

from sqlalchemy import select

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.models import keyfile
from ssj_desktop.models.database import Database
from ssj_desktop.models.office import Account
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.proving import Credentials, prove
from ssj_desktop.services.surroundings import Surroundings


def look_in(store: Path, who: Credentials, around: Surroundings | None = None) -> Desk:
    """A desk that only reads; StoreRefused when not even the accounts can be read."""
    surroundings = around or Surroundings()
    prove(store, (), who, surroundings)
    slots = keyfile.read_slots(keyfile.keyfile_of(store))
    database = Database(store, keyfile.unlock(slots, who.account, who.password))
    try:
        actor = Actor(who.account, _roles(database, who.account))
    except BaseException:
        database.close()
        raise
    return Desk(database, actor, surroundings, read_only=True)


def _roles(database: Database, account: str) -> tuple[Role, ...]:
    with database.reading() as session:
        query = select(Account).where(Account.name == account, Account.active)
        row = session.scalars(query).first()
        roles = tuple(Role.of(role) for role in row.roles) if row else ()
    if not roles:
        raise StoreRefused(f"账号“{account}”已停用或没有角色。", "请换一个账号。")
    return roles
