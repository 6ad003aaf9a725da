"""The key file beside the store: one random data key, wrapped once per account.

Each slot holds {salt, Argon2id parameters, AES-256-GCM wrapped data key}; a recovery slot is
printed once for the safe. Signing in and decrypting are one step.
"""

import base64
import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from ssj_desktop.domain.errors import StoreRefused

FORMAT = "ssj-keys-1"
RECOVERY = "*recovery*"
KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class Cost:
    """Argon2id cost: passes, memory in KiB, lanes. Never below the OWASP minimum."""

    passes: int = 3
    memory_kib: int = 64 * 1024
    lanes: int = 4

    def __post_init__(self) -> None:
        if self.passes < 2 or self.memory_kib < 19 * 1024:
            raise ValueError("Argon2id below t=2, 19 MiB")


LEAST_COST = Cost(2, 19 * 1024, 1)


@dataclass(frozen=True, slots=True)
class Slot:
    """One wrapped copy of the data key; all bytes as base64."""

    account: str
    salt: str
    passes: int
    memory_kib: int
    lanes: int
    nonce: str
    wrapped: str


def keyfile_of(store: Path) -> Path:
    return store.with_name(store.name + ".keys")


def new_data_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def new_recovery_code() -> str:
    """Thirty-two base32 characters in groups of four, for the sheet in the safe."""
    text = base64.b32encode(secrets.token_bytes(20)).decode()
    return "-".join(text[place : place + 4] for place in range(0, len(text), 4))


def read_slots(path: Path) -> tuple[Slot, ...]:
    """The slots of a key file; StoreRefused when it is missing or not one."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(content["format"])
        return tuple(Slot(**slot) for slot in content["slots"])
    except FileNotFoundError:
        raise StoreRefused(
            f"找不到密钥文件“{path.name}”。", "请把它放回数据库旁边，或用备份恢复。"
        ) from None
    except (OSError, ValueError, KeyError, TypeError):
        raise StoreRefused(f"密钥文件“{path.name}”已损坏。", "请用备份恢复。") from None


def write_slots(path: Path, slots: tuple[Slot, ...]) -> None:
    """Replace the key file in one step."""
    content = {"format": FORMAT, "slots": [asdict(slot) for slot in slots]}
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False, indent=1)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)


def wrap(account: str, password: str, data_key: bytes, cost: Cost) -> Slot:
    """A slot that gives ``data_key`` back to who knows ``password``."""
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    wrapping_key = _derive(password, salt, cost)
    wrapped = AESGCM(wrapping_key).encrypt(nonce, data_key, account.encode())
    return Slot(
        account, _text(salt), cost.passes, cost.memory_kib, cost.lanes, _text(nonce), _text(wrapped)
    )


def unlock(slots: tuple[Slot, ...], account: str, password: str) -> bytes:
    """The data key; StoreRefused for an unknown account or a wrong password."""
    for slot in slots:
        if slot.account == account:
            return _unwrap(slot, password)
    raise StoreRefused(f"没有名为“{account}”的账号。", "请核对账号名。")


def _unwrap(slot: Slot, password: str) -> bytes:
    cost = Cost(slot.passes, slot.memory_kib, slot.lanes)
    wrapping_key = _derive(password, base64.b64decode(slot.salt), cost)
    try:
        return AESGCM(wrapping_key).decrypt(
            base64.b64decode(slot.nonce), base64.b64decode(slot.wrapped), slot.account.encode()
        )
    except InvalidTag:
        raise StoreRefused("密码不对。", "请重新输入；忘记密码时用恢复单打开。") from None


def _derive(password: str, salt: bytes, cost: Cost) -> bytes:
    return hash_secret_raw(
        password.encode(), salt, cost.passes, cost.memory_kib, cost.lanes, KEY_BYTES, Type.ID
    )


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
