"""Failed sign-ins beside the key file, since nothing in the store can be read before one.

The file is replaced whole under a lock of its own and carries a digest. Whoever changes it by
hand locks every account; whoever deletes it or puts an old one back is found at the next
sign-in, because the store remembers how many attempts there had been.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from ssj_desktop.domain.errors import StoreRefused
from ssj_desktop.domain.lockout import LOCK_MINUTES, Moment, Tries
from ssj_desktop.models.keyfile import write_json

FORMAT = "ssj-tries-1"
_WAIT_SECONDS, _WAITS = 0.05, 60


@dataclass(frozen=True, slots=True)
class Attempts:
    """``serial`` counts every attempt ever; ``others`` is the state of accounts not named."""

    serial: int = 0
    accounts: dict[str, Tries] = field(default_factory=dict)
    others: Tries = field(default_factory=Tries)

    def of(self, account: str) -> Tries:
        return self.accounts.get(account, self.others)

    def with_account(self, account: str, tries: Tries) -> "Attempts":
        return replace(self, accounts={**self.accounts, account: tries})


def tries_of(store: Path) -> Path:
    return store.with_name(store.name + ".tries")


def read_attempts(path: Path, now: Moment) -> Attempts:
    """What the file says; a damaged one locks every account for the first lock's time."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Attempts()
    except OSError as problem:
        raise StoreRefused(
            f"读不了登录记录“{path.name}”（{problem.strerror}）。", "请检查文件权限。"
        ) from None
    try:
        return _parsed(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError):
        return Attempts(others=Tries(0, 1, LOCK_MINUTES[0] * 60, 0, now))


def _parsed(content: dict[str, Any]) -> Attempts:
    if content["format"] != FORMAT or content["digest"] != _digest(content):
        raise ValueError(FORMAT)
    accounts = {name: _tries(each) for name, each in content["accounts"].items()}
    return Attempts(int(content["serial"]), accounts, _tries(content["others"]))


def _tries(content: dict[str, Any]) -> Tries:
    return Tries(**{**content, "seen": Moment(**content["seen"])})


def change_attempts(path: Path, now: Moment, change: Callable[[Attempts], Attempts]) -> Attempts:
    """Read, change and replace while nobody else does."""
    with _alone(path):
        attempts = change(read_attempts(path, now))
        content: dict[str, Any] = {
            "format": FORMAT,
            "serial": attempts.serial,
            "accounts": {name: asdict(each) for name, each in attempts.accounts.items()},
            "others": asdict(attempts.others),
        }
        try:
            write_json(path, {**content, "digest": _digest(content)})
        except OSError as problem:
            raise StoreRefused(
                f"写不了登录记录“{path.name}”（{problem.strerror}）。", "请检查磁盘和文件夹权限。"
            ) from None
        return attempts


def _digest(content: dict[str, Any]) -> str:
    covered = {name: value for name, value in content.items() if name != "digest"}
    text = json.dumps(covered, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time; a lock left by a killed one is taken over after three seconds."""
    busy = path.with_name(path.name + ".busy")
    for _ in range(_WAITS):
        if _take(busy):
            break
        time.sleep(_WAIT_SECONDS)
    try:
        yield
    finally:
        busy.unlink(missing_ok=True)


def _take(busy: Path) -> bool:
    try:
        os.close(os.open(busy, os.O_CREAT | os.O_EXCL | os.O_WRONLY))
    except FileExistsError:
        return False
    except OSError:
        return True
    return True
