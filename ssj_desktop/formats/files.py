"""Writing files outside the store: whole or not at all."""

import contextlib
import errno
import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from ssj_desktop import places
from ssj_desktop.domain.errors import FileRefused

_STEP = 64 * 1024


def write_atomically(path: Path, content: bytes) -> None:
    """Write to a temporary name, fsync, rename; FileRefused leaves nothing half done."""
    write_all(path.parent, {path.name: content})


def write_and_read_back(path: Path, content: bytes) -> str:
    """Write atomically, open the file anew and compare: only then may a stick be pulled out."""
    return write_pieces_and_read_back(path, (content,))


def write_pieces_and_read_back(path: Path, pieces: Iterable[bytes]) -> str:
    """The same for a file too large for the memory; SHA-256 of the whole.

    Whatever ``pieces`` raises leaves nothing behind and the old file as it was.
    """
    hashed, temporary, size = hashlib.sha256(), path.parent / f".{path.name}.part", 0
    try:
        places.make_folder(path.parent)
        with temporary.open("wb") as file:
            for piece in pieces:
                size += len(piece)
                hashed.update(piece)
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        places.replace(temporary, path)
    except OSError as problem:
        raise _refusal(path.parent, problem, size) from problem
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
    digest = hashed.hexdigest()
    if digest_of_file(path) != digest:
        raise FileRefused(
            f"“{path.name}”写入后读回的内容不一致。", "U 盘可能已损坏，请换一个再导出。"
        )
    return digest


def digest_of_file(path: Path) -> str:
    """SHA-256 of a file of any size; FileRefused when it cannot be read."""
    hashed = hashlib.sha256()
    with reading(path), path.open("rb") as file:
        while piece := file.read(_STEP):
            hashed.update(piece)
    return hashed.hexdigest()


def write_all(folder: Path, files: Mapping[str, bytes]) -> tuple[Path, ...]:
    """Write a set of files: first all under temporary names, then rename them all."""
    written: list[tuple[Path, Path]] = []
    try:
        places.make_folder(folder)
        for name, content in files.items():
            written.append((folder / f".{name}.part", folder / name))
            _write(written[-1][0], content)
        for temporary, final in written:
            places.replace(temporary, final)
    except OSError as problem:
        raise _refusal(folder, problem, sum(map(len, files.values()))) from problem
    finally:
        for temporary, _ in written:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)
    return tuple(final for _, final in written)


def _write(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _refusal(folder: Path, problem: OSError, need: int) -> FileRefused:
    name = (
        Path(problem.filename).name.removeprefix(".").removesuffix(".part")
        if problem.filename
        else ""
    )
    if problem.errno in (errno.ENOSPC, errno.EDQUOT):
        return FileRefused(
            f"“{folder}”所在磁盘空间不足，需要约 {need // 1024 + 1} KB，没有写入文件。",
            "请清理磁盘或换一个文件夹。",
        )
    if isinstance(problem, PermissionError):
        return FileRefused(
            f"不能写入“{folder / name}”。",
            "文件可能正被打开，或没有权限；请关闭后重试或换一个文件夹。",
        )
    if isinstance(problem, NotADirectoryError | FileExistsError | IsADirectoryError):
        return FileRefused(f"“{folder}”不能当作文件夹使用。", "请换一个文件夹。")
    return FileRefused(f"写入“{folder}”失败（{problem.strerror}）。", "请检查磁盘和路径后重试。")


def read_file(path: Path, most: int | None = None) -> bytes:
    """The bytes of a file; FileRefused when it is missing, unreadable or larger than ``most``."""
    with reading(path):
        if most is not None and path.stat().st_size > most:
            raise FileRefused(f"“{path.name}”超过 {most // 1024 // 1024} MB。", "请拆分后再试。")
        return path.read_bytes()


@contextlib.contextmanager
def reading(path: Path) -> Iterator[None]:
    """Inside, what the system refuses while this file is read becomes FileRefused."""
    try:
        yield
    except FileNotFoundError:
        raise FileRefused(f"找不到文件“{path}”。", "请检查路径。") from None
    except OSError as problem:
        raise FileRefused(
            f"读不了“{path}”（{problem.strerror}）。", "请检查权限或换一个位置。"
        ) from None


def append_durably(path: Path, content: bytes) -> None:
    """Add to the end of a file and wait for the disk; a torn last line is ended first."""
    with path.open("ab+") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read(1) != b"\n":
                content = b"\n" + content
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def last_whole_line(path: Path) -> bytes:
    """The last line that ends with a newline, without it; empty when there is none."""
    try:
        with path.open("rb") as file:
            return _last_line(file)
    except FileNotFoundError:
        return b""


def _last_line(file: BinaryIO) -> bytes:
    """From the end backwards, so that a file of many years costs nothing."""
    place, tail = file.seek(0, os.SEEK_END), b""
    while place and tail.count(b"\n") < 2:
        step = min(place, max(_STEP, len(tail)))
        place -= step
        file.seek(place)
        tail = file.read(step) + tail
    whole = tail[: tail.rfind(b"\n") + 1]
    return whole[:-1].rpartition(b"\n")[2]
