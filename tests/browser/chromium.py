"""A real headless Chromium driven over its debugging pipe with the standard library alone."""

import base64
import fcntl
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip
_FIRST_FREE = 10  # the browser wants its pipes as 3 and 4
_HAND_OVER = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.dup2(int(sys.argv[2]), 4)
os.execv(sys.argv[3], sys.argv[3:])
"""


def browser() -> str | None:
    """The program, or None where there is none or its pipes cannot be handed over."""
    if sys.platform == "win32":
        return None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


class Page:
    """One tab; ``requests`` and ``complaints`` are what it asked for and what its console said."""

    def __init__(self, write_to: int, read_from: int) -> None:
        self._write_to, self._read_from = write_to, read_from
        self._buffer, self._last, self._session = b"", 0, ""
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self._loaded = 0
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        attached = self.call("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log", "DOM"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> Any:
        """One command and its answer."""
        self._last += 1
        message = {"id": self._last, "method": method, "params": parameters}
        if self._session:
            message["sessionId"] = self._session
        view = memoryview(json.dumps(message).encode() + b"\0")
        while view:
            view = view[os.write(self._write_to, view) :]
        while True:
            answer = self._next_message()
            if answer.get("id") == self._last:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]
            self._hear(answer)

    def _next_message(self) -> dict[str, Any]:
        parts = [self._buffer]
        while b"\0" not in parts[-1]:
            piece = os.read(self._read_from, 1 << 16)
            assert piece, "the browser has gone"
            parts.append(piece)
        message, _, self._buffer = b"".join(parts).partition(b"\0")
        return json.loads(message)  # type: ignore[no-any-return]

    def _hear(self, event: dict[str, Any]) -> None:
        method, told = event.get("method"), event.get("params", {})
        if method == "Page.loadEventFired":
            self._loaded += 1
        elif method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.complaints.append(told["exceptionDetails"].get("text", "?"))
        elif method == "Log.entryAdded":
            self.complaints.append(told["entry"]["text"])

    def visit(self, path: Path) -> None:
        """A local file, waited for."""
        before = self._loaded
        self.call("Page.navigate", url=path.resolve().as_uri())
        while self._loaded == before:
            self._hear(self._next_message())

    def run(self, expression: str) -> Any:
        """The value of a JavaScript expression; promises are waited for."""
        done = self.call(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def text(self, selector: str) -> str:
        return str(self.run(f"document.querySelector({json.dumps(selector)}).innerText"))

    def type(self, selector: str, text: str) -> None:
        """As a hand would: focus, select all, type."""
        self.run(f"document.querySelector({json.dumps(selector)}).focus()")
        self.run(f"document.querySelector({json.dumps(selector)}).select()")
        self.call("Input.insertText", text=text)

    def press(self, key: str, code: int) -> None:
        for kind in ("rawKeyDown", "char", "keyUp"):
            more = {"text": "\r"} if key == "Enter" and kind == "char" else {}
            if kind != "char" or more:
                self.call(
                    "Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **more
                )

    def choose(self, selector: str, path: Path) -> None:
        """Hand a file to a file field."""
        root = self.call("DOM.getDocument")["root"]["nodeId"]
        field = self.call("DOM.querySelector", nodeId=root, selector=selector)["nodeId"]
        self.call("DOM.setFileInputFiles", nodeId=field, files=[str(path)])

    def wait_for(self, condition: str) -> None:
        """Until a JavaScript condition holds; half a minute at most."""
        promise = (
            "new Promise((done, late) => {const begun = Date.now(); (function look() {"
            f"if ({condition}) done(true); else if (Date.now() - begun > 30000) late('late');"
            "else setTimeout(look, 20)})()})"
        )
        assert self.run(promise)

    def resize(self, width: int, height: int) -> None:
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def picture(self) -> bytes:
        """The whole page as PNG."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        return base64.b64decode(shot["data"])


@contextmanager
def open_page() -> Iterator[Page]:
    """A page in a browser of its own, with a profile that is thrown away."""
    program = browser()
    assert program is not None
    to_browser, from_browser = os.pipe(), os.pipe()
    theirs = [
        fcntl.fcntl(end, fcntl.F_DUPFD, _FIRST_FREE) for end in (to_browser[0], from_browser[1])
    ]
    with tempfile.TemporaryDirectory(prefix="ssj-chromium-", ignore_cleanup_errors=True) as profile:
        child = subprocess.Popen(
            [sys.executable, "-c", _HAND_OVER, *map(str, theirs), program, *FLAGS,
             f"--user-data-dir={profile}"],
            pass_fds=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        for end in (to_browser[0], from_browser[1], *theirs):
            os.close(end)
        try:
            yield Page(to_browser[1], from_browser[0])
        finally:
            os.close(to_browser[1])
            os.close(from_browser[0])
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()
