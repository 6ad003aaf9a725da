"""init, workdays, demo."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.accounts import save_recovery_sheet
from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.queries import calendar as calendars
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


def run_workdays(terminal: Terminal, options: argparse.Namespace) -> None:
    if not 0 < options.count <= 2000:
        raise InvalidInput(f"“{options.count}”不是合适的天数。", "请填写 1–2000。")
    deadline = calendars.shipped_calendar().nth_working_day(parse_day(options.start), options.count)
    terminal.say(str(deadline), day=deadline.day.isoformat(), provisional=deadline.provisional)


def run_demo(terminal: Terminal, options: argparse.Namespace) -> None:
    from ssj_desktop.cli.demo import run  # noqa: PLC0415 - heavy, and only here

    run(Path(options.out), terminal.say)
