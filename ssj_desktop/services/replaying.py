"""Playing the mirror of the journal onto an older store, and with it what others had sent.

Entries and hashes stay the same. A segment that came from another device is not in the mirror:
its name is, so it is looked for where it may still lie. One that cannot be found is sent again
with the next exchange, because this store no longer says it has it.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.journal import TAKEN_IN, JournalEntry
from ssj_desktop.domain.operations import Operation, canonical
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.models.chain import APPLY, OpenEntry, OperationRow
from ssj_desktop.models.draws import Draw, SealedMachine
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.services.folding import apply_operations
from ssj_desktop.services.journal import last_place
from ssj_desktop.services.mirror import read_mirror
from ssj_desktop.services.sync import apply_again

FindSegment = Callable[[str], bytes | None]
_UNDRAWN = (DrawState.FROZEN.value, DrawState.OPENED.value)


@dataclass(frozen=True, slots=True)
class Replayed:
    """What a mirror brought back: entries, rows, up to which entry, lines nobody can read.

    ``segments`` of other devices were found again, ``missing`` ones were not.
    """

    entries: int
    operations: int
    last: int
    unreadable: int
    segments: int = 0
    missing: int = 0

    @property
    def text(self) -> str:
        parts = [f"日志镜像补回 {self.entries} 条操作"]
        if self.segments:
            parts.append(f"重新并入其他电脑的 {self.segments} 个数据段")
        if self.missing:
            parts.append(f"还缺其他电脑的 {self.missing} 个数据段，下次交换时补回")
        return "，".join(parts)


def nowhere(_: str) -> bytes | None:
    return None


def replay_mirror(
    session: Session, path: Path, data_keys: Sequence[bytes], find: FindSegment = nowhere
) -> Replayed:
    """Play the mirror from the head of the store on, as far as it fits.

    Where a restore had made two lines go on from one entry, the later one is followed.
    """
    mirror = read_mirror(path, data_keys)
    place = last_place(session)
    entries = operations = segments = missing = 0
    while block := mirror.chain.get(place.head):
        try:
            with session.begin_nested():
                found, lost = _play(session, block, find)
        except (SsjError, SQLAlchemyError, ValueError):
            break
        entries, operations = entries + 1, operations + len(block.lines)
        segments, missing = segments + found, missing + lost
        place = last_place(session)
    _keep_machines(session, mirror.machines)
    return Replayed(entries, operations, place.sequence, mirror.unreadable, segments, missing)


def _play(session: Session, block: Block, find: FindSegment) -> tuple[int, int]:
    """One entry with its rows; how many foreign segments came with it, and how many did not."""
    entry = block.entry
    session.execute(delete(OpenEntry))
    session.execute(insert(OpenEntry).values(only=1, entry=entry.sequence, stem="", mode=APPLY))
    values = asdict(entry) | {"at": datetime.fromisoformat(entry.at)}
    values |= {"stamp": entry.stamp or None, "rows": entry.rows or None}
    session.execute(insert(JournalRow).values(**values))
    counts = _take_again(session, entry, find)
    operations = list(block.operations())
    if operations:
        session.execute(insert(OperationRow), [_row(entry.sequence, each) for each in operations])
    apply_operations(session, operations)
    session.execute(delete(OpenEntry))
    return counts


def _take_again(session: Session, entry: JournalEntry, find: FindSegment) -> tuple[int, int]:
    names = json.loads(entry.payload)["segments"] if entry.action == TAKEN_IN else ()
    found = 0
    for name in names:
        content = find(name)
        if content is not None and read_segment_file(content).identity == name:
            at = datetime.fromisoformat(entry.at)
            found += apply_again(session, content, at)
    return found, len(names) - found


def _row(sequence: int, o: Operation) -> dict[str, object]:
    """The operation exactly as the triggers had written it."""
    return {
        "entry": sequence, "id": o.id, "tbl": o.table, "key": o.key, "kind": o.kind,
        "base": canonical(list(o.base)), "data": canonical(o.data),
    }  # fmt: skip


def _keep_machines(session: Session, machines: Mapping[str, str]) -> None:
    """M of draws that are frozen and have no result yet, so that their ceremony can go on."""
    for draw_id, machine in machines.items():
        row = session.get(Draw, draw_id)
        undrawn = row is not None and row.state in _UNDRAWN and not row.machine
        if undrawn and session.get(SealedMachine, draw_id) is None:
            session.execute(insert(SealedMachine).values(draw_id=draw_id, machine=machine))
