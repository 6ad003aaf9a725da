"""import, template, list, export."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.errors import RuleViolation
from ssj_desktop.domain.fields import REGISTRIES
from ssj_desktop.formats.excel.registry import render_faults, render_registry, render_template
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.office_papers import render_workbook
from ssj_desktop.queries.import_preview import (
    CHANGED,
    FAULTY,
    NEW,
    UNCHANGED,
    ImportPreview,
    list_learned_titles,
    preview_import,
)
from ssj_desktop.queries.registries import RowFilter, count_rows, list_rows
from ssj_desktop.services.calendar import import_holidays, read_holidays
from ssj_desktop.services.registries import ImportRows, SheetFile, import_rows, read_sheet
from ssj_desktop.services.staff_check import check_staff, read_roster
from ssj_desktop.services.unmasking import exported_values

KINDS = {
    "objects": "targets",
    "inspectors": "inspectors",
    "items": "items",
    "witnesses": "witnesses",
    "experts": "experts",
}
_MOST_LINES = 200


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    load = commands.add_parser("import", parents=[common], help="导入名录、清单或放假安排")
    load.add_argument("kind", choices=(*KINDS, "holidays"))
    load.add_argument("file")
    load.add_argument("--sheet", help="工作表名称")
    load.add_argument("--dry-run", action="store_true", help="只预览，不写入")
    load.add_argument("--report", metavar="文件", help="把错误清单和标注写入工作簿")
    load.set_defaults(run=run_import)

    roster = commands.add_parser("roster", parents=[common], help="执法人员名录与人员花名册核对")
    roster.add_argument("file", help="花名册，要有姓名、执法证号两列")
    roster.add_argument("--report", metavar="文件", help="把核对表写成工作簿")
    roster.set_defaults(run=run_roster)

    template = commands.add_parser("template", parents=[common], help="写出导入模板")
    template.add_argument("kind", choices=tuple(KINDS))
    template.add_argument("file")
    template.set_defaults(run=run_template)

    show = commands.add_parser("list", parents=[common], help="列出名录")
    show.add_argument("kind", choices=tuple(KINDS))
    show.add_argument("--search", default="")
    show.add_argument("--limit", type=int, default=50)
    show.set_defaults(run=run_list)

    export = commands.add_parser("export", parents=[common], help="导出名录为 Excel")
    export.add_argument("kind", choices=tuple(KINDS))
    export.add_argument("file")
    export.add_argument("--reason", default="", help="连同联系电话导出，写明理由（记入操作日志）")
    export.set_defaults(run=run_export)


def run_import(terminal: Terminal, options: argparse.Namespace) -> None:
    path = Path(options.file)
    if options.kind == "holidays":
        years = terminal.desk.do(import_holidays, read_holidays(path))
        terminal.say(f"已导入放假安排：{'、'.join(map(str, years))} 年。", years=years)
        return
    kind = KINDS[options.kind]
    learned = terminal.desk.ask(list_learned_titles, kind)
    file = read_sheet(kind, path, options.sheet, learned)
    preview = terminal.desk.ask(preview_import, kind, file.parsed)
    if options.report:
        write_atomically(
            Path(options.report), render_faults(file.file_name, file.parsed, preview.faults)
        )
    done = not options.dry_run and preview.importable > 0
    if done:
        terminal.desk.do(import_rows, ImportRows(file))
    _tell(terminal, file, preview, done)
    if not done and not options.dry_run and not preview.count(UNCHANGED):
        raise RuleViolation("没有可导入的行。", "请按上面的清单改好后再导入。")


def _tell(terminal: Terminal, file: SheetFile, preview: ImportPreview, done: bool) -> None:
    counts = {s: preview.count(s) for s in (NEW, CHANGED, UNCHANGED, FAULTY)}
    head = f"读取 {len(preview.rows)} 行 = " + " + ".join(f"{s} {n}" for s, n in counts.items())
    faults = [fault for row in preview.rows for fault in row.faults]
    lines = [head + ("（已写入）" if done else "（未写入）"), *file.notices]
    lines += [f"{f.place}　{f.label}　“{f.value}”：{f.reason}" for f in faults[:_MOST_LINES]]
    if len(faults) > _MOST_LINES:
        lines.append(f"……另有 {len(faults) - _MOST_LINES} 处，请用 --report 写出全部。")
    terminal.say(
        lines, read=len(preview.rows), new=counts[NEW], changed=counts[CHANGED],
        unchanged=counts[UNCHANGED], faulty=counts[FAULTY], written=done,
        faults=[[f.place, f.label, f.value, f.reason] for f in faults], notices=list(file.notices),
    )  # fmt: skip


def run_roster(terminal: Terminal, options: argparse.Namespace) -> None:
    done = terminal.desk.do(check_staff, read_roster(Path(options.file)))
    if options.report:
        write_atomically(Path(options.report), render_workbook(done.paper))
    check = done.check
    lines = [f"应入库 {check.obliged} 人，已入库 {check.enrolled} 人，未入库 {check.missing} 人"]
    lines += [f"{gap.kind.label}　{gap.name}　{gap.detail}" for gap in check.gaps[:_MOST_LINES]]
    terminal.say(
        lines, obliged=check.obliged, enrolled=check.enrolled,
        gaps=[[gap.kind.value, gap.name, gap.number, gap.detail] for gap in check.gaps],
    )  # fmt: skip


def run_template(terminal: Terminal, options: argparse.Namespace) -> None:
    write_atomically(Path(options.file), render_template(REGISTRIES[KINDS[options.kind]]))
    terminal.say(f"已写出模板：{options.file}", file=options.file)


def run_list(terminal: Terminal, options: argparse.Namespace) -> None:
    kind = KINDS[options.kind]
    wanted = RowFilter(options.search)
    rows = terminal.desk.ask(list_rows, kind, wanted, options.limit)
    total = terminal.desk.ask(count_rows, kind, wanted)
    terminal.say(
        [f"{row.code}　{row.name}" for row in rows] + [f"共 {total} {REGISTRIES[kind].counter}"],
        total=total,
        rows=[{"code": row.code, "name": row.name} for row in rows],
    )


def run_export(terminal: Terminal, options: argparse.Namespace) -> None:
    kind = KINDS[options.kind]
    desk = terminal.desk
    rows = exported_values(desk, kind, desk.ask(list_rows, kind), options.reason)
    content = render_registry(REGISTRIES[kind], rows, desk.office.unit, desk.today().isoformat())
    write_atomically(Path(options.file), content)
    terminal.say(f"已导出 {len(rows)} 行：{options.file}", rows=len(rows))
