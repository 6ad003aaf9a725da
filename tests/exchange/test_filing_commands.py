"""``ssj filing`` as two offices type it."""

import json
from pathlib import Path

import pytest

from ssj_desktop.cli import main


class Office:
    """One office at its terminal."""

    def __init__(self, folder: Path, division: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.store, self._capsys = folder / f"{division}.ssj", capsys
        self.does("init", "--unit", f"单位{division}", "--division", division, "--admin", "张敏")
        self.does("account", "add", "高建国", "--role", "审批人")

    def does(self, *words: str, code: int = 0) -> str:
        assert main(["--store", str(self.store), *words]) == code, self._capsys.readouterr()
        said = self._capsys.readouterr()
        return said.out if code == 0 else said.err

    def knows(self, *words: str) -> dict[str, object]:
        return dict(json.loads(self.does(*words, "--json")))


def test_two_offices_file_and_answer_from_the_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    county, city = Office(tmp_path, "239921", capsys), Office(tmp_path, "239900", capsys)
    for one, other in ((county, city), (city, county)):
        card = str(tmp_path / "card.ssjo")
        code = str(other.knows("filing", "card", card)["code"])
        assert code in one.does("filing", "peer", card, code=1)
        assert "已登记" in one.does("filing", "peer", card, "--code", code)
    days = ("--from", "2026-01-01", "--to", "2026-12-31")
    digest = str(county.knows("filing", "prepare", *days)["digest"])
    bundle = str(tmp_path / "备案.ssjb")
    assert "可以安全拔出" in county.does(
        "filing", "out", digest[:12], bundle, "--unit", "单位239900"
    )
    assert "名录变动汇总" in city.does("filing", "in", bundle)
    paper = tmp_path / "汇总.pdf"
    city.does("filing", "paper", digest[:12], str(paper))
    assert paper.read_bytes().startswith(b"%PDF-")
    answer = ("filing", "answer", digest[:12], "--verdict", "已备案", "--number", "备1")
    city.does(*answer, code=1)
    city.does("--user", "高建国", *answer)
    city.does("filing", "out", digest[:12], bundle, "--unit", "239921")
    assert "收到答复" in county.does("filing", "in", bundle)
    assert "已备案 备1" in county.does("filing", "list")
