"""The key file beside the store: one random data key, sealed once per account.

Each slot holds {salt, Argon2id parameters, private key wrapped by the password} and the data key
sealed to its public key. So a new data key reaches every account without anybody's password, and
a change of password rewraps one slot. A recovery slot is printed once for the safe. Signing in
and decrypting are one step. Each slot, and what belongs to none, carries a digest: what was
changed by a bad disk or by hand is named, and harms nobody else's slot (docs/adr/027).
"""

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Self

from argon2.exceptions import HashingError
from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from ssj_desktop import places
from ssj_desktop.domain.errors import KeysDamaged, StoreRefused

FORMAT = "ssj-keys-3"
UNCHECKED_FORMATS = ("ssj-keys-1", "ssj-keys-2")
RECOVERY = "*recovery*"
KEY_BYTES = 32
_NONCE, _PUBLIC = 12, 32


_MOST_PASSES, _MOST_MEMORY = 20, 256 * 1024
"""What :func:`calibrated_cost` never exceeds."""


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id cost: passes, memory in KiB, lanes. Never below the OWASP minimum, nor endless."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4

    def __post_init__(self) -> None:
        if self.passes < 2 or self.memory_kib < 19 * 1024:
            raise ValueError("Argon2id below t=2, 19 MiB")
        if self.passes > _MOST_PASSES or self.memory_kib > _MOST_MEMORY:
            raise ValueError("Argon2id above t=20, 256 MiB")


LEAST_COST = Cost(2, 19 * 1024, 1)


class Checked:
    """A part of the file that carries the digest it was written with; "" until it is written."""

    __slots__ = ()
    check: str

    def digest(self) -> str:
        content: dict[str, Any] = asdict(self)  # type: ignore[call-overload]
        covered = {name: value for name, value in content.items() if name not in _UNCOVERED}
        text = json.dumps(covered, sort_keys=True)
        return hashlib.sha256(f"{FORMAT}\n{text}".encode()).hexdigest()

    @property
    def is_sound(self) -> bool:
        return self.check in ("", self.digest())

    def changed(self, **changes: Any) -> Self:
        """With other values; what had been changed behind the program's back stays unsound."""
        kept = "" if self.is_sound else self.check
        return replace(self, **changes, check=kept)  # type: ignore[type-var]

    def checked(self) -> Self:
        return self if self.check else replace(self, check=self.digest())  # type: ignore[type-var]


_UNCOVERED = frozenset(("check", "slots"))


@dataclass(frozen=True, slots=True)
class Slot(Checked):
    """One way to the data key; all bytes as base64.

    ``following`` is the next data key while a change of keys is under way. A slot without
    ``public`` is of the first format: it wraps the data key itself.
    """

    account: str
    salt: str
    passes: int
    memory_kib: int
    lanes: int
    nonce: str
    wrapped: str
    public: str = ""
    sealed: str = ""
    following: str = ""
    check: str = ""

    @property
    def cost(self) -> Cost:
        return Cost(self.passes, self.memory_kib, self.lanes)


@dataclass(frozen=True, slots=True)
class KeyFile(Checked):
    """Everything beside the store; ``former`` are earlier data keys, each under its successor."""

    slots: tuple[Slot, ...]
    former: tuple[str, ...] = ()
    failures: int = 5
    check: str = ""

    @property
    def unsound(self) -> tuple[str, ...]:
        """Accounts whose slot is not as it was written; "" stands for what belongs to none."""
        slots = tuple(slot.account for slot in self.slots if not slot.is_sound)
        return slots if self.is_sound else (*slots, "")

    def slot(self, account: str) -> Slot | None:
        return next((slot for slot in self.slots if slot.account == account), None)

    def with_slot(self, fresh: Slot) -> "KeyFile":
        """The same file with one slot replaced, or added at the end."""
        known = self.slot(fresh.account) is not None
        slots = [fresh if slot.account == fresh.account else slot for slot in self.slots]
        return replace(self, slots=tuple(slots if known else [*slots, fresh]))

    def without(self, *accounts: str) -> "KeyFile":
        kept = tuple(slot for slot in self.slots if slot.account not in accounts)
        return replace(self, slots=kept)


def keyfile_of(store: Path) -> Path:
    return store.with_name(store.name + ".keys")


def damaged_of(path: Path) -> Path:
    """Where a damaged key file is kept when a copy takes its place."""
    return path.with_name(path.name + ".damaged")


