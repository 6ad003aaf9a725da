"""What every command shares: the open store, the password, and the two ways to answer."""

import json
import sys
from collections.abc import Iterable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

from ssj_desktop import places
from ssj_desktop.domain.errors import InvalidInput, SsjError, StoreRefused
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import protect
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
        self.store = store or places.user_folder() / "office.ssj"
        self.user = user
        self._password_file = password_file
        self._as_json = as_json
        self._environment = environment
        self._desk: Desk | None = None

    def password(self) -> str:
        """From --password-file, else SSJ_PASSWORD."""
        if self._password_file:
            try:
                return Path(self._password_file).read_text(encoding="utf-8").rstrip("\r\n")
            except OSError:
                raise StoreRefused(
                    f"读不了密码文件“{self._password_file}”。", "请检查路径。"
                ) from None
        password = self._environment.get("SSJ_PASSWORD")
        if password is None:
            raise StoreRefused(
                "没有给出密码。", "请用 --password-file 文件，或设置环境变量 SSJ_PASSWORD。"
            )
        return password

    @property
    def desk(self) -> Desk:
        """The store, opened on first use."""
        if self._desk is None:
            self._desk = protect(sign_in(self.store, self.password(), self.user))
        return self._desk

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


def parse_day(text: str) -> date:
    """A date from the command line."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise InvalidInput(f"“{text}”不是日期。", "请按 2026-03-16 的样子填写。") from None
