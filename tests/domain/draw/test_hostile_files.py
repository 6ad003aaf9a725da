"""Mutated specs and records by the hundred: refused in words or found out, never a crash."""

import json
import random
from dataclasses import asdict
from typing import Any

import pytest
from mutations import changed
from random_draws import random_outcome

from ssj_desktop.domain.draw.outcome import perform
from ssj_desktop.domain.draw.record import (
    Record,
    read_record,
    record_bytes,
    record_digest,
    record_of,
    verify_record,
)
from ssj_desktop.domain.draw.spec_file import read_spec
from ssj_desktop.domain.errors import InvalidInput, SsjError

FULL_SPEC: dict[str, Any] = {
    "draw": "230921-A-2026-0007", "device": "A", "prev": "0" * 64, "machine": "a1" * 32,
    "witnesses": ["314159", "271828", "-"], "public": "385", "items": ["ZJ-07-07", "ZJ-01"],
    "panel": ["刘昕", "马骉", "丁玉兰"], "public_source": "某日开奖号码", "rehearsal": False,
    "conditions": [{"field": "area", "values": ["一街道"]}], "batches": 0, "total": 5,
    "strata": [{"code": "A", "mode": "RATIO", "ratio": 500, "minimum": 1, "substitutes": 2},
               {"code": "B", "mode": "NUMBER", "number": 3, "substitutes": 1},
               {"code": "C", "mode": "TOTAL", "substitutes": 1}],
    "pool": [{"id": f"91230921MA18D{n:05d}", "name": f"云岭县第{n}公司", "stratum": "ABC"[n % 3],
              "area": "一街道"} for n in range(20)]
            + [{"id": "L1", "name": "停业公司", "stratum": "A", "status": "X", "reason": "CLOSED"}],
    "officers": [{"id": f"P{n}", "department": "住建局", "specialties": ["施工安全"], "leader": True,
                  "areas": ["*"], "cap": None if n else 1} for n in range(5)],
    "recusals": [["91230921MA18D00002", "P1"]],
    "seats": [{"department": "住建局", "specialty": "施工安全", "leader": True}, {}],
    "experts": [{"id": "E1", "specialties": ["消防"]}, {"id": "E2", "specialties": ["消防"]}],
    "expert_seats": [{"specialty": "消防"}],
}  # fmt: skip


def drawn(spec: dict[str, Any]) -> Record:
    read = read_spec(json.dumps(spec).encode())
    result = perform(read.scheme, read.previous, read.machine, read.witnesses, read.public)
    return record_of(result, read.paper())


def is_told_well(refusal: SsjError) -> bool:
    """One sentence of fact and one of remedy: Chinese, on one line, printable everywhere."""
    return all(
        text.endswith("。")
        and "\n" not in text
        and len(text) < 400
        and text.encode() != b""
        and any("\u4e00" <= c <= "\u9fff" for c in text)
        for text in (refusal.message, refusal.remedy)
    )


@pytest.mark.parametrize("block", range(5))
def test_a_mutated_spec_is_drawn_and_verifies_or_is_refused_in_two_sentences(block: int) -> None:
    chance, refused = random.Random(block), 0
    for _ in range(150):
        spec = FULL_SPEC
        for _ in range(chance.choice((1, 1, 2, 3))):
            spec = changed(spec, chance)
        try:
            record = drawn(spec)
        except SsjError as refusal:
            refused += is_told_well(refusal) or pytest.fail(f"{refusal.message}|{refusal.remedy}")
        else:
            again = read_record(record_bytes(record))
            assert verify_record(again).ok, json.dumps(spec, ensure_ascii=True)
    assert 30 < refused < 150


def test_any_bytes_that_are_no_spec_are_refused() -> None:
    chance, whole = random.Random(1), json.dumps(FULL_SPEC).encode()
    for _ in range(300):
        at = chance.randrange(len(whole))
        torn = (
            whole[:at]
            if chance.random() < 0.3
            else whole[:at] + chance.randbytes(2) + whole[at + 1 :]
        )
        try:
            read_spec(torn)
        except SsjError as refusal:
            if not is_told_well(refusal):
                pytest.fail(str(refusal))


@pytest.mark.parametrize(
    "content", [b"\xef\xbb\xbf{}", "{}".encode("utf-16"), b"[" * 10**5, b"NaN", b""]
)
def test_bytes_that_are_no_json_text_name_the_reason(content: bytes) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_spec(content)
    assert is_told_well(refusal.value)


@pytest.mark.parametrize("block", range(4))
def test_a_mutated_record_is_refused_or_found_out(block: int) -> None:
    chance = random.Random(block)
    whole = json.loads(record_bytes(record_of(random_outcome(block * 7 + 3), {"place": "会议室"})))
    for _ in range(120):
        edited = changed(whole, chance)
        try:
            if chance.random() < 0.6:
                edited["digest"] = record_digest(edited)
            read = read_record(json.dumps(edited).encode())
        except (SsjError, UnicodeEncodeError, TypeError):
            continue
        result = verify_record(read)
        assert all(
            isinstance(line, str) for check in result.checks for line in (check.name, check.detail)
        )
        only_paper = {k: v for k, v in edited.items() if k not in ("paper", "digest")} == {
            k: v for k, v in whole.items() if k not in ("paper", "digest")
        }
        if json.dumps(edited) != json.dumps(whole) and not only_paper:
            assert not result.ok, [k for k in edited if edited[k] != whole.get(k)]


