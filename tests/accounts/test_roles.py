"""S4: every action and every role, at the real desk; and the separations that hold over time."""

from pathlib import Path

import pytest
from matrix import GOLDEN, render, use_cases
from office import (
    PANEL,
    PASSWORD,
    approved_line,
    enrol_inspectors,
    enrol_targets,
    freezing,
)
from people import add, office

from ssj_desktop.domain.errors import InvalidInput, PermissionRefused, RuleViolation, SsjError
from ssj_desktop.domain.permissions import ALLOWED, READABLE, may_open, may_read
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import AmendmentKind, ResultCode, Role
from ssj_desktop.models.keyfile import LEAST_COST
from ssj_desktop.queries.accounts import is_small_office, small_office_note
from ssj_desktop.queries.confirmations import list_slip_standings
from ssj_desktop.queries.draws import draw_record, find_draw
from ssj_desktop.queries.inspections import list_tasks, list_tasks_for
from ssj_desktop.queries.journal import find_entries, list_entries
from ssj_desktop.queries.plans import list_plans
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.account_admin import (
    GrantRoles,
    LinkPerson,
    grant_roles,
    link_person,
    set_office_mode,
    suspend_account,
)
from ssj_desktop.services.accounts import (
    AddAccount,
    ChangeSetting,
    change_setting,
    create_account,
    sign_in,
)
from ssj_desktop.services.amendments import ApplyAmendment, apply_amendment
from ssj_desktop.services.confirmations import ConfirmSlip, confirm_slip, confirm_with_pin
from ssj_desktop.services.desk import Actor, Desk
from ssj_desktop.services.draws import (
    EnterSlip,
    Panelist,
    PerformDraw,
    draw,
    enter_slip,
    freeze_draw,
    open_slips,
)
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)
from ssj_desktop.services.passwords import add_witness, as_witness, reset_pin
from ssj_desktop.services.plans import DraftPlan, approve_plan, draft_plan

DIGITS = ("514263", "30927718", "662135")


@pytest.fixture
def clerk(tmp_path: Path):  # type: ignore[no-untyped-def]
    desk, _ = office(tmp_path)
    yield desk
    desk.close()


def test_the_matrix_is_the_one_that_was_agreed() -> None:
    """After a deliberate change: python tests/accounts/matrix.py."""
    assert render() == GOLDEN.read_text(encoding="utf-8")


def test_every_action_refuses_every_role_outside_its_row_and_no_other(clerk: Desk) -> None:
    """A command of None gets past the permission check and fails, or does nothing, behind it."""
    known = use_cases()
    assert set(known) == set(ALLOWED)
    wrong = []
    for name, use_case in known.items():
        for role in Role:
            desk = clerk.signed_in_as(Actor("某人", (role,)))
            if role not in ALLOWED[name]:
                with pytest.raises(PermissionRefused, match="没有这项权限"):
                    desk.do(use_case, None)
                continue
            try:
                desk.do(use_case, None)
            except PermissionRefused as refusal:
                wrong.append((name, role, str(refusal)))
            except Exception:  # noqa: BLE001, S112 - None is no command; only permission matters
                continue
    assert wrong == []


def test_every_query_with_business_data_is_closed_to_the_other_roles(clerk: Desk) -> None:
    for role in Role:
        desk = clerk.signed_in_as(Actor("某人", (role,)))
        for query, arguments in ((list_rows, ("targets",)), (list_plans, ()), (list_tasks, ()), (list_entries, ())):  # fmt: skip
            topic = query.__module__.rpartition(".")[2]
            if may_read(topic, query.__name__, (role,)):
                desk.ask(query, *arguments)
            else:
                with pytest.raises(PermissionRefused, match="业务数据"):
                    desk.ask(query, *arguments)


