"""The shared server: an append-only PostgreSQL table of segments, kept apart by office.

Every key starts with the office, so the tables can be distributed by it (docs/server.md). What is
missing is found by comparing the sets of hashes: a cursor over times or serials would lose rows
that a slower transaction commits later.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, SsjError, StoreRefused

_FETCH = 32
_SECONDS = 10
_LOGIN_WORDS = ("authentication", "认证", "no password supplied", "28p01", "28000")
_TLS_WORDS = ("SSL", "certificate", "证书")
_RULES_FILE = "pg_hba.conf"
_LOGIN = re.compile(r"[a-z][a-z0-9_]{2,40}\Z")

Steps = Callable[[str, int, int], object]


def _in_silence(_words: str, _done: int, _total: int) -> None:
    """Nobody waits."""


TABLES: tuple[LiteralString, ...] = (
    "CREATE SCHEMA IF NOT EXISTS ssj",
    """CREATE TABLE IF NOT EXISTS ssj.logins (
        office text NOT NULL, login text NOT NULL, may_write boolean NOT NULL,
        PRIMARY KEY (office, login))""",
    """CREATE TABLE IF NOT EXISTS ssj.segments (
        office text NOT NULL CHECK (office ~ '^[0-9a-f]{64}$'),
        hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
        content bytea NOT NULL CHECK (octet_length(content) <= 268500992),
        stored_at timestamptz NOT NULL DEFAULT now(),
        stored_by text NOT NULL DEFAULT session_user,
        PRIMARY KEY (office, hash))""",
    """CREATE TABLE IF NOT EXISTS ssj.members (
        office text NOT NULL CHECK (office ~ '^[0-9a-f]{64}$'),
        digest text NOT NULL CHECK (digest ~ '^[0-9a-f]{64}$'),
        content text NOT NULL CHECK (length(content) <= 65536),
        PRIMARY KEY (office, digest))""",
    """CREATE TABLE IF NOT EXISTS ssj.attachments (
        office text NOT NULL CHECK (office ~ '^[0-9a-f]{64}$'),
        sha256 text NOT NULL CHECK (sha256 = encode(sha256(content), 'hex')),
        content bytea NOT NULL CHECK (octet_length(content) BETWEEN 1 AND 10485760),
        stored_at timestamptz NOT NULL DEFAULT now(),
        stored_by text NOT NULL DEFAULT session_user,
        PRIMARY KEY (office, sha256))""",
    """CREATE TABLE IF NOT EXISTS ssj.rollup (
        office text NOT NULL, year integer NOT NULL, measure text NOT NULL,
        part text NOT NULL, count bigint NOT NULL, heads text NOT NULL,
        projected_at timestamptz NOT NULL DEFAULT now(),
        PRIMARY KEY (office, year, measure, part))""",
    """CREATE OR REPLACE FUNCTION ssj.refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'ssj: append only'; END $$""",
)
APPEND_ONLY: tuple[LiteralString, ...] = ("segments", "members", "attachments")
_GUARD: tuple[LiteralString, ...] = (
    "DROP TRIGGER IF EXISTS append_only ON ssj.{table}",
    """CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ssj.{table}
        FOR EACH STATEMENT EXECUTE FUNCTION ssj.refuse()""",
    "ALTER TABLE ssj.{table} ENABLE ROW LEVEL SECURITY",
    "ALTER TABLE ssj.{table} FORCE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS own_office_reads ON ssj.{table}",
    """CREATE POLICY own_office_reads ON ssj.{table} FOR SELECT USING (office IN (
        SELECT office FROM ssj.logins WHERE login = session_user))""",
    "DROP POLICY IF EXISTS own_office_adds ON ssj.{table}",
    """CREATE POLICY own_office_adds ON ssj.{table} FOR INSERT WITH CHECK (office IN (
        SELECT office FROM ssj.logins WHERE login = session_user AND may_write))""",
)
_LOGINS: tuple[LiteralString, ...] = (
    "ALTER TABLE ssj.logins ENABLE ROW LEVEL SECURITY",
    "DROP POLICY IF EXISTS own_row ON ssj.logins",
    "CREATE POLICY own_row ON ssj.logins FOR SELECT USING (login = session_user)",
)
_GRANTS: tuple[LiteralString, ...] = (
    "GRANT USAGE ON SCHEMA ssj TO {login}",
    "GRANT SELECT, INSERT ON ssj.segments, ssj.members, ssj.attachments TO {login}",
    "GRANT SELECT ON ssj.logins TO {login}",
)
_ROLLUP_GRANT: LiteralString = "GRANT SELECT, INSERT, DELETE ON ssj.rollup TO {login}"


@dataclass(frozen=True, slots=True)
class Login:
    """A role of the server: which office it serves, and whether it may add or only read."""

    name: str
    password: str
    office: str
    may_write: bool = True


class SegmentServer:
    """One connection to the server for one office."""

    def __init__(self, url: str, office: str, seconds: int = _SECONDS) -> None:
        self._url, self.office, self._seconds = url, office, seconds

    @contextmanager
    def connected(self) -> Iterator[psycopg.Connection[Any]]:
        try:
            with psycopg.connect(
                self._url, autocommit=True, connect_timeout=self._seconds
            ) as connection:
                yield connection
        except psycopg.errors.InsufficientPrivilege as problem:
            raise PermissionRefused(
                "服务器不允许这个账号为本单位读写。", "请服务器管理员核对账号和单位。"
            ) from problem
        except psycopg.errors.UndefinedTable as problem:
            raise StoreRefused(
                "服务器上还没有建立数据表。",
                "请管理机在“服务器设置”里建立数据表（或用 ssj sync server init）。",
            ) from problem
        except psycopg.OperationalError as problem:
            raise _unreachable(str(problem)) from problem

    def hashes(self) -> frozenset[str]:
        """Everything of this office that the server holds."""
        with self.connected() as connection:
            return _hashes(connection, self.office)

    def push(
        self, segments: Mapping[str, bytes], members: Mapping[str, str], steps: Steps = _in_silence
    ) -> int:
        """Add what is missing, in the order given and each at once: an interrupted push goes on later."""
        with self.connected() as connection:
            known = _hashes(connection, self.office)
            missing = [
                (self.office, name, segments[name]) for name in segments if name not in known
            ]
            connection.cursor().executemany(
                "INSERT INTO ssj.members (office, digest, content) VALUES (%s, %s, %s)"
                " ON CONFLICT DO NOTHING",
                [(self.office, digest, text) for digest, text in members.items()],
            )
            for done, row in enumerate(missing, 1):
                steps(f"发出第 {done} 段，共 {len(missing)} 段", done, len(missing))
                connection.execute(
                    "INSERT INTO ssj.segments (office, hash, content) VALUES (%s, %s, %s)"
                    " ON CONFLICT DO NOTHING",
                    row,
                )
        return len(missing)

    def members(self) -> dict[str, str]:
        """The member records the server holds, by digest."""
        with self.connected() as connection:
            query = "SELECT digest, content FROM ssj.members WHERE office = %s"
            return dict(connection.execute(query, (self.office,)).fetchall())

    def pull(self, known: Iterable[str], steps: Steps = _in_silence) -> Iterator[tuple[str, bytes]]:
        """Segments of this office that are not ``known``; the caller checks each of them."""
        with self.connected() as connection:
            missing = sorted(_hashes(connection, self.office) - frozenset(known))
            for place in range(0, len(missing), _FETCH):
                steps(f"收取第 {place + 1} 段，共 {len(missing)} 段", place, len(missing))
                yield from connection.execute(
                    "SELECT hash, content FROM ssj.segments WHERE office = %s AND hash = ANY(%s)",
                    (self.office, missing[place : place + _FETCH]),
                )

    def project(self, heads: Sequence[str], counts: Mapping[tuple[int, str, str], int]) -> None:
        """Replace the roll-up of this office in one transaction."""
        with self.connected() as connection, connection.transaction():
            connection.execute("DELETE FROM ssj.rollup WHERE office = %s", (self.office,))
            connection.cursor().executemany(
                "INSERT INTO ssj.rollup (office, year, measure, part, count, heads)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                [
                    (self.office, year, measure, part, count, ",".join(heads))
                    for (year, measure, part), count in counts.items()
                ],
            )


def _unreachable(said: str) -> SsjError:
    """Why there is no connection, as far as driver and server say; both speak many languages."""
    if any(word in said.lower() for word in _LOGIN_WORDS):
        return PermissionRefused(
            "服务器不接受这个账号或密码。", "请核对账号和密码，或请服务器管理员重设。"
        )
    if _RULES_FILE in said:  # also a server that takes encrypted connections only
        return StoreRefused(
            "服务器不接受这样的连接：可能只接受加密的，或没有登记本机地址。",
            "请在服务器设置里改用加密连接；仍不行时请服务器管理员登记本机地址。",
        )
    if any(word in said for word in _TLS_WORDS):
        return StoreRefused(
            "与服务器的加密连接没有建立。", "请核对 CA 证书；服务器不支持加密时请先让管理员开通。"
        )
    return StoreRefused(
        "连不上服务器，没有交换任何内容。", "请检查网络和服务器地址；本机可以继续工作。"
    )


def _hashes(connection: psycopg.Connection[Any], office: str) -> frozenset[str]:
    query = "SELECT hash FROM ssj.segments WHERE office = %s"
    return frozenset(row[0] for row in connection.execute(query, (office,)))


def furnish_server(url: str, logins: Sequence[Login], projector: str = "") -> None:
    """Tables, guards and roles; run by the owner of the database, as often as wanted."""
    for login in logins:
        if not _LOGIN.match(login.name):
            raise InvalidInput(
                f"服务器账号“{login.name}”不合规则。", "请用 3 位以上的小写字母、数字、下划线。"
            )
    server = SegmentServer(url, "")
    with server.connected() as connection, connection.transaction():
        _furnish_tables(connection)
        for login in logins:
            _furnish_login(connection, login)
            if login.name == projector:
                granted = sql.SQL(_ROLLUP_GRANT).format(login=sql.Identifier(login.name))
                connection.execute(granted)


def _furnish_tables(connection: psycopg.Connection[Any]) -> None:
    for statement in TABLES:
        connection.execute(statement)
    for table in APPEND_ONLY:
        for statement in _GUARD:
            connection.execute(sql.SQL(statement).format(table=sql.Identifier(table)))
    for statement in _LOGINS:
        connection.execute(statement)


def _furnish_login(connection: psycopg.Connection[Any], login: Login) -> None:
    name = sql.Identifier(login.name)
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (login.name,))
    verb = "ALTER" if known.fetchone() else "CREATE"
    options = "LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE"
    connection.execute(
        sql.SQL(f"{verb} ROLE {{name}} {options} PASSWORD {{password}}").format(
            name=name, password=sql.Literal(login.password)
        )
    )
    for statement in _GRANTS:
        connection.execute(sql.SQL(statement).format(login=name))
    connection.execute(
        "INSERT INTO ssj.logins (office, login, may_write) VALUES (%s, %s, %s)"
        " ON CONFLICT (office, login) DO UPDATE SET may_write = EXCLUDED.may_write",
        (login.office, login.name, login.may_write),
    )