def test_one_true_and_one_point_nought_are_three_different_things() -> None:
    record = json.loads(record_bytes(record_of(random_outcome(3))))
    for other in (True, 1.0):
        edited = {**record, "cap": other if record["cap"] == 1 else float(record["cap"])}
        edited["digest"] = record_digest(edited)
        assert not verify_record(edited).ok


def test_a_strange_key_is_named() -> None:
    record = record_of(random_outcome(3))
    edited = {**record, "strata2": []}
    edited["digest"] = record_digest(edited)
    assert [c.name for c in verify_record(edited).checks if not c.ok] == ["不认识的项“strata2”"]


@pytest.mark.parametrize(
    ("place", "value", "fact"),
    [
        ("prev", "0" * 63, "64 位"), ("prev", " " + "0" * 64, "64 位"), ("machine", "A" * 64, "64 位"),
        ("witnesses", ["314159", "-", "-"], "只有 1 份"), ("witnesses", ["31415", "271828", "-"], "还差 1 位"),
        ("witnesses", ["314159", " 271828", "-"], "只能填数字"), ("total", None, "不配套"),
        ("panel", ["刘昕"], "却有 3 份"), ("batches", 10**6, "批次太多"), ("pool", [], "空的"),
        ("items", ["一,二"], "逗号"), ("items", ["-"], "是空的"), ("public", "٣٨٥", "公开数"),
        ("draw", "2309 21", "不能用于抽取"),
    ],
)  # fmt: skip
def test_each_rule_of_the_contributions_is_named(place: str, value: Any, fact: str) -> None:
    with pytest.raises(SsjError) as refusal:
        drawn({**FULL_SPEC, place: value})
    assert fact in refusal.value.message
    assert is_told_well(refusal.value)


@pytest.mark.parametrize(
    ("where", "key", "value", "fact"),
    [
        ("strata", "mode", "EVERY", "方式"), ("strata", "code", "", "是空的"), ("strata", "ratio", 10_001, "比例"),
        ("strata", "code", "B", "两条规则"), ("strata", "minimum", 10**12, "太大"), ("strata", "ratio", 5.0, "整数"),
        ("pool", "stratum", "Z", "没有抽取规则"), ("pool", "status", "x", "状态"), ("pool", "status", "X", "没有原因"),
        ("pool", "id", "９１２３０９２１ma18d00001", "重复"), ("pool", "id", "甲", "不能用于抽取"),
        ("pool", "name", "名\u200d", "看不见的字符"), ("pool", "name", "\ufeff名", "看不见的字符"),
        ("pool", "name", "名\u2028", "看不见的字符"), ("pool", "area", "\u202e", "看不见的字符"),
        ("officers", "id", "p1", "重复"), ("officers", "id", "E1", "重复"), ("officers", "cap", -1, "负数"),
        ("officers", "specialties", ["甲,乙"], "逗号"), ("officers", "leader", 1, "true"),
    ],
)  # fmt: skip
def test_each_rule_of_the_lists_is_named(where: str, key: str, value: Any, fact: str) -> None:
    rows = [dict(row) for row in FULL_SPEC[where]]
    rows[0][key] = value
    with pytest.raises(SsjError) as refusal:
        drawn({**FULL_SPEC, where: rows})
    assert fact in refusal.value.message
    assert is_told_well(refusal.value)


@pytest.mark.parametrize(
    "missing", ["draw", "device", "prev", "machine", "witnesses", "items", "strata", "pool"]
)
def test_what_is_missing_is_named(missing: str) -> None:
    with pytest.raises(InvalidInput, match=f"缺少“{missing}”"):
        drawn({key: value for key, value in FULL_SPEC.items() if key != missing})


def test_a_rule_without_its_number_is_refused() -> None:
    for mode, key in (("RATIO", "ratio"), ("RATIO_MAX", "ratio"), ("NUMBER", "number")):
        with pytest.raises(InvalidInput, match=f"strata\\[0\\].{key}"):
            drawn({**FULL_SPEC, "strata": [{"code": "A", "mode": mode}]})


def test_blank_ways_to_say_none_freeze_to_the_same_bytes() -> None:
    def with_blank(blank: dict[str, Any]) -> dict[str, Any]:
        pool = [{**row, **blank} for row in FULL_SPEC["pool"]]
        return drawn({**FULL_SPEC, "pool": pool})["files"]  # type: ignore[no-any-return]

    assert with_blank({"area": ""}) == with_blank({"area": "-"}) == with_blank({"area": "　"})


def test_names_are_composed_and_words_compared_as_they_are_hashed() -> None:
    spec = {**FULL_SPEC, "seats": [{"specialty": "café"}, {}]}
    spec["officers"] = [{**o, "specialties": ["cafe\u0301 "]} for o in FULL_SPEC["officers"]]
    record = drawn(spec)
    assert "café\t" in record["files"]["staff"]
    assert verify_record(record).ok


def test_an_ideograph_that_this_machine_does_not_know_yet_is_no_invisible_character() -> None:
    pool = [{**FULL_SPEC["pool"][0], "name": "\U0003347f\U000323b0"}, *FULL_SPEC["pool"][1:]]
    assert "\U0003347f\U000323b0" in drawn({**FULL_SPEC, "pool": pool})["files"]["pool.pub"]
    with pytest.raises(InvalidInput, match="看不见"):
        drawn({**FULL_SPEC, "pool": [{**FULL_SPEC["pool"][0], "name": "\U0002fffe"}]})


def test_a_spec_says_all_that_a_scheme_holds() -> None:
    scheme = read_spec(json.dumps(FULL_SPEC).encode()).scheme
    fields = asdict(scheme)
    assert not {key for key, value in fields.items() if value in ((), None, "-")} - {"batches"}
