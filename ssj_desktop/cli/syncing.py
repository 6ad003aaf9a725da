"""bundle and sync: other devices by stick, folder and server; devices, field laptops."""

import argparse
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.attachments import size_text
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.exchange_report import ExchangeReport, exchange_paper
from ssj_desktop.domain.membership import comparison_code, read_request
from ssj_desktop.domain.signed_text import MOST_TEXT
from ssj_desktop.domain.vocabulary import DeviceRole
from ssj_desktop.formats.bundle_file import open_bundle_file
from ssj_desktop.formats.files import read_file, write_atomically
from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.queries.exchanges import list_exchanges, unsent_to_others
from ssj_desktop.queries.inspections import list_tasks
from ssj_desktop.queries.leases import list_double_entries, list_open_leases
from ssj_desktop.queries.membership import find_roster, list_devices
from ssj_desktop.services.carrying import lacking_by_device
from ssj_desktop.services.exchange import preview
from ssj_desktop.services.field_bundles import (
    bring_in,
    erase_field_copy,
    write_bundle_out,
    write_field_bundle,
)
from ssj_desktop.services.filing_files import own_code
from ssj_desktop.services.joining import (
    StartJoining,
    accept,
    create_joining_store,
    open_joining_store,
    read_admission,
    write_admission,
)
from ssj_desktop.services.membership import (
    AdmitDevice,
    RevokeDevice,
    admit_device,
    restore_administrator,
    revoke_device,
    take_root_key,
)
from ssj_desktop.services.transports import (
    choose_devices,
    exchange_folder,
    open_exchange_bundle,
    pull,
    push,
)

Options = argparse.Namespace
_LOGIN_VARIABLE = "SSJ_SERVER_PASSWORD"


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    _add_bundle(commands, common)
    topic = commands.add_parser("sync", help="多台电脑之间的数据交换")
    acts = topic.add_subparsers(dest="act", required=True, metavar="动作")
    act = _Acts(acts, common)
    act("folder", "通过共享文件夹交换", run_folder, "folder")
    usb = act("usb", "通过 U 盘交换：先收后发", run_usb, "folder")
    usb.add_argument("--to", action="append", default=[], help="只为这些设备导出；可多次")
    act("status", "待交换、冲突、久未往来的设备", run_status)
    act("devices", "设备名单和带出的任务", run_devices)
    join = act("join", "在新电脑上：建库并导出加入申请", run_join, "file")
    join.add_argument("--name", required=True, help="本机名称，例如 业务二科笔记本")
    join.add_argument("--account", required=True, help="在本机登录的账号（管理机上已建）")
    admit = act("admit", "在管理机上：准予加入，导出加入回复", run_admit, "request", "file")
    admit.add_argument("--letter", required=True, help="设备字母，印在编号里")
    admit.add_argument("--role", default="办公机", help="办公机、外业机 或 管理机")
    admit.add_argument("--code", default="", help="对方屏幕上的 10 位比对码")
    answer = act("accept", "在新电脑上：导入加入回复", run_accept, "file")
    answer.add_argument("--code", default="", help="管理机屏幕上的单位比对码")
    revoke = act("revoke", "撤销设备（例如丢失）", run_revoke, "device")
    revoke.add_argument("--reason", default="")
    act("root", "抄录单位根密钥（只显示一次）", run_root)
    restore = act("restore", "用根密钥恢复管理机", run_restore)
    restore.add_argument("--root-file", required=True, help="写有根密钥的文件")
    _add_server(act)