def test_the_system_administrator_has_no_business_data_and_the_auditor_changes_none() -> None:
    business = [topic for topic in READABLE if not topic.startswith("journal.")]
    for role in (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.WITNESS):
        assert not any(may_read(*[*topic.split("."), ""][:2], (role,)) for topic in business)
    assert all(may_read(*[*topic.split("."), ""][:2], (Role.AUDITOR,)) for topic in READABLE)
    changes = {name for name, roles in ALLOWED.items() if Role.AUDITOR in roles}
    assert changes <= {
        "adopt_store",
        "apply_waiting",
        "record_sign_in",
        "keep_slot",
        "record_drill",
        "record_mending",
        "note_changed_keys",
        "note_keys_taken_back",
        "note_attachment_export",  # the entry alone
    }


def test_every_role_that_signs_in_has_a_page() -> None:
    pages = ("home", "inspections", "accounts", "settings", "journal")
    for role in set(Role) - {Role.WITNESS}:
        assert any(may_open(page, (role,)) for page in pages)


def test_no_action_is_both_prepared_and_approved_by_one_role() -> None:
    """What decides belongs to 审批人 alone; what prepares never does."""
    deciding = {name for name, roles in ALLOWED.items() if Role.APPROVER in roles and Role.CLERK not in roles}  # fmt: skip
    assert {"approve_plan", "review_task", "approve_disclosure", "void_draw", "decide_amendment"} <= deciding  # fmt: skip
    preparing = {"draft_plan", "save_line", "freeze_draw", "draw", "enter_result", "prepare_disclosure"}  # fmt: skip
    assert all(Role.APPROVER not in ALLOWED[name] for name in preparing)


def test_an_account_whose_role_changes_still_cannot_approve_what_it_prepared(clerk: Desk) -> None:
    other = add(clerk, "周宁", Role.CLERK)
    plan = other.do(draft_plan, DraftPlan(2027))
    other.close()
    clerk.do(grant_roles, GrantRoles("周宁", (Role.APPROVER,)))
    with pytest.raises(PermissionRefused, match="本人"):
        clerk.signed_in_as(Actor("周宁", (Role.APPROVER,))).do(approve_plan, plan)


def test_nobody_grants_to_oneself_and_only_security_grants(clerk: Desk) -> None:
    with pytest.raises(PermissionRefused, match="自己的角色"):
        clerk.do(grant_roles, GrantRoles("张敏", (Role.APPROVER,)))
    system = add(clerk, "系统", Role.SYSTEM_ADMIN)
    with pytest.raises(PermissionRefused):
        system.do(grant_roles, GrantRoles("高建国", (Role.CLERK,)))
    with pytest.raises(PermissionRefused, match="安全管理员授予"):
        create_account(system, AddAccount("x", (Role.CLERK,)), PASSWORD, PASSWORD, LEAST_COST)
    create_account(system, AddAccount("无角色", ()), PASSWORD, PASSWORD, LEAST_COST)
    with pytest.raises(SsjError, match="还没有角色"):
        sign_in(clerk.database.path, PASSWORD, "无角色")
    system.close()


def test_policies_are_not_changed_by_the_back_door(clerk: Desk) -> None:
    for name in ("access.days", "small_office"):
        with pytest.raises(PermissionRefused):
            clerk.do(change_setting, ChangeSetting(name, "0"))


def test_the_small_office_ends_once_the_duties_are_apart(clerk: Desk) -> None:
    assert "张敏" in clerk.ask(small_office_note)
    with pytest.raises(RuleViolation, match="还兼任管理员"):
        clerk.do(set_office_mode, False)
    security = add(clerk, "安全", Role.SECURITY_ADMIN)
    add(clerk, "系统", Role.SYSTEM_ADMIN).close()
    security.do(grant_roles, GrantRoles("张敏", (Role.CLERK,)))
    security.do(set_office_mode, False)
    assert not security.ask(is_small_office)
    assert security.ask(small_office_note) == ""
    with pytest.raises(RuleViolation, match="不能是同一个账号"):
        security.do(grant_roles, GrantRoles("系统", (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN)))
    security.close()


