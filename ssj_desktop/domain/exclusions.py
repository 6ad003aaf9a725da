"""Leaving an object out of a draw by hand: a listed reason, in words where the list has none."""

from dataclasses import dataclass

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import clean_name
from ssj_desktop.domain.vocabulary import ExclusionReason

_SHORT = "其他"


@dataclass(frozen=True, slots=True)
class Exclusion:
    """``note`` is the explanation printed before any witness writes; 其他 demands one."""

    reason: ExclusionReason
    note: str = ""

    @property
    def text(self) -> str:
        """停业或注销等：6 月起停工."""
        return f"{self.reason.label}：{self.note}" if self.note else self.reason.label


def read_exclusion(text: str) -> Exclusion:
    """A reason as typed, an explanation after the first colon; InvalidInput when it says nothing."""
    word, _, note = text.replace(":", "：", 1).partition("：")
    other = word.strip() == _SHORT
    found = Exclusion(
        ExclusionReason.OTHER if other else ExclusionReason.of(word.strip()), clean_name(note)
    )
    if found.reason is ExclusionReason.OTHER and not found.note:
        raise InvalidInput(
            "排除原因是“其他”，没有写说明。", "请写明为什么排除，例如“其他：汛期道路中断”。"
        )
    return found
