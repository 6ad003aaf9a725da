"""What the office shows to everybody: approved tables, and draws that can be checked."""

from dataclasses import dataclass

from ssj_desktop.domain.papers import TablePaper


@dataclass(frozen=True, slots=True)
class PublicDraw:
    """A published draw; seed and cut-offs are "" and () where they would betray a stratum.

    With the seed anybody computes every ticket: a firm that was not drawn below one that was is then
    known to be of another stratum, and the credit-risk class must not be published (cs1, section 3).
    """

    number: str
    title: str
    pool_pub: bytes
    pool_hash: str
    seed: str = ""
    cutoffs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PublicSite:
    """``groups`` are (head, tables); every text is already masked and approved."""

    organ: str
    groups: tuple[tuple[str, tuple[TablePaper, ...]], ...]
    draws: tuple[PublicDraw, ...]
