"""A store with a visit to photograph, and photographs known by the mark of the act that takes them."""

import random
import sys
from pathlib import Path

from killing import PASSWORD
from single_store import template
from sqlalchemy import select
from sqlalchemy.orm import Session

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

import office

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.formats.attachment_files import AttachmentFiles, attachments_folder
from ssj_desktop.models.inspections import InspectionTask
from ssj_desktop.queries.attachments import named_hashes
from ssj_desktop.services.accounts import AddAccount, add_account, sign_in
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw

SIZE = 20_000
DIGITS = ("20260317", "88134402", "31415926")


def template_with_visit(folder: Path) -> Path:
    """The store of the other drills after a draw of one object."""
    store = template(folder)
    desk = sign_in(store, PASSWORD)
    desk.do(add_account, AddAccount(office.APPROVER.name, office.APPROVER.roles))
    office.enrol_targets(desk, 1)
    office.enrol_inspectors(desk)
    approver = desk.signed_in_as(office.APPROVER)
    line = office.approved_line(desk, approver, "A=1", first_month=1, last_month=12)
    key = desk.do(freeze_draw, office.freezing(desk, line))
    desk.do(draw, PerformDraw(key, DIGITS))
    desk.close()
    return store


def picture_of(mark: str, size: int = SIZE) -> bytes:
    """The bytes this act attaches; no other act has the same, in whatever process."""
    return b"\xff\xd8\xff" + random.Random(mark).randbytes(size)


def photograph(desk: Desk, mark: str) -> None:
    """Attach to the newest task."""
    desk.do(attach, Attach(str(desk.ask(newest_task)), f"照片{mark}", picture_of(mark)))


def newest_task(session: Session) -> str | None:
    newest = select(InspectionTask.id).order_by(InspectionTask.number.desc()).limit(1)
    return session.scalars(newest).first()


def written_for(store: Path, secret: bytes, mark: str) -> tuple[Path, ...]:
    """What the act writes beside the store: the folder, the unfinished file, the file."""
    pictures = AttachmentFiles(attachments_folder(store), secret)
    path = pictures.path_of(digest_of(picture_of(mark)))
    return path.parent, path.with_name(f".{path.name}.part"), path


def without_bytes(desk: Desk) -> list[str]:
    """Photographs a row names whose bytes are not here, or not those."""
    files = desk.attachments
    return [f"附件 {name} 没有字节" for name in desk.ask(named_hashes) if not files.is_whole(name)]
