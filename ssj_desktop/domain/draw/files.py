"""The files other programs may rely on (draw rule cs1, section 11)."""

from ssj_desktop.domain.draw.canonical import text_bytes
from ssj_desktop.domain.draw.outcome import Outcome
from ssj_desktop.domain.draw.record import Record, record_bytes, record_of
from ssj_desktop.domain.draw.scheme import ABSENT

DRAWN, SUBSTITUTE, WOULD_BE = "drawn", "substitute", "would-be"
STANDINGS = {DRAWN: "抽中", SUBSTITUTE: "候补", WOULD_BE: "若未排除将被抽中"}


def standings(outcome: Outcome) -> dict[str, str]:
    """Object id → drawn, substitute or would-be; other objects are absent."""
    found: dict[str, str] = {}
    for stratum in outcome.strata:
        found |= {identifier: DRAWN for _, identifier in stratum.drawn}
        found |= {identifier: SUBSTITUTE for _, identifier in stratum.substitutes}
        found |= {identifier: WOULD_BE for _, identifier in stratum.would_be}
    return found


def tickets_tsv(outcome: Outcome) -> bytes:
    """id, ticket, stratum, E/X, standing; sorted by ticket."""
    entries = {entry.id: entry for entry in outcome.scheme.pool}
    standing = standings(outcome)
    return text_bytes(
        [i, ticket, entries[i].stratum, entries[i].status, standing.get(i, ABSENT)]
        for ticket, i in outcome.all_tickets()
    )


def draw_files(outcome: Outcome, record: Record | None = None) -> dict[str, bytes]:
    """Name → content of every file but the papers."""
    files = {file.name: file.content for file in outcome.frozen}
    files["seed.txt"] = outcome.seed_text
    files["tickets.tsv"] = tickets_tsv(outcome)
    files["record.json"] = record_bytes(record or record_of(outcome))
    return files


def recipe(outcome: Outcome) -> tuple[str, ...]:
    """How an outsider recomputes the first drawn object with sha256sum alone."""
    example = next(outcome.drawn_ids(), outcome.scheme.pool[0].id)
    return (
        "1. 取出附件 seed.txt，执行 sha256sum seed.txt，结果应与上表随机种子 R 相同。",
        '2. 执行 printf %s "${R}-O" | sha256sum，得 h；',
        f'再执行 printf %s "${{h}}{example}" | sha256sum，得 d。',
        "3. d 换成十进制，左侧补零至 64 位，整串倒序，前面加“0.”，即为票号；与本表逐位相同，且不大于本层截止票号的，即为抽中。",
        "也可以用公开软件包 consistent_sampler 1.0.10，以“R-O”为种子重算全部票号。",
        "还可以用公示网页所附的核对工具 verify_draw.html：断网打开，拖入本记录的 PDF 或 record.json。",
    )
