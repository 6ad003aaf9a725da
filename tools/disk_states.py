"""What may be on a disk after a power cut: rebuilt from a recording of what a program wrote.

``record`` runs a child under strace and reads back each write, truncation, sync, rename and
deletion below one folder. A cut leaves everything that was synced; of the rest every write may be
there or not, the last ones by sectors only, and every name may or may not have changed yet.
"""

import random
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tracing import complaint_of, traced

SECTOR = 512
_CALLS = "openat,write,pwrite64,ftruncate,fsync,fdatasync,unlink,unlinkat,rename,renameat,renameat2"
_LINE = re.compile(r"^(\d+)\s+(\w+)\((.*)\)\s+=\s+(-?\d+)(?:<([^>]*)>)?")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FD = re.compile(r"^(\d+)<([^>]*)>")
_TAIL = re.compile(r", (\d+)$")


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the program did to a file: kind, name, and what the kind needs."""

    kind: str
    name: str
    offset: int = 0
    data: bytes = b""
    other: str = ""


def record(command: Sequence[str], folder: Path, trace: Path) -> list[Step]:
    """Run a program to its end; what it did below ``folder`` in order."""
    done = traced(command, trace, _CALLS, "-y", "-xx", "-s", "99999999")
    if done.returncode:
        raise RuntimeError(complaint_of(done))
    with trace.open(encoding="ascii", errors="replace") as lines:
        return list(_steps(_joined(lines), folder))


def _joined(lines: Iterator[str]) -> Iterator[str]:
    """Calls that another thread interrupted are printed in two halves."""
    waiting: dict[str, str] = {}
    for line in lines:
        process = line.split(" ", 1)[0]
        if line.rstrip().endswith("<unfinished ...>"):
            waiting[process] = line.rstrip().removesuffix("<unfinished ...>").rstrip()
        elif " resumed>" in line and process in waiting:
            yield waiting.pop(process) + line.split(" resumed>", 1)[1]
        else:
            yield line


def _steps(lines: Iterator[str], folder: Path) -> Iterator[Step]:
    root = f"{folder}/"
    for line in lines:
        found = _LINE.match(line)
        if found is None or int(found[4]) < 0:
            continue
        step = _step(found[2], found[3], int(found[4]), _plain(found[5] or ""))
        if step is not None and (step.name.startswith(root) or step.name == str(folder)):
            yield step


def _plain(text: str) -> str:
    return bytes.fromhex(text.replace("\\x", "")).decode() if "\\x" in text else text


def _step(call: str, given: str, result: int, opened: str) -> Step | None:
    texts = [bytes.fromhex(text.replace("\\x", "")) for text in _TEXT.findall(given)]
    if call == "openat":
        kind = "empty" if "O_TRUNC" in given else "create"
        return Step(kind, opened) if "O_CREAT" in given else None
    if call.startswith("unlink"):
        return Step("unlink", texts[0].decode())
    if call.startswith("rename"):
        return Step("rename", texts[0].decode(), other=texts[1].decode())
    return _step_on_handle(call, given, texts[0][:result] if texts else b"")


def _step_on_handle(call: str, given: str, data: bytes) -> Step:
    handle, tail = _FD.match(given), _TAIL.search(given)
    name, number = _plain(handle[2]) if handle else "", int(tail[1]) if tail else 0
    if call == "ftruncate":
        return Step("truncate", name, number)
    if call == "pwrite64":
        return Step("write", name, number, data)
    return Step("append", name, 0, data) if call == "write" else Step("sync", name)


@dataclass
class Inode:
    """One file: what is surely on the disk, and what may be."""

    durable: bytes = b""
    pending: list[Step] = field(default_factory=list)
    size: int = 0

    def take(self, step: Step) -> None:
        if step.kind == "append":
            step = Step("write", step.name, self.size, step.data)
        self.pending.append(step)
        if step.kind == "write":
            self.size = max(self.size, step.offset + len(step.data))
        else:
            self.size = step.offset

    def sync(self) -> None:
        self.durable, self.pending = applied(self.durable, self.pending), []


def applied(content: bytes, steps: Sequence[Step]) -> bytes:
    """The bytes after these steps; a gap reads as zeros."""
    if not steps:
        return content
    out = bytearray(content)
    for step in steps:
        end = step.offset + len(step.data)
        if step.kind == "truncate":
            del out[step.offset :]
            out.extend(bytes(step.offset - len(out)))
        else:
            out.extend(bytes(max(0, end - len(out))))
            out[step.offset : end] = step.data
    return bytes(out)


class Disk:
    """Plays a recording up to a cut and gives states that may be found after it."""

    def __init__(self, before: dict[str, bytes]) -> None:
        self.inodes = {name: Inode(content, size=len(content)) for name, content in before.items()}
        self.durable_names: dict[str, Inode] = dict(self.inodes)
        self.names: dict[str, Inode] = dict(self.inodes)
        self.changed: list[str] = []

    def play(self, step: Step, folder: str) -> None:
        if step.kind == "sync" and (step.name == folder or step.name not in self.names):
            self._sync_names(step.name)
        elif step.kind == "sync":
            self.names[step.name].sync()
        elif step.kind in ("create", "empty"):
            self._create(step)
        elif step.kind == "unlink":
            self.names.pop(step.name, None)
            self.changed.append(step.name)
        elif step.kind == "rename":
            self.names[step.other] = self.names.pop(step.name)
            self.changed += [step.name, step.other]
        else:
            self.names[step.name].take(step)

    def _sync_names(self, folder: str) -> None:
        """What was made, renamed or deleted right in this folder is so for sure."""
        inside = [name for name in self.changed if name.rpartition("/")[0] == folder]
        for name in inside:
            self.durable_names.pop(name, None)
            if name in self.names:
                self.durable_names[name] = self.names[name]
        self.changed = [name for name in self.changed if name not in inside]

    def _create(self, step: Step) -> None:
        if step.name not in self.names:
            self.names[step.name] = Inode()
            self.changed.append(step.name)
        elif step.kind == "empty":
            self.names[step.name].take(Step("truncate", step.name, 0))

    def state(self, chance: random.Random) -> dict[str, bytes]:
        """One legal state of the folder."""
        names = dict(self.durable_names)
        for name in self.changed:
            if chance.random() < 0.5:
                names.pop(name, None)
                if name in self.names:
                    names[name] = self.names[name]
        style = chance.choice(("all", "none", "prefix", "subset", "torn"))
        return {name: _content(inode, style, chance) for name, inode in names.items()}


def _content(inode: Inode, style: str, chance: random.Random) -> bytes:
    steps = inode.pending
    if style == "none":
        steps = []
    elif style == "prefix":
        steps = steps[: chance.randint(0, len(steps))]
    elif style in ("subset", "torn"):
        steps = [step for step in steps if chance.random() < 0.5]
    if style == "torn" and steps:
        victim = chance.randrange(len(steps))
        steps = [*steps[:victim], *_sectors(steps[victim], chance), *steps[victim + 1 :]]
    return applied(inode.durable, steps)


def _sectors(step: Step, chance: random.Random) -> list[Step]:
    """Only some sectors of one write reached the disk."""
    if step.kind != "write":
        return [step]
    parts = range(0, len(step.data), SECTOR)
    return [
        Step("write", step.name, step.offset + place, step.data[place : place + SECTOR])
        for place in parts
        if chance.random() < 0.5
    ]


def files_of(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.iterdir() if path.is_file()}
