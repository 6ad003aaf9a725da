"""Where the shared server stands and as whom this device speaks to it (docs/server.md)."""

import re
from dataclasses import dataclass, replace
from urllib.parse import quote, urlencode

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import ServerSafety

PORT = 5432
_HOST = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,250}[A-Za-z0-9])?\Z")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,62}\Z")
_MOST_PORT = 65535


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """A PostgreSQL database and a login; ``certificate`` is the file of its authority, if private."""

    host: str
    port: int
    database: str
    login: str
    safety: ServerSafety
    certificate: str = ""

    @property
    def text(self) -> str:
        """As a clerk reads it; never with the password."""
        return f"{self.host}:{self.port}/{self.database}"


def read_address(
    host: str, port: str, database: str, login: str, safety: ServerSafety, certificate: str = ""
) -> ServerAddress:
    """The fields of a form as typed; InvalidInput names the one that cannot be."""
    if not _HOST.match(host.strip()):
        raise InvalidInput(f"服务器地址“{host}”不对。", "请填写主机名或 IP 地址，例如 10.0.0.8。")
    number = port.strip() or str(PORT)
    if not (number.isascii() and number.isdigit()) or not 0 < int(number) <= _MOST_PORT:
        raise InvalidInput(
            f"端口“{port}”不对。", f"请填写 1 到 {_MOST_PORT} 的数字，一般是 {PORT}。"
        )
    for value, word in ((database, "数据库名"), (login, "账号")):
        if not _NAME.match(value.strip()):
            raise InvalidInput(f"{word}“{value}”不对。", "只能用字母、数字、下划线，请核对。")
    return ServerAddress(
        host.strip(), int(number), database.strip(), login.strip(), safety, certificate.strip()
    )


def server_url(address: ServerAddress, password: str) -> str:
    """The address for the driver; whatever follows the last @ may be shown."""
    options = {"sslmode": address.safety.value}
    if address.certificate:
        options["sslrootcert"] = address.certificate
    elif address.safety is ServerSafety.VERIFIED:
        options["sslrootcert"] = "system"
    who = quote(address.login, safe="") + (f":{quote(password, safe='')}" if password else "")
    place = f"{address.host}:{address.port}/{quote(address.database, safe='')}"
    return f"postgresql://{who}@{place}?{urlencode(options)}"


def owner_url(address: ServerAddress, owner: str, password: str) -> str:
    """The same database as its owner, who makes the tables."""
    return server_url(replace(address, login=owner.strip()), password)
