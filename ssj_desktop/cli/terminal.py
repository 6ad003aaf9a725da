"""What every command shares: the open store, the password, and the two ways to answer."""

import argparse
import getpass
import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ssj_desktop.domain.errors import InvalidInput, SsjError, StoreRefused
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import protect
from ssj_desktop.services.data_place import remembered_store
from ssj_desktop.services.desk import Desk


class Terminal:
    """Answers on standard output as lines for people or one JSON object for machines."""

    def __init__(
        self,
        store: Path | None,
        user: str | None,
        password_file: str | None,
        as_json: bool,
        environment: Mapping[str, str],
    ) -> None:
        self.store = store or remembered_store()
        self.user = user
        self._password_file = password_file
        self._as_json = as_json
        self._environment = environment
        self._desk: Desk | None = None
        self._password: str | None = None

    def password(self, *, confirm: bool = False) -> str:
        """From --password-file, else SSJ_PASSWORD, else typed at the terminal."""
        if self._password is None:
            self._password = self._find_password(confirm)
        return self._password

    def _find_password(self, confirm: bool) -> str:
        if self._password_file:
            return read_password_file(self._password_file)
        password = self._environment.get("SSJ_PASSWORD")
        if password is not None:
            return password
        if not sys.stdin.isatty():
            raise StoreRefused(
                "没有给出密码。", "请用 --password-file 文件，或设置环境变量 SSJ_PASSWORD。"
            )
        return type_password("密码：", confirm=confirm)

    def fresh_password(self, file: str | None, otherwise: str | None = None) -> str:
        """A new password: from a file, else typed twice, else ``otherwise``."""
        if file:
            return read_password_file(file)
        if sys.stdin.isatty():
            return type_password("新密码：", confirm=True)
        if otherwise is None:
            raise StoreRefused("没有给出新密码。", "请用 --new-password-file 文件。")
        return otherwise

    @property
    def desk(self) -> Desk:
        """The store, opened on first use."""
        if self._desk is None:
            self._desk = protect(sign_in(self.store, self.password(), self.user))
        return self._desk

    def year(self, options: argparse.Namespace) -> int:
        """The year asked for, else the current one."""
        return int(options.year or self.desk.today().year)

    def close(self) -> None:
        if self._desk is not None:
            self._desk.close()

    def say(self, lines: str | Iterable[str], **facts: Any) -> None:
        """Lines for people; with --json only the facts."""
        if self._as_json:
            text = json.dumps({"ok": True, **facts}, ensure_ascii=False, default=str)
        else:
            text = lines if isinstance(lines, str) else "\n".join(lines)
        sys.stdout.write(text + "\n")

    def refuse(self, refusal: SsjError, code: int) -> int:
        if self._as_json:
            answer = {"ok": False, "message": refusal.message, "remedy": refusal.remedy}
            sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stderr.write(f"{refusal}\n")
        return code


def add_year(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--year", type=int, help="默认今年")


def read_password_file(name: str) -> str:
    try:
        return Path(name).read_text(encoding="utf-8").rstrip("\r\n")
    except OSError:
        raise StoreRefused(f"读不了密码文件“{name}”。", "请检查路径。") from None


def type_password(prompt: str, *, confirm: bool) -> str:
    """Typed without an echo; twice when it is new."""
    try:
        typed = getpass.getpass(prompt)
        again = getpass.getpass("再输一遍：") if confirm else typed
    except (EOFError, KeyboardInterrupt):
        raise StoreRefused("没有输入密码。", "请重新运行。") from None
    if typed != again:
        raise InvalidInput("两次输入的密码不一致。", "请重新运行。")
    return typed


def parse_day(text: str) -> date:
    """A date from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text}”不是日期。", "请按 2026-03-16 的样子填写。") from None
