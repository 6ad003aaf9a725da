"""The keys of a device: one secret seed gives the key that signs and the key that opens bundles."""

import hashlib
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

SEED_BYTES = 32
_AGREEMENT = b"ssj x25519 key of a device"
_NAMING = b"ssj names in the journal of a device"


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """Ed25519 (RFC 8032) from ``seed``; X25519 (RFC 7748) derived from it by HKDF-SHA-256."""

    seed: bytes = field(repr=False)

    @property
    def public(self) -> bytes:
        """The key others check signatures with."""
        return Ed25519PrivateKey.from_private_bytes(self.seed).public_key().public_bytes_raw()

    @property
    def opening(self) -> bytes:
        """The key others encrypt to."""
        return self._agreement().public_key().public_bytes_raw()

    @property
    def device(self) -> str:
        return device_of(self.public)

    @property
    def naming(self) -> bytes:
        """The key of the codes that stand for people in the journal of this device."""
        return HKDF(SHA256(), SEED_BYTES, salt=None, info=_NAMING).derive(self.seed)

    def sign(self, text: bytes) -> bytes:
        return Ed25519PrivateKey.from_private_bytes(self.seed).sign(text)

    def agree(self, other: bytes) -> bytes:
        """The secret shared with the owner of ``other``; ValueError for a point of low order."""
        return self._agreement().exchange(X25519PublicKey.from_public_bytes(other))

    def _agreement(self) -> X25519PrivateKey:
        derived = HKDF(SHA256(), SEED_BYTES, salt=None, info=_AGREEMENT).derive(self.seed)
        return X25519PrivateKey.from_private_bytes(derived)


def device_of(public: bytes) -> str:
    """The name of a device in every file: 32 hex characters of the digest of its key."""
    return hashlib.sha256(b"SSJ-DEVICE-1\n" + public).hexdigest()[:32]


def is_signed(public: bytes, signature: bytes, text: bytes) -> bool:
    """Whether the owner of ``public`` signed ``text``."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except (InvalidSignature, ValueError):
        return False
    return True
