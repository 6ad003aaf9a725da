"""What may be typed, imported and published."""

from datetime import date

import pytest

from ssj_desktop.domain.disclosure_rules import check_assessment, mask, personal_marks
from ssj_desktop.domain.errors import InvalidInput, RuleViolation, SsjError
from ssj_desktop.domain.fields import INSPECTORS, ITEMS, TARGETS, Field, FieldKind
from ssj_desktop.domain.headings import column_note, find_table
from ssj_desktop.domain.identifiers import (
    clean_code,
    clean_name,
    credit_code_problem,
    is_draw_id,
    local_id,
)
from ssj_desktop.domain.importing import parse_rows
from ssj_desktop.domain.journal import GENESIS, JournalEntry, check_chain, entry_hash, head_groups
from ssj_desktop.domain.permissions import refuse_same_person, refuse_unless_allowed
from ssj_desktop.domain.plan_rules import (
    LineDraft,
    check_line,
    parse_quotas,
    parse_ratio,
    ratio_text,
    season_warning,
)
from ssj_desktop.domain.result_rules import (
    Entry,
    check_entry,
    excludes,
    gaps,
    open_points,
    registry_status,
)
from ssj_desktop.domain.sheets import Cell, Sheet, SheetRow, Workbook, column_letters
from ssj_desktop.domain.vocabulary import FollowUp, InspectionMethod, ResultCode, Role, TargetStatus


@pytest.mark.parametrize(
    ("field", "typed", "value"),
    [
        ("status", "存续", TargetStatus.NORMAL), ("credit_class", "ａ级", "A"), ("complaints", "１２", 12),
        ("number", " 91 2399\u200b21 ", "91239921"), ("note", "甲\n乙", "甲\n乙"), ("name", "　云岭　", "云岭"),
    ],
)  # fmt: skip
def test_what_offices_write_is_understood(field: str, typed: str, value: object) -> None:
    assert TARGETS.field(field).parse(typed) == value


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("2026年3月16日", date(2026, 3, 16)),
        ("2026.3.6", date(2026, 3, 6)),
        ("20260316", date(2026, 3, 16)),
        ("46097", date(2026, 3, 16)),
        ("长期", date(9999, 9, 9)),
    ],
)
def test_dates_in_every_habit(typed: str, day: date) -> None:
    field = INSPECTORS.field("certificate_expiry")
    assert field.parse(typed) == day
    assert field.show(day) == day.isoformat()


@pytest.mark.parametrize(
    ("registry", "field", "typed"),
    [
        (TARGETS, "name", ""), (TARGETS, "name", "云\u202e岭"), (TARGETS, "number", "9.12E+17"), (TARGETS, "number", "А123"),
        (TARGETS, "number", "\u200b"), (TARGETS, "status", "倒闭"), (TARGETS, "complaints", "几次"),
        (INSPECTORS, "certificate_expiry", "明年"), (INSPECTORS, "certificate_expiry", "2026-13-01"), (INSPECTORS, "leader", "也许"),
        (ITEMS, "legal_basis", " "),
    ],
)  # fmt: skip
def test_what_cannot_be_stored_is_refused_in_chinese(registry, field, typed) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InvalidInput, match=r"[\u4e00-\u9fff]") as refusal:
        registry.field(field).parse(typed)
    assert refusal.value.remedy


def test_values_are_shown_as_people_write_them() -> None:
    assert INSPECTORS.field("leader").show(True) == "是"
    assert INSPECTORS.field("leader").parse("否") is False
    assert INSPECTORS.field("specialties").parse("燃气、燃气；供热") == ("燃气", "供热")
    assert INSPECTORS.field("specialties").show(("燃气", "供热")) == "燃气、供热"
    assert TARGETS.field("kind").show(TARGETS.field("kind").default) == "企业"
    assert TARGETS.field("complaints").show(None) == ""
    assert TARGETS.field("number").warning(None) is None
    assert Field("x", "x", FieldKind.CHOICE).parse("甲") == "甲"
    assert TARGETS.field("kind").choices[0] == "企业"


def test_credit_codes_are_warned_about_not_refused() -> None:
    assert credit_code_problem("91239921MA1BK3WF0") is not None
    assert "末位应为" in str(credit_code_problem("91239921MA1BK3WF00"))
    assert "9–17" in str(credit_code_problem(_with_check("91239921MA1BK3WF0")))
    assert TARGETS.field("number").warning("239921202500010101") is None
    assert is_draw_id(local_id("L", "239921", 7))
    assert clean_code("ａb1") == "AB1"
    assert clean_name("云　岭") == "云　岭"
    assert str(TargetStatus.NORMAL) == "正常"
    with pytest.raises(InvalidInput):
        clean_name("甲\x00")


def _with_check(first: str) -> str:
    from ssj_desktop.domain.identifiers import credit_check_character

    return first + credit_check_character(first)


def _book(*rows: list[str | Cell | None]) -> Workbook:
    made = tuple(
        SheetRow(n, {c: v if isinstance(v, Cell) else Cell(v) for c, v in enumerate(row) if v})
        for n, row in enumerate(rows, start=1)
    )
    return Workbook("名录.xlsx", (Sheet("表", made),))