class _Acts:
    """Adds one action with its positional words."""

    def __init__(self, acts: Any, common: argparse.ArgumentParser) -> None:
        self._acts, self._common = acts, common

    def __call__(self, name: str, text: str, run: Any, *words: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = self._acts.add_parser(
            name, parents=[self._common], help=text
        )
        for word in words:
            parser.add_argument(word)
        parser.set_defaults(run=run)
        return parser


def _add_bundle(commands: Any, common: argparse.ArgumentParser) -> None:
    topic = commands.add_parser("bundle", help="数据包和外业包")
    act = _Acts(topic.add_subparsers(dest="act", required=True, metavar="动作"), common)
    out = act("out", "导出数据包；给出任务时为外业包", run_out, "file")
    out.add_argument("--to", action="append", default=[], help="设备名称或字母；默认全部")
    out.add_argument("--task", action="append", default=[], help="带出的任务编号；可多次")
    out.add_argument("--attachments", action="store_true", help="外业包带上任务已有的附件内容")
    out.add_argument("--photo", action="append", default=[], help="需拍的照片；可多次")
    come = act("in", "导入数据包", run_in, "file")
    come.add_argument("--preview", action="store_true", help="只看会有什么变化，不写入")
    come.add_argument(
        "--restore-tasks", action="store_true", help="补回局里丢失、只有外业机还有的任务"
    )
    come.add_argument("--report", metavar="PDF", help="把交换记录写成 PDF")
    act("show", "查看数据包的外封，不解密", run_show, "file")
    act("erase", "清除外业副本（收到回执之后）", run_erase)


def _add_server(act: _Acts) -> None:
    server = act("server", "服务器：init、push、pull、project", run_server, "work")
    server.add_argument("--url", required=True, help="postgresql://账号@主机/库")
    server.add_argument("--login", default="", help="init：要建立的账号")
    server.add_argument("--login-password-file", help="init：该账号的密码文件")
    server.add_argument("--reader", default="", help="init：上级只读并汇总的账号（可选）")


def _tell(terminal: Terminal, report: ExchangeReport, *more: str) -> None:
    terminal.say(
        [report.sentence, *report.remarks, *more],
        sent=report.sent, received=report.received, **report.counts, remarks=report.remarks,
    )  # fmt: skip


def run_folder(terminal: Terminal, options: Options) -> None:
    report = exchange_folder(terminal.desk, Path(options.folder))
    if report is None:
        terminal.say("两边一致，没有要交换的内容。", sent=0, received=0)
    else:
        _tell(terminal, report)


def run_usb(terminal: Terminal, options: Options) -> None:
    """Take in every bundle for this device, then write one for the others."""
    folder, desk = Path(options.folder), terminal.desk
    own = desk.ask(find_roster).members
    lines = []
    for file in sorted(folder.glob("*.ssjb")):
        label = open_bundle_file(file).envelope.label
        is_ours = label.device in own and label.device != _own_device(terminal)
        if is_ours and label.kind == "exchange":
            lines.append(f"{file.name}：{bring_in(desk, file).report.sentence}")
    devices = choose_devices(desk, options.to)
    letter = desk.office.device
    target = folder / f"交换包_{letter}.ssjb"
    sha256, count = write_bundle_out(desk, target, devices)
    lines.append(f"已写出 {count} 段到“{target.name}”并读回核对，可以安全拔出。")
    terminal.say(lines, file=str(target), sha256=sha256, sent=count)


def _own_device(terminal: Terminal) -> str:
    rows = terminal.desk.ask(list_devices, terminal.desk.surroundings.now())
    return next(row.device for row in rows if row.is_own)


def run_out(terminal: Terminal, options: Options) -> None:
    desk, path = terminal.desk, Path(options.file)
    devices = choose_devices(desk, options.to)
    if not options.task:
        sha256, count = write_bundle_out(desk, path, devices)
    elif len(devices) == 1:
        _field_out(terminal, path, devices[0], options)
        return
    else:
        raise InvalidInput("外业包只能给一台设备。", "请用 --to 指明是哪一台。")
    terminal.say(
        f"已写出 {count} 段到“{path.name}”并读回核对，可以安全拔出。",
        file=str(path), sha256=sha256, sent=count,
    )  # fmt: skip


def _field_out(terminal: Terminal, path: Path, device: str, options: Options) -> None:
    tasks = _tasks(terminal, options.task)
    sha256, count = write_field_bundle(
        terminal.desk, path, device, tasks, options.photo, with_attachments=options.attachments
    )
    terminal.say(
        f"外业包已写出并读回核对：{count} 项任务，可以安全拔出。",
        file=str(path), sha256=sha256, sent=count,
    )  # fmt: skip


def _tasks(terminal: Terminal, numbers: list[str]) -> list[str]:
    known = {task.number: task.id for task in terminal.desk.ask(list_tasks)}
    missing = [number for number in numbers if number not in known]
    if missing:
        raise InvalidInput(f"没有任务“{missing[0]}”。", "请用 ssj task list 查看编号。")
    return [known[number] for number in numbers]


def _cargo_text(items: Sequence[tuple[str, int]]) -> tuple[str, ...]:
    total = sum(size for _, size in items)
    return (f"包里有 {len(items)} 个附件，{size_text(total)}。",) if items else ()


def run_in(terminal: Terminal, options: Options) -> None:
    desk, path = terminal.desk, Path(options.file)
    if options.preview:
        opened = open_exchange_bundle(desk, path)
        cargo = _cargo_text(opened.contents.cargo.items)
        _tell(terminal, preview(desk, opened.command), *cargo, "（预览，未写入）")
        return
    brought = bring_in(desk, path, restore=options.restore_tasks)
    more = [f"回执已写在“{brought.receipt.name}”，请带回外业机导入。"] if brought.receipt else []
    if options.report:
        paper = exchange_paper(brought.report, desk.office.unit)
        write_atomically(Path(options.report), render_pdf(paper, desk.surroundings.now()))
        more.append(f"交换记录：{options.report}")
    _tell(terminal, brought.report, *more)


def run_show(terminal: Terminal, options: Options) -> None:
    envelope = open_bundle_file(Path(options.file)).envelope
    mark = envelope.label
    terminal.say(
        [
            f"类别：{mark.kind}　制作时间：{mark.made}",
            f"单位：{mark.office[:16]}　发出设备：{mark.device}",
            f"收件设备 {len(envelope.recipients)} 台　内容 {len(envelope.ciphertext) + envelope.cargo} 字节（加密）",
            "签名有效，内容完整。",
        ],
        kind=mark.kind, office=mark.office, device=mark.device, made=mark.made,
        recipients=list(envelope.recipients), size=len(envelope.ciphertext) + envelope.cargo,
    )  # fmt: skip


def run_erase(terminal: Terminal, _: Options) -> None:
    files = erase_field_copy(terminal.desk)
    terminal.say(f"外业副本已清除（{len(files)} 个文件）。", files=[str(file) for file in files])


def run_status(terminal: Terminal, _: Options) -> None:
    desk = terminal.desk
    now = desk.surroundings.now()
    rows, unsent = desk.ask(list_devices, now), desk.ask(unsent_to_others)
    silent = [row.name for row in rows if row.is_silent]
    doubles = desk.ask(list_double_entries)
    last = desk.ask(list_exchanges, 1, desk.surroundings.local)
    lines = [f"设备 {len(rows)} 台，待交换 {unsent} 段。"]
    lines += [f"上次交换：{each.at}　{each.way}　{each.peer}" for each in last]
    lines += [f"久未往来：{name}" for name in silent]
    lines += [f"两处录入：{d.text}" for d in doubles]
    lacking = lacking_by_device(desk)
    lines += [f"缺附件：{r.name} {lacking[r.device]} 个" for r in rows if lacking.get(r.device)]
    terminal.say(
        lines, devices=len(rows), unsent=unsent, silent=silent, doubles=len(doubles),
        lacking=sum(lacking.values()),
    )  # fmt: skip


def run_devices(terminal: Terminal, _: Options) -> None:
    desk = terminal.desk
    now = desk.surroundings.now()
    rows, leases = desk.ask(list_devices, now), desk.ask(list_open_leases, now)
    lines = [f"{r.letter}　{r.name}　{r.role}　{r.state}　{r.heard}　{r.device[:16]}" for r in rows]
    lines += [lease.text for lease in leases]
    terminal.say(
        [*lines, f"单位比对码：{own_code(desk)}"],
        devices=[{"device": r.device, "name": r.name, "letter": r.letter} for r in rows],
        leases=[lease.text for lease in leases], code=own_code(desk),
    )  # fmt: skip


def run_join(terminal: Terminal, options: Options) -> None:
    command = StartJoining(options.name, options.account)
    newcomer = create_joining_store(terminal.store, command, terminal.password())
    newcomer.desk.close()
    write_atomically(Path(options.file), newcomer.text.encode())
    code = comparison_code(newcomer.request)
    terminal.say(
        [
            f"加入申请已写出：{options.file}",
            f"本机比对码：{code}（在管理机上核对）",
            f"恢复码（只显示这一次，请抄写后存入保险柜）：{newcomer.recovery}",
        ],
        file=options.file, code=code, recovery=newcomer.recovery,
    )  # fmt: skip


def run_admit(terminal: Terminal, options: Options) -> None:
    text = read_file(Path(options.request), MOST_TEXT).decode("utf-8", "replace")
    if not options.code:
        code = comparison_code(read_request(text))
        raise InvalidInput(f"这份申请的比对码是 {code}。", "请与对方屏幕核对后加上 --code 再办理。")
    role, desk = DeviceRole.of(options.role), terminal.desk
    device = desk.do(admit_device, AdmitDevice(text, options.letter, role, options.code))
    member = desk.ask(find_roster).members[device]
    sha256 = write_admission(desk, Path(options.file), member)
    terminal.say(
        [
            f"“{member.name}”已加入。加入回复：{options.file}",
            f"请在新电脑上导入，并核对单位比对码：{own_code(desk)}",
        ],
        device=device, file=options.file, sha256=sha256, code=own_code(desk),
    )  # fmt: skip


def run_accept(terminal: Terminal, options: Options) -> None:
    desk = open_joining_store(terminal.store, terminal.password())
    try:
        path = Path(options.file)
        if not options.code:
            code = read_admission(desk, path)[2]
            raise InvalidInput(f"这份回复的单位比对码是 {code}。", "请与管理机核对后加上 --code。")
        _tell(terminal, accept(desk, path, options.code), "已加入单位，可以登录使用。")
    finally:
        desk.close()


def run_revoke(terminal: Terminal, options: Options) -> None:
    (device,) = choose_devices(terminal.desk, [options.device])
    terminal.desk.do(revoke_device, RevokeDevice(device, options.reason))
    terminal.say("已撤销。下次交换时通知其他设备；它以后的数据一律隔离。", device=device)


def run_root(terminal: Terminal, _: Options) -> None:
    text = terminal.desk.do(take_root_key, None)
    terminal.say(["单位根密钥（只显示这一次，请抄到恢复单上）：", text], root=text)


def run_restore(terminal: Terminal, options: Options) -> None:
    text = read_file(Path(options.root_file), MOST_TEXT).decode("utf-8", "replace")
    terminal.desk.do(restore_administrator, text)
    terminal.say("本机已恢复为管理机。")


def run_server(terminal: Terminal, options: Options) -> None:
    from ssj_desktop.services import serving  # noqa: PLC0415 - loads the database driver

    acts = {"init": serving.furnish, "project": serving.project}
    if options.work == "push":
        segments, attachments = push(terminal.desk, options.url)
        terminal.say(
            f"已发出 {segments} 段、{attachments} 个附件。", sent=segments, attachments=attachments
        )
    elif options.work == "pull":
        _tell(terminal, pull(terminal.desk, options.url))
    elif options.work in acts:
        password = _server_password(options)
        lines, facts = acts[options.work](
            terminal.desk, options.url, options.login, password, options.reader
        )
        terminal.say(lines, **facts)
    else:
        raise InvalidInput(f"没有“{options.work}”这个动作。", "请用 init、push、pull 或 project。")


def _server_password(options: Options) -> str:
    if options.login_password_file:
        return read_file(Path(options.login_password_file), MOST_TEXT).decode().strip()
    return os.environ.get(_LOGIN_VARIABLE, "")
