"""``ssj sync`` and ``ssj bundle`` as two clerks type them."""

import json
from pathlib import Path

import pytest

from ssj_desktop.cli import main

PASSWORD = "Sesame-2026"


class Computer:
    """One computer at its terminal."""

    def __init__(self, store: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.store, self._capsys = store, capsys

    def does(self, *words: str, code: int = 0) -> str:
        assert main(["--store", str(self.store), *words]) == code, self._capsys.readouterr()
        said = self._capsys.readouterr()
        return said.out if code == 0 else said.err

    def knows(self, *words: str) -> dict[str, object]:
        return dict(json.loads(self.does(*words, "--json")))


def test_two_computers_join_exchange_and_part_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSJ_PASSWORD", PASSWORD)
    a, b = Computer(tmp_path / "A" / "a.ssj", capsys), Computer(tmp_path / "B" / "b.ssj", capsys)
    a.does("init", "--unit", "云岭县住建局", "--division", "239921", "--admin", "张敏")
    request, answer = str(tmp_path / "b.ssjj"), str(tmp_path / "b.ssjb")
    asked = b.knows("sync", "join", request, "--name", "业务二科笔记本", "--account", "张敏")
    admit = ("sync", "admit", request, answer, "--letter", "B")
    assert str(asked["code"]) in a.does(*admit, code=1)
    admitted = a.knows(*admit, "--code", str(asked["code"]))
    assert str(admitted["code"]) in b.does("sync", "accept", answer, code=1)
    b.does("sync", "accept", answer, "--code", str(admitted["code"]))
    shared = tmp_path / "shared"
    shared.mkdir()
    b.does("sync", "folder", str(shared))
    assert "业务二科笔记本" in a.does("sync", "devices")
    a.does("sync", "folder", str(shared))
    bundle, paper = str(tmp_path / "out.ssjb"), tmp_path / "记录.pdf"
    assert "可以安全拔出" in a.does("bundle", "out", bundle, "--to", "B")
    assert "签名有效" in a.does("bundle", "show", bundle)
    assert "预览" in b.does("bundle", "in", bundle, "--preview")
    b.does("bundle", "in", bundle, "--report", str(paper))
    assert paper.read_bytes().startswith(b"%PDF-")
    assert "可以安全拔出" in b.does("sync", "usb", str(tmp_path / "shared"))
    assert "收到" in a.does("sync", "usb", str(tmp_path / "shared"))
    assert "设备 2 台" in a.does("sync", "status")
    a.does("sync", "revoke", "B", "--reason", "报废")
    assert "没有名为" in a.does("bundle", "out", bundle, "--to", "B", code=1)
