"""The only place that asks the machine for time, ids and chance."""

import secrets
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Clock, ids and entropy of the running machine; tests hand in their own."""

    def now(self) -> datetime:
        """The present instant in UTC."""
        return datetime.now(UTC)

    def local(self, instant: datetime) -> datetime:
        """The same instant on the wall clock of this office."""
        return instant.astimezone()

    def today(self) -> date:
        return self.local(self.now()).date()

    def monotonic_ns(self) -> int:
        return time.monotonic_ns()

    def new_id(self) -> str:
        return str(uuid.uuid4())

    def new_ids(self, count: int) -> list[str]:
        """Ids for the rows of an import, in order: their index grows at one place only."""
        digits = self.chance(16 * count).hex()
        return sorted(_random_uuid(digits[at : at + 32]) for at in range(0, 32 * count, 32))

    def stem(self) -> str:
        """The random part of the ids of all row operations of one transaction."""
        return secrets.token_hex(12)

    def device_seed(self) -> bytes:
        """The secret from which the keys of a device follow."""
        return secrets.token_bytes(32)

    def machine_number(self) -> str:
        """M of a draw: 32 random bytes as lower-case hex, the draw's only call to chance."""
        return secrets.token_bytes(32).hex()

    def chance(self, count: int) -> bytes:
        """Random bytes for keys of devices and bundles; the draw never asks here."""
        return secrets.token_bytes(count)


def _random_uuid(digits: str) -> str:
    """As ``uuid4`` writes it, from 32 random hex digits."""
    variant = "89ab"[int(digits[16], 16) & 3]
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{variant}{digits[17:20]}-{digits[20:]}"
