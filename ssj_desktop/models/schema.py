"""Schema versions: Alembic migrations inside the one transaction of the caller.

Alembic is imported when a store is opened, not when the first window is.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect

from ssj_desktop.domain.errors import StoreDamaged, StoreRefused
from ssj_desktop.models import capture

if TYPE_CHECKING:
    from alembic.script import ScriptDirectory

_MIGRATIONS = Path(__file__).parent / "migrations"


@cache
def _scripts() -> "ScriptDirectory":
    """The migrations of this program; each is loaded once, however many stores are upgraded."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - heavy

    return ScriptDirectory(str(_MIGRATIONS))


def upgrade(connection: Connection) -> None:
    """Run every missing migration on ``connection``; the caller commits or rolls back."""
    if current(connection) is not None:
        refuse_changed_triggers(connection)
    capture.remove(connection)
    _migrate(connection)
    capture.install(connection)


def _migrate(connection: Connection) -> None:
    """As ``alembic.command.upgrade`` does it, which would load every migration again."""
    from alembic.config import Config  # noqa: PLC0415 - heavy
    from alembic.runtime.environment import EnvironmentContext  # noqa: PLC0415 - heavy

    scripts = _scripts()
    steps = scripts._upgrade_revs  # noqa: SLF001 - what the command hands over
    config = Config(attributes={"connection": connection})
    with EnvironmentContext(config, scripts, fn=lambda version, _: steps("head", version)):
        scripts.run_env()


def refuse_changed_triggers(connection: Connection) -> None:
    """StoreRefused when another tool changed what records the changes of rows."""
    if inspect(connection).has_table("capture_state"):
        capture.refuse_changed(connection)


def current(connection: Connection) -> str | None:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415 - heavy

    return MigrationContext.configure(connection).get_current_revision()


@cache
def revisions() -> tuple[str, ...]:
    """Every schema this program knows, the newest first; read from the files once."""
    return tuple(script.revision for script in _scripts().walk_revisions())


def is_current(connection: Connection) -> bool:
    return current(connection) == revisions()[0]


def refuse_newer(connection: Connection) -> None:
    """Raise StoreRefused when the file was written by a newer version of the program."""
    version = current(connection)
    if version is None:
        raise StoreRefused("这个文件里没有本程序的数据。", "请检查路径，或先用 ssj init 建立。")
    if version not in revisions():
        raise StoreRefused("这个数据库由更新版本的程序写成。", "请先升级本程序再打开。")


def refuse_unsound(connection: Connection) -> None:
    """After migrations, before the commit: pages, references and version are as they should be."""
    faults = [
        str(row)
        for question in ("PRAGMA quick_check", "PRAGMA foreign_key_check")
        for row in connection.exec_driver_sql(question).fetchall()
        if row[0] != "ok"
    ]
    if faults or not is_current(connection):
        raise StoreDamaged(
            "数据库升级没有通过检查，已全部撤回。", "请用升级前的备份，并联系技术支持。"
        )
