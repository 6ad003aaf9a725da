"""No name of a person leaves the store with its journal, and whoever reads it inside reads names."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import office
import pytest
from journal.copied_office import copied_office
from tampering import behind_the_back

from ssj_desktop.domain.errors import PermissionRefused, RuleViolation
from ssj_desktop.domain.journal_names import CODE, KEY_SETTING
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import AmendmentKind, ResultCode, Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.models.office import Setting
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.disclosures import list_subjects
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.journal import find_entries, list_entries
from ssj_desktop.queries.plans import list_lines, list_plans
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.account_admin import LinkPerson, link_person, suspend_account
from ssj_desktop.services.accounts import (
    AddAccount,
    ChangeSetting,
    change_setting,
    create_account,
    sign_in,
)
from ssj_desktop.services.amendments import (
    ApplyAmendment,
    DecideAmendment,
    apply_amendment,
    decide_amendment,
)
from ssj_desktop.services.data_keys import remove_account
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    PrepareDisclosure,
    approve_disclosure,
    assess_disclosure,
    prepare_disclosure,
)
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
from ssj_desktop.services.journal_export import export_journal
from ssj_desktop.services.passwords import add_witness
from ssj_desktop.services.registries import Enrol, Revise, enrol, revise
from ssj_desktop.services.unmasking import Unmask, unmask

DIGITS = ("514263", "30927718", "662135")
PHONE, CERTIFICATE = "13845678901", "23992901"
CLERK, APPROVER, LEAVER, WITNESS = "张敏", "高建国", "欧阳离", "丁玉兰"
OFFICER, RENAMED, BOSS, ENGINEER = "检查员甲某", "检查员乙某", "公司老板某", "注册师傅某"
PEOPLE = (
    CLERK, APPROVER, LEAVER, WITNESS, OFFICER, RENAMED, BOSS, ENGINEER, PHONE, CERTIFICATE,
    "刘昕", "马骉", "检查员0", "检查员5", "专家0", "23992000", "ZJ0000",
)  # fmt: skip


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    clerk, approver, _ = copied_office(tmp_path)
    yield clerk, approver
    clerk.close()


def add_people(clerk: Desk) -> None:
    """Accounts and registries with every kind of person, and words that name them."""
    for name, roles in ((LEAVER, (Role.INSPECTOR,)), ("审计员李", (Role.AUDITOR,))):
        create_account(clerk, AddAccount(name, roles), office.PASSWORD, office.PASSWORD, LEAST_COST)
    add_witness(clerk, WITNESS, "603917")
    office.enrol_targets(clerk)
    office.enrol_inspectors(clerk)
    office.enrol_experts(clerk)
    officer = {"name": OFFICER, "certificate_number": CERTIFICATE, "department": "住建局",
               "certificate_expiry": "2029-12-31"}  # fmt: skip
    row = clerk.do(enrol, Enrol("inspectors", officer))
    clerk.do(revise, Revise("inspectors", row, {"name": RENAMED}, f"{OFFICER}改名，见{PHONE}"))
    code = next(each.code for each in clerk.ask(list_rows, "inspectors") if each.name == RENAMED)
    clerk.do(link_person, LinkPerson(LEAVER, code))
    firm = {"name": "云岭县某公司", "representative": BOSS, "industry": "燃气经营企业"}
    target = clerk.do(enrol, Enrol("targets", firm))
    clerk.do(revise, Revise("targets", target, {"area": "双河镇"}, f"{BOSS}来电"))
    clerk.do(unmask, Unmask("targets", target, f"通知{BOSS}"))
    clerk.do(enrol, Enrol("targets", {"name": ENGINEER, "kind": "注册人员"}))
    clerk.do(enrol, Enrol("witnesses", {"name": "刘昕", "unit": "县纪委"}))


def draw_and_inspect(clerk: Desk, approver: Desk) -> None:
    line = office.approved_line(clerk, approver, expert_seats=("消防",), name=f"{CLERK}的抽查")
    void = clerk.do(freeze_draw, office.freezing(clerk, line))
    approver.do(void_draw, VoidDraw(void, f"{WITNESS}未到"))
    key = clerk.do(freeze_draw, office.freezing(clerk, line, "r2"))
    clerk.do(draw, PerformDraw(key, DIGITS))
    task = clerk.ask(list_tasks, key)[0]
    applied = ApplyAmendment(task.id, AmendmentKind.RECUSAL, "曾在检查对象任职", "检查员0的申请",
                             subject=task.team[0].code)  # fmt: skip
    amendment = clerk.do(apply_amendment, applied)
    approver.do(decide_amendment, DecideAmendment(amendment, True, f"同意，{APPROVER}"))
    clerk.do(schedule_visit, ScheduleVisit(task.id, clerk.today()))
    entry = Entry(task.items[0].item, (ResultCode.NO_PROBLEM_FOUND,))
    clerk.do(enter_result, EnterResult(task.id, entry))
    clerk.do(submit_task, task.id)
    approver.do(review_task, ReviewTask(task.id, passed=True, opinion=f"{OFFICER}的照片已补"))
    subject = clerk.ask(list_subjects, clerk.today())[0]
    paper = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
    clerk.do(assess_disclosure, AssessDisclosure(paper, f"{CLERK}评估，无异议"))
    approver.do(approve_disclosure, paper)


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A whole year with every kind of person in it; the tests only read it."""
    clerk, approver = office.found(tmp_path_factory.mktemp("year"), office.Clock())
    add_people(clerk)
    draw_and_inspect(clerk, approver)
    clerk.do(suspend_account, "审计员李")
    remove_account(clerk, LEAVER, office.PASSWORD)
    yield clerk
    clerk.close()


