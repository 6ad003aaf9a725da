"""disclose: due, prepare, assess, approve, exempt, publish, withdraw, export."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.formats.excel.table import render_table as render_workbook
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.table import render_table as render_pdf
from ssj_desktop.queries.disclosures import (
    DisclosureRow,
    disclosure_paper,
    list_disclosures,
    list_subjects,
)
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
)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    disclose = commands.add_parser("disclose", help="公示")
    actions = disclose.add_subparsers(dest="action", required=True, metavar="动作")
    listing = actions.add_parser("list", parents=[common], help="列出公示和待公示事项（带序号）")
    listing.set_defaults(run=run_list)
    for name, text, extra, run in (
        ("prepare", "准备公示（待公示序号）", (), run_prepare),
        ("assess", "研判", (("--opinion", True),), run_assess),
        ("approve", "审批（须由第二人）", (), run_approve),
        ("exempt", "不予公示（须由第二人）", (("--basis", True),), run_exempt),
        ("publish", "登记已公示", (("--date", True), ("--channel", True)), run_publish),
        ("withdraw", "撤下", (("--reason", True),), run_withdraw),
        ("export", "导出公示表（.pdf 或 .xlsx）", (("--file", True),), run_export),
    ):
        action = actions.add_parser(name, parents=[common], help=text)
        action.add_argument("number", type=int, help="ssj disclose list 给出的序号")
        for option, required in extra:
            action.add_argument(option, required=required)
        action.set_defaults(run=run)


def run_list(terminal: Terminal, options: argparse.Namespace) -> None:
    del options
    desk = terminal.desk
    rows = desk.ask(list_disclosures, desk.today())
    subjects = desk.ask(list_subjects, desk.today())
    lines = ["待公示："]
    lines += [
        f"{n}. {s.title}　期限 {s.deadline}（还有 {s.days_left} 个工作日）"
        for n, s in enumerate(subjects, 1)
    ]
    lines += ["公示："]
    lines += [f"{n}. {r.title}　{r.state.label}　{r.clock_text}" for n, r in enumerate(rows, 1)]
    terminal.say(lines, due=[s.title for s in subjects], disclosures=[r.title for r in rows])


def _row(terminal: Terminal, number: int) -> DisclosureRow:
    rows = terminal.desk.ask(list_disclosures, terminal.desk.today())
    if not 1 <= number <= len(rows):
        raise InvalidInput(f"没有第 {number} 项公示。", "请用 ssj disclose list 查看序号。")
    return rows[number - 1]


def run_prepare(terminal: Terminal, options: argparse.Namespace) -> None:
    subjects = terminal.desk.ask(list_subjects, terminal.desk.today())
    if not 1 <= options.number <= len(subjects):
        raise InvalidInput(
            f"没有第 {options.number} 项待公示事项。", "请用 ssj disclose list 查看序号。"
        )
    subject = subjects[options.number - 1]
    terminal.desk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
    terminal.say(f"已准备公示：{subject.title}")


def run_assess(terminal: Terminal, options: argparse.Namespace) -> None:
    row = _row(terminal, options.number)
    terminal.desk.do(assess_disclosure, AssessDisclosure(row.id, options.opinion))
    terminal.say(f"已研判：{row.title}")


def run_approve(terminal: Terminal, options: argparse.Namespace) -> None:
    row = _row(terminal, options.number)
    terminal.desk.do(approve_disclosure, row.id)
    terminal.say(f"已审批：{row.title}")


def run_exempt(terminal: Terminal, options: argparse.Namespace) -> None:
    row = _row(terminal, options.number)
    terminal.desk.do(exempt_disclosure, ExemptDisclosure(row.id, options.basis))
    terminal.say(f"决定不予公示：{row.title}")


def run_publish(terminal: Terminal, options: argparse.Namespace) -> None:
    row = _row(terminal, options.number)
    command = RecordPublication(row.id, parse_day(options.date), options.channel)
    terminal.desk.do(record_publication, command)
    terminal.say(f"已登记公示：{row.title}")


def run_withdraw(terminal: Terminal, options: argparse.Namespace) -> None:
    row = _row(terminal, options.number)
    terminal.desk.do(withdraw_disclosure, WithdrawDisclosure(row.id, options.reason))
    terminal.say(f"已撤下：{row.title}")


def run_export(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    paper = desk.ask(disclosure_paper, _row(terminal, options.number).id, desk.today())
    path = Path(options.file)
    content = (
        render_workbook(paper)
        if path.suffix == ".xlsx"
        else render_pdf(paper, desk.surroundings.now())
    )
    write_atomically(path, content)
    terminal.say(f"已写出：{path}", file=str(path))
