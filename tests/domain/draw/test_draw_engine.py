"""The engine against known answers, an outside package, and slow independent re-implementations."""

import hashlib
import json
from dataclasses import replace

import consistent_sampler
import pytest
from draw_builders import MACHINE, PREVIOUS, WITNESSES, officers, outcome, pool, scheme
from hypothesis import given
from hypothesis import strategies as st

from ssj_desktop.domain.draw.canonical import draw_id, label, text_lines, word_list
from ssj_desktop.domain.draw.files import draw_files, recipe
from ssj_desktop.domain.draw.flow import DrawState, draw_number, refuse_void, why_not_draw
from ssj_desktop.domain.draw.freezing import freeze
from ssj_desktop.domain.draw.outcome import check_drawable, perform
from ssj_desktop.domain.draw.record import read_record, record_bytes, record_of, verify_record
from ssj_desktop.domain.draw.scheme import PoolEntry, StratumRule
from ssj_desktop.domain.draw.seed import commitment, seed_of, seed_text
from ssj_desktop.domain.draw.spec_file import read_spec
from ssj_desktop.domain.draw.ticket import lowest, ticket_maker, tickets, tickets_below
from ssj_desktop.domain.errors import InvalidInput, RuleViolation

KNOWN_SEED = "9db9f6fde9d3309f382a06f70091c222b0e4345df4ef7d502a1e89f9750708a7-O"


@pytest.mark.parametrize(
    ("identifier", "start"),
    [
        ("91230521MA18D00002", "0.137392972052113064"),
        ("91230521MA18D00001", "0.607011087311289579"),
        ("91230521MA18A00001", "0.632300318599854082"),
    ],
)
def test_tickets_of_the_specification(identifier: str, start: str) -> None:
    assert ticket_maker(KNOWN_SEED)(identifier).startswith(start)


@given(st.lists(st.text("0123456789ABCXYZ_-", min_size=1, max_size=20), unique=True, min_size=1))
def test_tickets_equal_the_outside_package(ids: list[str]) -> None:
    theirs = list(consistent_sampler.sampler(ids, seed=KNOWN_SEED, take=len(ids)))
    ours = sorted(tickets(KNOWN_SEED, ids))
    assert [identifier for _, identifier in ours] == [identifier for _, identifier, _ in theirs]
    assert all(a.startswith(b) for (a, _), (b, _, _) in zip(ours, theirs, strict=True))


@given(st.integers(0, 400), st.integers(0, 400))
def test_partial_selection_equals_sorting_everything(size: int, count: int) -> None:
    ids = [f"ID{n}" for n in range(size)]
    assert lowest(KNOWN_SEED, ids, count) == sorted(tickets(KNOWN_SEED, ids))[:count]


@given(st.integers(0, 10**6))
def test_what_lies_below_a_cut_is_what_compares_lower_as_text(millionths: int) -> None:
    ids = [f"ID{n}" for n in range(300)]
    cut = f"0.{millionths:06d}" if millionths < 10**6 else "1.0000"
    expected = [pair for pair in tickets(KNOWN_SEED, ids) if pair[0] < cut]
    assert tickets_below(KNOWN_SEED, ids, cut) == expected


def test_the_frozen_files_say_what_the_specification_says() -> None:
    frozen = freeze(scheme())
    lines = text_lines(frozen.pool.content)
    assert lines[0] == ["SSJ-POOL-1"]
    assert lines[1] == ["230921-A-2026-0007", "52"]
    assert [line[0] for line in lines[2:]] == sorted(line[0] for line in lines[2:])
    assert all(len(line) == 3 for line in text_lines(frozen.poolpub.content)[2:])
    assert frozen.pool.sha256 == hashlib.sha256(frozen.pool.content).hexdigest()
    assert frozen.staff.sm3 is None or len(frozen.staff.sm3) == 64


def test_row_order_never_matters() -> None:
    base = scheme()
    turned = replace(
        base, pool=base.pool[::-1], officers=base.officers[::-1], strata=base.strata[::-1]
    )
    one, other = (perform(s, PREVIOUS, MACHINE, WITNESSES) for s in (base, turned))
    assert record_of(one) == record_of(other)


def test_one_changed_name_changes_the_seed() -> None:
    base = scheme()
    changed = replace(base, pool=(replace(base.pool[0], name="云岭县第１建筑公司"), *base.pool[1:]))
    assert perform(changed, PREVIOUS, MACHINE, WITNESSES).seed != outcome().seed


