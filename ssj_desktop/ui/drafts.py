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
        self._timer = QTimer(self, singleShot=True, interval=_EVERY_MS)
        self._timer.timeout.connect(self._keep_in_time)

    def touch(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    def _keep_in_time(self) -> None:
        """The window does not wait for a worker that is at the store for long; the draft does."""
        if self.desk.is_in_use():
            self._timer.start()
        else:
            self.keep()

    def keep(self) -> None:
        """Keep what is typed now."""
        self.keeping()()
        now = self.desk.surroundings.local(self.desk.surroundings.now())
        self.told(f"草稿已自动保存 {now:%H:%M}")

    def settle(self) -> None:
        """Keep at once what waits, before another form takes the place."""
        if self._timer.isActive():
            self.keep()

    def keeping(self) -> Callable[[], object]:
        """The act that keeps what is typed now, for a worker."""
        return self._writing(self._read())

    def dropping(self) -> Callable[[], object]:
        """The act that forgets it, for a worker."""
        return self._writing({})

    def _writing(self, content: Mapping[str, Any]) -> Callable[[], object]:
        self._timer.stop()
        return partial(self.desk.jot, keep_draft, Draft(self.form, self.subject, content))

    def find(self) -> DraftRow | None:
        """The draft of the present subject."""
        return self.desk.ask(find_draft, self.desk.actor.name, self.form, self.subject)
