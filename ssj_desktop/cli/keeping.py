"""backup, restore, doctor."""

import argparse
from pathlib import Path
from typing import Any

from ssj_desktop import places
from ssj_desktop.cli.terminal import Terminal
from ssj_desktop.domain.errors import (
    InvalidInput,
    RuleViolation,
    SsjError,
    StoreRefused,
    VerificationFailed,
)
from ssj_desktop.domain.vocabulary import BackupReason
from ssj_desktop.services.accounts import list_account_names
from ssj_desktop.services.backups import (
    ChooseSecondFolder,
    back_up,
    choose_second_folder,
    drill,
    list_all_backups,
)
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.diagnostics import examine, write_pack
from ssj_desktop.services.key_copies import find_key_copy, take_keys_back
from ssj_desktop.services.proving import Credentials
from ssj_desktop.services.repair import plan_repair, repair
from ssj_desktop.services.restoring import Restored, plan_restore, restore
from ssj_desktop.services.surroundings import Surroundings

Common = argparse.ArgumentParser


def add_commands(commands: Any, common: Common) -> None:
    make = commands.add_parser("backup", parents=[common], help="备份：立即备份、--list、--second")
    make.add_argument("--list", action="store_true", help="列出现有备份")
    make.add_argument("--second", metavar="文件夹", help="设定第二备份位置（另一块盘）；空为取消")
    make.set_defaults(run=run_backup)

    again = commands.add_parser("restore", parents=[common], help="恢复演练，或从备份恢复")
    again.add_argument("backup", nargs="?", help="备份文件（演练时默认最新一份）")
    again.add_argument("--drill", action="store_true", help="只演练，不改动数据库")
    again.add_argument("--yes", action="store_true", help="已看过会失去什么，确认恢复")
    again.set_defaults(run=run_restore)

    mend = commands.add_parser("repair", parents=[common], help="修复损坏的数据库")
    mend.add_argument(
        "--folder",
        metavar="文件夹",
        action="append",
        default=[],
        help="另外的备份位置；也找其中的共享文件夹和数据包",
    )
    mend.add_argument("--keys", action="store_true", help="只从备份取回密钥文件（--user 只取一人）")
    mend.add_argument("--yes", action="store_true", help="已看过会失去什么，确认修复")
    mend.set_defaults(run=run_repair)

    doctor = commands.add_parser("doctor", parents=[common], help="体检；--out 写诊断包")
    doctor.add_argument("--out", metavar="文件.zip", help="诊断包（不含个人信息）")
    doctor.set_defaults(run=run_doctor)


