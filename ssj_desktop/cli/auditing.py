"""audit: the three answers about journal and rows, and the journal as files for an auditor."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.errors import VerificationFailed
from ssj_desktop.queries.audit import full_audit
from ssj_desktop.queries.journal import find_entries
from ssj_desktop.services.attachment_copies import check_attachments
from ssj_desktop.services.journal_export import export_journal


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    check = commands.add_parser("audit", parents=[common], help="核对操作日志和每一行数据")
    check.add_argument("--head", default="", help="纸面记录上的日志链头（至少 20 位十六进制）")
    check.add_argument("--list", type=int, default=0, metavar="N", help="列出最近 N 条")
    check.add_argument("--export", metavar="文件夹", help="把日志和检查点写成文本，供别的工具核对")
    check.set_defaults(run=run_audit)


def run_audit(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    answer = desk.ask(full_audit, options.head)
    if not answer.is_intact:
        raise VerificationFailed(f"{answer.sentence}。", "请保留现场，不要再录入，并联系上级。")
    lines = [f"{answer.sentence}。", f"链头 {answer.head[:20]}"]
    if answer.paper_found is not None:
        lines.append(f"纸面链头与第 {answer.paper_found} 条一致。")
    health = check_attachments(desk)
    if health.total:
        lines.append(f"附件：{health.text}。")
    if options.export:
        written = export_journal(desk, Path(options.export))
        lines.append(f"已导出 {len(written)} 个文件到 {options.export}")
    entries = desk.ask(find_entries, "", options.list) if options.list else ()
    lines += [f"{e.sequence}　{e.local_time}　{e.actor}　{e.action}　{e.subject}" for e in entries]
    terminal.say(
        lines,
        length=answer.length,
        head=answer.head,
        attachments=health.total,
        missing=[row.sha256 for row in health.missing],
        damaged=[row.sha256 for row in health.damaged],
    )
