"""draw paper, ledger, fairness, rehearse, unseal; and amend: 替补 and 回避."""

import argparse
import tempfile
from pathlib import Path
from typing import Any

from ssj_desktop.cli.finding import (
    current_plan,
    find_by_number,
    find_task_by_number,
    panelist,
)
from ssj_desktop.cli.terminal import Terminal, add_year
from ssj_desktop.domain.draw.files import draw_files
from ssj_desktop.domain.draw.flow import DrawState
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.vocabulary import AmendmentKind
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.formats.files import write_all, write_atomically
from ssj_desktop.formats.office_papers import OfficePaper, render_pdf, render_workbook
from ssj_desktop.queries.draw_ledger import (
    amendment_paper,
    ledger_paper,
    list_amendments,
    pool_paper,
    void_paper,
)
from ssj_desktop.queries.draws import draw_record, recomputed
from ssj_desktop.queries.fairness import fairness_paper
from ssj_desktop.queries.plans import list_lines
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import record_paper
from ssj_desktop.services.amendments import (
    ApplyAmendment,
    DecideAmendment,
    apply_amendment,
    decide_amendment,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import (
    FreezeDraw,
    PerformDraw,
    UnsealDraw,
    draw,
    freeze_draw,
    unseal_draw,
)
from ssj_desktop.services.rehearsals import open_rehearsal

_KINDS = {"replace": AmendmentKind.REPLACEMENT, "recuse": AmendmentKind.RECUSAL}


def add_draw_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    """More actions of ``ssj draw``."""
    paper = actions.add_parser("paper", parents=[common], help="待抽库清单、承诺单或作废单")
    paper.add_argument("kind", choices=("pool", "sheet", "void"))
    paper.add_argument("draw")
    paper.add_argument("file", help="文件名，.pdf 或 .xlsx")
    paper.set_defaults(run=run_paper)

    for name, text, run in (
        ("ledger", "全年抽取台账", run_ledger), ("fairness", "抽取历史均衡性分析表", run_fairness),
    ):  # fmt: skip
        action = actions.add_parser(name, parents=[common], help=text)
        add_year(action)
        action.add_argument("file", help="文件名，.pdf 或 .xlsx")
        action.set_defaults(run=run)

    unseal = actions.add_parser("unseal", parents=[common], help="提前启封名单（须由第二人）")
    unseal.add_argument("draw")
    unseal.add_argument("--reason", required=True)
    unseal.set_defaults(run=run_unseal)

    rehearse = actions.add_parser("rehearse", parents=[common], help="演练：另库进行，文件带水印")
    add_year(rehearse)
    rehearse.add_argument("--line", type=int, default=1, help="计划任务序号")
    rehearse.add_argument("--witness", action="append", required=True, metavar="姓名:单位")
    rehearse.add_argument("--digits", action="append", required=True, help="按见证人顺序")
    rehearse.add_argument("--out", required=True)
    rehearse.set_defaults(run=run_rehearse)


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    """``ssj amend``."""
    amend = commands.add_parser("amend", help="抽取后的替补和回避")
    actions = amend.add_subparsers(dest="action", required=True, metavar="动作")
    for name, text in (("replace", "申请替补"), ("recuse", "申请回避")):
        apply = actions.add_parser(name, parents=[common], help=text)
        apply.add_argument("task", help="检查任务编号")
        apply.add_argument("--reason", required=True, help="理由，须在规定的清单中")
        apply.add_argument("--evidence", required=True, help="证据的名称和存放处")
        if name == "recuse":
            apply.add_argument("--officer", required=True, help="申请回避的人员姓名")
        apply.set_defaults(run=run_apply)
    decide = actions.add_parser("decide", parents=[common], help="审批（须由第二人）")
    decide.add_argument("amendment")
    decide.add_argument("--refuse", action="store_true", help="不同意")
    decide.add_argument("--opinion", default="")
    decide.set_defaults(run=run_decide)
    show = actions.add_parser("list", parents=[common], help="列出申请")
    show.set_defaults(run=run_list)
    export = actions.add_parser("paper", parents=[common], help="写出审批表")
    export.add_argument("amendment")
    export.add_argument("file", help="文件名，.pdf 或 .xlsx")
    export.set_defaults(run=run_amendment_paper)


def _write(terminal: Terminal, paper: OfficePaper, name: str) -> None:
    path = Path(name)
    is_workbook = path.suffix.lower() == ".xlsx"
    content = (
        render_workbook(paper)
        if is_workbook
        else render_pdf(paper, terminal.desk.surroundings.now())
    )
    write_atomically(path, content)
    terminal.say(f"已写出：{path}", file=str(path))


def run_paper(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_by_number(terminal, options.draw)
    if options.kind == "void" and row.state is not DrawState.VOID:
        raise InvalidInput(f"抽取 {row.number} 没有作废。", "作废之后才能写出作废单。")
    _write(terminal, _paper(terminal.desk, options.kind, row.id), options.file)


def _paper(desk: Desk, kind: str, draw_id: str) -> OfficePaper:
    if kind == "pool":
        return desk.ask(pool_paper, draw_id)
    if kind == "void":
        return desk.ask(void_paper, draw_id)
    return desk.ask(predraw_paper, draw_id)


def run_ledger(terminal: Terminal, options: argparse.Namespace) -> None:
    _write(terminal, terminal.desk.ask(ledger_paper, terminal.year(options)), options.file)


def run_fairness(terminal: Terminal, options: argparse.Namespace) -> None:
    whole = options.file.lower().endswith(".xlsx")
    paper = terminal.desk.ask(fairness_paper, terminal.year(options), whole=whole)
    _write(terminal, paper, options.file)


def run_unseal(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_by_number(terminal, options.draw)
    terminal.desk.do(unseal_draw, UnsealDraw(row.id, options.reason))
    terminal.say(f"{options.draw} 的名单已启封，原因已记入日志。")


def run_rehearse(terminal: Terminal, options: argparse.Namespace) -> None:
    panel = tuple(panelist(terminal, text) for text in options.witness)
    lines = terminal.desk.ask(list_lines, current_plan(terminal.desk, terminal.year(options)).id)
    if not 1 <= options.line <= len(lines):
        raise InvalidInput(f"计划里没有第 {options.line} 项任务。", f"现有 {len(lines)} 项。")
    with tempfile.TemporaryDirectory(prefix="ssj-") as folder:
        rehearsal = open_rehearsal(terminal.desk, Path(folder))
        try:
            command = FreezeDraw(
                "rehearsal", lines[options.line - 1].id, "演练", "", terminal.desk.today(), panel
            )
            files = _rehearsed(rehearsal, command, tuple(options.digits))
        finally:
            rehearsal.close()
    written = write_all(Path(options.out), files)
    terminal.say(
        ["演练完成，结果无效，不占编号：", *(f"已写出：{path}" for path in written)],
        files=[str(path) for path in written],
    )


def _rehearsed(desk: Desk, command: FreezeDraw, digits: tuple[str, ...]) -> dict[str, bytes]:
    draw_id, when = desk.do(freeze_draw, command), desk.surroundings.now()
    sheet = render_pdf(desk.ask(predraw_paper, draw_id), when)
    desk.do(draw, PerformDraw(draw_id, digits))
    files = draw_files(desk.ask(recomputed, draw_id), desk.ask(draw_record, draw_id))
    papers = record_papers(desk.ask(record_paper, draw_id), files, when)
    return {"predraw.pdf": sheet, **files, **papers}


def run_apply(terminal: Terminal, options: argparse.Namespace) -> None:
    task, subject = find_task_by_number(terminal, options.task), ""
    if options.action == "recuse":
        people = {member.name: member.code for member in task.people}
        if options.officer not in people:
            raise InvalidInput(
                f"“{options.officer}”不在这个检查组里。", f"检查组：{'、'.join(people)}。"
            )
        subject = people[options.officer]
    command = ApplyAmendment(
        task.id, _KINDS[options.action], options.reason, options.evidence, subject
    )
    amendment = terminal.desk.do(apply_amendment, command)
    terminal.say(f"已提交申请，待第二人审批：{amendment}", amendment=amendment)


def run_decide(terminal: Terminal, options: argparse.Namespace) -> None:
    command = DecideAmendment(options.amendment, not options.refuse, options.opinion)
    successor = terminal.desk.do(decide_amendment, command)
    terminal.say(f"已同意，按次序由 {successor} 接替。" if successor else "已决定：不同意。",
                 successor=successor)  # fmt: skip


def run_list(terminal: Terminal, options: argparse.Namespace) -> None:
    del options
    rows = terminal.desk.ask(list_amendments)
    terminal.say(
        [f"{r.id}　{r.kind.label}　{r.target}　{r.subject}→{r.successor or '—'}　{r.state.label}" for r in rows]
        or ["还没有替补或回避申请。"],
        amendments=[{"id": r.id, "state": r.state.value} for r in rows],
    )  # fmt: skip


def run_amendment_paper(terminal: Terminal, options: argparse.Namespace) -> None:
    known = {row.id for row in terminal.desk.ask(list_amendments)}
    if options.amendment not in known:
        raise InvalidInput("没有这项申请。", "请用 ssj amend list 查看编号。")
    _write(terminal, terminal.desk.ask(amendment_paper, options.amendment), options.file)
