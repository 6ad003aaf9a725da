"""A screen without a monitor: Xvfb, the titles of the windows on it, and its picture as PNG."""

import ctypes
import os
import struct
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

WIDTH, HEIGHT = 1366, 768
_XWD_WORDS = 25
_ANY_PROPERTY = 0


@dataclass(frozen=True, slots=True)
class Screen:
    """A running Xvfb: its display name and the file that holds its pixels."""

    display: str
    pixels: Path

    def rows(self) -> list[bytes]:
        """Each line of the screen as RGB bytes."""
        content = self.pixels.read_bytes()
        words = struct.unpack(f">{_XWD_WORDS}I", content[: 4 * _XWD_WORDS])
        header, width, height, line, colours = words[0], words[4], words[5], words[12], words[19]
        start = header + 12 * colours
        return [
            _rgb(content[at : at + 4 * width]) for at in range(start, start + height * line, line)
        ]

    def colours(self) -> int:
        """How many different colours the screen shows; an empty one has a single colour."""
        return len({row[at : at + 3] for row in self.rows() for at in range(0, len(row), 3)})

    def save(self, path: Path) -> None:
        """The screen as a PNG file."""
        rows = self.rows()
        size = struct.pack(">IIBBBBB", len(rows[0]) // 3, len(rows), 8, 2, 0, 0, 0)
        pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
        chunks = ((b"IHDR", size), (b"IDAT", pixels), (b"IEND", b""))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks))

    def titles(self) -> list[str]:
        """Titles of the windows on the screen."""
        return _titles(self.display)


@contextmanager
def screen() -> Iterator[Screen]:
    """Xvfb on a free display, ended at the end."""
    reading, writing = os.pipe()
    with tempfile.TemporaryDirectory() as folder:
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", f"{WIDTH}x{HEIGHT}x24",
             "-fbdir", folder, "-nolisten", "tcp", "-noreset"],
            pass_fds=(writing,), stderr=subprocess.DEVNULL,
        )  # fmt: skip
        os.close(writing)
        try:
            with os.fdopen(reading) as answer:
                display = f":{answer.readline().strip()}"
            yield Screen(display, Path(folder, "Xvfb_screen0"))
        finally:
            server.terminate()
            server.wait()


def _rgb(row: bytes) -> bytes:
    """BGRX as Xvfb keeps it, to RGB."""
    out = bytearray(len(row) // 4 * 3)
    out[0::3], out[1::3], out[2::3] = row[2::4], row[1::4], row[0::4]
    return bytes(out)


def _chunk(kind: bytes, content: bytes) -> bytes:
    checked = kind + content
    return struct.pack(">I", len(content)) + checked + struct.pack(">I", zlib.crc32(checked))


def _titles(display: str) -> list[str]:
    x11 = ctypes.CDLL("libX11.so.6")
    x11.XOpenDisplay.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(x11.XOpenDisplay(display.encode()))
    if connection.value is None:
        return []
    try:
        x11.XDefaultRootWindow.restype = ctypes.c_ulong
        root = ctypes.c_ulong(x11.XDefaultRootWindow(connection))
        found = [_title(x11, connection, window) for window in _children(x11, connection, root)]
        return [title for title in found if title]
    finally:
        x11.XCloseDisplay(connection)


def _children(x11: ctypes.CDLL, connection: ctypes.c_void_p, root: ctypes.c_ulong) -> list[int]:
    top, parent = ctypes.c_ulong(), ctypes.c_ulong()
    windows, count = ctypes.POINTER(ctypes.c_ulong)(), ctypes.c_uint()
    x11.XQueryTree(
        connection, root, ctypes.byref(top), ctypes.byref(parent), ctypes.byref(windows),
        ctypes.byref(count),
    )  # fmt: skip
    return [windows[number] for number in range(count.value)]


def _title(x11: ctypes.CDLL, connection: ctypes.c_void_p, window: int) -> str:
    """The UTF-8 title (_NET_WM_NAME) of one window; empty when it has none."""
    x11.XInternAtom.restype = ctypes.c_ulong
    name = ctypes.c_ulong(x11.XInternAtom(connection, b"_NET_WM_NAME", False))
    kind, width = ctypes.c_ulong(), ctypes.c_int()
    length, rest = ctypes.c_ulong(), ctypes.c_ulong()
    text = ctypes.POINTER(ctypes.c_char)()
    x11.XGetWindowProperty(
        connection, ctypes.c_ulong(window), name, ctypes.c_long(0), ctypes.c_long(1024), False,
        ctypes.c_ulong(_ANY_PROPERTY), ctypes.byref(kind), ctypes.byref(width),
        ctypes.byref(length), ctypes.byref(rest), ctypes.byref(text),
    )  # fmt: skip
    return ctypes.string_at(text, length.value).decode() if length.value else ""
