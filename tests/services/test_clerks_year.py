"""A clerk's year through the real services and a real encrypted store."""

from pathlib import Path

import pytest
import sqlcipher3.dbapi2 as sqlcipher
from office import (
    PANEL,
    PASSWORD,
    Clock,
    approved_line,
    enrol_inspectors,
    enrol_targets,
    found,
    freezing,
)
from sqlalchemy import text

from ssj_desktop import places
from ssj_desktop.domain.draw.record import verify_record
from ssj_desktop.domain.errors import (
    InvalidInput,
    PermissionRefused,
    RuleViolation,
    SsjError,
    StoreRefused,
)
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import DisclosureKind, FollowUp, ResultCode, Role, TaskState
from ssj_desktop.formats.pdf.predraw import render_predraw
from ssj_desktop.formats.pdf.reader import attachments_of
from ssj_desktop.formats.pdf.record import render_record
from ssj_desktop.formats.pdf.table import render_table
from ssj_desktop.queries.disclosures import disclosure_paper, list_disclosures, list_subjects
from ssj_desktop.queries.draws import draw_record, find_draw, list_draws
from ssj_desktop.queries.import_preview import CHANGED, FAULTY, NEW, UNCHANGED
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.journal import audit, find_sequence, journal_head
from ssj_desktop.queries.overview import year_overview
from ssj_desktop.queries.plans import list_lines, list_plans, plan_paper
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.queries.registries import RowFilter, count_rows, list_changes, list_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.desk import Actor
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    ExemptDisclosure,
    PrepareDisclosure,
    RecordPublication,
    WithdrawDisclosure,
    approve_disclosure,
    assess_disclosure,
    exempt_disclosure,
    prepare_disclosure,
    record_publication,
    withdraw_disclosure,
)  # fmt: skip
from ssj_desktop.services.draws import PerformDraw, VoidDraw, draw, freeze_draw, void_draw
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)
from ssj_desktop.services.plans import FilePlan, RevisePlan, approve_plan, file_plan, revise_plan
from ssj_desktop.services.registries import (
    Enrol,
    ImportRows,
    Revise,
    enrol,
    import_rows,
    read_sheet,
    revise,
)
from ssj_desktop.services.taking_back import RevertImport, revert_import

DIGITS = ("514263", "30927718", "-")


def test_from_excel_list_to_published_file(tmp_path: Path) -> None:
    clock = Clock()
    clerk, approver = found(tmp_path, clock)
    for kind, name, counts in (
        ("targets", "检查对象名录.xlsx", [1202, 0, 0, 6]),
        ("inspectors", "执法检查人员名录.xlsx", [40, 0, 0, 0]),
        ("targets", "2026年新增企业.xlsx", [97, 14, 4, 5]),
        ("targets", "供水企业_GB18030.csv", [20, 0, 0, 0]),
    ):
        done = clerk.do(import_rows, ImportRows(read_sheet(kind, places.resource("samples", name))))
        assert [done.preview.count(s) for s in (NEW, CHANGED, UNCHANGED, FAULTY)] == counts
    line = _housing_line(clerk, approver)
    draw_id = clerk.do(freeze_draw, freezing(clerk, line))
    head = clerk.ask(journal_head)
    sheet = clerk.ask(predraw_paper, draw_id)
    assert render_predraw(sheet, clock.now()).startswith(b"%PDF-")
    clerk.do(draw, PerformDraw(draw_id, DIGITS))
    record = clerk.ask(draw_record, draw_id)
    assert verify_record(record).ok
    pdf = render_record(clerk.ask(record_paper, draw_id), {"record.json": b"{}"}, clock.now())
    assert attachments_of(pdf) == {"record.json": b"{}"}
    clock.pass_days(10)
    _inspect_everything(clerk, approver, draw_id)
    _publish_everything(clerk, approver, clock)
    assert clerk.ask(audit).broken_at is None
    assert clerk.ask(find_sequence, head[:20]) is not None
    assert clerk.ask(year_overview, clerk.today()).questions[2].figure == "第 1 版"
    clerk.close()
    again = sign_in(tmp_path / "office.ssj", PASSWORD, "高建国")
    assert len(again.ask(list_draws)) == 1
    again.close()


