"""filing: cards of offices, filings out and in, countersignature and receipt."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal, parse_day
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.filing import office_code
from ssj_desktop.domain.vocabulary import FilingVerdict
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.queries.filings import filing_paper, find_filing, list_filings, list_peer_offices
from ssj_desktop.services import filing_files, filings


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    topic = commands.add_parser("filing", help="备案：单位名片、报送、收取、答复")
    acts = topic.add_subparsers(dest="act", required=True, metavar="动作")

    def act(name: str, text: str, run: Any, *positional: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = acts.add_parser(name, parents=[common], help=text)
        for word in positional:
            parser.add_argument(word)
        parser.set_defaults(run=run)
        return parser

    act("card", "导出本单位名片", run_card, "file")
    peer = act("peer", "登记上级或下级单位的名片", run_peer, "file")
    peer.add_argument("--code", default="", help="对方读出的 10 位比对码")
    act("list", "列出备案和往来单位", run_list)
    prepare = act("prepare", "报送计划版本，或名录变动汇总", run_prepare)
    prepare.add_argument("--plan", default="", help="计划的标识（ssj plan list 可查）")
    prepare.add_argument("--from", dest="first", help="汇总起始日期")
    prepare.add_argument("--to", dest="last", help="汇总截止日期")
    out = act("out", "为某单位导出备案数据包", run_out, "digest", "file")
    out.add_argument("--unit", required=True, help="单位名称或行政区划代码")
    act("in", "收取备案数据包", run_in, "file")
    sign = act("sign", "加签（转报前）", run_sign, "digest")
    sign.add_argument("--opinion", default="")
    answer = act("answer", "出具回执", run_answer, "digest")
    answer.add_argument("--verdict", required=True, help="已备案 或 退回")
    answer.add_argument("--number", default="", help="备案编号")
    answer.add_argument("--opinion", default="")
    act("paper", "取出备案文件 PDF", run_paper, "digest", "file")


def run_card(terminal: Terminal, options: argparse.Namespace) -> None:
    code = filing_files.write_card(terminal.desk, Path(options.file))
    terminal.say(
        [f"已导出单位名片：{options.file}", f"请在电话里读给对方：{code}"],
        file=options.file,
        code=code,
    )


def run_peer(terminal: Terminal, options: argparse.Namespace) -> None:
    card, command = filing_files.read_card(Path(options.file), options.code)
    if not options.code:
        raise InvalidInput(
            f"“{card.unit}”的比对码是 {office_code(card.office)}。",
            "请打电话核对后加上 --code 再登记。",
        )
    terminal.desk.do(filings.add_peer_office, command)
    terminal.say(f"已登记往来单位：{card.unit}（{card.division}）", unit=card.unit)


def run_list(terminal: Terminal, _: argparse.Namespace) -> None:
    desk = terminal.desk
    peers, entries = desk.ask(list_peer_offices), desk.ask(list_filings)
    lines = [f"往来单位：{peer.unit}　{peer.level.label}　{peer.division}" for peer in peers]
    lines += [
        f"{entry.digest[:12]}　{'收到' if entry.incoming else '报出'}　{entry.filing.unit}　"
        f"{entry.filing.title}　{entry.state}"
        for entry in entries
    ]
    terminal.say(
        lines or "还没有备案。",
        peers=[peer.unit for peer in peers],
        filings=[{"digest": e.digest, "title": e.filing.title, "state": e.state} for e in entries],
    )


def run_prepare(terminal: Terminal, options: argparse.Namespace) -> None:
    days = (parse_day(options.first) if options.first else None,
            parse_day(options.last) if options.last else None)  # fmt: skip
    command = filings.PrepareFiling(options.plan, *days)
    digest = terminal.desk.do(filings.prepare_filing, command)
    terminal.say(
        [f"已生成备案 {digest[:12]}。", "下一步：ssj filing out 编号 文件 --unit 上级单位"],
        digest=digest,
    )


def run_out(terminal: Terminal, options: argparse.Namespace) -> None:
    digest = terminal.desk.ask(find_filing, options.digest).digest
    path = Path(options.file)
    sha256 = filing_files.write_bundle_file(terminal.desk, digest, options.unit, path)
    terminal.say(f"已写出并核对：{path}。可以安全拔出。", file=str(path), sha256=sha256)


def run_in(terminal: Terminal, options: argparse.Namespace) -> None:
    taken = filing_files.take_bundle_file(terminal.desk, Path(options.file))
    lines = [f"收到备案：{title}" for title in taken.filings]
    lines += [f"收到答复或加签：{title}" for title in taken.answers]
    terminal.say(lines or "没有新内容。", filings=taken.filings, answers=taken.answers)


def run_sign(terminal: Terminal, options: argparse.Namespace) -> None:
    command = filings.CountersignFiling(options.digest, options.opinion)
    terminal.desk.do(filings.countersign_filing, command)
    terminal.say("已加签。", digest=options.digest)


def run_answer(terminal: Terminal, options: argparse.Namespace) -> None:
    verdict = FilingVerdict.of(options.verdict)
    command = filings.AnswerFiling(options.digest, verdict, options.number, options.opinion)
    terminal.desk.do(filings.answer_filing, command)
    terminal.say(
        f"已答复：{verdict.label}。请用 ssj filing out 把回执交给对方。", verdict=verdict.value
    )


def run_paper(terminal: Terminal, options: argparse.Namespace) -> None:
    entry = terminal.desk.ask(find_filing, options.digest)
    for sha256 in entry.filing.paper_hashes[:1]:
        write_atomically(Path(options.file), terminal.desk.ask(filing_paper, sha256))
    terminal.say(f"已写出：{options.file}", file=options.file)
