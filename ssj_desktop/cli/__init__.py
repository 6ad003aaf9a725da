"""``ssj``: the same use-cases without a window; answers in Chinese, exit codes for machines.

0 done, 1 refused with a reason, 2 wrong usage, 3 a verification that failed.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ssj_desktop import __version__
from ssj_desktop.cli import (
    accounts,
    auditing,
    ceremony,
    disclosing,
    drawing,
    editions,
    filing,
    founding,
    inspecting,
    keeping,
    planning,
    publishing,
    registering,
    syncing,
    verifying,
)
from ssj_desktop.cli.parser import Parser
from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.errors import SsjError, VerificationFailed
from ssj_desktop.formats.children import run_as_child

TOPICS = (
    founding,
    auditing,
    accounts,
    registering,
    syncing,
    planning,
    drawing,
    editions,
    ceremony,
    verifying,
    inspecting,
    disclosing,
    publishing,
    keeping,
    filing,
)


def _common() -> argparse.ArgumentParser:
    """Options that may stand before or after the command."""
    common = argparse.ArgumentParser(add_help=False, argument_default=argparse.SUPPRESS)
    common.add_argument("--store", metavar="文件", help="数据库文件（默认在用户数据文件夹）")
    common.add_argument("--user", metavar="账号", help="登录账号（默认第一个账号）")
    common.add_argument(
        "--password-file", metavar="文件", help="密码文件；也可用环境变量 SSJ_PASSWORD"
    )
    common.add_argument("--json", action="store_true", help="以 JSON 回答")
    return common


def build_parser() -> argparse.ArgumentParser:
    """The whole command line."""
    common = _common()
    parser = Parser(prog="ssj", description="双随机、一公开监管工作台（命令行）", parents=[common])
    parser.add_argument(
        "--version", action="version", version=f"ssj {__version__}", help="显示版本"
    )
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="命令", parser_class=Parser
    )
    for topic in TOPICS:
        topic.add_commands(commands, common)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_child = run_as_child(given)
    if as_child is not None:
        return as_child
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8")
    options = build_parser().parse_args(given)
    terminal = Terminal(
        store=Path(options.store) if hasattr(options, "store") else None,
        user=getattr(options, "user", None),
        password_file=getattr(options, "password_file", None),
        as_json=getattr(options, "json", False),
        environment=os.environ,
    )
    try:
        return int(options.run(terminal, options) or 0)
    except VerificationFailed as failure:
        return terminal.refuse(failure, 3)
    except SsjError as refusal:
        return terminal.refuse(refusal, 1)
    except BrokenPipeError:
        return 0
    finally:
        terminal.close()