def test_a_rehearsal_can_never_pass_as_a_draw() -> None:
    rehearsal = outcome(rehearsal=True)
    assert rehearsal.seed_text.startswith(b"SSJ-REHEARSAL-SEED-1\n")
    assert rehearsal.commitment != outcome().commitment


def test_the_seed_text_lists_every_contribution_in_order() -> None:
    base = scheme()
    frozen = freeze(base)
    text = seed_text(base, frozen, PREVIOUS, MACHINE, WITNESSES)
    names = [line.split("\t")[0] for line in text.decode().splitlines()]
    assert names == [
        "SSJ-SEED-1",
        "draw",
        "device",
        "pool",
        "poolpub",
        "plan",
        "staff",
        "prev",
        "M",
        "W1",
        "W2",
        "W3",
        "X",
    ]
    assert seed_of(text) == hashlib.sha256(text).hexdigest()
    assert (
        commitment("D", "a" * 64, MACHINE)
        == hashlib.sha256(f"SSJ-M-1\nD\n{'a' * 64}\n{MACHINE}\n".encode()).hexdigest()
    )


@pytest.mark.parametrize(
    "digits",
    [("314159", "-"), ("12345", "271828"), ("３１４１５９", "271828"), ("1" * 21, "271828")],
)
def test_too_few_or_malformed_slips_are_refused(digits: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput):
        perform(scheme(), PREVIOUS, MACHINE, digits)


@pytest.mark.parametrize(
    ("previous", "machine", "public"),
    [("x", MACHINE, "-"), (PREVIOUS, "X" * 64, "-"), (PREVIOUS, MACHINE, "彩票")],
)
def test_malformed_contributions_are_refused(previous: str, machine: str, public: str) -> None:
    with pytest.raises(InvalidInput):
        perform(scheme(), previous, machine, WITNESSES, public)


@pytest.mark.parametrize(
    "changes",
    [
        {"pool": (PoolEntry("9123小", "名", "A"),)},
        {"pool": (PoolEntry("a1", "名", "A"),)},
        {"pool": (PoolEntry("A1", "名", "A"), PoolEntry("A1", "名", "A"))},
        {"pool": (PoolEntry("A1", "名\u200b", "A"),)},
        {"pool": (PoolEntry("A1", "名", "Z"),)},
        {"pool": (PoolEntry("A1", "名", "A", "Q"),)},
        {"pool": (PoolEntry("A1", "名", "A", "X"),)},
        {"pool": (PoolEntry("A1", "名", "A", template="T"),)},
        {"strata": (StratumRule("A", "SOME"), StratumRule("B", "NUMBER"))},
        {"strata": (StratumRule("A", "RATIO", ratio=10_001), StratumRule("B", "NUMBER"))},
        {"strata": (StratumRule("A", "NUMBER", number=-1), StratumRule("B", "NUMBER"))},
        {
            "strata": (
                StratumRule("A", "NUMBER"),
                StratumRule("A", "NUMBER"),
                StratumRule("B", "NUMBER"),
            )
        },
        {"total": 3},
        {"items": ("A,B",)},
    ],
)
def test_every_broken_text_rule_is_refused_with_a_chinese_sentence(
    changes: dict[str, object],
) -> None:
    with pytest.raises(InvalidInput, match=r"[\u4e00-\u9fff]"):
        perform(scheme(**changes), PREVIOUS, MACHINE, WITNESSES)


def test_names_and_ids_inside_lines() -> None:
    assert label("", "x") == "-"
    assert label("  云岭　", "x") == "云岭"
    assert word_list((), "x") == "-"
    assert draw_id("ａ１-b", "x") == "A1-B"
    with pytest.raises(InvalidInput, match="不完整"):
        text_lines(b"abc")


def test_an_empty_pool_is_refused() -> None:
    with pytest.raises(InvalidInput, match="待抽库是空的"):
        outcome(pool=())


def test_a_pool_without_eligible_objects_draws_nobody_but_no_ceremony_begins_with_it() -> None:
    result = outcome(pool=(PoolEntry("A1", "名", "A", "X", "CLOSED"),))
    assert [(s.eligible, s.k, s.cutoff, s.would_be) for s in result.strata] == [(0, 0, "-", ())] * 2
    assert result.matching is not None
    assert result.matching.teams == ()
    with pytest.raises(RuleViolation, match="没有可以参加抽取"):
        check_drawable(result.scheme)


def test_excluded_objects_below_the_cut_off_are_named() -> None:
    many = tuple(replace(e, status="X", reason="CLOSED") for e in pool(40, "B", 300))
    result = outcome(pool=(*scheme().pool, *many))
    stratum = next(s for s in result.strata if s.code == "B")
    tickets_of = {i: t for t, i in result.all_tickets()}
    excluded = {e.id for e in result.scheme.pool if e.status == "X" and e.stratum == "B"}
    assert {i for _, i in stratum.would_be} == {
        i for i in excluded if tickets_of[i] < stratum.cutoff
    }


