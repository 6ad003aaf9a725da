"""The desk: the only door to the store for window, commands and tests.

``do`` runs one use-case in one transaction with permission, clock, ids and the journal entry;
``ask`` runs one query and returns frozen rows. Nobody else commits.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy.orm import Session

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation, SsjError
from ssj_desktop.domain.permissions import refuse_unless_allowed, refuse_unless_readable
from ssj_desktop.domain.segment_body import Block
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.formats.attachment_files import AttachmentFiles, attachments_folder
from ssj_desktop.models.database import Database
from ssj_desktop.queries.attachment_secret import find_secret
from ssj_desktop.queries.office import OfficeRow, find_office
from ssj_desktop.services import journal, sealing
from ssj_desktop.services.folding import refold_touched
from ssj_desktop.services.gate import Gate
from ssj_desktop.services.mirror import Kept, Mirror, blocks_after, sealed_machines
from ssj_desktop.services.surroundings import Surroundings

P = ParamSpec("P")
C = TypeVar("C")
R = TypeVar("R")
Listener = Callable[[frozenset[str]], None]
Guard = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Actor:
    """The signed-in account."""

    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """What a use-case tells the journal."""

    action: str
    subject: str
    payload: Mapping[str, Any]


@dataclass(slots=True)
class Work:
    """Everything a use-case may touch: session, actor, now, office, ids and the journal."""

    session: Session
    actor: Actor
    now: datetime
    today: date
    office: OfficeRow
    surroundings: Surroundings
    attachments: AttachmentFiles
    notes: list[Note] = field(default_factory=list)
    areas: set[str] = field(default_factory=set)
    people: set[str] = field(default_factory=set)
    """Names of persons this act is about beyond those the store knows as such: coded in its entry."""
    epoch: int | None = None
    """Set by a restore: the journal goes on in this epoch instead of the last one."""
    seen: str = ""
    """The highest logical clock of foreign operations taken in; the entry comes after it."""

    def note(self, action: str, subject: str, *areas: str, **payload: Any) -> None:
        """Enter an act into the journal and name the areas of the screen it changes."""
        self.notes.append(Note(action, subject, payload))
        self.areas.update(areas)

    def new_id(self) -> str:
        return self.surroundings.new_id()

    def new_ids(self, count: int) -> list[str]:
        return self.surroundings.new_ids(count)


class UnjournalledUseCase(AssertionError):
    """A use-case changed something and told the journal nothing: a bug."""


class Desk:
    """An open store with a signed-in actor; ``read_only`` when the store is damaged."""

    def __init__(
        self,
        database: Database,
        actor: Actor,
        surroundings: Surroundings,
        *,
        read_only: bool = False,
    ) -> None:
        self.read_only = read_only
        self.database = database
        self.actor = actor
        self.surroundings = surroundings
        self.guard: Guard | None = None
        """Called with the name of each use-case before it, outside the transaction."""
        self._listeners: list[Listener] = []
        self._gathered: set[str] | None = None
        self._lock = threading.RLock()
        self._gate = Gate()
        self.mirror = Mirror(database.path, lambda: database.key)
        self._kept = Kept(self._blocks_after, self._machines)

    @property
    def office(self) -> OfficeRow:
        return self.ask(find_office)

    @property
    def attachments(self) -> AttachmentFiles:
        """The encrypted photographs and scans beside this store."""
        return AttachmentFiles(attachments_folder(self.database.path), self.ask(find_secret))

    def do(self, use_case: Callable[[Work, C], R], command: C) -> R:
        """Run a use-case: all of it with its journal entries, or nothing."""
        refuse_unless_allowed(use_case.__name__, self.actor.roles)
        self._refuse_writing()
        if self.guard is not None:
            self.guard(use_case.__name__)
        with self._lock, self.database.writing() as session:
            work = self._work(session)
            if sealing.is_due(session, use_case.__name__, work.now):
                sealing.seal_entries(session, work.now)
            journal.open_entry(work)
            result = use_case(work, command)
            blocks = self._journal(work, use_case.__name__)
        self.mirror.add(blocks, self._kept)
        self._tell(frozenset(work.areas))
        return result

    def _tell(self, areas: frozenset[str]) -> None:
        if self._gathered is not None:
            self._gathered |= areas
            return
        for listener in tuple(self._listeners):
            listener(areas)

    @contextlib.contextmanager
    def together(self) -> Iterator[None]:
        """Several acts that belong together: whoever listens is told once, when they are over."""
        if self._gathered is not None:
            yield
            return
        self._gathered = set()
        try:
            yield
        finally:
            areas, self._gathered = frozenset(self._gathered), None
            if areas:
                self._tell(areas)

    def jot(self, use_case: Callable[[Work, C], R], command: C) -> R:
        """Keep something of this device only, such as a draft: no journal entry, nobody is told."""
        refuse_unless_allowed(use_case.__name__, self.actor.roles)
        self._refuse_writing()
        with self._lock, self.database.writing() as session:
            return use_case(self._work(session), command)

    def ask(
        self, query: Callable[Concatenate[Session, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run a query; it returns frozen rows. PermissionRefused for data of other roles.

        Reading takes no turn: while the worker searches a million rows the window goes on.
        """
        topic = query.__module__.rpartition(".")[2]
        refuse_unless_readable(topic, getattr(query, "__name__", ""), self.actor.roles)
        with self._gate.reading(), self.database.reading() as session:
            return query(session, *args, **kwargs)

    def why_not(self, use_case: Callable[..., object]) -> str | None:
        """Why this account does not run a use-case here; None when it does."""
        try:
            refuse_unless_allowed(use_case.__name__, self.actor.roles)
            self._refuse_writing()
        except (PermissionRefused, RuleViolation) as refusal:
            return str(refusal)
        return None

    def _refuse_writing(self) -> None:
        if self.read_only:
            raise RuleViolation(
                "数据库已损坏，现在只能查看和导出。", "请退出，重新登录时选“用备份修复”。"
            )

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call ``listener`` with the changed areas after every use-case; returns the way out."""
        self._listeners.append(listener)

        def leave() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return leave

    @contextlib.contextmanager
    def alone(self) -> Iterator[None]:
        """No use-case and no query of this desk runs meanwhile."""
        with self._lock, self._gate.alone():
            yield

    def is_in_use(self) -> bool:
        """Another thread writes or reads just now; whoever writes too would wait for it."""
        if not self._gate.has_readers() and self._lock.acquire(blocking=False):
            self._lock.release()
            return False
        return True

    def today(self) -> date:
        return self.surroundings.today()

    def signed_in_as(self, actor: Actor) -> "Desk":
        """The same store for another account; what this one did is sealed first."""
        self.seal()
        desk = Desk(self.database, actor, self.surroundings)
        desk.guard, desk.mirror = self.guard, self.mirror
        return desk

    def _blocks_after(self, sequence: int) -> tuple[Block, ...]:
        with self.database.reading() as session:
            return blocks_after(session, sequence)

    def _machines(self) -> Mapping[str, str]:
        with self.database.reading() as session:
            return sealed_machines(session)

    def seal(self) -> None:
        """Make a checkpoint of everything up to now: before anything leaves this store."""
        if self.read_only:
            return
        with self._lock, self.database.writing() as session:
            sealing.seal_entries(session, self.surroundings.now())

    def close(self) -> None:
        """Seal and close; a store that cannot be written now is sealed the next time."""
        try:
            with contextlib.suppress(SsjError):
                self.seal()
        finally:
            self.database.close()

    def _work(self, session: Session) -> Work:
        now = self.surroundings.now()
        today = self.surroundings.local(now).date()
        files = AttachmentFiles(attachments_folder(self.database.path), find_secret(session))
        return Work(session, self.actor, now, today, find_office(session), self.surroundings, files)

    def _journal(self, work: Work, use_case: str) -> tuple[Block, ...]:
        work.session.flush()
        if not work.notes:
            raise UnjournalledUseCase(use_case)
        refold_touched(work.session)
        return journal.append(work, work.notes)
