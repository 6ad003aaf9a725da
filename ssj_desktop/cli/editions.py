"""edition: item lists as issued; compare, adopt, note the publication."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.office_papers import render_workbook
from ssj_desktop.queries.import_preview import list_learned_titles
from ssj_desktop.queries.item_lists import (
    changes_paper,
    compare_with_own,
    compare_with_previous,
    find_edition,
    list_editions,
)
from ssj_desktop.services.item_lists import (
    LoadEdition,
    NotePublication,
    adopt_edition,
    load_edition,
    note_publication,
)
from ssj_desktop.services.registries import read_sheet


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    topic = commands.add_parser("edition", help="抽查事项清单的版本：载入、比较、更新、公示")
    acts = topic.add_subparsers(dest="act", required=True, metavar="动作")

    def act(name: str, text: str, run: Any) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = acts.add_parser(name, parents=[common], help=text)
        parser.set_defaults(run=run)
        return parser

    load = act("load", "载入印发的清单（整份，只读）", run_load)
    load.add_argument("file")
    load.add_argument("--name", required=True, help="例如 抽查事项清单（第一版）")
    load.add_argument("--organ", required=True, help="印发机关")
    load.add_argument("--from", dest="first", required=True, metavar="日期", help="施行日期")
    act("list", "列出各版本", run_list)
    compare = act("compare", "与本单位清单比较", run_compare)
    compare.add_argument("edition", nargs="?", default="", help="版本名称（默认现行版）")
    compare.add_argument("--previous", action="store_true", help="与上一版比较")
    compare.add_argument("--report", metavar="文件", help="把比较表写成工作簿")
    adopt = act("adopt", "按现行版更新本单位清单", run_adopt)
    adopt.add_argument("edition", nargs="?", default="")
    published = act("published", "登记清单已公示", run_published)
    published.add_argument("edition", nargs="?", default="")
    published.add_argument("--on", required=True, metavar="日期")
    published.add_argument("--where", required=True, help="网址或公示栏位置")


def run_load(terminal: Terminal, options: argparse.Namespace) -> None:
    learned = terminal.desk.ask(list_learned_titles, "items")
    file = read_sheet("items", Path(options.file), None, learned)
    command = LoadEdition(file, options.name, options.organ, parse_day(options.first))
    terminal.desk.do(load_edition, command)
    count = len(file.parsed.rows)
    terminal.say(
        [f"已载入《{options.name}》，{count} 项。", "下一步：ssj edition compare"], items=count
    )


def run_list(terminal: Terminal, _: argparse.Namespace) -> None:
    rows = terminal.desk.ask(list_editions, terminal.desk.today())
    lines = [
        f"{row.state.label}　{row.name}　{row.organ}　{row.in_force_from.isoformat()} 起　{row.items} 项"
        + (f"　公示：{row.published}" if row.published else "　未公示")
        for row in rows
    ]
    terminal.say(
        lines or "还没有载入清单版本。",
        editions=[{"name": row.name, "state": row.state.value} for row in rows],
    )


def run_compare(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    edition = desk.ask(find_edition, options.edition, desk.today())
    if options.previous:
        changes, beside = desk.ask(compare_with_previous, edition), "上一版"
    else:
        changes, beside = desk.ask(compare_with_own, edition.id), "本单位清单"
    if options.report:
        paper = desk.ask(changes_paper, edition, beside, changes)
        write_atomically(Path(options.report), render_workbook(paper))
    lines = [f"《{edition.name}》与{beside}相比，{len(changes)} 项不同"]
    lines += [f"{change.kind.label}　{change.number}　{change.name}" for change in changes]
    terminal.say(lines, changes=[[c.kind.value, c.number, c.name] for c in changes])


def run_adopt(terminal: Terminal, options: argparse.Namespace) -> None:
    done = terminal.desk.do(adopt_edition, options.edition)
    terminal.say(
        f"已更新本单位清单：新增 {done.added} 项（待认领），更新 {done.changed} 项，停用 {done.withdrawn} 项。",
        added=done.added, changed=done.changed, withdrawn=done.withdrawn,
    )  # fmt: skip


def run_published(terminal: Terminal, options: argparse.Namespace) -> None:
    command = NotePublication(options.edition, parse_day(options.on), options.where)
    terminal.desk.do(note_publication, command)
    terminal.say("已登记清单公示。", on=options.on)