def test_modes_total_and_at_most() -> None:
    strata = (StratumRule("A", "TOTAL"), StratumRule("B", "TOTAL"))
    assert sum(s.k for s in outcome(strata=strata, total=10).strata) == 10
    at_most_rule = (StratumRule("A", "RATIO_MAX", ratio=590), StratumRule("B", "NUMBER", number=99))
    assert [s.k for s in outcome(strata=at_most_rule).strata] == [2, 10]


def test_a_draw_without_officers_matches_nobody() -> None:
    assert outcome(officers=(), templates={}).matching is None


# --- record -----------------------------------------------------------------------------------


def test_a_record_verifies_from_itself_alone() -> None:
    record = read_record(record_bytes(record_of(outcome(), {"place": "会议室"})))
    verification = verify_record(record)
    assert verification.ok
    assert all(check.ok for check in verification.checks)


def test_every_changed_digit_is_found() -> None:
    """Every digit of the record in turn, one in eleven, is replaced by another one."""
    content = record_bytes(
        record_of(
            outcome(
                pool=pool(6),
                strata=(StratumRule("A", "NUMBER", number=2, substitutes=1),),
                officers=officers(3),
            )
        )
    ).decode()
    places = [n for n, c in enumerate(content) if c.isdigit()]
    for place in places[::11]:
        other = str((int(content[place]) + 1) % 10)
        try:
            changed = read_record((content[:place] + other + content[place + 1 :]).encode())
        except InvalidInput:
            continue
        assert not verify_record(changed).ok


@pytest.mark.parametrize("key", ["seed", "strata", "teams", "commitment", "cap"])
def test_a_record_whose_digest_was_mended_too_is_still_found(key: str) -> None:
    from ssj_desktop.domain.draw.record import record_digest

    record = json.loads(record_bytes(record_of(outcome())))
    other = json.loads(
        record_bytes(
            record_of(
                outcome(
                    items=("ZJ-01-01",),
                    pool=pool(30),
                    strata=(StratumRule("A", "NUMBER", number=9),),
                    officers=officers(3),
                )
            )
        )
    )
    record[key] = other[key]
    record["digest"] = record_digest(record)
    verification = verify_record(record)
    assert not verification.ok
    assert any(check.detail for check in verification.checks if not check.ok)


@pytest.mark.parametrize(
    "content", [b"", b"\xff", b"[]", b"{}", b'{"format":"SSJ-RECORD-1"}', b"[" * 100_000]
)
def test_what_is_no_record_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"[\u4e00-\u9fff]"):
        read_record(content)


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("algorithm", "cs9"),
        ("files", {}),
        ("witnesses", ["1"]),
        ("files", {"pool.int": "x", "plan": "y\n", "staff": "z\n", "pool.pub": ""}),
    ],
)
def test_a_damaged_record_is_a_failed_verification_not_a_crash(key: str, value: object) -> None:
    record = {**record_of(outcome()), key: value}
    assert not verify_record(record).ok


def test_files_for_outsiders() -> None:
    result = outcome()
    files = draw_files(result)
    assert set(files) == {
        "pool.int",
        "pool.pub",
        "plan",
        "staff",
        "seed.txt",
        "tickets.tsv",
        "record.json",
    }
    rows = [line.split("\t") for line in files["tickets.tsv"].decode().splitlines()]
    assert [row[1] for row in rows] == sorted(row[1] for row in rows)
    assert {row[0] for row in rows if row[4] == "drawn"} == set(result.drawn_ids())
    assert hashlib.sha256(files["seed.txt"]).hexdigest() == result.seed
    assert f'"${{h}}{next(result.drawn_ids())}"' in "".join(recipe(result))


def test_the_printed_recipe_gives_the_ticket() -> None:
    result = outcome()
    identifier = next(result.drawn_ids())
    h = hashlib.sha256(f"{result.seed}-O".encode()).hexdigest()
    d = hashlib.sha256(f"{h}{identifier}".encode()).hexdigest()
    assert "0." + str(int(d, 16)).zfill(64)[::-1] == result.strata[0].drawn[0][0]


# --- ceremony ---------------------------------------------------------------------------------