def test_the_last_administrator_keeps_the_role(clerk: Desk) -> None:
    security = add(clerk, "安全", Role.SECURITY_ADMIN)
    with pytest.raises(RuleViolation, match="唯一的系统管理员"):
        security.do(grant_roles, GrantRoles("张敏", (Role.CLERK,)))
    with pytest.raises(PermissionRefused, match="停用自己"):
        clerk.do(suspend_account, "张敏")
    security.close()


@pytest.fixture
def frozen(clerk: Desk):  # type: ignore[no-untyped-def]
    """A draw of the clerk that waits for its slips, and the approver."""
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    approver = clerk.signed_in_as(Actor("高建国", (Role.APPROVER,)))
    line = approved_line(clerk, approver)
    return clerk.do(freeze_draw, freezing(clerk, line)), approver, line


def test_a_witness_enters_and_confirms_the_own_share_and_no_other(clerk: Desk, frozen) -> None:  # type: ignore[no-untyped-def]
    draw_id = frozen[0]
    for name in ("刘昕", "马骉"):
        add_witness(clerk, name, "514263")
    with pytest.raises(RuleViolation, match="还没有录入"):
        confirm_with_pin(clerk, ConfirmSlip(draw_id, 1), "刘昕", "514263")
    clerk.do(open_slips, draw_id)
    witness = as_witness(clerk, "刘昕", "514263")
    with pytest.raises(PermissionRefused, match="只能录入自己"):
        witness.do(enter_slip, EnterSlip(draw_id, 2, DIGITS[1]))
    witness.do(enter_slip, EnterSlip(draw_id, 1, DIGITS[0]))
    clerk.do(enter_slip, EnterSlip(draw_id, 2, DIGITS[1]))
    confirm_with_pin(clerk, ConfirmSlip(draw_id, 1), "刘昕", "514263")
    with pytest.raises(PermissionRefused, match="只能确认自己"):
        confirm_with_pin(clerk, ConfirmSlip(draw_id, 2), "刘昕", "514263")
    with pytest.raises(RuleViolation, match="已确认"):
        confirm_with_pin(clerk, ConfirmSlip(draw_id, 1), "刘昕", "514263")
    clerk.do(draw, PerformDraw(draw_id, DIGITS))
    confirm_with_pin(clerk, ConfirmSlip(draw_id, 2), "马骉", "514263")
    states = [row.is_confirmed for row in clerk.ask(list_slip_standings, draw_id)]
    assert states == [True, True, False]
    paper = clerk.ask(draw_record, draw_id)["paper"]
    assert paper["confirmed"] == "刘昕 已用本人 PIN 确认数字"
    assert "张敏" in paper["small_office"]
    assert clerk.ask(find_draw, draw_id).row.number
    actors = [(e.actor, e.role) for e in clerk.ask(find_entries) if e.action == "见证人确认"]
    assert actors == [("马骉", "WITNESS"), ("刘昕", "WITNESS")]


def test_the_preparing_clerk_is_never_a_witness_of_the_draw(clerk: Desk, frozen) -> None:  # type: ignore[no-untyped-def]
    draw_id, _, line = frozen
    panel = (*PANEL[:2], Panelist("张敏", "县住建局"))
    with pytest.raises(PermissionRefused, match="自己准备的抽取"):
        clerk.do(freeze_draw, freezing(clerk, line, "r2", panel=panel))
    as_operator = clerk.signed_in_as(Actor("张敏", (Role.WITNESS,)))
    for act in (
        lambda: as_operator.do(confirm_slip, ConfirmSlip(draw_id, 1)),
        lambda: as_operator.do(enter_slip, EnterSlip(draw_id, 1, DIGITS[0])),
    ):
        with pytest.raises(PermissionRefused, match="本人"):
            act()


