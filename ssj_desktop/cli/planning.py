"""plan: new, add, list, approve, file, revise, export."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.finding import current_plan
from ssj_desktop.cli.terminal import Terminal, add_year, parse_day
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.fields import TARGETS
from ssj_desktop.domain.plan_rules import LineDraft, parse_quotas
from ssj_desktop.domain.vocabulary import InspectionMethod, Targeting
from ssj_desktop.formats.excel.table import render_table as render_workbook
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.table import render_table as render_pdf
from ssj_desktop.queries.plans import find_plan, list_lines, plan_paper
from ssj_desktop.queries.registries import list_values
from ssj_desktop.services.plans import (
    DraftPlan,
    FilePlan,
    RevisePlan,
    SaveLine,
    approve_plan,
    draft_plan,
    file_plan,
    revise_plan,
    save_line,
)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    plan = commands.add_parser("plan", help="年度抽查计划")
    actions = plan.add_subparsers(dest="action", required=True, metavar="动作")

    new = actions.add_parser("new", parents=[common], help="编制一个年度的计划")
    add_year(new)
    new.add_argument("--name", default="")
    new.add_argument("--ad-hoc", action="store_true", help="临时抽查任务，须写名称和原因")
    new.add_argument("--reason", default="", help="临时任务的原因或依据")
    new.set_defaults(run=run_new)

    add = actions.add_parser("add", parents=[common], help="增加一项抽查任务")
    add_year(add)
    add.add_argument("--name", required=True, help="任务名称")
    add.add_argument("--item", action="append", required=True, help="事项编码；可多次")
    add.add_argument(
        "--filter",
        action="append",
        default=[],
        metavar="列=值",
        help="例如 行业类别=物业服务企业；可多次",
    )
    add.add_argument(
        "--by", default="信用风险等级", help="分层依据：信用风险等级、所在区域、行业类别、不分层"
    )
    add.add_argument("--quota", required=True, help="例如 A=5%%+2,B=10%%,C=30%%,D=100%%,N=5%%")
    add.add_argument("--months", default="1-12", help="例如 3-6")
    add.add_argument("--lead", default="", help="牵头部门")
    add.add_argument("--partner", action="append", default=[], help="配合部门；可多次")
    add.add_argument("--method", default="现场检查")
    add.add_argument("--team", type=int, default=2, help="每组人数")
    add.add_argument("--total", type=int, help="各层分摊的总数；层写成“A=分摊”")
    add.add_argument("--batches", type=int, default=0, help="全部检查时分几批")
    add.add_argument("--expert", action="append", default=[], help="专家席位的专业；可多次")
    add.add_argument("--directed", action="store_true", help="定向抽查，条件印在记录上")
    _add_plan_number(add)
    add.set_defaults(run=run_add)

    for name, text, run in (("approve", "审定", run_approve), ("list", "列出", run_list)):
        action = actions.add_parser(name, parents=[common], help=text)
        add_year(action)
        _add_plan_number(action)
        action.set_defaults(run=run)

    filing = actions.add_parser("file", parents=[common], help="登记备案")
    add_year(filing)
    filing.add_argument("--to", required=True, help="备案机关")
    filing.add_argument("--date", required=True)
    filing.add_argument("--number", default="")
    filing.set_defaults(run=run_file)

    revise = actions.add_parser("revise", parents=[common], help="建立新版本")
    add_year(revise)
    revise.add_argument("--reason", required=True)
    revise.set_defaults(run=run_revise)

    export = actions.add_parser("export", parents=[common], help="导出计划表（.pdf 或 .xlsx）")
    add_year(export)
    _add_plan_number(export)
    export.add_argument("file")
    export.set_defaults(run=run_export)


def _add_plan_number(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--plan", default="", help="计划编号；不写为该年度计划")


def run_new(terminal: Terminal, options: argparse.Namespace) -> None:
    command = DraftPlan(terminal.year(options), options.name, options.ad_hoc, options.reason)
    plan_id = terminal.desk.do(draft_plan, command)
    row = terminal.desk.ask(find_plan, plan_id)
    number = row.number if row else ""
    terminal.say(
        f"已开始编制{'临时抽查任务' if options.ad_hoc else f' {terminal.year(options)} 年度计划'}（{number}）。",
        plan=plan_id, number=number,
    )  # fmt: skip


def _filters(pairs: list[str]) -> tuple[tuple[str, tuple[str, ...]], ...]:
    names = {field.label: field.name for field in TARGETS.fields}
    found: dict[str, list[str]] = {}
    for pair in pairs:
        label, sign, value = pair.partition("=")
        if not sign or label.strip() not in names:
            raise InvalidInput(
                f"筛选条件“{pair}”看不明白。", "请按“行业类别=物业服务企业”的样子填写。"
            )
        found.setdefault(names[label.strip()], []).append(value.strip())
    return tuple((name, tuple(values)) for name, values in found.items())


def _stratify(label: str) -> str:
    names = {
        "信用风险等级": "credit_class",
        "所在区域": "area",
        "行业类别": "industry",
        "不分层": "",
    }
    if label not in names:
        raise InvalidInput(f"不能按“{label}”分层。", f"请改为：{'、'.join(names)}。")
    return names[label]


def _months(text: str) -> tuple[int, int]:
    first, _, last = text.partition("-")
    if not first.isdigit() or not (last or first).isdigit():
        raise InvalidInput(f"月份“{text}”看不明白。", "请按 3-6 的样子填写。")
    return int(first), int(last or first)


def run_add(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    departments = desk.ask(list_values, "inspectors", "department")
    lead = options.lead or (departments[0] if departments else desk.office.unit)
    first, last = _months(options.months)
    line = LineDraft(
        name=options.name,
        items=tuple(options.item),
        object_filter=_filters(options.filter),
        stratify_by=_stratify(options.by),
        quotas=parse_quotas(options.quota),
        first_month=first,
        last_month=last,
        lead=lead,
        partners=tuple(options.partner),
        method=InspectionMethod.of(options.method),
        team_size=options.team,
        targeting=Targeting.DIRECTED if options.directed else Targeting.UNDIRECTED,
        total=options.total,
        batches=options.batches,
        expert_seats=tuple(options.expert),
    )
    plan = current_plan(desk, terminal.year(options), options.plan)
    line_id = desk.do(save_line, SaveLine(plan.id, line))
    terminal.say(f"已增加任务：{options.name}", line=line_id)


def run_approve(terminal: Terminal, options: argparse.Namespace) -> None:
    plan = current_plan(terminal.desk, terminal.year(options), options.plan)
    terminal.desk.do(approve_plan, plan.id)
    terminal.say(f"{plan.name}已审定。")


def run_file(terminal: Terminal, options: argparse.Namespace) -> None:
    plan = current_plan(terminal.desk, terminal.year(options))
    command = FilePlan(plan.id, options.to, parse_day(options.date), options.number)
    terminal.desk.do(file_plan, command)
    terminal.say("已登记备案。")


def run_revise(terminal: Terminal, options: argparse.Namespace) -> None:
    plan = current_plan(terminal.desk, terminal.year(options))
    terminal.desk.do(revise_plan, RevisePlan(plan.id, options.reason))
    terminal.say("已建立新版本，可以修改任务后再审定。")


def run_list(terminal: Terminal, options: argparse.Namespace) -> None:
    plan = current_plan(terminal.desk, terminal.year(options), options.plan)
    lines = terminal.desk.ask(list_lines, plan.id)
    head = f"{plan.name}　第 {plan.version} 版　{plan.state.label}"
    terminal.say(
        [head, *(f"{line.position}. {line.draft.name}　{line.quota_text}　{line.base_count} 家" for line in lines)],
        plan=plan.id, state=plan.state.value, tasks=[{"id": line.id, "name": line.draft.name} for line in lines],
    )  # fmt: skip


def run_export(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    paper = desk.ask(plan_paper, current_plan(desk, terminal.year(options), options.plan).id)
    path = Path(options.file)
    content = (
        render_workbook(paper)
        if path.suffix == ".xlsx"
        else render_pdf(paper, desk.surroundings.now())
    )
    write_atomically(path, content)
    terminal.say(f"已写出：{path}", file=str(path))
