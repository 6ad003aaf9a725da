"""Codes in the place of names: whole, longest first, and never inside a digest."""

import pytest

from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.domain.journal_names import (
    CODE,
    NameVeil,
    name_book,
    name_code,
    people_in,
    readable,
    row_code,
)
from ssj_desktop.domain.vocabulary import TargetKind

KEY = bytes(range(32))
NAMES = frozenset({"王芳", "王芳华", "李", "Ann", "23992001", "123"})
VEIL = NameVeil(KEY, NAMES)


def test_a_code_is_sixteen_hex_digits_and_depends_on_name_and_key() -> None:
    code = name_code(KEY, "王芳")
    assert CODE.fullmatch(code)
    assert len({code, name_code(KEY, "王芳华"), name_code(bytes(32), "王芳")}) == 3
    assert VEIL.code("王芳") == code


@pytest.mark.parametrize(
    "text",
    [
        "王芳", "王芳华与王芳一起", "（王芳）", "Ann 与 王芳", "证号 23992001。", "王芳：13845678901",
        "11010519491231002X",
    ],
)  # fmt: skip
def test_every_name_is_covered_and_comes_back(text: str) -> None:
    covered = VEIL.over(text)
    assert not any(name in covered for name in ("王芳", "Ann", "23992001", "13845678901", "110105"))
    book = name_book([KEY], [*NAMES, "13845678901", "11010519491231002X"])
    assert readable(covered, book) == text


@pytest.mark.parametrize(
    "text",
    ["县住建局", "李", "第123号", "Anna", "a23992001f", "239920019", "23992001-A-2026", "0" * 64,
     "13845678-9012-4000-8000-138456789012", ""],
)  # fmt: skip
def test_other_words_stay(text: str) -> None:
    assert VEIL.over(text) == text


def test_a_payload_is_covered_at_every_depth_but_not_its_keys() -> None:
    payload = {"王芳": ["王芳", 3, {"a": ("王芳华", None)}], "flag": True}
    covered = VEIL.over_value(payload)
    assert covered["王芳"][0] == VEIL.code("王芳")
    assert covered["王芳"][1:] == [3, {"a": [VEIL.code("王芳华"), None]}]
    assert covered["flag"] is True


def test_a_code_nobody_knows_stays_readable_as_a_code() -> None:
    assert readable("〔0123456789abcdef〕来过", {}) == "〔0123456789abcdef〕来过"


def test_the_digest_of_a_row_needs_the_key() -> None:
    assert row_code(KEY, "电话\t1") != row_code(bytes(32), "电话\t1")
    assert row_code(KEY, "电话\t1") == row_code(KEY, "电话\t1")


def test_people_of_a_row_are_its_own_or_those_behind_a_firm() -> None:
    firm = {
        "name": "某公司",
        "kind": TargetKind.ENTERPRISE,
        "representative": "老板",
        "contact": None,
    }
    person = {"name": "注册师", "kind": TargetKind.PERSON}
    assert tuple(people_in(REGISTRIES["targets"], firm, person)) == ("老板", "注册师")
    assert tuple(people_in(REGISTRIES["inspectors"], {"name": "王芳"})) == ("王芳",)
    assert tuple(people_in(REGISTRIES["items"], {"name": "事项"})) == ()
