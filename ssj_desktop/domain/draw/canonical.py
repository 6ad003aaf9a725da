"""Text that is hashed: UTF-8, LF after every line, fields parted by one TAB, nothing quoted."""

import hashlib
import unicodedata
from collections.abc import Iterable, Sequence

from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import clean_name, is_draw_id, shown

REHEARSAL_MARK = "REHEARSAL-"


def tag(kind: str, *, rehearsal: bool) -> str:
    """First line of a hashed text, e.g. SSJ-POOL-1; a rehearsal can never pass as a draw."""
    return f"SSJ-{REHEARSAL_MARK if rehearsal else ''}{kind}-1"


def text_bytes(lines: Iterable[Sequence[str]]) -> bytes:
    """The bytes of a hashed text."""
    return "".join("\t".join(fields) + "\n" for fields in lines).encode()


def text_lines(content: bytes) -> list[list[str]]:
    """The fields of every line of a hashed text; InvalidInput when it is not canonical."""
    text = content.decode()
    if not text.endswith("\n"):
        raise InvalidInput("冻结文件最后一行不完整。", "请使用原始文件。")
    return [line.split("\t") for line in text[:-1].split("\n")]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def sm3(content: bytes) -> str | None:
    """The national hash (GB/T 32905), None where hashlib does not offer it."""
    try:
        return hashlib.new("sm3", content).hexdigest()
    except ValueError:
        return None


def draw_id(text: str, place: str) -> str:
    """An id as it enters tickets: NFKC, upper case, ``[0-9A-Z][0-9A-Z_-]{0,63}``."""
    if is_draw_id(text):
        return text
    identifier = unicodedata.normalize("NFKC", text).upper()
    if not is_draw_id(identifier):
        raise InvalidInput(
            f"{place}的编码“{shown(text)}”不能用于抽取。",
            "编码只能含数字、英文大写字母、“-”和“_”，以数字或字母开头，最多 64 位。",
        )
    return identifier


def label(text: str, place: str) -> str:
    """A name or code word inside a line; empty becomes "-"."""
    if text.isascii() and text.isalnum():
        return text
    try:
        return clean_name(text) or ABSENT
    except InvalidInput as problem:
        raise InvalidInput(f"{place}：{problem.message}", problem.remedy) from None


def word_list(words: Sequence[str], place: str) -> str:
    """Words of one field, parted by commas, in order; empty becomes "-"."""
    for word in words:
        if "," in word:
            raise InvalidInput(f"{place}的“{shown(word)}”含有逗号。", "请去掉逗号。")
    return ",".join(label(word, place) for word in words) or ABSENT


def unlabel(text: str) -> str:
    return "" if text == ABSENT else text


def unword_list(text: str) -> tuple[str, ...]:
    return () if text == ABSENT else tuple(text.split(","))