def test_numbers_and_voids() -> None:
    assert draw_number("230921", "A", 2026, 7) == "230921-A-2026-0007"
    refuse_void(DrawState.FROZEN, "停电")
    for state in (DrawState.OPENED, DrawState.DRAWN, DrawState.VOID):
        with pytest.raises(RuleViolation):
            refuse_void(state, "停电")
    with pytest.raises(RuleViolation, match="原因"):
        refuse_void(DrawState.FROZEN, " ")


@pytest.mark.parametrize(
    ("digits", "repeats", "reason"),
    [
        (["314159", "271828"], None, None),
        (["314159", "-"], None, "还差 1 位见证人"),
        (["31415", "271828"], None, "第 1 位见证人：还差 1 位"),
        (["314159", ""], None, "第 2 位见证人：还没有填写"),
        (["314159", "27182八"], None, "第 2 位见证人：只能填数字 0–9"),
        (["1" * 21, "271828"], None, "第 1 位见证人：最多 20 位"),
        (["314159", "271828"], ["314159", "271829"], "第 2 位见证人：两次输入不一致"),
    ],
)
def test_the_reason_beside_the_button(
    digits: list[str], repeats: list[str] | None, reason: str | None
) -> None:
    assert why_not_draw(digits, repeats) == reason


# --- SPEC.json --------------------------------------------------------------------------------

SPEC = {
    "draw": "230921-A-2026-0007", "device": "A", "prev": PREVIOUS, "machine": MACHINE,
    "witnesses": ["314159", "271828", "-"], "public": "-", "items": ["ZJ-07-07"],
    "strata": [{"code": "A", "mode": "RATIO", "ratio": 500, "minimum": 1, "substitutes": 2}],
    "pool": [{"id": "91230921MA18D00002", "name": "甲", "stratum": "A", "status": "E", "area": "一街道"},
             {"id": "91230921MA18D00001", "name": "乙", "stratum": "A", "status": "X", "reason": "YEARLY_CEILING"}],
    "officers": [{"id": "2309210017", "department": "住建局", "specialties": ["施工安全"], "leader": True, "areas": ["*"], "cap": None},
                 {"id": "2309210018"}],
    "recusals": [["91230921MA18D00001", "2309210017"]],
    "seats": [{"department": "住建局", "specialty": "施工安全"}, {}],
}  # fmt: skip


def test_a_spec_is_drawn() -> None:
    spec = read_spec(json.dumps(SPEC).encode())
    result = perform(spec.scheme, spec.previous, spec.machine, spec.witnesses, spec.public)
    assert list(result.drawn_ids()) == ["91230921MA18D00002"]
    assert spec.paper()["panel"][0]["name"] == "见证人 1"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"draw": None}, "draw"), ({"witnesses": "314159"}, "witnesses"), ({"extra": 1}, "extra"),
        ({"pool": [{"id": "A1", "stratum": "A"}, {"id": 7, "stratum": "A"}]}, "pool[1].id"),
        ({"pool": [{"id": "甲", "stratum": "A"}]}, "pool[0].id"),
        ({"pool": [{"id": "A1", "stratum": "A", "name": "甲\t"}]}, "pool[0].name"),
        ({"pool": [1]}, "pool[0]"), ({"strata": [{"code": "A"}]}, "strata[0].mode"),
        ({"strata": [{"code": "A", "mode": "RATIO", "ratio": True}]}, "strata[0].ratio"),
        ({"strata": [{"code": "A", "mode": "RATIO", "ratio": -1}]}, "strata[0].ratio"),
        ({"recusals": [["A"]]}, "recusals[0]"), ({"items": [1]}, "items[0]"),
        ({"officers": [{"id": "P1", "cap": "2"}]}, "officers[0].cap"),
        ({"seats": [{"leader": "yes"}]}, "seats[0].leader"),
    ],
)  # fmt: skip
def test_a_malformed_spec_names_the_place(change: dict[str, object], place: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        read_spec(json.dumps({**SPEC, **change}).encode())
    assert place in refusal.value.message


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff\xfe", b'{"draw":"a","draw":"b"}', b"[" * 100_000]
)
def test_what_is_no_spec_is_refused(content: bytes) -> None:
    with pytest.raises(InvalidInput, match=r"[\u4e00-\u9fff]"):
        read_spec(content)


def test_a_machine_without_sm3_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise ValueError

    monkeypatch.setattr("hashlib.new", refuse)
    assert freeze(scheme()).pool.sm3 is None


def test_a_list_that_is_too_short_is_said_to_be() -> None:
    record = record_of(outcome())
    verification = verify_record({**record, "teams": record["teams"][:-1]})
    assert "应有" in next(check.detail for check in verification.checks if check.name == "检查组")
