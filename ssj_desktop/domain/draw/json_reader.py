"""One JSON object read strictly: every fault names its place, every key must be asked for."""

import json
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ssj_desktop.domain.draw.canonical import draw_id
from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.identifiers import clean_name, shown

T = TypeVar("T")
MOST = 1_000_000_000
_BOM = b"\xef\xbb\xbf"


class JsonReader:
    """Reads one JSON object; ``refuse_unknown`` at the end refuses what nobody asked for."""

    def __init__(self, value: Any, place: str = "") -> None:
        if not isinstance(value, dict):
            raise InvalidInput(f"{place or '文件'}应是一个对象（花括号）。", "请对照说明改正。")
        self._value: Mapping[str, Any] = value
        self._place = place
        self._known: set[str] = set()

    def at(self, key: str) -> str:
        return f"{self._place}.{key}" if self._place else key

    def _take(self, key: str, kind: type[T], word: str, default: T | None) -> T:
        self._known.add(key)
        if key not in self._value:
            if default is None:
                raise InvalidInput(f"缺少“{self.at(key)}”。", "请补上后重试。")
            return default
        value = self._value[key]
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise InvalidInput(f"“{self.at(key)}”应是{word}。", "请改正后重试。")
        return value

    def has(self, key: str) -> bool:
        return key in self._value

    def exact(self, key: str, default: str | None = None) -> str:
        """Text as written, blanks included."""
        return self._take(key, str, "文字", default)

    def text(self, key: str, default: str | None = None) -> str:
        """A name that must be there: NFC, outer blanks removed, not empty."""
        value = self._clean(self.exact(key, default), self.at(key))
        if not value:
            raise InvalidInput(f"“{self.at(key)}”是空的。", "请填写后重试。")
        return value

    def tag(self, key: str) -> str:
        """A word that may be absent, left empty or written "-"; all three mean none."""
        value = self._clean(self.exact(key, ""), self.at(key))
        return "" if value == ABSENT else value

    def _clean(self, value: str, place: str) -> str:
        try:
            return clean_name(value)
        except InvalidInput as problem:
            raise InvalidInput(f"“{place}”：{problem.message}", problem.remedy) from None

    def number(self, key: str, default: int | None = None) -> int:
        value = self._take(key, int, "整数", default)
        if value < 0:
            raise InvalidInput(f"“{self.at(key)}”不能是负数。", "请改正后重试。")
        if value > MOST:
            raise InvalidInput(f"“{self.at(key)}”太大。", f"请填写不超过 {MOST} 的整数。")
        return value

    def number_or_none(self, key: str) -> int | None:
        self._known.add(key)
        return None if self._value.get(key) is None else self.number(key)

    def flag(self, key: str) -> bool:
        return self._take(key, bool, "true 或 false", default=False)

    def identifier(self, key: str) -> str:
        return draw_id(self.exact(key), f"“{self.at(key)}”")

    def rows(self, key: str, default: list[Any] | None = None) -> list[Any]:
        return self._take(key, list, "列表（方括号）", default)

    def exact_texts(self, key: str) -> tuple[str, ...]:
        """A list of texts as written."""
        values = self.rows(key)
        for place, value in enumerate(values):
            if not isinstance(value, str):
                raise InvalidInput(f"“{self.at(key)}[{place}]”应是文字。", "请加上引号后重试。")
        return tuple(values)

    def words(self, key: str, default: list[Any] | None = None) -> tuple[str, ...]:
        """A list of words, each cleaned like a name; an empty one or "-" is refused."""
        if default is not None and not self.has(key):
            self._known.add(key)
            return tuple(default)
        found = []
        for place, value in enumerate(self.exact_texts(key)):
            at = f"{self.at(key)}[{place}]"
            word = self._clean(value, at)
            if word in ("", ABSENT):
                raise InvalidInput(f"“{at}”是空的。", "请填写，或删去这一项。")
            found.append(word)
        return tuple(found)

    def each(
        self, key: str, read: Callable[["JsonReader"], T], default: list[Any] | None = None
    ) -> tuple[T, ...]:
        found = []
        for place, value in enumerate(self.rows(key, default)):
            reader = JsonReader(value, f"{self.at(key)}[{place}]")
            found.append(read(reader))
            reader.refuse_unknown()
        return tuple(found)

    def refuse_unknown(self) -> None:
        unknown = sorted(set(self._value) - self._known)
        if unknown:
            place = self.at(shown(unknown[0]))
            raise InvalidInput(f"不认识的项“{place}”。", "请检查拼写，或删去该项。")


def parse_json(content: bytes) -> Any:
    """The value of a JSON text; InvalidInput names line and column of a fault."""
    if content.startswith(_BOM):
        raise InvalidInput("抽取说明的开头有 BOM 标记。", "请另存为“UTF-8（无 BOM）”后重试。")
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=_no_twins)
    except UnicodeDecodeError:
        raise InvalidInput("抽取说明不是 UTF-8 编码。", "请另存为 UTF-8 后重试。") from None
    except json.JSONDecodeError as problem:
        raise InvalidInput(
            f"抽取说明第 {problem.lineno} 行第 {problem.colno} 列不是合法的 JSON。",
            "请改正后重试。",
        ) from None
    except (ValueError, RecursionError):
        raise InvalidInput("抽取说明不是合法的 JSON。", "请改正后重试。") from None


def _no_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value = dict(pairs)
    if len(value) != len(pairs):
        names = [name for name, _ in pairs]
        twin = next(name for name in names if names.count(name) > 1)
        raise InvalidInput(f"“{shown(twin)}”写了两次。", "请删去其中一个。")
    return value
