"""``ssj draw`` and ``ssj amend`` beyond the plain path, as a clerk types them."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from office import PASSWORD, approved_line, enrol_inspectors, enrol_targets, found, freezing

from ssj_desktop.cli import main
from ssj_desktop.services.draws import VoidDraw, freeze_draw, void_draw
from ssj_desktop.services.surroundings import Surroundings

Ssj = Callable[..., str]


@pytest.fixture
def ssj(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Ssj:
    clerk, approver = found(tmp_path, Surroundings())
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    line = approved_line(clerk, approver)
    key = clerk.do(freeze_draw, freezing(clerk, line))
    approver.do(void_draw, VoidDraw(key, "名录漏列"))
    clerk.close()
    monkeypatch.setenv("SSJ_PASSWORD", PASSWORD)

    def run(*words: str, code: int = 0) -> str:
        answered = main(["--store", str(tmp_path / "office.ssj"), *words])
        said = capsys.readouterr()
        assert answered == code, said.out + said.err
        return said.out + said.err

    return run


def freeze(ssj: Ssj, *more: str) -> str:
    year = str(Surroundings().today().year)
    said = ssj("draw", "freeze", "--year", year, "--place", "会议室", "--visit", "2029-12-01",
               "--witness", "刘昕:县纪委", "--witness", "马骉:县政协", "--json", *more)  # fmt: skip
    return str(json.loads(said)["draw"])


def test_slips_may_come_one_by_one_and_the_list_may_stay_sealed(ssj: Ssj, tmp_path: Path) -> None:
    number = freeze(ssj, "--sealed", "--public-source", "当日福彩3D开奖号码")
    ssj("draw", "paper", "pool", number, str(tmp_path / "pool.xlsx"))
    ssj("draw", "paper", "sheet", number, str(tmp_path / "sheet.pdf"))
    assert "没有作废" in ssj("draw", "paper", "void", number, str(tmp_path / "x.pdf"), code=1)
    ssj("draw", "slip", number, "--position", "1", "--digits", "314159")
    seeded = ssj(
        "draw", "seed", number, "--digits", "314159", "--digits", "271828", "--public", "385"
    )
    assert "封存至 2029-12-01" in seeded
    assert "封存" in ssj("draw", "show", number)
    assert "封存" in ssj("task", "list")
    ssj("--user", "高建国", "draw", "unseal", number, "--reason", "提前送达")
    assert "物业公司" in ssj("draw", "show", number)


def test_papers_of_the_year(ssj: Ssj, tmp_path: Path) -> None:
    year = str(Surroundings().today().year)
    number = freeze(ssj)
    ssj("draw", "seed", number, "--digits", "314159", "--digits", "271828")
    void = number[:-4] + "0001"
    for words in (
        ("ledger", "--year", year), ("fairness", "--year", year), ("paper", "void", void),
    ):  # fmt: skip
        for suffix in (".pdf", ".xlsx"):
            path = tmp_path / f"{words[0]}{suffix}"
            ssj("draw", *words, str(path))
            assert path.stat().st_size > 2000


def test_replacement_and_recusal_from_the_command_line(ssj: Ssj, tmp_path: Path) -> None:
    number = freeze(ssj)
    ssj("draw", "seed", number, "--digits", "314159", "--digits", "271828")
    task = json.loads(ssj("task", "list", "--json"))["tasks"][0]["task"]
    reason, evidence = "已迁出本辖区", "迁出证明"
    assert "还没有" in ssj("amend", "list")
    said = ssj("amend", "replace", task, "--reason", reason, "--evidence", evidence, "--json")
    key = json.loads(said)["amendment"]
    ssj("amend", "decide", key, code=1)
    ssj("--user", "高建国", "amend", "decide", key)
    ssj("amend", "paper", key, str(tmp_path / "替补.pdf"))
    assert "没有这项申请" in ssj("amend", "paper", "x", str(tmp_path / "y.pdf"), code=1)
    other = json.loads(ssj("task", "list", "--json"))["tasks"][1]["task"]
    wrong = ssj("amend", "recuse", other, "--officer", "无此人", "--reason", "曾在检查对象任职",
                "--evidence", "申请", code=1)  # fmt: skip
    officer = wrong.split("检查组：")[1].split("、")[0]
    said = ssj("amend", "recuse", other, "--officer", officer, "--reason", "曾在检查对象任职",
               "--evidence", "申请", "--json")  # fmt: skip
    key = json.loads(said)["amendment"]
    assert "不同意" in ssj(
        "--user", "高建国", "amend", "decide", key, "--refuse", "--opinion", "不符"
    )
    assert "回避" in ssj("amend", "list")


def test_a_rehearsal_writes_watermarked_papers_and_takes_no_number(
    ssj: Ssj, tmp_path: Path
) -> None:
    year = str(Surroundings().today().year)
    out = tmp_path / "rehearsal"
    said = ssj("draw", "rehearse", "--year", year, "--witness", "刘昕:县纪委", "--witness", "马骉:县政协",
               "--digits", "314159", "--digits", "271828", "--out", str(out))  # fmt: skip
    assert "不占编号" in said
    assert b"SSJ-REHEARSAL-POOL-1" in (out / "pool.int").read_bytes()
    assert "REHEARSAL" not in ssj("draw", "show")
    assert "没有第 9 项" in ssj("draw", "rehearse", "--year", year, "--line", "9", "--witness", "a:b",
                              "--digits", "314159", "--out", str(out), code=1)  # fmt: skip


def test_an_ad_hoc_task_is_drawn_by_its_plan_number(ssj: Ssj) -> None:
    year = str(Surroundings().today().year)
    said = ssj(
        "plan",
        "new",
        "--year",
        year,
        "--ad-hoc",
        "--name",
        "燃气专项",
        "--reason",
        "3号文",
        "--json",
    )
    plan = json.loads(said)["number"]
    ssj("plan", "add", "--year", year, "--plan", plan, "--name", "专项", "--item", "ZJ-07-07", "--directed",
        "--filter", "行业类别=物业服务企业", "--quota", "A=分摊,B=分摊", "--total", "3", "--lead", "住建局")  # fmt: skip
    ssj("--user", "高建国", "plan", "approve", "--year", year, "--plan", plan)
    number = freeze(ssj, "--plan", plan)
    said = ssj("draw", "seed", number, "--digits", "314159", "--digits", "271828")
    assert "抽中 3 家" in said
    assert "没有编号为" in ssj("plan", "list", "--year", year, "--plan", "9", code=1)