def new_data_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def new_recovery_code() -> str:
    """Thirty-two base32 characters in groups of four, for the sheet in the safe."""
    text = base64.b32encode(secrets.token_bytes(20)).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def plain_recovery_code(typed: str) -> str:
    """What was typed, as it was printed: capitals in groups of four, 0 and 1 read as O and I."""
    text = "".join(c for c in typed.upper() if c.isalnum()).replace("0", "O").replace("1", "I")
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def read_keyfile(path: Path) -> KeyFile:
    """The key file; KeysDamaged when it is missing or not one."""
    try:
        return _parsed(json.loads(path.read_text(encoding="utf-8")))
    except FileNotFoundError:
        raise KeysDamaged(
            f"找不到密钥文件“{path.name}”。",
            "请把它放回数据库旁边，或打开窗口从备份取回（ssj repair --keys）。",
        ) from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise KeysDamaged(
            f"密钥文件“{path.name}”已损坏。", "请打开窗口从备份取回，或用 ssj repair --keys。"
        ) from None


def _parsed(content: dict[str, Any]) -> KeyFile:
    """ValueError, KeyError or TypeError when it is no key file."""
    slots = tuple(_slot_of(each) for each in content.pop("slots"))
    form, former = content.pop("format"), tuple(map(str, content.pop("former", ())))
    failures, check = int(content.pop("failures", 5)), str(content.pop("check", ""))
    is_checked = [bool(text) for text in (check, *(slot.check for slot in slots))]
    if content or not slots or form not in (FORMAT, *UNCHECKED_FORMATS):
        raise ValueError(form)
    if any(each is not (form == FORMAT) for each in is_checked):
        raise ValueError(form)
    return KeyFile(slots, former, failures, check)


def _slot_of(content: dict[str, Any]) -> Slot:
    for name, value in content.items():
        if not isinstance(value, int if name in _NUMBERS else str):
            raise TypeError(name)
        str(value).encode()
    return Slot(**content)


_NUMBERS = frozenset(("passes", "memory_kib", "lanes"))


def write_keyfile(path: Path, keys: KeyFile) -> None:
    """Replace the key file in one step; the one before is kept until the new one reads back."""
    keys = replace(keys.checked(), slots=tuple(slot.checked() for slot in keys.slots))
    content = {"format": FORMAT, **{n: v for n, v in asdict(keys).items() if n != "slots"}}
    before = path.with_name(path.name + ".bak")
    if path.exists():
        places.copy(path, before)
    write_json(path, {**content, "slots": [asdict(slot) for slot in keys.slots]})
    if read_keyfile(path) != keys:
        raise StoreRefused(
            f"密钥文件“{path.name}”写入后读不回来。", f"请把“{before.name}”改名还原，并检查磁盘。"
        )
    before.unlink(missing_ok=True)


def read_slots(path: Path) -> tuple[Slot, ...]:
    return read_keyfile(path).slots


def write_slots(path: Path, slots: tuple[Slot, ...]) -> None:
    """Replace the slots and keep everything else."""
    known = read_keyfile(path) if path.exists() else KeyFile(())
    write_keyfile(path, replace(known, slots=slots))


def write_json(path: Path, content: Any) -> None:
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1))


