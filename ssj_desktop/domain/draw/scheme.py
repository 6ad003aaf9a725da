"""What goes into a draw: pool, strata, staff, seats. Values only; every rule stands elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

ELIGIBLE, EXCLUDED = "E", "X"
ABSENT = "-"
EVERYWHERE = "*"
DEFAULT_TEMPLATE = "-"


@dataclass(frozen=True, slots=True)
class PoolEntry:
    """One object of the pool (待抽库); an excluded one keeps its reason code and gets a ticket."""

    id: str
    name: str
    stratum: str
    status: str = ELIGIBLE
    reason: str = ""
    area: str = ""
    template: str = DEFAULT_TEMPLATE


@dataclass(frozen=True, slots=True)
class StratumRule:
    """Quota of one stratum; ``ratio`` in 1/100 %, ``mode`` RATIO, RATIO_MAX, NUMBER or TOTAL."""

    code: str
    mode: str
    ratio: int = 0
    number: int = 0
    minimum: int = 0
    substitutes: int = 0


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer who may be matched; ``cap`` is the own limit of objects, None for no limit."""

    id: str
    department: str
    specialties: tuple[str, ...] = ()
    leader: bool = False
    areas: tuple[str, ...] = (EVERYWHERE,)
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Seat:
    """A seat of an inspection team; an empty tag admits any officer."""

    department: str = ""
    specialty: str = ""
    leader: bool = False


@dataclass(frozen=True, slots=True)
class Scheme:
    """Everything fixed before a witness writes a digit.

    ``recusals`` are (object id, officer id); ``templates`` names the seat lists; ``total`` is the
    one number of mode TOTAL; ``panel`` are the witnesses' labels; a rehearsal (演练) hashes
    under other tags.
    """

    draw: str
    device: str
    items: tuple[str, ...]
    strata: tuple[StratumRule, ...]
    pool: tuple[PoolEntry, ...]
    officers: tuple[Officer, ...] = ()
    recusals: tuple[tuple[str, str], ...] = ()
    templates: Mapping[str, tuple[Seat, ...]] = field(default_factory=lambda: MappingProxyType({}))
    total: int | None = None
    panel: tuple[str, ...] = ()
    public_source: str = ABSENT
    program: str = "ssj-1"
    rehearsal: bool = False

    @property
    def is_staffed(self) -> bool:
        """Whether officers are matched in this draw."""
        return bool(self.officers) and any(self.templates.values())
