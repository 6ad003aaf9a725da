"""A real headless Firefox driven over Marionette, its own remote protocol, with the standard library."""

import json
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

NAMES = ("firefox-esr", "firefox")
_PREFERENCES = """
user_pref("marionette.port", {port});
user_pref("browser.shell.checkDefaultBrowser", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("app.update.auto", false);
"""
_PATIENCE = 60


def firefox() -> str | None:
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Firefox:
    """One window; every command waits for its answer."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection, self._last = connection, 0
        self._receive()
        self.call("WebDriver:NewSession", {"capabilities": {"alwaysMatch": {}}})
        self.call("WebDriver:SetTimeouts", {"script": 120_000, "pageLoad": 60_000})

    def _receive(self) -> Any:
        head = b""
        while not head.endswith(b":"):
            head += self._exactly(1)
        return json.loads(self._exactly(int(head[:-1])))

    def _exactly(self, count: int) -> bytes:
        parts, left = [], count
        while left:
            piece = self._connection.recv(min(left, 1 << 16))
            assert piece, "the browser has gone"
            parts.append(piece)
            left -= len(piece)
        return b"".join(parts)

    def call(self, command: str, parameters: dict[str, Any]) -> Any:
        self._last += 1
        text = json.dumps([0, self._last, command, parameters]).encode()
        self._connection.sendall(b"%d:%s" % (len(text), text))
        _, number, fault, result = self._receive()
        assert (number, fault) == (self._last, None), fault
        return result

    def visit(self, path: Path) -> None:
        """A local file, waited for."""
        self.call("WebDriver:Navigate", {"url": path.resolve().as_uri()})

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression."""
        script = {"script": f"return ({expression})", "args": []}
        return self.call("WebDriver:ExecuteScript", script)["value"]

    def choose(self, selector: str, path: Path) -> None:
        """Hand a file to a file field."""
        found = self.call("WebDriver:FindElement", {"using": "css selector", "value": selector})
        (element,) = found["value"].values()
        self.call("WebDriver:ElementSendKeys", {"id": element, "text": str(path)})

    def wait_for(self, condition: str) -> None:
        until = time.monotonic() + _PATIENCE
        while not self.run(condition):
            assert time.monotonic() < until, condition
            time.sleep(0.05)


def _free_port() -> int:
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _connect(port: int) -> socket.socket:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=_PATIENCE)
        except OSError:
            assert time.monotonic() < until, "Firefox does not answer"
            time.sleep(0.1)


@contextmanager
def open_firefox() -> Iterator[Firefox]:
    """A window in a browser of its own, with a profile that is thrown away."""
    program, port = firefox(), _free_port()
    assert program is not None
    with tempfile.TemporaryDirectory(prefix="ssj-firefox-", ignore_cleanup_errors=True) as profile:
        Path(profile, "user.js").write_text(_PREFERENCES.format(port=port), "utf-8")
        child = subprocess.Popen(
            [program, "--headless", "--marionette", "--no-remote", "--profile", profile],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            with closing(_connect(port)) as connection:
                yield Firefox(connection)
        finally:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
