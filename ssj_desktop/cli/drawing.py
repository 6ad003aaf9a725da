"""draw: freeze, seed, void, show, export, run."""

import argparse
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

from ssj_desktop.cli import ceremony
from ssj_desktop.cli.finding import current_plan, find_by_number, panelist
from ssj_desktop.cli.terminal import Terminal, add_year, parse_day
from ssj_desktop.domain.draw.files import STANDINGS, draw_files
from ssj_desktop.domain.draw.outcome import Outcome, perform
from ssj_desktop.domain.draw.record import (
    Record,
    Verification,
    record_of,
    verify_record,
)
from ssj_desktop.domain.draw.scheme import ABSENT
from ssj_desktop.domain.draw.spec_file import read_spec
from ssj_desktop.domain.errors import InvalidInput, VerificationFailed
from ssj_desktop.domain.vocabulary import ExclusionReason
from ssj_desktop.formats.draw_papers import record_papers
from ssj_desktop.formats.files import read_file, write_all, write_atomically
from ssj_desktop.formats.html.kit import write_with_kit
from ssj_desktop.formats.pdf.predraw import render_predraw
from ssj_desktop.queries.draws import (
    draw_record,
    find_draw,
    list_draws,
    recomputed,
)
from ssj_desktop.queries.plans import list_lines
from ssj_desktop.queries.predraw_papers import predraw_paper
from ssj_desktop.queries.record_papers import paper_of_record
from ssj_desktop.services.draws import (
    EnterSlip,
    FreezeDraw,
    PerformDraw,
    VoidDraw,
    draw,
    enter_slip,
    freeze_draw,
    void_draw,
)

_MOST_SPEC_BYTES = 600 * 1024 * 1024


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    parser = commands.add_parser("draw", help="随机抽取")
    actions = parser.add_subparsers(dest="action", required=True, metavar="动作")

    freeze = actions.add_parser("freeze", parents=[common], help="冻结名录，取得抽取编号")
    add_year(freeze)
    freeze.add_argument("--line", type=int, default=1, help="计划任务序号")
    freeze.add_argument("--place", required=True, help="抽取地点")
    freeze.add_argument("--supervisor", default="", help="监督人")
    freeze.add_argument("--visit", required=True, help="拟检查日期")
    freeze.add_argument(
        "--witness",
        action="append",
        required=True,
        metavar="姓名:单位[:身份[:本单位]]",
        help="见证人；至少两位",
    )
    freeze.add_argument(
        "--exclude", action="append", default=[], metavar="编码=原因",
        help=f"排除一个对象，可多次；可在冒号后写说明；原因：{'、'.join(r.label for r in ExclusionReason)}",
    )  # fmt: skip
    freeze.add_argument("--replaces", default="", help="另行抽取时填原抽取编号")
    freeze.add_argument("--plan", default="", help="计划编号；临时任务必填")
    freeze.add_argument("--object", default="", help="单件备案抽查的对象编码")
    freeze.add_argument("--public-source", default=ABSENT, help="公开数的来源，例如某日开奖号码")
    freeze.add_argument("--sealed", action="store_true", help="名单封存至拟检查日期")
    freeze.add_argument("--request", default="", help="请求编号；重试时用同一个")
    freeze.add_argument("--sheet", metavar="文件.pdf", help="同时写出抽取前承诺单")
    freeze.set_defaults(run=run_freeze)

    slip = actions.add_parser("slip", parents=[common], help="先录入一位见证人的数字")
    slip.add_argument("draw")
    slip.add_argument("--position", type=int, required=True, help="第几位见证人")
    slip.add_argument("--digits", required=True)
    slip.set_defaults(run=run_slip)

    seed = actions.add_parser("seed", parents=[common], help="录入见证数字并抽取")
    seed.add_argument("draw")
    seed.add_argument("--digits", action="append", required=True, help="按见证人顺序；缺席填 -")
    seed.add_argument("--public", default=ABSENT, help="事先约定的公开数")
    seed.set_defaults(run=run_seed)

    void = actions.add_parser("void", parents=[common], help="作废（须由第二人）")
    void.add_argument("draw")
    void.add_argument("--reason", required=True)
    void.set_defaults(run=run_void)

    show = actions.add_parser("show", parents=[common], help="列出全年抽取，或看一次抽取")
    show.add_argument("draw", nargs="?")
    show.set_defaults(run=run_show)

    export = actions.add_parser("export", parents=[common], help="写出冻结文件、记录和票号表")
    export.add_argument("draw")
    export.add_argument("--out", required=True)
    export.set_defaults(run=run_export)

    run = actions.add_parser("run", parents=[common], help="不用数据库，按 SPEC.json 完成一次抽取")
    run.add_argument("--spec", required=True)
    run.add_argument("--out", required=True)
    run.set_defaults(run=run_spec)

    ceremony.add_draw_actions(actions, common)


