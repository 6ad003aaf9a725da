"""task: list, visit, submit, review, attachments; result: enter."""

import argparse
from typing import Any

from ssj_desktop.cli.attaching import add_actions
from ssj_desktop.cli.finding import find_task_by_number
from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import FollowUp, InspectionMethod, ResultCode
from ssj_desktop.queries.inspections import list_tasks_for
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    task = commands.add_parser("task", help="检查任务")
    actions = task.add_subparsers(dest="action", required=True, metavar="动作")
    show = actions.add_parser("list", parents=[common], help="列出任务")
    show.set_defaults(run=run_list)
    visit = actions.add_parser("visit", parents=[common], help="登记检查日期和方式")
    visit.add_argument("task")
    visit.add_argument("--date", required=True)
    visit.add_argument("--method", default="现场检查")
    visit.add_argument("--place", default="")
    visit.set_defaults(run=run_visit)
    submit = actions.add_parser("submit", parents=[common], help="提交复核")
    submit.add_argument("task")
    submit.set_defaults(run=run_submit)
    review = actions.add_parser("review", parents=[common], help="复核（须由第二人）")
    review.add_argument("task")
    review.add_argument("--return", dest="returned", action="store_true", help="退回修改")
    review.add_argument("--opinion", default="")
    review.set_defaults(run=run_review)
    add_actions(actions, common)

    result = commands.add_parser("result", parents=[common], help="录入一项结果")
    result.add_argument("task")
    result.add_argument("--item", required=True, help="事项编码")
    result.add_argument(
        "--code", action="append", required=True, help="检查结果，例如 未发现问题；可多次"
    )
    result.add_argument("--finding", default="", help="问题描述")
    result.add_argument("--follow-up", default="无需处理", help="后续处理，例如 责令限期改正")
    result.add_argument("--rectify-by", help="改正期限")
    result.set_defaults(run=run_result)


def run_list(terminal: Terminal, options: argparse.Namespace) -> None:
    del options
    rows, today = terminal.desk.ask(list_tasks_for, terminal.desk.actor.name), terminal.desk.today()
    terminal.say(
        [f"{r.number}　{r.name_on(today)}　{r.state.label}　{r.progress}　{r.result_text}" for r in rows]
        or ["还没有检查任务。完成抽取后自动生成。"],
        tasks=[{"task": r.number, "target": r.target_code, "state": r.state.value, "items": [i.item for i in r.items]} for r in rows],
    )  # fmt: skip


def run_visit(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_task_by_number(terminal, options.task)
    method = InspectionMethod.of(options.method)
    terminal.desk.do(
        schedule_visit, ScheduleVisit(row.id, parse_day(options.date), method, options.place)
    )
    terminal.say(f"{row.number} 已登记检查。")


def run_submit(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_task_by_number(terminal, options.task)
    terminal.desk.do(submit_task, row.id)
    terminal.say(f"{row.number} 已提交复核。")


def run_review(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_task_by_number(terminal, options.task)
    terminal.desk.do(review_task, ReviewTask(row.id, not options.returned, options.opinion))
    terminal.say(f"{row.number} 已{'退回' if options.returned else '复核通过'}。")


def run_result(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_task_by_number(terminal, options.task)
    entry = Entry(
        options.item,
        tuple(ResultCode.of(code) for code in options.code),
        options.finding,
        FollowUp.of(options.follow_up),
        parse_day(options.rectify_by) if options.rectify_by else None,
    )
    terminal.desk.do(enter_result, EnterResult(row.id, entry))
    terminal.say(f"{row.number} 已录入 {options.item}。")