HEAD: list[str | Cell | None] = ["企业名称", "信用代码", "信用等级"]


def test_the_head_is_found_below_titles_and_every_fault_has_its_cell() -> None:
    book = _book(["检查对象名录"], HEAD, ["甲", "A1", "A"], [None, "A2", "B"], ["乙", "A1", "E"], ["丙", Cell("9E+17", damaged=True), "A"],
                 ["丁", Cell("#N/A", error=True), "A"], ["戊", "A1", "C"], HEAD, ["合计：5"], [None, None, None, "外"])  # fmt: skip
    parsed = parse_rows(find_table(book, TARGETS), TARGETS)
    faults = [fault.place for row in parsed.rows for fault in row.faults]
    assert faults == ["A4", "C5", "B6", "B7", "B8"]
    assert len(parsed.rows) + len(parsed.notices) == 9
    assert column_note(parsed.mapping, "number") == "B 列 信用代码"
    assert column_note(parsed.mapping, "area") == ""


def test_a_name_that_begins_like_a_foot_line_is_a_row() -> None:
    parsed = parse_rows(
        find_table(_book(HEAD, ["合福路物业", "A1", "A"], ["合计：1"]), TARGETS), TARGETS
    )
    assert [row.values["name"] for row in parsed.rows] == ["合福路物业"]
    assert parsed.notices == ("第 3 行是表尾的合计或说明，没有读取。",)


def test_remembered_texts_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ssj_desktop.domain.importing._ROWS_AT_ONCE", 1)
    parsed = parse_rows(
        find_table(_book(HEAD, *([n, n, "A"] for n in "甲乙丙甲")), TARGETS), TARGETS
    )
    assert [row.values.get("name") for row in parsed.rows] == list("甲乙丙甲")


def test_a_number_that_a_spreadsheet_rewrote_is_refused_without_a_sign_too() -> None:
    with pytest.raises(InvalidInput, match="已被 Excel 改写"):
        clean_code("9e17")


def test_missing_columns_are_named_with_what_was_found() -> None:
    with pytest.raises(InvalidInput, match="缺少“统一社会信用代码”列"):
        find_table(_book(["企业名称", "信用等级"]), TARGETS)
    with pytest.raises(InvalidInput, match="没有找到"):
        find_table(_book(["你好"]), TARGETS)
    two_rows = _book(["企业名称", None, None], [None, "信用代码", "信用等级"], ["甲", "A1", "A"])
    assert find_table(two_rows, TARGETS).header_row == 2
    assert column_letters(27) == "AB"


def test_plan_texts() -> None:
    quotas = parse_quotas("A=5%+2,B=12.5%；C=≤30%、D=3")
    assert [q.text for q in quotas] == [
        "A：不低于 5%，候补 2",
        "B：不低于 12.5%",
        "C：不高于 30%",
        "D：3 家",
    ]
    assert ratio_text(parse_ratio("100％")) == "100%"
    for wrong in ("A", "=5%", "A=5%+x", "A=x", "A=101%"):
        with pytest.raises(InvalidInput):
            parse_quotas(wrong)


def _line(**changes):  # type: ignore[no-untyped-def]
    values = {"name": "抽查", "items": ("ZJ",), "object_filter": (), "stratify_by": "", "quotas": parse_quotas("ALL=5%"),
              "first_month": 3, "last_month": 12, "lead": "局", **changes}  # fmt: skip
    return LineDraft(**values)


@pytest.mark.parametrize(
    "changes",
    [
        {"name": " "},
        {"items": ()},
        {"quotas": ()},
        {"quotas": parse_quotas("A=1,A=2")},
        {"stratify_by": "x"},
        {"first_month": 9, "last_month": 3},
        {"lead": ""},
        {"team_size": 1},
    ],
)
def test_a_line_that_could_not_be_drawn_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        check_line(_line(**changes))


def test_winter_visits_deserve_a_second_look() -> None:
    check_line(_line())
    assert season_warning(InspectionMethod.ON_SITE, 3, 6)
    assert season_warning(InspectionMethod.ON_SITE, 5, 10) is None
    assert season_warning(InspectionMethod.WRITTEN, 1, 12) is None


def test_results() -> None:
    check_entry(
        Entry(
            "ZJ",
            (ResultCode.PROBLEM_PENDING,),
            "问题",
            FollowUp.ORDER_TO_CORRECT,
            date(2026, 3, 30),
        ),
        date(2026, 3, 16),
    )
    with pytest.raises(InvalidInput, match="早于"):
        check_entry(
            Entry(
                "ZJ",
                (ResultCode.PROBLEM_PENDING,),
                "问题",
                FollowUp.ORDER_TO_CORRECT,
                date(2026, 3, 1),
            ),
            date(2026, 3, 16),
        )
    with pytest.raises(RuleViolation):
        check_entry(Entry("ZJ", (ResultCode.NO_PROBLEM_FOUND, ResultCode.CLOSED)), None)
    assert registry_status([ResultCode.CLOSED]) is TargetStatus.SUSPENDED
    assert registry_status([ResultCode.NO_PROBLEM_FOUND]) is None
    assert gaps(["A", "B"], ["A"], None, 1) == (
        "事项 B 未录入",
        "检查日期未填",
        "执法人员不足 2 人",
    )


