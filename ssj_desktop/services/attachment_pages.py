"""The printed annex of a visit: its list of attachments and the photographs, made small."""

from collections.abc import Callable

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.formats.attachment_files import AttachmentFiles
from ssj_desktop.formats.pdf.photos import render_photos
from ssj_desktop.formats.pictures import small_jpeg
from ssj_desktop.queries.attachment_papers import attachment_paper
from ssj_desktop.queries.attachments import AttachmentRow, attachments_of
from ssj_desktop.services.desk import Desk

_MOST_SIDE = 1600
"""Pixels: 240 dpi at the width of the paper."""

Told = Callable[[int, int], object]


def _in_silence(_done: int, _total: int) -> None:
    """Nobody waits."""


def attachment_pages(desk: Desk, task_id: str, told: Told = _in_silence) -> bytes:
    """A PDF; a photograph that is not here or does not open leaves an empty frame."""
    files, made, rows = desk.attachments, {}, desk.ask(attachments_of, task_id)
    for place, row in enumerate(rows):
        told(place, len(rows))
        picture = _picture(files, row)
        if picture:
            made[row.sha256] = picture
    paper = desk.ask(attachment_paper, task_id)
    return render_photos(paper, made, desk.surroundings.local(desk.surroundings.now()))


def _picture(files: AttachmentFiles, row: AttachmentRow) -> bytes:
    if row.kind is AttachmentKind.PDF:
        return b""
    try:
        return small_jpeg(files.get(row.sha256), row.kind, _MOST_SIDE)
    except SsjError:
        return b""
