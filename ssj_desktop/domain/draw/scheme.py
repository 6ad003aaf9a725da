"""What goes into a draw: pool, strata, staff, seats. Values only; every rule stands elsewhere."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

ELIGIBLE, EXCLUDED = "E", "X"
ABSENT = "-"
EVERYWHERE = "*"
DEFAULT_TEMPLATE = "-"
PROBABILITY = "PROBABILITY"


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
    """Quota of one stratum; ``ratio`` in 1/100 %; ``mode`` RATIO, RATIO_MAX, NUMBER or TOTAL.

    Mode PROBABILITY (single filing): each object is drawn with the probability ``ratio``.
    """

    code: str
    mode: str
    ratio: int = 0
    number: int = 0
    minimum: int = 0
    substitutes: int = 0


@dataclass(frozen=True, slots=True)
class Officer:
    """An officer or expert who may be matched; ``cap`` is the own limit of objects, None for none."""

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
    under other tags. ``conditions`` of a directed draw (定向抽查) are (field, values); ``batches``
    divides objects that are all drawn by ticket order; experts have seats of their own.
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
    conditions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    batches: int = 0
    experts: tuple[Officer, ...] = ()
    expert_seats: tuple[Seat, ...] = ()

    @property
    def is_staffed(self) -> bool:
        """Whether officers are matched in this draw."""
        return bool(self.officers) and any(self.templates.values())

    @property
    def is_single_filing(self) -> bool:
        """消防备案抽查: one object, drawn or not with a fixed probability."""
        return any(rule.mode == PROBABILITY for rule in self.strata)

    def for_experts(self) -> "Scheme":
        """The same draw with experts in place of officers: they are matched by the same rule."""
        templates = dict.fromkeys({entry.template for entry in self.pool}, self.expert_seats)
        return replace(self, officers=self.experts, templates=templates)