def test_personal_numbers_are_masked_and_codes_are_not() -> None:
    text = "电话 13812345678，身份证 11010519491231002X，代码 91239921MA1BK3WF0N，编号 110105194912310021"
    assert personal_marks(text) == ["11010519491231002X", "13812345678"]
    assert "13812345678" not in mask(text)
    assert "91239921MA1BK3WF0N" in mask(text)
    with pytest.raises(InvalidInput):
        check_assessment(" ")
    check_assessment("可以公示")


def test_roles() -> None:
    refuse_unless_allowed("draw", [Role.CLERK])
    with pytest.raises(SsjError, match="权限"):
        refuse_unless_allowed("draw", [Role.APPROVER])
    refuse_same_person("甲", "乙", "审批")
    with pytest.raises(SsjError, match="本人"):
        refuse_same_person("甲", "甲", "审批")


def _chain(count: int) -> list[JournalEntry]:
    entries, previous = [], GENESIS
    for n in range(1, count + 1):
        bare = JournalEntry(
            n,
            "A",
            1,
            "t",
            "l",
            n,
            "OK",
            "张敏",
            "CLERK",
            "抽取",
            "x\ty\n",
            "{}",
            "s",
            "-",
            previous,
        )
        entry = JournalEntry(
            *[getattr(bare, f) for f in JournalEntry.__slots__[:-1]], entry_hash(bare)
        )
        entries.append(entry)
        previous = entry.hash
    return entries


def test_the_first_bad_entry_of_a_journal_is_named() -> None:
    entries = _chain(5)
    assert check_chain(entries).broken_at is None
    assert check_chain(entries[:2] + entries[3:]).broken_at == 3
    assert check_chain([entries[1], entries[0]]).broken_at == 1
    assert head_groups("0123456789abcdef01234567") == "0123 4567 89ab cdef 0123"


def test_quotas_may_share_a_total_or_name_a_probability() -> None:
    assert [q.text for q in parse_quotas("A=分摊+1,B=概率50%")] == [
        "A：按总数分摊，候补 1",
        "B：概率 50%",
    ]


@pytest.mark.parametrize(
    ("quotas", "changes", "fault"),
    [
        ("A=分摊", {}, "总数和“分摊”"),
        ("A=5%", {"total": 3}, "总数和“分摊”"),
        ("A=概率50%,B=5%", {}, "不能分层"),
        ("A=5%", {"batches": 2}, "全部检查"),
        ("A=100%", {"batches": 1}, "全部检查"),
    ],
)
def test_totals_probabilities_and_batches_go_with_their_quotas(
    quotas: str, changes: dict[str, int], fault: str
) -> None:
    draft = LineDraft(
        "抽查", ("ZJ-07-07",), (), "credit_class", parse_quotas(quotas), 3, 6, "住建局", **changes
    )
    with pytest.raises(InvalidInput, match=fault):
        check_line(draft)


def test_a_line_says_its_total_and_its_batches() -> None:
    shared = LineDraft("a", ("x",), (), "", parse_quotas("ALL=分摊"), 3, 6, "b", total=9)
    batched = LineDraft("a", ("x",), (), "", parse_quotas("ALL=100%"), 3, 6, "b", batches=4)
    single = LineDraft("a", ("x",), (), "", parse_quotas("ALL=概率30%"), 3, 6, "b")
    for line in (shared, batched, single):
        check_line(line)
    assert shared.quota_text == "全部：按总数分摊；总数 9 家"
    assert batched.quota_text == "全部：不低于 100%；分 4 批"
    assert single.is_single_filing
    assert not shared.is_single_filing


def test_the_entry_screen_names_gaps_and_faulty_entries_in_order() -> None:
    visit = date(2026, 3, 16)
    good = Entry("A", (ResultCode.NO_PROBLEM_FOUND,))
    faulty = Entry("B", (ResultCode.PROBLEM_PENDING,))
    points = open_points({"A": good, "B": faulty, "C": None}, visit, 2)
    assert [(p.item, p.text) for p in points] == [
        ("B", "B 发现问题却没有写明问题"),
        ("C", "C 未录入"),
    ]
    assert [p.text for p in open_points({}, None, 1)] == ["检查日期未填", "执法人员不足 2 人"]


def test_a_clean_result_excludes_every_other_and_two_outcomes_may_stand_together() -> None:
    clean, pending = ResultCode.NO_PROBLEM_FOUND, ResultCode.PROBLEM_PENDING
    assert excludes(clean, pending)
    assert excludes(pending, ResultCode.NO_SUCH_ACTIVITY)
    assert not excludes(clean, clean)
    assert not excludes(ResultCode.UNREACHABLE, ResultCode.MOVED_OUT)