def write_whole(path: Path, text: str) -> None:
    """Temporary name, fsync, rename."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    places.replace(temporary, path)


def wrap(account: str, password: str, data_key: bytes, cost: Cost) -> Slot:
    """A slot that gives ``data_key`` back to who knows ``password``."""
    return _slot(account, password, data_key, cost, X25519PrivateKey.generate())


def rewrap(slot: Slot, password: str, fresh: str, cost: Cost) -> Slot:
    """The same slot under a new password; StoreRefused when ``password`` is wrong."""
    key = _open(slot, password)
    if not slot.public:
        return wrap(slot.account, fresh, key, cost)
    own = X25519PrivateKey.from_private_bytes(key)
    data_key = _unseal(own, slot.sealed, slot.account)
    return _slot(slot.account, fresh, data_key, cost, own)


def _slot(account: str, password: str, data_key: bytes, cost: Cost, own: X25519PrivateKey) -> Slot:
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(_NONCE)
    wrapped = AESGCM(_derive(password, salt, cost)).encrypt(
        nonce, own.private_bytes_raw(), account.encode()
    )
    public = own.public_key().public_bytes_raw()
    return Slot(
        account, _text(salt), cost.passes, cost.memory_kib, cost.lanes, _text(nonce),
        _text(wrapped), _text(public), seal(_text(public), account, data_key),
    )  # fmt: skip


def unlock(slots: tuple[Slot, ...], account: str, password: str) -> bytes:
    """The data key; StoreRefused for an unknown account or a wrong password."""
    return unlock_both(slots, account, password)[0]


def unlock_both(slots: tuple[Slot, ...], account: str, password: str) -> tuple[bytes, ...]:
    """The data key and, while a change of keys is under way, the one that follows."""
    for slot in slots:
        if slot.account == account:
            key = _open(slot, password)
            if not slot.public:
                return (key,)
            own = X25519PrivateKey.from_private_bytes(key)
            sealed = [text for text in (slot.sealed, slot.following) if text] or [""]
            return tuple(_unseal(own, text, account) for text in sealed)
    raise StoreRefused(f"没有名为“{account}”的账号。", "请核对账号名。")


def _open(slot: Slot, password: str) -> bytes:
    try:
        with _nonsense_is_damage():
            wrapping_key = _derive(password, base64.b64decode(slot.salt), slot.cost)
            return AESGCM(wrapping_key).decrypt(
                base64.b64decode(slot.nonce), base64.b64decode(slot.wrapped), slot.account.encode()
            )
    except InvalidTag:
        if not slot.is_sound:
            raise _damaged() from None
        raise StoreRefused("密码不对。", "请重新输入；忘记密码时用恢复单打开。") from None


@contextmanager
def _nonsense_is_damage() -> Iterator[None]:
    """Text that is not base64, a cost nobody chose, a key too short."""
    try:
        yield
    except (ValueError, TypeError, HashingError):
        raise _damaged() from None


def _damaged() -> KeysDamaged:
    return KeysDamaged(
        "密钥文件被改动过，密码无法核对。", "请用备份恢复密钥文件，或由安全管理员重设密码。"
    )


def seal(public: str, account: str, data_key: bytes) -> str:
    """``data_key`` for the holder of the private key only."""
    passing = X25519PrivateKey.generate()
    ours = passing.public_key().public_bytes_raw()
    theirs = base64.b64decode(public)
    shared = passing.exchange(X25519PublicKey.from_public_bytes(theirs))
    nonce = secrets.token_bytes(_NONCE)
    sealed = AESGCM(_sealing_key(shared, ours, theirs)).encrypt(nonce, data_key, account.encode())
    return _text(ours + nonce + sealed)


def _unseal(own: X25519PrivateKey, sealed: str, account: str) -> bytes:
    try:
        with _nonsense_is_damage():
            content = base64.b64decode(sealed)
            theirs, rest = content[:_PUBLIC], content[_PUBLIC:]
            shared = own.exchange(X25519PublicKey.from_public_bytes(theirs))
            key = _sealing_key(shared, theirs, own.public_key().public_bytes_raw())
            return AESGCM(key).decrypt(rest[:_NONCE], rest[_NONCE:], account.encode())
    except InvalidTag:
        raise _damaged() from None


def _sealing_key(shared: bytes, passing: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), KEY_BYTES, passing + public, b"ssj-data-key").derive(shared)


def chain_former(former: tuple[str, ...], old: bytes, new: bytes) -> tuple[str, ...]:
    """Earlier data keys with ``old`` added, so that older backups stay readable."""
    nonce = secrets.token_bytes(_NONCE)
    return (*former, _text(nonce + AESGCM(new).encrypt(nonce, old, b"ssj-former-key")))


def former_keys(keys: KeyFile, data_key: bytes) -> tuple[bytes, ...]:
    """Data keys this store had before, the latest first; for backups made under them."""
    found: list[bytes] = []
    current = data_key
    for text in reversed(keys.former):
        content = base64.b64decode(text)
        current = AESGCM(current).decrypt(content[:_NONCE], content[_NONCE:], b"ssj-former-key")
        found.append(current)
    return tuple(found)


def former_keys_of(store: Path, data_key: bytes | None) -> tuple[bytes, ...]:
    """The same of the key file beside a store; nothing where that file is of another time."""
    try:
        return former_keys(read_keyfile(keyfile_of(store)), data_key) if data_key else ()
    except (StoreRefused, InvalidTag, ValueError):
        return ()


def verifier(password: str) -> str:
    """Tells whether a later password is the same; kept inside the encrypted store only."""
    salt = secrets.token_bytes(16)
    return _text(salt + _derive(password, salt, LEAST_COST))


def matches(password: str, known: str) -> bool:
    content = base64.b64decode(known)
    derived = _derive(password, content[:16], LEAST_COST)
    return secrets.compare_digest(derived, content[16:])


def calibrated_cost() -> Cost:
    """Argon2id of 0.5–1 s on this machine, as far as memory allows, never below the least."""
    cost = Cost(2, 64 * 1024, 4)
    seconds = _seconds(cost)
    while seconds < 0.35 and cost.memory_kib < _MOST_MEMORY:
        cost = replace(cost, memory_kib=cost.memory_kib * 2)
        seconds = _seconds(cost)
    while seconds > 1.0 and cost.memory_kib > LEAST_COST.memory_kib * 2:
        cost = replace(cost, memory_kib=cost.memory_kib // 2)
        seconds = _seconds(cost)
    if seconds > 1.0:
        return LEAST_COST
    wanted = round(cost.passes * 0.7 / max(seconds, 0.01))
    return replace(cost, passes=min(max(2, wanted), _MOST_PASSES))


def _seconds(cost: Cost) -> float:
    start = time.perf_counter()
    _derive("calibration", b"\0" * 16, cost)
    return time.perf_counter() - start


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        password.encode(), salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