def _housing_line(clerk, approver):  # type: ignore[no-untyped-def]
    from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
    from ssj_desktop.services.plans import DraftPlan, SaveLine, draft_plan, save_line

    plan = clerk.do(draft_plan, DraftPlan(2026))
    draft = LineDraft("物业服务企业抽查", ("ZJ-07-07", "ZJ-07-01"), (("industry", ("物业服务企业",)),), "credit_class",
                      parse_quotas("A=5%+2,B=10%,C=30%,D=100%"), 3, 6, "住房和城乡建设局", ("市场监督管理局",))  # fmt: skip
    line = clerk.do(save_line, SaveLine(plan, draft))
    approver.do(approve_plan, plan)
    clerk.do(file_plan, FilePlan(plan, "市住建局", clerk.today(), "12"))
    assert clerk.ask(plan_paper, plan).rows[0][1] == "物业服务企业抽查"
    return line


def _inspect_everything(clerk, approver, draw_id):  # type: ignore[no-untyped-def]
    for place, task in enumerate(clerk.ask(list_tasks, draw_id)):
        assert len(task.team) == 2
        clerk.do(schedule_visit, ScheduleVisit(task.id, clerk.today()))
        for item in task.items:
            entry = Entry(item.item, (ResultCode.NO_PROBLEM_FOUND,))
            if place == 0:
                entry = Entry(
                    item.item,
                    (ResultCode.PROBLEM_PENDING,),
                    "未公示，电话 13812345678",
                    FollowUp.ORDER_TO_CORRECT,
                    clerk.today(),
                )
            if place == 1:
                entry = Entry(item.item, (ResultCode.MOVED_OUT,))
            clerk.do(enter_result, EnterResult(task.id, entry))
        clerk.do(submit_task, task.id)
        approver.do(review_task, ReviewTask(task.id, passed=True))
    moved = clerk.ask(list_tasks, draw_id)[1]
    history = clerk.ask(list_changes, "targets", moved.target_id)
    assert "迁出" in history[0].lines[0]


def _publish_everything(clerk, approver, clock):  # type: ignore[no-untyped-def]
    subjects = clerk.ask(list_subjects, clerk.today())
    assert {s.kind for s in subjects} == set(DisclosureKind) - {DisclosureKind.ITEM_LIST}
    for subject in subjects:
        key = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
        with pytest.raises(RuleViolation):
            approver.do(approve_disclosure, key)
        clerk.do(assess_disclosure, AssessDisclosure(key, "不会引发舆情"))
        approver.do(approve_disclosure, key)
        clerk.do(record_publication, RecordPublication(key, clerk.today(), "县政府网站"))
        paper = clerk.ask(disclosure_paper, key, clerk.today())
        assert not paper.watermark
        assert "13812345678" not in str(paper)
        assert render_table(paper, clock.now()).startswith(b"%PDF-")
    rows = clerk.ask(list_disclosures, clerk.today())
    assert all(row.clock_text == "按期公示" for row in rows)
    approver.do(withdraw_disclosure, WithdrawDisclosure(rows[0].id, "更正"))


@pytest.fixture
def office(tmp_path: Path):  # type: ignore[no-untyped-def]
    clerk, approver = found(tmp_path, Clock())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    yield clerk, approver
    clerk.close()


def test_a_retry_of_the_same_request_finds_the_same_draw(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver)
    first = clerk.do(freeze_draw, freezing(clerk, line))
    assert clerk.do(freeze_draw, freezing(clerk, line)) == first
    clerk.do(draw, PerformDraw(first, DIGITS))
    assert clerk.do(draw, PerformDraw(first, DIGITS)) == first
    with pytest.raises(RuleViolation, match="已有结果"):
        clerk.do(draw, PerformDraw(first, ("111111", "222222", "-")))


