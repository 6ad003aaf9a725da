"""``ssj account``: every word of it, with files, and with a password typed at a terminal."""

import json
import os
import sys
from pathlib import Path

import pypdfium2
import pytest

from ssj_desktop.cli import main


@pytest.fixture
def ssj(tmp_path, monkeypatch, capsys):  # type: ignore[no-untyped-def]
    """Runs a command on a fresh store; returns (exit code, what was said)."""
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    store = tmp_path / "office.ssj"

    def run(*words: str, password: str | None = None) -> tuple[int, str]:
        if password is not None:
            monkeypatch.setenv("SSJ_PASSWORD", password)
        code = main(["--store", str(store), *words])
        monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
        said = capsys.readouterr()
        return code, said.out + said.err

    run("init", "--unit", "云岭县住建局", "--division", "239921", "--admin", "张敏")
    return run


@pytest.fixture
def secret(tmp_path):  # type: ignore[no-untyped-def]
    """Writes a password file and gives its name."""

    def write(text: str) -> str:
        path = tmp_path / f"{len(list(tmp_path.iterdir()))}.txt"
        path.write_text(text + "\n", encoding="utf-8")
        return str(path)

    return write


def test_an_account_lives_from_adding_to_removing(ssj, secret) -> None:  # type: ignore[no-untyped-def]
    assert ssj("account", "add", "高建国", "--role", "审批人", "--new-password-file", secret("Another-2026"))[0] == 0  # fmt: skip
    assert "高建国　审批人　正常" in ssj("account", "list")[1]
    assert ssj("--user", "高建国", "account", "list", password="Another-2026")[0] == 0
    assert ssj("account", "disable", "高建国")[0] == 0
    assert "已停用" in ssj("--user", "高建国", "account", "list", password="Another-2026")[1]
    assert ssj("account", "enable", "高建国")[0] == 0
    assert ssj("account", "role", "高建国", "--role", "检查人员")[0] == 0
    assert "高建国　检查人员" in ssj("account", "list")[1]
    code, said = ssj("account", "remove", "高建国", "--json")
    assert (code, json.loads(said)["reissue"]) == (0, [])
    assert "没有名为" in ssj("--user", "高建国", "account", "list", password="Another-2026")[1]
    assert "高建国　检查人员　已移除" in ssj("account", "list")[1]
    assert ssj("audit")[0] == 0


def test_passwords_change_reset_and_come_back_by_the_sheet(ssj, secret, tmp_path) -> None:  # type: ignore[no-untyped-def]
    assert ssj("account", "password", "--new-password-file", secret("Another-2026"))[0] == 0
    assert ssj("account", "list")[0] == 1
    new = {"password": "Another-2026"}
    assert ssj("account", "add", "高建国", "--role", "审批人", **new)[0] == 0
    assert ssj("account", "password", "高建国", "--new-password-file", secret("Given-2026"), **new)[0] == 0  # fmt: skip
    assert "由管理员设定" in ssj("--user", "高建国", "account", "list", password="Given-2026")[1]
    assert ssj("--user", "高建国", "account", "password", "--new-password-file", secret("Mine-2026-x"), password="Given-2026")[0] == 0  # fmt: skip
    sheet = tmp_path / "恢复单.pdf"
    said = ssj("account", "recovery", "--out", str(sheet), "--json", **new)[1]
    recovery = json.loads(said)["recovery"]
    printed = pypdfium2.PdfDocument(str(sheet))[0].get_textpage().get_text_bounded()
    assert all(group in printed.replace(" ", "") for group in recovery.split("-"))
    code, said = ssj("account", "recover", "张敏", "--recovery-file", secret(recovery), "--new-password-file", secret("Third-2026-x"))  # fmt: skip
    assert code == 0, said
    assert ssj("account", "list", password="Third-2026-x")[0] == 0


