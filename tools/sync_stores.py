"""One real store of a random schedule: everything about it is read from it, so a restored one forgets."""

import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

sys.path.append(str(Path(__file__).resolve().parents[1] / "tests"))

from exchange.two_desks import CLERK
from office import Clock

from ssj_desktop.domain.segment import SealedSegment, read_segment_file
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.models.attachments import Attachment
from ssj_desktop.models.chain import ConflictRow, OperationRow, SegmentRow
from ssj_desktop.models.cipher import opened
from ssj_desktop.models.database import Database
from ssj_desktop.models.journal import JournalRow
from ssj_desktop.models.registries import Witness
from ssj_desktop.queries.attachment_routes import sizes_of
from ssj_desktop.queries.membership import find_roster, own_keys
from ssj_desktop.queries.segments import APPLIED
from ssj_desktop.services.desk import Desk, Work

FIELDS = ("unit", "capacity", "phone")
TABLE = Witness.__tablename__


class Store:
    """A member of the office; ``own`` are the acts done at it, as far as they were not rolled back."""

    def __init__(self, letter: str, path: Path, key: bytes, clock: Clock) -> None:
        self.letter, self.path, self.key, self.clock = letter, path, key, clock
        self.own: list[int] = []
        self.desk = self._opened()

    def _opened(self) -> Desk:
        return Desk(Database(self.path, self.key), CLERK, self.clock)

    def act(self, deed: Callable[[Work], Any]) -> None:
        def change_setting(work: Work, _: None) -> None:
            deed(work)
            work.note("试验", "试验")

        self.desk.do(change_setting, None)

    @property
    def device(self) -> str:
        return self.desk.ask(own_keys).device

    def rows(self) -> dict[str, dict[str, Any]]:
        query = select(Witness.id, *(getattr(Witness, name) for name in FIELDS))
        found = self.desk.ask(lambda session: session.execute(query).all())
        return {row[0]: dict(zip(FIELDS, row[1:], strict=True)) for row in found}

    def disputed(self) -> dict[tuple[str, str], frozenset[str]]:
        query = select(ConflictRow.key, ConflictRow.field, ConflictRow.sides)
        found = self.desk.ask(
            lambda session: session.execute(query.where(ConflictRow.tbl == TABLE)).all()
        )
        return {
            (key, name): frozenset(repr(s["value"]) if name else s["kind"] for s in sides)
            for key, name, sides in found
        }

    def held(self) -> frozenset[str]:
        """The segments that are part of the state."""
        query = select(SegmentRow.id).where(SegmentRow.state == APPLIED)
        return frozenset(self.desk.ask(lambda session: session.scalars(query).all()))

    def segment(self, name: str) -> SealedSegment:
        query = select(SegmentRow.content).where(SegmentRow.id == name)
        return read_segment_file(self.desk.ask(lambda session: session.scalars(query).one()))

    def photograph(self, content: bytes) -> None:
        """A row that names a picture, and the picture, as ``attach`` would leave them."""
        sha256 = self.desk.attachments.put(content)
        values = {
            "task_id": "task", "item_number": "", "title": "照片", "kind": AttachmentKind.JPEG,
            "size": len(content), "sha256": sha256, "taken_at": "", "attached_by": "张敏",
        }  # fmt: skip
        self.act(
            lambda w: w.session.execute(
                insert(Attachment).values(id=w.new_id(), attached_at=w.now, **values)
            )
        )

    def pictures(self) -> dict[str, bool]:
        """Whether the bytes are here of everything the rows name."""
        files = self.desk.attachments
        return {sha256: files.is_whole(sha256) for sha256 in self.desk.ask(sizes_of)}

    def unsealed(self) -> list[tuple[str, str]]:
        """Ids and clocks of operations no segment has yet."""
        query = (
            select(OperationRow.id, JournalRow.stamp)
            .join(JournalRow, JournalRow.sequence == OperationRow.entry)
            .where(OperationRow.tbl == TABLE)
            .order_by(OperationRow.seq)
        )
        return [tuple(row) for row in self.desk.ask(lambda s: s.execute(query).all())]

    def say_schema(self, revision: str) -> str:
        """Let the store be one of another program; what it said before."""
        self.desk.database.close()
        with opened(self.path, self.key) as connection:
            (before,) = connection.execute("SELECT version_num FROM alembic_version").fetchone()
            connection.execute("UPDATE alembic_version SET version_num = ?", (revision,))
            connection.commit()
        self.desk = self._opened()
        return str(before)

    def put_back(self, path: Path) -> None:
        self.desk.database.close()
        shutil.copy(path, self.path)
        self.desk = self._opened()

    def knows_revoked(self, device: str) -> bool:
        member = self.desk.ask(find_roster).members.get(device)
        return member is not None and not member.is_active
