"""publish site: the static public pages as a folder."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.formats.files import write_all
from ssj_desktop.formats.html.site import site_files
from ssj_desktop.queries.publication import public_site


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    publish = commands.add_parser("publish", help="公示网页")
    actions = publish.add_subparsers(dest="action", required=True, metavar="动作")
    site = actions.add_parser(
        "site", parents=[common], help="写出静态公示网页和核对页面，可放到部门网站"
    )
    site.add_argument("folder", metavar="文件夹")
    site.add_argument(
        "--every-seed",
        action="store_true",
        help="分层抽取也公开随机种子（由此可以推出分层，须经批准）",
    )
    site.set_defaults(run=run_site)


def run_site(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    site = desk.ask(public_site, desk.today(), every_seed=options.every_seed)
    written = write_all(Path(options.folder), site_files(site))
    tables = sum(len(papers) for _, papers in site.groups)
    terminal.say(
        [
            f"公示 {tables} 份，可核对的抽取 {len(site.draws)} 次：",
            *(f"已写出：{p}" for p in written),
        ],
        tables=tables,
        draws=[draw.number for draw in site.draws],
        files=[str(path) for path in written],
    )