def test_wrong_pins_lock_and_a_new_pin_is_set_by_an_administrator(clerk: Desk) -> None:
    add_witness(clerk, "刘昕", "514263")
    with pytest.raises(InvalidInput, match="没有见证人账号"):
        as_witness(clerk, "高建国", "514263")
    for _ in range(5):
        with pytest.raises(SsjError, match=r"PIN 不对|锁定"):
            as_witness(clerk, "刘昕", "000001")
    with pytest.raises(SsjError, match="锁定"):
        as_witness(clerk, "刘昕", "514263")
    from ssj_desktop.services.account_admin import unlock_account

    unlock_account(clerk, "刘昕")
    reset_pin(clerk, "刘昕", "662135")
    assert as_witness(clerk, "刘昕", "662135").actor.roles == (Role.WITNESS,)
    with pytest.raises(InvalidInput, match="不是见证人"):
        reset_pin(clerk, "高建国", "662135")
    with pytest.raises(RuleViolation, match="不能互换"):
        clerk.do(grant_roles, GrantRoles("刘昕", (Role.INSPECTOR,)))


def test_an_inspector_sees_and_works_on_the_own_tasks_only(clerk: Desk, frozen) -> None:  # type: ignore[no-untyped-def]
    draw_id, approver, _ = frozen
    clerk.do(draw, PerformDraw(draw_id, DIGITS))
    tasks = clerk.ask(list_tasks)
    own = tasks[0]
    code = own.team[0].code
    foreign = next(task for task in tasks if code not in {m.code for m in task.team})
    field = add(clerk, "外勤", Role.INSPECTOR)
    assert field.ask(list_tasks_for, "外勤") == ()
    with pytest.raises(InvalidInput):
        clerk.do(link_person, LinkPerson("外勤", "没有这人"))
    clerk.do(link_person, LinkPerson("外勤", code))
    seen = field.ask(list_tasks_for, "外勤")
    assert own.id in {task.id for task in seen}
    assert foreign.id not in {task.id for task in seen}
    assert clerk.ask(list_tasks_for, "张敏") == clerk.ask(list_tasks)
    field.do(schedule_visit, ScheduleVisit(own.id, field.today()))
    field.do(enter_result, EnterResult(own.id, Entry("ZJ-07-07", (ResultCode.NO_PROBLEM_FOUND,))))
    for act in (
        lambda: field.do(schedule_visit, ScheduleVisit(foreign.id, field.today())),
        lambda: field.do(submit_task, foreign.id),
        lambda: field.do(
            apply_amendment,
            ApplyAmendment(foreign.id, AmendmentKind.REPLACEMENT, "已迁出本辖区", "照片"),
        ),
    ):
        with pytest.raises(PermissionRefused, match="不是分到您的"):
            act()
    field.do(submit_task, own.id)
    assert own.id in {task.id for task in approver.ask(list_tasks)}
    field.close()


def test_who_entered_any_result_of_a_task_does_not_review_it(clerk: Desk, frozen) -> None:  # type: ignore[no-untyped-def]
    """Not only the last one who entered: roles may change hands in between."""
    draw_id = frozen[0]
    clerk.do(draw, PerformDraw(draw_id, DIGITS))
    task = clerk.ask(list_tasks)[0]
    entry = Entry("ZJ-07-07", (ResultCode.NO_PROBLEM_FOUND,))
    first = clerk.signed_in_as(Actor("周宁", (Role.CLERK,)))
    first.do(schedule_visit, ScheduleVisit(task.id, clerk.today()))
    first.do(enter_result, EnterResult(task.id, entry))
    clerk.do(enter_result, EnterResult(task.id, entry))
    clerk.do(submit_task, task.id)
    for name in ("周宁", "张敏"):
        with pytest.raises(PermissionRefused, match="本人"):
            clerk.signed_in_as(Actor(name, (Role.APPROVER,))).do(
                review_task, ReviewTask(task.id, passed=True)
            )
