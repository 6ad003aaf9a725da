"""Keeps the draft of one form every few seconds while it is being filled in."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ssj_desktop.queries.drafts import DraftRow, find_draft
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.drafts import Draft, keep_draft

_EVERY_MS = 3000


class DraftKeeper(QObject):
    """``touch`` after each change; ``dropping`` when the form was stored."""

    def __init__(
        self, parent: QObject, desk: Desk, form: str, read: Callable[[], Mapping[str, Any]]
    ) -> None:
        super().__init__(parent)
        self.desk, self.form, self.subject = desk, form, ""
        self._read = read
        self.told: Callable[[str], object] = str
        self._is_touched = False
        self._waiting: dict[str, DraftRow] = {}
        """By subject, what the store has not taken yet."""
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._keep_in_time)

    def touch(self) -> None:
        self._is_touched = True
        if not self._timer.isActive():
            self._timer.start()

    def _keep_in_time(self) -> None:
        """The window does not wait for a worker that is at the store for long; the draft does."""
        if self.desk.is_in_use():
            self._timer.start()
        else:
            self.finish()

    def keep(self) -> None:
        """Keep what is typed now."""
        self.touch()
        self.finish()

    def settle(self) -> None:
        """Keep what waits, before another form takes the place."""
        self._set_aside()
        if self._waiting:
            self._keep_in_time()

    def finish(self) -> None:
        """Keep at once what waits, however long the store takes: the window is about to go."""
        self._set_aside()
        self._timer.stop()
        while self._waiting:
            subject, row = next(iter(self._waiting.items()))
            self._writing(subject, row.content)()
            del self._waiting[subject]
            self.told(f"草稿已自动保存 {self.desk.surroundings.local(row.saved_at):%H:%M}")

    def _set_aside(self) -> None:
        if self._is_touched:
            self._waiting[self.subject] = DraftRow(self._read(), self.desk.surroundings.now())
        self._is_touched = False

    def keeping(self) -> Callable[[], object]:
        """The act that keeps what is typed now, for a worker."""
        return self._instead(self._read())

    def dropping(self) -> Callable[[], object]:
        """The act that forgets it, for a worker."""
        return self._instead({})

    def _instead(self, content: Mapping[str, Any]) -> Callable[[], object]:
        self._is_touched = False
        self._waiting.pop(self.subject, None)
        if not self._waiting:
            self._timer.stop()
        return self._writing(self.subject, content)

    def _writing(self, subject: str, content: Mapping[str, Any]) -> Callable[[], object]:
        return partial(self.desk.jot, keep_draft, Draft(self.form, subject, content))

    def find(self) -> DraftRow | None:
        """The draft of the present subject."""
        if self.subject in self._waiting:
            row = self._waiting[self.subject]
            return row if row.content else None
        return self.desk.ask(find_draft, self.desk.actor.name, self.form, self.subject)
