"""init, audit, workdays, demo."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.accounts import save_recovery_sheet
from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.domain.errors import InvalidInput, VerificationFailed
from ssj_desktop.queries import calendar as calendars
from ssj_desktop.queries.journal import audit, find_sequence, list_entries
from ssj_desktop.services.accounts import FoundOffice, create_store

Common = argparse.ArgumentParser


def add_commands(commands: Any, common: Common) -> None:
    init = commands.add_parser("init", parents=[common], help="新建数据库")
    init.add_argument("--unit", required=True, help="单位名称")
    init.add_argument("--division", required=True, help="行政区划代码，6 位")
    init.add_argument("--admin", required=True, help="第一位管理员")
    init.add_argument("--device", default="A", help="设备字母，印在抽取编号里")
    init.add_argument("--admin-only", action="store_true", help="第一位管理员不兼经办人")
    init.add_argument("--recovery-sheet", metavar="文件.pdf", help="把恢复单存为 PDF，打印后删除")
    init.set_defaults(run=run_init)

    check = commands.add_parser("audit", parents=[common], help="核对操作日志")
    check.add_argument("--head", help="纸面记录上的日志链头（至少 20 位十六进制）")
    check.add_argument("--list", type=int, default=0, metavar="N", help="列出最近 N 条")
    check.set_defaults(run=run_audit)

    days = commands.add_parser("workdays", parents=[common], help="某日之后第 N 个工作日")
    days.add_argument("start")
    days.add_argument("count", type=int)
    days.set_defaults(run=run_workdays)

    demo = commands.add_parser("demo", parents=[common], help="用样例数据走完全程")
    demo.add_argument("--out", default="out", help="输出文件夹")
    demo.set_defaults(run=run_demo)


def run_init(terminal: Terminal, options: argparse.Namespace) -> None:
    office = FoundOffice(
        options.unit, options.division, options.admin, options.device, works=not options.admin_only
    )
    desk, recovery = create_store(terminal.store, office, terminal.password(confirm=True))
    if options.recovery_sheet:
        save_recovery_sheet(desk, recovery, Path(options.recovery_sheet))
    desk.close()
    mode = "分设模式，只做管理" if options.admin_only else "小单位模式，兼任经办人"
    terminal.say(
        [
            f"已建立数据库：{terminal.store}",
            f"单位：{options.unit}　第一位管理员：{options.admin}（{mode}）",
            f"恢复码（只显示这一次，请抄写后存入保险柜）：{recovery}",
            "下一步：ssj import objects 名录.xlsx；审批人账号用 ssj account add 姓名 --role 审批人 增加。",
        ],
        store=str(terminal.store),
        recovery=recovery,
    )


def run_audit(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    check = desk.ask(audit)
    if check.broken_at is not None:
        raise VerificationFailed(f"日志第 {check.broken_at} 条起断裂。", "请保留现场并联系上级。")
    lines = [f"日志完好，至第 {check.length} 条。链头 {check.head[:20]}"]
    if options.head:
        found = desk.ask(find_sequence, options.head)
        if found is None:
            raise VerificationFailed(
                "与纸面记录不一致（分叉或回滚）。", "请核对纸面链头，并保留现场。"
            )
        lines.append(f"纸面链头与第 {found} 条一致。")
    entries = desk.ask(list_entries, options.list) if options.list else ()
    lines += [f"{e.sequence}　{e.local_time}　{e.actor}　{e.action}　{e.subject}" for e in entries]
    terminal.say(lines, length=check.length, head=check.head)


def run_workdays(terminal: Terminal, options: argparse.Namespace) -> None:
    if not 0 < options.count <= 2000:
        raise InvalidInput(f"“{options.count}”不是合适的天数。", "请填写 1–2000。")
    deadline = calendars.shipped_calendar().nth_working_day(parse_day(options.start), options.count)
    terminal.say(str(deadline), day=deadline.day.isoformat(), provisional=deadline.provisional)


def run_demo(terminal: Terminal, options: argparse.Namespace) -> None:
    from ssj_desktop.cli.demo import run  # noqa: PLC0415 - heavy, and only here

    run(Path(options.out), terminal.say)