def run_freeze(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    lines = desk.ask(list_lines, current_plan(desk, terminal.year(options), options.plan).id)
    if not 1 <= options.line <= len(lines):
        raise InvalidInput(f"计划里没有第 {options.line} 项任务。", f"现有 {len(lines)} 项。")
    command = FreezeDraw(
        request_id=options.request or desk.surroundings.new_id(),
        line_id=lines[options.line - 1].id,
        place=options.place,
        supervisor=options.supervisor,
        visit_date=parse_day(options.visit),
        panel=tuple(panelist(terminal, text) for text in options.witness),
        exclusions=dict(_exclusion(text) for text in options.exclude),
        replaces=options.replaces,
        public_source=options.public_source,
        only=options.object,
        sealed=options.sealed,
    )
    draw_id = desk.do(freeze_draw, command)
    if options.sheet:
        paper = desk.ask(predraw_paper, draw_id)
        write_atomically(Path(options.sheet), render_predraw(paper, desk.surroundings.now()))
    detail = desk.ask(find_draw, draw_id)
    terminal.say(
        [
            f"已冻结：{detail.row.number}",
            f"参加抽取 {detail.eligible} 家，排除 {detail.base - detail.eligible} 家，拟抽 {detail.quota} 家，执法人员 {detail.officers} 人",
            f"待抽库 SHA-256：{detail.pool_hash}",
            f"机器数承诺：{detail.commitment}",
            "下一步：打印并签署承诺单，再用 ssj draw seed 录入见证数字。",
        ],
        draw=detail.row.number, pool=detail.pool_hash, commitment=detail.commitment,
        eligible=detail.eligible, quota=detail.quota,
    )  # fmt: skip


def _exclusion(text: str) -> tuple[str, str]:
    code, equals, reason = text.partition("=")
    if not equals:
        raise InvalidInput(f"“{text}”看不明白。", "请写成“编码=原因”。")
    return code, reason


def run_seed(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_by_number(terminal, options.draw)
    terminal.desk.do(draw, PerformDraw(row.id, tuple(options.digits), options.public))
    detail = terminal.desk.ask(find_draw, row.id)
    drawn = [s for s in detail.selected if s.standing == "drawn"]
    if detail.is_sealed(terminal.desk.today()):
        terminal.say(
            f"{options.draw} 抽中 {len(drawn)} 家，名单封存至 {detail.sealed_until}。",
            draw=options.draw,
            sealed_until=str(detail.sealed_until),
        )
        return
    terminal.say(
        [
            f"{options.draw} 抽中 {len(drawn)} 家：",
            *(f"{s.code}　{s.name}　{s.team}" for s in drawn),
        ],
        draw=options.draw,
        drawn=[s.code for s in drawn],
    )


def run_slip(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_by_number(terminal, options.draw)
    terminal.desk.do(enter_slip, EnterSlip(row.id, options.position, options.digits))
    terminal.say(f"{options.draw} 已录入第 {options.position} 位见证人的数字。")


def run_void(terminal: Terminal, options: argparse.Namespace) -> None:
    terminal.desk.do(void_draw, VoidDraw(find_by_number(terminal, options.draw).id, options.reason))
    terminal.say(f"{options.draw} 已作废，编号保留。")


def run_show(terminal: Terminal, options: argparse.Namespace) -> None:
    if options.draw:
        detail = terminal.desk.ask(find_draw, find_by_number(terminal, options.draw).id)
        selected = () if detail.is_sealed(terminal.desk.today()) else detail.selected
        terminal.say(
            [f"{detail.row.number}　{detail.row.title}　{detail.row.state.label}",
             *([f"名单封存至 {detail.sealed_until}。"] if detail.selected and not selected else []),
             *(f"{STANDINGS[s.standing]}　{s.code}　{s.name}　{s.team}" for s in selected)],
            draw=detail.row.number, state=detail.row.state.value,
        )  # fmt: skip
        return
    rows = terminal.desk.ask(list_draws)
    lines = [f"{r.number}　{r.title}　{r.state.label}　{r.drawn} 家" for r in rows]
    terminal.say(
        lines or ["今年还没有抽取。"],
        draws=[{"draw": r.number, "state": r.state.value} for r in rows],
    )


def run_export(terminal: Terminal, options: argparse.Namespace) -> None:
    row = find_by_number(terminal, options.draw)
    if row.drawn_at is None:
        raise InvalidInput(f"抽取 {row.number} 还没有结果。", "请先录入见证数字。")
    record = terminal.desk.ask(draw_record, row.id)
    outcome = terminal.desk.ask(recomputed, row.id)
    _write(terminal, Path(options.out), outcome, record, row.drawn_at, write_with_kit)


def run_spec(terminal: Terminal, options: argparse.Namespace) -> None:
    spec = read_spec(read_file(Path(options.spec), _MOST_SPEC_BYTES))
    outcome = perform(spec.scheme, spec.previous, spec.machine, spec.witnesses, spec.public)
    record = record_of(outcome, spec.paper())
    _write(terminal, Path(options.out), outcome, record, datetime(2000, 1, 1))  # noqa: DTZ001 - time is no input


def _write(
    terminal: Terminal,
    folder: Path,
    outcome: Outcome,
    record: Record,
    when: datetime,
    write: Callable[[Path, Mapping[str, bytes]], tuple[Path, ...]] = write_all,
) -> None:
    _refuse_failure(verify_record(record), record["draw"])
    files = draw_files(outcome, record)
    files |= record_papers(paper_of_record(record), files, when)
    written = write(folder, files)
    terminal.say(
        [f"{record['draw']}：抽中 {len(list(outcome.drawn_ids()))} 家", *(f"已写出：{path}" for path in written)],
        draw=record["draw"], seed=outcome.seed, files=[str(path) for path in written],
    )  # fmt: skip


def _refuse_failure(verification: Verification, number: str) -> None:
    if not verification.ok:
        wrong = "、".join(check.name for check in verification.checks if not check.ok)
        raise VerificationFailed(
            f"{number} 的记录核对不通过：{wrong}。", "请保留现场并联系技术支持。"
        )
