"""Bytes of attachments on their way from store to store, whichever way the exchange goes.

Rows travel in segments, bytes by hash and perhaps later (docs/adr/025). First the rows are taken in,
then the bytes they name and that are not here: a break between leaves attachments that are known to
be missing and are asked for at the next exchange.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from ssj_desktop.domain.attachments import size_text
from ssj_desktop.domain.exchange_report import ARRIVED, LACKING, LEFT, ExchangeReport
from ssj_desktop.formats.cargo import KEY, Manifest, as_fits, lock
from ssj_desktop.models.exchange import Exchange
from ssj_desktop.queries.attachment_routes import (
    asked_by,
    hashes_by,
    hashes_in,
    hashes_of,
    lacking_elsewhere,
    origins_of,
    own_device,
    sizes_of,
)
from ssj_desktop.queries.membership import is_field_laptop
from ssj_desktop.services.desk import Desk, Work
from ssj_desktop.services.steps import Steps, Stopped, in_silence

Sizes = tuple[tuple[str, int], ...]
MOST_ASKED = 20_000
"""Hashes a device asks for at once; what is left over is asked for the next time."""


class Source(Protocol):
    """Where bytes may come from: a bundle, a shared folder, a server."""

    def fetch(self, wanted: Collection[str]) -> Iterator[tuple[str, bytes]]:
        """Those of the wanted attachments that are there, verified."""
        ...


class Nowhere:
    """An exchange that brought no bytes."""

    def fetch(self, _: Collection[str]) -> Iterator[tuple[str, bytes]]:
        return iter(())


@dataclass(frozen=True, slots=True)
class AmendReport:
    """What came to pass after the rows were taken in."""

    exchange: str
    counts: Mapping[str, int]
    remarks: tuple[str, ...] = field(default=())


def missing_here(desk: Desk) -> tuple[str, ...]:
    """Hashes the rows of this store name whose bytes are not here."""
    return desk.attachments.missing(desk.ask(sizes_of))


def lacking_by_device(desk: Desk) -> dict[str, int]:
    """How many attachments this device lacks, and how many each other one said it lacks."""
    own = {desk.ask(own_device): len(missing_here(desk))}
    return {**desk.ask(lacking_elsewhere), **own}


def wishes(desk: Desk) -> list[str]:
    """What a bundle asks its readers for."""
    return list(missing_here(desk)[:MOST_ASKED])


def due_to(desk: Desk, devices: Collection[str], segments: Iterable[str]) -> Sizes:
    """What goes along: asked for by the receivers, or named by rows in these segments."""
    asked = desk.ask(asked_by, devices)
    sizes = desk.ask(sizes_of, asked | desk.ask(hashes_in, tuple(segments)))
    return _whole(desk, sorted(sizes.items(), key=lambda item: item[0] not in asked))


def due_for_tasks(desk: Desk, device: str, tasks: Collection[str]) -> Sizes:
    """What a laptop takes along of its tasks when photographs are wanted; its own it has."""
    hashes = desk.ask(hashes_of, tasks) - desk.ask(hashes_by, device)
    return _whole(desk, desk.ask(sizes_of, hashes).items())


def attested_for(desk: Desk, device: str) -> list[str]:
    """For a receipt: what a laptop attached and whose bytes are here, whole."""
    files = desk.attachments
    return sorted(sha256 for sha256 in desk.ask(hashes_by, device) if files.is_whole(sha256))


def _whole(desk: Desk, sizes: Iterable[tuple[str, int]]) -> Sizes:
    """A damaged file stays at home: the reader is told that it is missing, and asks again."""
    files = desk.attachments
    return tuple((sha256, size) for sha256, size in as_fits(sizes) if files.is_whole(sha256))


def manifest_for(desk: Desk, sizes: Sizes) -> Manifest:
    return Manifest(desk.surroundings.chance(KEY), sizes) if sizes else Manifest()


def pieces_of(desk: Desk, front: bytes, manifest: Manifest, steps: Steps) -> Iterator[bytes]:
    """A bundle file in pieces: the envelope, then one attachment after the other."""
    yield front
    done, total = 0, sum(size for _, size in manifest.items)
    for piece in lock(manifest, desk.attachments.get):
        yield piece
        done = min(total, done + len(piece))
        steps(f"附件已写 {size_text(done)}，共 {size_text(total)}", done >> 10, total >> 10)


def bring(desk: Desk, source: Source, steps: Steps) -> int:
    """Keep what this store lacks and the source has; the number of attachments that came.

    Who stops it keeps what came until then.
    """
    sizes, files = desk.ask(sizes_of, missing_here(desk)), desk.attachments
    if not sizes:
        return 0
    total, arrived, done = sum(sizes.values()), 0, 0
    try:
        for sha256, content in source.fetch(sizes.keys()):
            files.put(content)
            arrived, done = arrived + 1, done + sizes[sha256]
            steps(
                f"附件第 {arrived} 个，{size_text(done)}，共 {size_text(total)}",
                done >> 10, total >> 10,
            )  # fmt: skip
    except Stopped:
        return arrived
    return arrived


def finish(
    desk: Desk, report: ExchangeReport, source: Source, sent: int = 0, steps: Steps = in_silence
) -> ExchangeReport:
    """Bring the bytes after the rows, and say in the report what came and what is still missing."""
    arrived = bring(desk, source, steps)
    lacking = missing_here(desk)
    counts = {ARRIVED: arrived, LEFT: sent, LACKING: len(lacking)}
    if not any(counts.values()):
        return report
    remarks = _remarks(desk, lacking)
    desk.jot(amend_report, AmendReport(report.id, counts, remarks))
    return replace(report, counts={**report.counts, **counts}, remarks=(*report.remarks, *remarks))


def _remarks(desk: Desk, lacking: tuple[str, ...]) -> tuple[str, ...]:
    """How many are missing, and from which devices they came."""
    if not lacking:
        return ()
    said = f"缺 {len(lacking)} 个附件的内容"
    if desk.ask(is_field_laptop):
        return (f"{said}，没有随外业包带出，局里有",)
    origin = "、".join(f"“{name}”" for name in desk.ask(origins_of, lacking))
    if origin:
        return (f"{said}，来自{origin}：请与它交换一次",)
    return (f"{said}，是在本机附上的：请用备份找回，或与有它的电脑交换",)


def amend_report(work: Work, command: AmendReport) -> None:
    """The page of an exchange says what happened to the bytes as well."""
    row = work.session.get_one(Exchange, command.exchange)
    row.counts = {**row.counts, **command.counts}
    row.remarks = [*row.remarks, *command.remarks]
