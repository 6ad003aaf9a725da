"""加密并核对服务器证书: against a real server with certificates made here."""

import os
import shutil
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as new_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from exchange.postgres import running_server, unprivileged

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.server_address import read_address, server_url
from ssj_desktop.domain.vocabulary import ServerSafety
from ssj_desktop.models.segment_server import SegmentServer, furnish_server

OFFICE = "a" * 64
VERIFIED, ENCRYPTED, PLAIN = ServerSafety.VERIFIED, ServerSafety.ENCRYPTED, ServerSafety.PLAIN
HERE = x509.IPAddress(ip_address("127.0.0.1"))
ELSEWHERE = x509.DNSName("ssj.example.gov.cn")


class Authority:
    """A certificate authority of an office, with the file the clerk chooses."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.key = new_key(SECP256R1())
        self.file = folder / f"{name}.pem"
        own = self._signed(self.name, self.key, x509.BasicConstraints(ca=True, path_length=0))
        self.file.write_bytes(own.public_bytes(Encoding.PEM))

    def certify(self, host: x509.GeneralName) -> tuple[bytes, bytes]:
        """Certificate and key of a server at this address."""
        key = new_key(SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        signed = self._signed(name, key, x509.SubjectAlternativeName([host]))
        secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        return signed.public_bytes(Encoding.PEM), secret

    def _signed(
        self, name: x509.Name, key: EllipticCurvePrivateKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        building = x509.CertificateBuilder(
            self.name, name, key.public_key(), x509.random_serial_number(),
            now - timedelta(days=1), now + timedelta(days=1),
        )  # fmt: skip
        return building.add_extension(extension, critical=False).sign(self.key, SHA256())


class Server:
    """The running server, whose certificate can be changed."""

    def __init__(self, url: str, folder: Path) -> None:
        self.owner, self.port = url, url.rpartition(":")[2].partition("/")[0]
        self.ours, self.foreign = Authority(folder, "ours"), Authority(folder, "foreign")
        self.home = Path(self.say("SHOW data_directory"))

    def say(self, statement: str) -> str:
        with psycopg.connect(self.owner, autocommit=True) as connection:
            found = connection.execute(statement)  # type: ignore[call-overload]
            return str((found.fetchone() or ("",))[0]) if found.description else ""

    def show(self, host: x509.GeneralName, encrypts: bool = True) -> None:
        """The certificate for ``host`` from now on."""
        for name, content in zip(
            ("server.crt", "server.key"), self.ours.certify(host), strict=True
        ):
            self._write(name, content)
        self.say(f"ALTER SYSTEM SET ssl = {'on' if encrypts else 'off'}")
        self._reload()

    def admit(self, kind: str) -> None:
        """Over the net ``hostssl`` lets only encrypted connections in; the owner stays let in."""
        rules = f"host all postgres 127.0.0.1/32 trust\n{kind} all all 127.0.0.1/32 trust\n"
        self._write("pg_hba.conf", rules.encode())
        self._reload()

    def _write(self, name: str, content: bytes) -> None:
        file = self.home / name
        file.write_bytes(content)
        file.chmod(0o600)
        owner = unprivileged()
        if owner and os.name == "posix":
            shutil.chown(file, owner["user"])

    def _reload(self) -> None:
        before = self.say("SELECT pg_conf_load_time()::text")
        self.say("SELECT pg_reload_conf()")
        while self.say("SELECT pg_conf_load_time()::text") == before:
            time.sleep(0.02)

    def reached(self, safety: ServerSafety, authority: Authority | None = None) -> frozenset[str]:
        file = str(authority.file) if authority else ""
        address = read_address("127.0.0.1", self.port, "postgres", "ssj_clerk", safety, file)
        return SegmentServer(server_url(address, ""), OFFICE).hashes()


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with running_server() as url:
        furnish_server(url, ())
        made = Server(url, tmp_path_factory.mktemp("authorities"))
        made.say("CREATE ROLE ssj_clerk LOGIN")
        made.say("GRANT USAGE ON SCHEMA ssj TO ssj_clerk")
        made.say("GRANT SELECT ON ssj.segments, ssj.logins TO ssj_clerk")
        yield made


def test_the_server_whose_certificate_names_it_is_reached(server: Server) -> None:
    server.show(HERE)
    server.admit("hostssl")
    assert server.reached(VERIFIED, server.ours) == frozenset()
    assert server.reached(ENCRYPTED) == frozenset()


def test_a_certificate_of_another_authority_is_refused(server: Server) -> None:
    server.show(HERE)
    for authority in (server.foreign, None):
        with pytest.raises(StoreRefused, match=r"加密连接没有建立.*核对 CA 证书"):
            server.reached(VERIFIED, authority)


def test_the_certificate_of_another_host_is_refused(server: Server) -> None:
    server.show(ELSEWHERE)
    with pytest.raises(StoreRefused, match="加密连接没有建立"):
        server.reached(VERIFIED, server.ours)


@pytest.mark.parametrize("safety", [VERIFIED, ENCRYPTED])
def test_a_server_without_encryption_is_refused_where_encryption_was_asked_for(
    server: Server, safety: ServerSafety
) -> None:
    server.show(HERE, encrypts=False)
    server.admit("host")
    with pytest.raises(StoreRefused, match="加密连接没有建立"):
        server.reached(safety, server.ours)


def test_a_server_that_wants_encryption_says_so_to_a_plain_connection(server: Server) -> None:
    server.show(HERE)
    server.admit("hostssl")
    with pytest.raises(StoreRefused, match=r"可能只接受加密的.*改用加密连接"):
        server.reached(PLAIN)


def test_a_missing_file_of_the_authority_is_named(server: Server) -> None:
    server.show(HERE)
    server.ours.file.rename(server.ours.file.with_suffix(".gone"))
    try:
        with pytest.raises(StoreRefused, match="CA 证书"):
            server.reached(VERIFIED, server.ours)
    finally:
        server.ours.file.with_suffix(".gone").rename(server.ours.file)