def run_backup(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    if options.second is not None:
        desk.do(choose_second_folder, ChooseSecondFolder(options.second))
    if options.list:
        rows = list_all_backups(desk)
        lines = [
            f"{each.name.at:%Y-%m-%d %H:%M} UTC　第 {each.name.sequence} 条　{each.name.reason}　"
            f"{each.size // 1024} KB　{each.path}"
            for each in rows
        ]
        terminal.say(lines or "还没有备份。", backups=[str(each.path) for each in rows])
        return
    done = back_up(desk, BackupReason.MANUAL)
    lines = [f"已备份并核对：{done.backup.path}"]
    if done.second:
        lines.append(f"第二位置：{done.second.path}")
    lines += done.notice.splitlines()
    second = str(done.second.path) if done.second else None
    terminal.say(lines, backup=str(done.backup.path), second=second, fault=done.second_fault)


def run_restore(terminal: Terminal, options: argparse.Namespace) -> None:
    if options.drill:
        run_drill(terminal, options.backup)
        return
    if not options.backup:
        raise InvalidInput("没有指定备份文件。", "请用 ssj backup --list 查看，再写上文件名。")
    if places.is_held(terminal.store.with_suffix(".lock")):
        raise StoreRefused("窗口还开着这个数据库。", "请先退出窗口，再恢复。")
    backup = Path(options.backup)
    account = terminal.user or _first_account(terminal.store, backup)
    who = Credentials(account, terminal.password())
    plan = plan_restore(terminal.store, backup, who)
    if not options.yes:
        raise RuleViolation(
            f"恢复会失去：{plan.loss_text}。", "确认后请加上 --yes 再运行；原文件会另存一份。"
        )
    done = restore(plan, who, Surroundings())
    terminal.say(
        [
            f"已从备份恢复 {done.rows} 行：{done.store}",
            f"失去：{plan.loss_text}",
            f"原文件保存在：{done.kept}" if done.kept else "原来没有数据库文件。",
            *_attachment_lines(done),
        ],
        store=str(done.store),
        kept=str(done.kept) if done.kept else None,
        lost=done.lost.count if done.lost else None,
        rows=done.rows,
    )


def run_repair(terminal: Terminal, options: argparse.Namespace) -> None:
    if places.is_held(terminal.store.with_suffix(".lock")):
        raise StoreRefused("窗口还开着这个数据库。", "请先退出窗口，再修复。")
    if options.keys:
        _repair_keys(terminal, options)
        return
    folders = [Path(folder) for folder in options.folder]
    who = Credentials(terminal.user or _first_account(terminal.store), terminal.password())
    plan = plan_repair(terminal.store, who, folders)
    if not options.yes:
        raise RuleViolation(
            f"数据库有 {len(plan.faults)} 处损坏。用备份“{plan.restore.backup.name}”修复，日志镜像能补回的会补回。只用备份会失去：{plan.loss_text}。",
            "确认后请加上 --yes 再运行；损坏的文件会另存一份。",
        )
    repaired = repair(plan, who, Surroundings())
    done = repaired.restored
    terminal.say(
        [
            f"已用备份修复，共 {done.rows} 行：{done.store}",
            repaired.text,
            f"损坏的文件保存在：{done.kept}",
            *_attachment_lines(done),
        ],
        store=str(done.store),
        kept=str(done.kept),
        rows=done.rows,
        replayed=done.replayed.entries if done.replayed else 0,
        rows_lost=repaired.rows_lost,
    )


def _repair_keys(terminal: Terminal, options: argparse.Namespace) -> None:
    """The slot of --user, or the whole file; what was there is kept."""
    account = terminal.user or ""
    copy = find_key_copy(terminal.store, account)
    if copy is None:
        raise StoreRefused("备份旁边没有完好的密钥文件。", "请从第二备份位置找回 .keys 文件。")
    of_whom = f"账号“{account}”的部分" if account else "整个密钥文件"
    if not options.yes:
        raise RuleViolation(
            f"可以从 {copy.at:%Y-%m-%d %H:%M} UTC 的备份取回{of_whom}，用当时的密码。",
            "确认后请加上 --yes 再运行；现在的密钥文件会另存一份。",
        )
    take_keys_back(terminal.store, copy, account)
    terminal.say(f"已取回{of_whom}：{copy.path.name}。请用当时的密码登录。", copy=str(copy.path))


def _attachment_lines(done: Restored) -> list[str]:
    return [f"从备份补回 {done.attachments} 个附件。"] if done.attachments else []


def _first_account(*stores: Path) -> str:
    """Of the store's key file, or of the backup's when the store has none that can be read."""
    for store in stores:
        try:
            return list_account_names(store)[0]
        except (StoreRefused, IndexError):
            continue
    raise StoreRefused("数据库和备份旁边都没有密钥文件。", "请从第二备份位置找回 .keys 文件。")


def run_drill(terminal: Terminal, backup: str | None) -> None:
    found = drill(terminal.desk, Path(backup) if backup else None)
    if not found.passed:
        raise VerificationFailed(
            f"恢复演练没有通过（{found.file_name}）：{found.result}。", "请马上另做一份备份。"
        )
    terminal.say(
        f"恢复演练通过：{found.file_name}，{found.result}，用时 {found.seconds} 秒。",
        file=found.file_name,
        rows=found.rows,
        seconds=found.seconds,
    )


def run_doctor(terminal: Terminal, options: argparse.Namespace) -> None:
    desk, refusal = _open(terminal)
    if options.out:
        write_pack(Path(options.out), places.user_folder(), desk, refusal)
    if desk is None:
        raise refusal or StoreRefused("数据库打不开。", "请用备份修复。")
    findings = examine(desk)
    broken = [finding for finding in findings if finding.broken]
    if broken:
        raise VerificationFailed(
            f"{broken[0].name}：{broken[0].text}。", "请保留现场，用 ssj repair 修复。"
        )
    lines = [f"{'　' if each.ok else '！'}{each.name}：{each.text}" for each in findings]
    if options.out:
        lines.append(f"诊断包：{options.out}")
    terminal.say(lines, findings={each.name: each.text for each in findings}, pack=options.out)


def _open(terminal: Terminal) -> tuple[Desk | None, SsjError | None]:
    try:
        return terminal.desk, None
    except SsjError as refusal:
        return None, refusal