def test_rules_mode_unlock_and_data_key(ssj, secret) -> None:  # type: ignore[no-untyped-def]
    assert ssj("account", "policy", "--set", "failures=3", "--set", "days=60")[0] == 0
    assert "days=60" in ssj("account", "policy")[1]
    assert ssj("account", "policy", "--set", "days=很久")[0] == 1
    assert "还兼任管理员" in ssj("account", "mode", "分设")[1]
    assert ssj("account", "mode", "小单位")[0] == 0
    assert ssj("account", "mode")[0] == 1
    ssj("account", "add", "高建国", "--role", "审批人")
    for _ in range(3):
        ssj("--user", "高建国", "account", "list", password="wrong")
    assert "锁定" in ssj("--user", "高建国", "account", "list")[1]
    assert ssj("account", "unlock", "高建国")[0] == 0
    assert ssj("--user", "高建国", "account", "list")[0] == 0
    assert "换新密钥" in ssj("account", "rekey", "--reason", "电脑失窃")[1]
    assert ssj("--user", "高建国", "account", "list")[0] == 0


def test_a_witness_has_a_pin_and_cannot_sign_in(ssj, secret) -> None:  # type: ignore[no-untyped-def]
    assert ssj("account", "add", "刘昕", "--role", "见证人", "--new-password-file", secret("111111"))[0] == 1  # fmt: skip
    assert ssj("account", "add", "刘昕", "--role", "见证人", "--new-password-file", secret("514263"))[0] == 0  # fmt: skip
    assert ssj("account", "pin", "刘昕", "--new-password-file", secret("662135"))[0] == 0
    assert "刘昕　见证人　正常　PIN" in ssj("account", "list")[1]
    assert "没有名为" in ssj("--user", "刘昕", "account", "list", password="662135")[1]


def test_an_administrator_who_only_administers_has_no_office_work(
    tmp_path, monkeypatch, capsys
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    store, sheet = str(tmp_path / "a.ssj"), tmp_path / "r.pdf"
    words = ["init", "--unit", "局", "--division", "239921", "--admin", "张敏", "--admin-only"]
    assert main(["--store", store, *words, "--recovery-sheet", str(sheet)]) == 0
    assert sheet.read_bytes().startswith(b"%PDF")
    assert main(["--store", store, "plan", "new", "--year", "2026"]) == 1
    assert "经办人" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [("add", "x"), ("add", "", "--role", "审批人"), ("recover", "张敏"), ("password",), ("role", "谁", "--role", "审批人")],
)  # fmt: skip
def test_what_is_missing_is_named(ssj, words) -> None:  # type: ignore[no-untyped-def]
    code, said = ssj("account", *words)
    assert code == 1
    assert said.strip()


def typed(store: Path, words: list[str], answers: list[str]) -> str:
    """What a real terminal shows when a person types ``answers``; passwords are not echoed."""
    import pty

    child, terminal = pty.fork()
    if child == 0:
        environment = {k: v for k, v in os.environ.items() if k != "SSJ_PASSWORD"}
        python = [sys.executable, "-m", "ssj_desktop.cli", "--store", str(store), *words]
        os.execve(sys.executable, python, {**environment, "PYTHONIOENCODING": "utf-8"})  # noqa: S606 - our own command
    shown = b""
    for answer in answers:
        while "：".encode() not in shown.rpartition(b"\n")[2]:
            shown += os.read(terminal, 1024)
        shown += b"\n"
        os.write(terminal, answer.encode() + b"\n")
    while True:
        try:
            more = os.read(terminal, 1024)
        except OSError:
            break
        if not more:
            break
        shown += more
    os.waitpid(child, 0)
    return shown.decode()


def test_without_option_or_variable_the_password_is_asked_for(ssj, tmp_path) -> None:  # type: ignore[no-untyped-def]
    shown = typed(tmp_path / "office.ssj", ["account", "list"], ["Sesame-2026"])
    assert "密码：" in shown
    assert "张敏" in shown
    assert "Sesame-2026" not in shown


def test_without_a_terminal_the_command_says_how_to_give_one(
    ssj, monkeypatch, tmp_path, capsys
) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.delenv("SSJ_PASSWORD")
    assert main(["--store", str(tmp_path / "office.ssj"), "account", "list"]) == 1
    assert "SSJ_PASSWORD" in capsys.readouterr().err
