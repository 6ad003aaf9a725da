"""A real PostgreSQL server for tests: own data folder, loopback only, gone afterwards."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

DEBIAN = Path("/usr/lib/postgresql")


def program(name: str) -> str:
    """Debian keeps the server's programs off the path."""
    found = shutil.which(name) or next(
        (str(path) for path in sorted(DEBIAN.glob(f"*/bin/{name}"), reverse=True)), None
    )
    assert found, f"PostgreSQL 的 {name} 没有安装"
    return str(Path(found).resolve())


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def unprivileged() -> dict[str, str]:
    """The server refuses to run as root."""
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    return {"user": "nobody"} if is_root else {}


@contextmanager
def running_server() -> Iterator[str]:
    """The URL of a fresh server's database, signed in as its owner."""
    folder = Path(tempfile.mkdtemp(prefix="ssj-pg-"))
    folder.chmod(0o755)
    home = folder / "data"
    home.mkdir(mode=0o700)
    owner = unprivileged()
    if owner:
        shutil.chown(home, owner["user"])
    quiet = {"cwd": home, "stdout": subprocess.DEVNULL, **owner}
    port = free_port()
    subprocess.run(
        [program("initdb"), "-D", str(home), "-U", "postgres", "-A", "trust", "-E", "UTF8",
         "--no-locale", "--no-sync", "--no-instructions"], check=True, **quiet,
    )  # fmt: skip
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories= -c fsync=off"
    log = str(home / "log")
    control = [program("pg_ctl"), "-D", str(home), "-w", "-l", log]
    subprocess.run([*control, "-o", options, "start"], check=True, **quiet)
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
        shutil.rmtree(folder, ignore_errors=True)


def as_login(url: str, login: str) -> str:
    return url.replace("postgres@", f"{login}@", 1)