def test_the_same_pool_is_drawn_once_unless_the_old_draw_is_named(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver)
    first = clerk.do(freeze_draw, freezing(clerk, line))
    with pytest.raises(RuleViolation, match="已在 239921-A-2026-0001 中冻结"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    clerk.do(draw, PerformDraw(first, DIGITS))
    with pytest.raises(RuleViolation, match="抽取过"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    again = clerk.do(freeze_draw, freezing(clerk, line, "r2", replaces="239921-A-2026-0001"))
    detail = clerk.ask(find_draw, again)
    assert detail.row.number.endswith("0002")
    assert detail.base - detail.eligible == 3
    assert "239921-A-2026-0001" in clerk.ask(predraw_paper, again).drift_title


def test_a_void_needs_a_second_person_and_keeps_its_number(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver)
    first = clerk.do(freeze_draw, freezing(clerk, line))
    with pytest.raises(PermissionRefused):
        clerk.do(void_draw, VoidDraw(first, "停电"))
    approver.do(void_draw, VoidDraw(first, "停电"))
    with pytest.raises(RuleViolation, match="作废"):
        clerk.do(draw, PerformDraw(first, DIGITS))
    second = clerk.do(freeze_draw, freezing(clerk, line, "r2"))
    clerk.do(draw, PerformDraw(second, DIGITS))
    assert clerk.ask(record_paper, second).ordinal == "本年度第 2 次，作废 1 次"
    with pytest.raises(RuleViolation):
        approver.do(void_draw, VoidDraw(second, "不满意"))


@pytest.mark.parametrize(
    "changes",
    [{"panel": PANEL[:1]}, {"panel": (PANEL[0], PANEL[0])}, {"place": " "},
     {"panel": tuple(type(p)(p.name, p.unit, "", outside=False) for p in PANEL)}],
)  # fmt: skip
def test_a_ceremony_without_what_it_needs_is_refused(office, changes) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver)
    with pytest.raises(InvalidInput, match=r"[\u4e00-\u9fff]"):
        clerk.do(freeze_draw, freezing(clerk, line, **changes))
    assert clerk.ask(list_draws) == ()


def test_an_empty_stratum_and_too_few_officers_are_refused(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver, "A=5%,B=99")
    with pytest.raises(RuleViolation, match="可抽的只有"):
        clerk.do(freeze_draw, freezing(clerk, line))
    for row in clerk.ask(list_rows, "inspectors")[1:]:
        clerk.do(revise, Revise("inspectors", row.id, {"status": "离岗"}))
    plan = clerk.ask(list_plans)[0]
    fresh = clerk.do(revise_plan, RevisePlan(plan.id, "减少数量"))
    with pytest.raises(RuleViolation, match="已审定"):
        clerk.do(freeze_draw, freezing(clerk, clerk.ask(list_lines, fresh)[0].id))


def test_an_unapproved_plan_cannot_be_drawn_and_nobody_approves_the_own(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    line = approved_line(clerk, approver)
    plan = clerk.ask(list_plans)[0]
    fresh = clerk.do(revise_plan, RevisePlan(plan.id, "调整"))
    with pytest.raises(PermissionRefused):
        clerk.do(approve_plan, fresh)
    both = clerk.signed_in_as(Actor("张敏", (Role.APPROVER,)))
    with pytest.raises(PermissionRefused, match="本人"):
        both.do(approve_plan, fresh)
    approver.do(approve_plan, fresh)
    with pytest.raises(RuleViolation):
        clerk.do(freeze_draw, freezing(clerk, line))


def test_review_returns_and_rules_of_entry(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    key = clerk.do(freeze_draw, freezing(clerk, approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, DIGITS))
    task = clerk.ask(list_tasks)[0]
    with pytest.raises(RuleViolation, match="还不能提交"):
        clerk.do(submit_task, task.id)
    for entry in (
        Entry("ZJ-07-07", ()),
        Entry("ZJ-07-07", (ResultCode.NO_PROBLEM_FOUND, ResultCode.MOVED_OUT)),
        Entry("ZJ-07-07", (ResultCode.PROBLEM_PENDING,)),
        Entry("ZJ-07-07", (ResultCode.PROBLEM_PENDING,), "问题"),
        Entry("ZJ-07-07", (ResultCode.PROBLEM_PENDING,), "问题", FollowUp.ORDER_TO_CORRECT),
        Entry("ZJ-99-99", (ResultCode.NO_PROBLEM_FOUND,)),
    ):
        with pytest.raises(SsjError):
            clerk.do(enter_result, EnterResult(task.id, entry))
    clerk.do(schedule_visit, ScheduleVisit(task.id, clerk.today()))
    clerk.do(enter_result, EnterResult(task.id, Entry("ZJ-07-07", (ResultCode.NO_PROBLEM_FOUND,))))
    clerk.do(submit_task, task.id)
    with pytest.raises(InvalidInput):
        approver.do(review_task, ReviewTask(task.id, passed=False))
    approver.do(review_task, ReviewTask(task.id, passed=False, opinion="补照片"))
    assert clerk.ask(list_tasks)[0].state is TaskState.RETURNED


def test_not_publishing_needs_a_legal_basis_and_a_second_person(office) -> None:  # type: ignore[no-untyped-def]
    clerk, approver = office
    approved_line(clerk, approver)
    subject = clerk.ask(list_subjects, clerk.today())[0]
    key = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
    with pytest.raises(InvalidInput):
        approver.do(exempt_disclosure, ExemptDisclosure(key, " "))
    approver.do(exempt_disclosure, ExemptDisclosure(key, "政府信息公开条例第十四条"))
    assert clerk.ask(list_disclosures, clerk.today())[0].clock_text == "不予公示"


def test_an_import_is_taken_back_whole_until_its_rows_are_used(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    file = read_sheet("targets", places.resource("samples", "2026年新增企业.xlsx"))
    done = clerk.do(import_rows, ImportRows(file))
    with pytest.raises(RuleViolation, match="没有可导入"):
        clerk.do(import_rows, ImportRows(file))
    clerk.do(revert_import, RevertImport(done.batch_id))
    assert clerk.ask(count_rows, "targets") == 0
    second = clerk.do(import_rows, ImportRows(file))
    row = clerk.ask(list_rows, "targets", RowFilter(), 1)[0]
    clerk.do(revise, Revise("targets", row.id, {"status": "停业"}))
    with pytest.raises(RuleViolation, match="不能整批撤销"):
        clerk.do(revert_import, RevertImport(second.batch_id))
    clerk.close()


def test_search_finds_names_codes_and_pinyin_initials(office) -> None:  # type: ignore[no-untyped-def]
    clerk, _ = office
    for wanted in ("第3物业", "x000000003", "ylxd3wy"):
        assert [row.name for row in clerk.ask(list_rows, "targets", RowFilter(wanted))] == [
            "云岭县第3物业公司"
        ]
    assert clerk.ask(list_rows, "targets", RowFilter("%")) == ()
    with pytest.raises(InvalidInput, match="已在名录库中"):
        clerk.do(enrol, Enrol("targets", {"name": "重复", "number": "91239921X000000003"}))


def test_the_journal_refuses_change_and_the_store_refuses_a_wrong_key(tmp_path: Path) -> None:
    clerk, _ = found(tmp_path)
    for statement in ("UPDATE journal SET actor='x'", "DELETE FROM journal"):
        with pytest.raises(Exception, match="append-only"), clerk.database.writing() as session:
            session.execute(text(statement))
    clerk.close()
    store = tmp_path / "office.ssj"
    with pytest.raises(StoreRefused, match="密码不对"):
        sign_in(store, "wrong")
    with pytest.raises(StoreRefused, match="没有名为"):
        sign_in(store, PASSWORD, "谁")
    assert b"SQLite format 3" not in store.read_bytes()
    with pytest.raises(sqlcipher.DatabaseError):
        sqlcipher.connect(str(store)).execute("select count(*) from journal")
    (tmp_path / "office.ssj.keys").write_text("{}", encoding="utf-8")
    with pytest.raises(StoreRefused, match="密钥文件"):
        sign_in(store, PASSWORD)
