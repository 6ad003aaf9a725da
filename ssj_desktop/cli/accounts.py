"""account: who may sign in, as whom, and how somebody gets in again."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from ssj_desktop.cli.terminal import Terminal, read_password_file
from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.domain.passwords import AccessPolicy
from ssj_desktop.domain.vocabulary import Role
from ssj_desktop.formats.files import write_atomically
from ssj_desktop.formats.pdf.recovery import render_recovery
from ssj_desktop.queries.accounts import access_policy, is_small_office, list_account_details
from ssj_desktop.queries.recovery import recovery_paper
from ssj_desktop.services import account_admin, data_keys, passwords
from ssj_desktop.services.accounts import AddAccount, create_account
from ssj_desktop.services.desk import Desk

Act = Callable[[Terminal, argparse.Namespace], None]


def add_commands(commands: Any, common: argparse.ArgumentParser) -> None:
    account = commands.add_parser(
        "account", parents=[common], help=f"账号：{'、'.join(ACTIONS)}",
        description="；".join(f"{name} {text}" for name, (text, _) in ACTIONS.items()),
    )  # fmt: skip
    account.add_argument("action", choices=tuple(ACTIONS), metavar="办理")
    account.add_argument("name", nargs="?", default="", help="账号名")
    account.add_argument("--role", action="append", default=[], help="角色，例如 审批人；可多次")
    account.add_argument("--new-password-file", metavar="文件", help="新密码或 PIN 的文件")
    account.add_argument("--recovery-file", metavar="文件", help="写有恢复码的文件")
    account.add_argument("--must-change", action="store_true", help="首次登录须修改密码")
    account.add_argument("--inspector", default="", metavar="编码", help="对应的执法检查人员")
    account.add_argument("--reason", default="怀疑密钥泄露", help="更换数据密钥的原因")
    account.add_argument("--out", metavar="文件.pdf", help="恢复单存为 PDF")
    account.add_argument("--set", action="append", default=[], metavar="项=值", help="账号规则")
    account.set_defaults(run=run_account)


def run_account(terminal: Terminal, options: argparse.Namespace) -> None:
    ACTIONS[options.action][1](terminal, options)


def _list(terminal: Terminal, options: argparse.Namespace) -> None:
    del options
    desk = terminal.desk
    rows = desk.ask(list_account_details, desk.surroundings.now())
    lines = [f"{row.name}　{row.role_text}　{row.state}　{row.password_text}" for row in rows]
    if desk.ask(is_small_office):
        lines.append("小单位模式：一人可以兼任系统管理员和安全管理员。")
    terminal.say(lines, accounts=[row.name for row in rows])


def _roles(options: argparse.Namespace) -> tuple[Role, ...]:
    return tuple(Role.of(text) for text in options.role)


def _name(options: argparse.Namespace) -> str:
    name: str = options.name.strip()
    if not name:
        raise InvalidInput("没有写账号名。", "请在命令后写上账号名。")
    return name


def _add(terminal: Terminal, options: argparse.Namespace) -> None:
    if not options.role and Role.SECURITY_ADMIN in terminal.desk.actor.roles:
        raise InvalidInput("没有指定角色。", "请加上 --role 审批人 等。")
    name, roles = _name(options), _roles(options)
    if roles == (Role.WITNESS,):
        passwords.add_witness(terminal.desk, name, terminal.fresh_password(_pin(options)))
    else:
        own = terminal.password()
        fresh = terminal.fresh_password(options.new_password_file, own)
        command = AddAccount(name, roles, options.must_change, options.inspector)
        create_account(terminal.desk, command, fresh, own)
    terminal.say(f"已增加账号：{name}", name=name)


def _pin(options: argparse.Namespace) -> str | None:
    file: str | None = options.new_password_file
    return file


def _role(terminal: Terminal, options: argparse.Namespace) -> None:
    command = account_admin.GrantRoles(_name(options), _roles(options))
    terminal.desk.do(account_admin.grant_roles, command)
    terminal.say(f"已修改角色：{command.name}　{'、'.join(options.role) or '没有角色'}")


def _link(terminal: Terminal, options: argparse.Namespace) -> None:
    command = account_admin.LinkPerson(_name(options), options.inspector)
    terminal.desk.do(account_admin.link_person, command)
    terminal.say(f"已关联：{command.name}　{command.person_code or '不关联'}")


def _disable(terminal: Terminal, options: argparse.Namespace) -> None:
    terminal.desk.do(account_admin.suspend_account, _name(options))
    terminal.say(f"已停用：{options.name}")


def _enable(terminal: Terminal, options: argparse.Namespace) -> None:
    terminal.desk.do(account_admin.resume_account, _name(options))
    terminal.say(f"已恢复：{options.name}")


def _remove(terminal: Terminal, options: argparse.Namespace) -> None:
    left = data_keys.remove_account(terminal.desk, _name(options), terminal.password())
    terminal.say(_rekeyed(f"已移除：{options.name}。数据库已换新密钥。", left), reissue=left)


def _rekey(terminal: Terminal, options: argparse.Namespace) -> None:
    left = data_keys.change_data_key(terminal.desk, terminal.password(), options.reason)
    terminal.say(_rekeyed("数据库已换新密钥。", left), reissue=left)


def _rekeyed(text: str, left_out: tuple[str, ...]) -> list[str]:
    more = [f"须由安全管理员重设密码：{'、'.join(left_out)}"] if left_out else []
    return [text, *more]


def _password(terminal: Terminal, options: argparse.Namespace) -> None:
    """One's own; also the way out when it has expired. With a name: somebody else's."""
    fresh = terminal.fresh_password(options.new_password_file)
    if options.name and options.name != terminal.user:
        passwords.reset_password(terminal.desk, options.name, fresh, terminal.password())
        terminal.say(f"已重设密码：{options.name}，下次登录须修改。")
        return
    passwords.renew_password(terminal.store, terminal.user, terminal.password(), fresh).close()
    terminal.say("密码已修改。")


def _pin_again(terminal: Terminal, options: argparse.Namespace) -> None:
    pin = terminal.fresh_password(options.new_password_file)
    passwords.reset_pin(terminal.desk, _name(options), pin)
    terminal.say(f"已设置 PIN：{options.name}")


def _unlock(terminal: Terminal, options: argparse.Namespace) -> None:
    account_admin.unlock_account(terminal.desk, _name(options))
    terminal.say(f"已解除锁定：{options.name}")


def _recover(terminal: Terminal, options: argparse.Namespace) -> None:
    if not options.recovery_file:
        raise InvalidInput("没有给出恢复码。", "请用 --recovery-file 文件。")
    code = read_password_file(options.recovery_file)
    fresh = terminal.fresh_password(options.new_password_file)
    passwords.recover(terminal.store, _name(options), code, fresh).close()
    terminal.say(f"已用恢复单为“{options.name}”设置新密码。请安全管理员随后换一份恢复单。")


def _recovery(terminal: Terminal, options: argparse.Namespace) -> None:
    code = passwords.renew_recovery(terminal.desk, terminal.password())
    if options.out:
        save_recovery_sheet(terminal.desk, code, Path(options.out))
    terminal.say(f"新的恢复码（只显示这一次，旧恢复单作废）：{code}", recovery=code)


def save_recovery_sheet(desk: Desk, code: str, path: Path) -> None:
    paper = desk.ask(recovery_paper, code, desk.today())
    write_atomically(path, render_recovery(paper, desk.surroundings.now()))


def _policy(terminal: Terminal, options: argparse.Namespace) -> None:
    desk = terminal.desk
    policy = desk.ask(access_policy)
    if options.set:
        policy = _changed(policy, options.set)
        account_admin.change_policy(desk, policy)
    values = {name: getattr(policy, name) for name in AccessPolicy.__slots__}
    terminal.say([f"{name}={value}　{policy.label(name)}" for name, value in values.items()])


def _changed(policy: AccessPolicy, settings: list[str]) -> AccessPolicy:
    for text in settings:
        name, _, value = text.partition("=")
        if name not in AccessPolicy.__slots__ or not value.isdigit():
            raise InvalidInput(f"“{text}”看不明白。", "请按 days=90 的样子填写。")
        policy = replace(policy, **{name: int(value)})
    return policy


def _mode(terminal: Terminal, options: argparse.Namespace) -> None:
    modes = {"小单位": True, "分设": False}
    if options.name not in modes:
        raise InvalidInput("没有写模式。", "请写 ssj account mode 小单位，或 分设。")
    terminal.desk.do(account_admin.set_office_mode, modes[options.name])
    terminal.say(f"已改为{options.name}模式。")


ACTIONS: dict[str, tuple[str, Act]] = {
    "list": ("列出账号", _list),
    "add": ("增加账号", _add),
    "role": ("授予角色", _role),
    "link": ("关联检查人员", _link),
    "disable": ("停用", _disable),
    "enable": ("恢复", _enable),
    "remove": ("移除并换新密钥", _remove),
    "password": ("修改密码，写名字为代设", _password),
    "pin": ("设置见证人 PIN", _pin_again),
    "unlock": ("解除锁定", _unlock),
    "recover": ("用恢复单设新密码", _recover),
    "recovery": ("换一份恢复单", _recovery),
    "rekey": ("更换数据密钥", _rekey),
    "policy": ("密码与锁定规则", _policy),
    "mode": ("小单位或分设模式", _mode),
}
