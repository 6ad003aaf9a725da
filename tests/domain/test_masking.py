"""Numbers that identify a person, and what a screen leaves of them."""

import pytest

from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.masking import (
    is_id_number,
    is_phone,
    mask_number,
    mask_text,
    masked,
    private_marks,
    public_values,
)

ID = "11010519491231002X"


@pytest.mark.parametrize("text", [ID, "440524188001010014"])
def test_an_id_number_has_a_birthday_and_a_check_character(text: str) -> None:
    assert is_id_number(text)


@pytest.mark.parametrize(
    "text", ["110105194912310021", "110105194913310021", "91239921MA1BK3WF0N", "1101051949", ""]
)
def test_another_number_is_none(text: str) -> None:
    assert not is_id_number(text)


@pytest.mark.parametrize("text", ["13845678901", "8613845678901", "04566721188", "01088888888"])
def test_mobile_and_fixed_numbers_are_telephones(text: str) -> None:
    assert is_phone(text)


@pytest.mark.parametrize("text", ["12345678901", "6721188", "20260316", "138456789012"])
def test_other_digits_are_not(text: str) -> None:
    assert not is_phone(text)


def test_numbers_are_found_with_blanks_and_hyphens_and_inside_sentences() -> None:
    text = f"负责人电话138-4567-8901，身份证{ID.lower()}；座机 0456-6721188，编号 20260316001"
    assert private_marks(text) == ("138-4567-8901", ID.lower(), "0456-6721188")
    assert mask_text(text) == (
        "负责人电话138********01，身份证110*************2x；座机 045*******88，编号 20260316001"
    ).replace("110*************2x", "110" + "*" * 13 + "2x").replace(
        "045*******88", "045" + "*" * 7 + "88"
    )


def test_a_short_number_is_hidden_whole() -> None:
    assert mask_number("110") == "***"
    assert mask_number("6721188") == "672**88"


def test_a_row_on_screen_keeps_everything_but_the_numbers() -> None:
    texts = {"name": "云岭县公司", "phone": "6721188", "note": "电话13845678901", "other": "x"}
    assert masked(TARGETS, texts) == {
        "name": "云岭县公司",
        "phone": "672**88",
        "note": "电话138******01",
    }


def test_a_sheet_that_leaves_has_no_private_column() -> None:
    values = {"name": "云岭县公司", "phone": "6721188", "contact": "王芳", "complaints": 2, "note": f"证件{ID}"}  # fmt: skip
    assert public_values(TARGETS, values) == {
        "name": "云岭县公司",
        "phone": None,
        "contact": None,
        "complaints": 2,
        "note": "证件110" + "*" * 13 + "2X",
    }
