"""task attach, attachments, void: photographs and scans of a visit."""

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssj_desktop.cli.finding import find_task_by_number
from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.attachments import file_name, proposed_title
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.queries.attachments import AttachmentRow, attachments_of, list_attachments
from ssj_desktop.services.attachment_pages import attachment_pages
from ssj_desktop.services.attachments import (
    Attach,
    VoidAttachment,
    attach,
    exported_content,
    read_for_attaching,
    void_attachment,
)

_LEAST_HASH = 8


def add_actions(actions: Any, common: argparse.ArgumentParser) -> None:
    add = actions.add_parser("attach", parents=[common], help="添加附件：照片或扫描件")
    add.add_argument("task")
    add.add_argument("files", nargs="+", metavar="文件", help="JPG、PNG 或 PDF")
    add.add_argument("--title", action="append", default=[], help="标题，按文件的顺序；可多次")
    add.add_argument("--item", default="", help="属于哪一条事项（编码）；不写为整次检查")
    add.set_defaults(run=run_attach)
    show = actions.add_parser("attachments", parents=[common], help="列出、导出附件")
    show.add_argument("task")
    show.add_argument("--out", metavar="文件夹", help="把原文件写到这里")
    show.add_argument("--pages", metavar="文件.pdf", help="附件清单和照片页")
    show.set_defaults(run=run_attachments)
    void = actions.add_parser("void", parents=[common], help="作废一个附件")
    void.add_argument("task")
    void.add_argument("hash", help="附件 SHA-256 的前几位（至少 8 位）")
    void.add_argument("--reason", required=True, help="理由")
    void.set_defaults(run=run_void)


def run_attach(terminal: Terminal, options: argparse.Namespace) -> None:
    """All files are looked at before the first is kept."""
    desk, task = terminal.desk, find_task_by_number(terminal, options.task)
    if len(options.title) > len(options.files):
        raise InvalidInput("标题比文件多。", "请按文件的顺序写标题，不写的自动编号。")
    contents = [read_for_attaching(Path(name)) for name in options.files]
    first = len(desk.ask(attachments_of, task.id)) + 1
    titles = [proposed_title(name, first + n) for n, name in enumerate(options.files)]
    titles[: len(options.title)] = options.title
    for title, content in zip(titles, contents, strict=True):
        desk.do(attach, Attach(task.id, title, content, options.item))
    rows = desk.ask(attachments_of, task.id)
    terminal.say(
        [f"{task.number} 已添加 {len(contents)} 个附件，共 {len(rows)} 个。"],
        added=len(contents),
        attachments=len(rows),
    )


def run_attachments(terminal: Terminal, options: argparse.Namespace) -> None:
    desk, task = terminal.desk, find_task_by_number(terminal, options.task)
    rows, files = desk.ask(list_attachments, [task.id]), desk.attachments
    missing = set(files.missing(row.sha256 for row in rows))
    lines = [_line(row, is_here=row.sha256 not in missing) for row in rows]
    held = [row for row in rows if not row.is_void and row.sha256 not in missing]
    if options.out:
        for row in held:
            name = file_name(row.task_number, row.title, row.kind, row.sha256)
            write_atomically(Path(options.out) / name, exported_content(desk, row))
        lines.append(f"已导出 {len(held)} 个原文件到 {options.out}")
    if options.pages:
        write_atomically(Path(options.pages), attachment_pages(desk, task.id))
        lines.append(f"附件清单和照片页：{options.pages}")
    terminal.say(
        lines or ["还没有附件。用 ssj task attach 添加。"],
        attachments=[
            {"title": row.title, "item": row.item, "kind": row.kind.value, "size": row.size,
             "sha256": row.sha256, "taken_at": row.taken_at, "void": row.void_reason,
             "here": row.sha256 not in missing}
            for row in rows
        ],
    )  # fmt: skip


def _line(row: AttachmentRow, *, is_here: bool) -> str:
    state = f"已作废：{row.void_reason}" if row.is_void else "" if is_here else "字节尚未收到"
    about = (row.short_hash, row.title, row.item or "整次检查", row.kind.label, row.size_text)
    return "　".join(filter(None, (*about, row.taken_text, state)))


def run_void(terminal: Terminal, options: argparse.Namespace) -> None:
    task = find_task_by_number(terminal, options.task)
    row = _chosen(terminal.desk.ask(attachments_of, task.id), options.hash.lower())
    terminal.desk.do(void_attachment, VoidAttachment(row.id, options.reason))
    terminal.say(f"{task.number} 的附件“{row.title}”已作废。")


def _chosen(rows: Sequence[AttachmentRow], start: str) -> AttachmentRow:
    found = [row for row in rows if row.sha256.startswith(start)]
    if len(start) < _LEAST_HASH or len(found) != 1:
        raise InvalidInput(
            f"“{start}”不能确定是哪个附件。",
            "请用 ssj task attachments 查看，写校验值的前 8 位以上。",
        )
    return found[0]
