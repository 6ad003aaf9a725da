"""What the window remembers on this computer for each account: column widths, sizes, geometry.

Nothing of the office's data goes in here; drafts of forms lie in the encrypted store.
"""

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

_FILE = "window.ini"


class Memory:
    """Until ``open`` is called nothing is remembered: tests and rehearsals leave no trace."""

    def __init__(self) -> None:
        self._settings: QSettings | None = None
        self._account = ""

    def open(self, folder: Path, account: str) -> None:
        self._settings = QSettings(str(folder / _FILE), QSettings.Format.IniFormat)
        self._account = account.encode().hex()

    def close(self) -> None:
        if self._settings is not None:
            self._settings.sync()
        self._settings = None

    def keep(self, name: str, state: QByteArray) -> None:
        if self._settings is not None:
            self._settings.setValue(f"{self._account}/{name}", state)

    def recall(self, name: str) -> QByteArray | None:
        """What was kept, or None."""
        if self._settings is None:
            return None
        found = self._settings.value(f"{self._account}/{name}")
        return found if isinstance(found, QByteArray) else None


MEMORY = Memory()
