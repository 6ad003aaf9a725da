"""The journal as text files that anyone can check without this program (docs/journal-format.md)."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ssj_desktop.domain.device_keys import DeviceKeys
from ssj_desktop.domain.journal import entry_line
from ssj_desktop.domain.segment import read_segment_file
from ssj_desktop.formats.files import write_all
from ssj_desktop.formats.segments import signed_checkpoint
from ssj_desktop.models.chain import OwnDevice, SegmentRow
from ssj_desktop.queries.journal import list_entries_after
from ssj_desktop.services.desk import Desk

ENTRIES, PUBLIC_KEY = "journal.txt", "device.pub"


def export_journal(desk: Desk, folder: Path) -> tuple[Path, ...]:
    """Entries, checkpoints and the public key; row values stay in the store."""
    desk.seal()
    return write_all(folder, desk.ask(_files))


def _files(session: Session) -> dict[str, bytes]:
    entries = [f"{entry_line(e)}\t{e.hash}\n" for e in list_entries_after(session, 0)]
    public = DeviceKeys(session.scalars(select(OwnDevice.seed)).one()).public
    files = {ENTRIES: "".join(entries).encode(), PUBLIC_KEY: f"{public.hex()}\n".encode()}
    query = select(SegmentRow.content).where(SegmentRow.own).order_by(SegmentRow.last)
    for content in session.scalars(query):
        segment = read_segment_file(content)
        if (
            segment.header.device
            == DeviceKeys(session.scalars(select(OwnDevice.seed)).one()).device
        ):
            name = f"checkpoint-{segment.header.epoch}-{segment.header.last:09d}.txt"
            files[name] = signed_checkpoint(segment, public).encode()
    return files
