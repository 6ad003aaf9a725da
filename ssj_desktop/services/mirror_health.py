"""Whether every own entry can still be read in the mirror; what cannot is written there again.

A rotten or missing line would be noticed only on the day the mirror is needed: a repair plays it
onto the newest backup and stops at the first gap (docs/adr/024).
"""

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.formats.mirror import open_line, open_machine_line, parse_line
from ssj_desktop.models.keyfile import former_keys_of
from ssj_desktop.queries.journal import list_hashes
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.mirror import blocks_after, sealed_machines


@dataclass(frozen=True, slots=True)
class Lacking:
    """Own entries, by hash, and machine numbers, by draw, that no line of the mirror gives back."""

    entries: Mapping[str, int]
    machines: Mapping[str, str]

    def __bool__(self) -> bool:
        return bool(self.entries or self.machines)


@dataclass(frozen=True, slots=True)
class MirrorHealth:
    """``refusal`` says why what was lacking could not be written again."""

    total: int
    lacking: int = 0
    first: int = 0
    refusal: str = ""

    @property
    def text(self) -> str:
        if not self.lacking:
            return f"完整，{self.total} 条操作都在"
        gap = f"从第 {self.first} 条操作起缺失或损坏 {self.lacking} 处"
        return f"{gap}，没有补写：{self.refusal}" if self.refusal else f"{gap}，已从数据库补写"


def mend_mirror(desk: Desk) -> MirrorHealth:
    """Read every line of the mirror; what is lacking is added at its end, nothing is taken away."""
    total, lacking = look(desk)
    if lacking:  # an act under way writes its line after its commit
        total, lacking = look(desk)
    if not lacking:
        return MirrorHealth(total)
    count = len(lacking.entries) + len(lacking.machines)
    first = min(lacking.entries.values(), default=total)
    return MirrorHealth(total, count, first, _refusal_of_writing(desk, lacking))


def look(desk: Desk) -> tuple[int, Lacking]:
    """How many own entries there are, and what the mirror lacks of them and of sealed numbers."""
    entries, machines = desk.ask(list_hashes), desk.ask(sealed_machines)
    total, key = len(entries), desk.database.key
    keys = (key, *former_keys_of(desk.database.path, key))
    try:
        with desk.mirror.path.open("rb") as file:
            _take_out(entries, machines, file, keys)
    except OSError:
        return total, Lacking(entries, machines)
    return total, Lacking(entries, machines)


def _take_out(
    entries: dict[str, int],
    machines: dict[str, str],
    lines: Iterable[bytes],
    keys: tuple[bytes, ...],
) -> None:
    """Whatever a line gives back is not lacking."""
    for text in lines:
        line = parse_line(text.rstrip(b"\n"))
        if line is None:
            draw_id, number = open_machine_line(text.rstrip(b"\n"), keys) or ("", "")
            if machines.get(draw_id) == number:
                del machines[draw_id]
        elif line.hash in entries and any(open_line(line, key) for key in keys):
            del entries[line.hash]


def _refusal_of_writing(desk: Desk, lacking: Lacking) -> str:
    if desk.read_only:
        return "数据库已损坏，现在只能查看"
    try:
        first = min(lacking.entries.values(), default=1)
        known = desk.ask(blocks_after, first - 1)
        desk.mirror.put(_with_newest(known, lacking.entries), lacking.machines)
    except SsjError as refusal:
        return refusal.message
    except OSError as problem:
        return f"写不进“{desk.mirror.path.name}”（{problem.strerror}）"
    return ""


def _with_newest(known: Sequence[Block], wanted: Container[str]) -> list[Block]:
    """The newest entry comes last, where the next act looks for it."""
    return [*(block for block in known[:-1] if block.entry.hash in wanted), *known[-1:]]