def test_the_exported_journal_of_a_year_names_nobody(year: Desk, tmp_path: Path) -> None:
    files = export_journal(year, tmp_path / "导出")
    text = "".join(path.read_text(encoding="utf-8") for path in files)
    assert [name for name in (*PEOPLE, "审计员李") if name in text] == []
    assert "云岭县某公司" in text
    assert len(set(CODE.findall(text))) > len(PEOPLE)
    assert year.ask(full_audit).is_intact


def test_inside_the_program_entries_name_people(year: Desk) -> None:
    shown = year.ask(find_entries, "", 1000)
    assert {entry.actor for entry in shown} == {CLERK, APPROVER}
    subjects = {entry.subject for entry in shown}
    assert {LEAVER, WITNESS, f"执法检查人员 {OFFICER}", f"执法检查人员 {RENAMED}"} <= subjects
    assert f"检查对象 {ENGINEER}" in subjects
    assert all(CODE.search(entry.subject) is None for entry in shown)
    (voided,) = [entry for entry in shown if entry.action == "作废抽取"]
    assert f"{WITNESS}未到" in voided.payload


def test_the_search_finds_entries_by_the_name_of_a_person(desks: tuple[Desk, Desk]) -> None:
    clerk, _ = desks
    (found,) = clerk.ask(find_entries, "检查员1 入库")
    assert found.subject == "执法检查人员 检查员1"
    assert {entry.actor for entry in clerk.ask(find_entries, "张敏 入库")} == {CLERK}
    assert len(clerk.ask(find_entries, "张敏 新增账号 高建国")) == 1
    assert clerk.ask(find_entries, "李四") == ()


def test_the_same_person_has_one_code_at_one_device_and_another_elsewhere(
    desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    clerk, _ = desks
    other, _ = office.found_anew(tmp_path / "other", office.Clock())
    codes = {entry.actor for entry in clerk.ask(list_entries)}
    assert len(codes) == len({CLERK, APPROVER})
    assert codes.isdisjoint(entry.actor for entry in other.ask(list_entries))
    other.close()


def test_values_of_a_row_cannot_be_guessed_from_its_digest(
    desks: tuple[Desk, Desk], tmp_path: Path
) -> None:
    """Two offices enrol the same person with the same telephone number."""
    clerk, _ = desks
    other, _ = office.found_anew(tmp_path / "other", office.Clock())
    payloads = []
    for desk in (clerk, other):
        texts = {"name": "刘昕", "unit": "县纪委", "phone": PHONE}
        desk.do(enrol, Enrol("witnesses", texts))
        payloads.append(desk.ask(list_entries)[0].payload)
    assert payloads[0] != payloads[1]
    other.close()


def test_the_key_of_the_codes_is_there_for_every_device_and_no_setting_of_a_clerk(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, _ = desks
    with clerk.database.reading() as session:
        (name,) = [s.name for s in session.query(Setting) if s.name.startswith(KEY_SETTING)]
    with pytest.raises(PermissionRefused):
        clerk.do(change_setting, ChangeSetting(name, "00"))


def test_a_store_from_before_publishes_its_key_at_the_next_sign_in(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, _ = desks

    def forget(work, _) -> None:  # type: ignore[no-untyped-def]
        for row in work.session.query(Setting).filter(Setting.name.startswith(KEY_SETTING)):
            work.session.delete(row)
        work.note("试验", "试验")

    forget.__name__ = "change_setting"
    clerk.do(forget, None)
    clerk.close()
    again = sign_in(clerk.database.path, office.PASSWORD, CLERK, clerk.surroundings)
    with again.database.reading() as session:
        keys = [s for s in session.query(Setting) if s.name.startswith(KEY_SETTING)]
    assert len(keys) == 1
    assert again.ask(full_audit).is_intact
    again.close()


def test_an_entry_from_before_the_codes_is_shown_as_it_is(desks: tuple[Desk, Desk]) -> None:
    clerk, _ = desks
    old = replace(clerk.ask(list_entries)[0], actor="王旧人", subject="王旧人")
    from ssj_desktop.queries.journal_names import readable_entries

    with clerk.database.reading() as session:
        (shown,) = readable_entries(session, (old,))
    assert (shown.actor, shown.subject) == ("王旧人", "王旧人")


def test_a_certificate_numbered_like_a_draw_hides_no_altered_pool(
    desks: tuple[Desk, Desk],
) -> None:
    """The check of the frozen files finds its entry although a code stands for the number."""
    clerk, _ = desks
    texts = {"name": "某甲", "number": "239921-A-2026-0001", "unit": "设计院"}
    clerk.do(enrol, Enrol("experts", texts))
    (line,) = clerk.ask(list_lines, clerk.ask(list_plans)[0].id)
    key = clerk.do(freeze_draw, office.freezing(clerk, line.id))
    (entry,) = [e for e in clerk.ask(list_entries) if e.action == "冻结待抽库"]
    assert CODE.fullmatch(entry.subject)
    behind_the_back(
        clerk.database.path, clerk.database.key,
        "UPDATE draws SET plan_file = CAST('x' AS BLOB)",
    )  # fmt: skip
    with pytest.raises(RuleViolation, match="校验值不符"):
        clerk.do(draw, PerformDraw(key, DIGITS))
