"""Finding by the number people see: plan, draw, task, witness."""

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.errors import InvalidInput, RuleViolation
from ssj_desktop.queries.draws import DrawRow, find_draw_by_number
from ssj_desktop.queries.inspections import TaskRow, list_tasks_for
from ssj_desktop.queries.plans import PlanRow, list_plans
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import Panelist


def current_plan(desk: Desk, year: int, number: str = "") -> PlanRow:
    """The newest version of the year's plan, or of the plan (临时任务) with ``number``."""
    plans = [
        plan
        for plan in desk.ask(list_plans, year)
        if (plan.number == number if number else not plan.ad_hoc)
    ]
    if not plans and number:
        raise RuleViolation(f"没有编号为“{number}”的计划。", "请用 ssj plan list 查看编号。")
    if not plans:
        raise RuleViolation(f"没有 {year} 年度的计划。", "请先用 ssj plan new 编制。")
    return plans[0]


def find_by_number(terminal: Terminal, number: str) -> DrawRow:
    row = terminal.desk.ask(find_draw_by_number, number)
    if row is None:
        raise InvalidInput(f"没有编号为“{number}”的抽取。", "请用 ssj draw show 查看编号。")
    return row


def panelist(terminal: Terminal, text: str) -> Panelist:
    """姓名:单位:身份, or the name of a registered witness."""
    parts = text.replace("：", ":").split(":")
    if len(parts) > 1:
        capacity = parts[2] if len(parts) > 2 else ""
        return Panelist(parts[0], parts[1], capacity, outside=parts[3:4] != ["本单位"])
    for row in terminal.desk.ask(list_rows, "witnesses"):
        if row.name == text:
            values = row.values
            return Panelist(
                text, str(values["unit"]), str(values["capacity"] or ""), bool(values["outside"])
            )
    raise InvalidInput(f"见证人“{text}”没有单位。", "请写成“姓名:单位:身份”，或先登记见证人。")


def find_task_by_number(terminal: Terminal, number: str) -> TaskRow:
    for row in terminal.desk.ask(list_tasks_for, terminal.desk.actor.name):
        if row.number == number:
            return row
    raise InvalidInput(f"没有编号为“{number}”的检查任务。", "请用 ssj task list 查看编号。")
