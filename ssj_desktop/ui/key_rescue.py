"""A key file that opens nothing: take the copy beside the newest backup that has a whole one."""

from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from ssj_desktop.domain.errors import KeysDamaged
from ssj_desktop.services.key_copies import KeyCopy, find_key_copy, take_keys_back
from ssj_desktop.ui.errors import ask_way, attempt, show_refusal

TAKE, LEAVE = "取回", "先不处理"


def offer_copy(
    parent: QWidget | None, store: Path, refusal: KeysDamaged, account: str = ""
) -> bool:
    """Whether the file, or the slot of ``account``, was taken back; without a copy the refusal shows."""
    copy = find_key_copy(store, account)
    if copy is None:
        if not account:
            show_refusal(parent, refusal)
        return False
    return _agrees(parent, refusal, copy, account) and attempt(
        parent, partial(take_keys_back, store, copy, account)
    )


def _agrees(parent: QWidget | None, refusal: KeysDamaged, copy: KeyCopy, account: str) -> bool:
    of_whom = f"账号“{account}”的部分" if account else "整个密钥文件"
    later = "当时的密码" if account else "各账号当时的密码；在那以后新增的账号要重设密码"
    more = (
        f"{copy.at.astimezone():%Y-%m-%d %H:%M} 的备份旁边有一份完好的密钥文件。可以从中取回"
        f"{of_whom}，用{later}。现在的文件另存一份，取回记入操作日志。"
    )
    return ask_way(parent, "密钥文件", refusal.message, more, [TAKE, LEAVE]) == TAKE
