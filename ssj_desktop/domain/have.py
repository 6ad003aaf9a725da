"""What a device says it holds: its newest segments, signed, beside the shared segments."""

from dataclasses import dataclass

from ssj_desktop.domain.device_keys import DeviceKeys, device_of
from ssj_desktop.domain.signed_text import is_hash, read_signed, sign_lines, unreadable

_MAGIC = "SSJ-HAVE-1"
_NAMES = ("office", "public", "heads", "journal_head", "at")


@dataclass(frozen=True, slots=True)
class Have:
    """``heads`` acknowledge all their ancestors; ``at`` is shown and never decides anything."""

    office: str
    public: str
    heads: tuple[str, ...]
    journal_head: str
    at: str

    @property
    def device(self) -> str:
        return device_of(bytes.fromhex(self.public))


def have_text(have: Have, keys: DeviceKeys) -> str:
    values = (have.office, have.public, ",".join(have.heads), have.journal_head, have.at)
    return sign_lines(_MAGIC, dict(zip(_NAMES, values, strict=True)), keys)


def read_have(text: str) -> Have:
    """InvalidInput unless form and signature hold."""
    values = read_signed(_MAGIC, text, _NAMES, "public")
    heads = tuple(values["heads"].split(",")) if values["heads"] else ()
    hashes = (values["office"], values["journal_head"], *heads)
    if not all(is_hash(each) for each in hashes):
        raise unreadable()
    return Have(values["office"], values["public"], heads, values["journal_head"], values["at"])
