"""``ssj`` as a newcomer types it: exit codes, Chinese answers, nothing half done."""

import json
from pathlib import Path

import pytest

from ssj_desktop import places
from ssj_desktop.cli import main
from ssj_desktop.cli.demo import run
from ssj_desktop.formats.pdf.reader import attachments_of

SPEC = {
    "draw": "230921-A-2026-0007", "device": "A", "prev": "0" * 64, "machine": "1" * 64,
    "witnesses": ["314159", "271828", "-"], "items": ["ZJ-07-07"],
    "strata": [{"code": "A", "mode": "RATIO", "ratio": 2000, "minimum": 1, "substitutes": 2}],
    "pool": [{"id": f"9123{n:04d}", "name": f"企业{n}", "stratum": "A"} for n in range(12)],
    "officers": [{"id": f"P{n}", "leader": True} for n in range(4)], "seats": [{}, {}],
}  # fmt: skip


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SSJ_PASSWORD", "Sesame-2026")
    path = tmp_path / "office.ssj"
    assert (
        main(
            [
                "init",
                "--store",
                str(path),
                "--unit",
                "云岭县住建局",
                "--division",
                "239921",
                "--admin",
                "张敏",
            ]
        )
        == 0
    )
    return path


def test_the_whole_job_from_the_command_line(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def ssj(*words: str) -> str:
        code = main(["--store", str(store), *words])
        said = capsys.readouterr()
        assert code == 0, said.err
        return said.out

    samples = places.resource("samples")
    assert "有误 6" in ssj(
        "import",
        "objects",
        str(samples / "检查对象名录.xlsx"),
        "--report",
        str(tmp_path / "r.xlsx"),
    )
    assert "新增 40" in ssj("import", "inspectors", str(samples / "执法检查人员名录.xlsx"))
    assert "未变 40" in ssj("import", "inspectors", str(samples / "执法检查人员名录.xlsx"))
    for kind in ("objects", "inspectors", "items"):
        ssj("template", kind, str(tmp_path / f"{kind}.xlsx"))
    assert "共 " in ssj("list", "objects", "--search", "物业")
    ssj("export", "objects", str(tmp_path / "all.xlsx"))
    ssj("account", "add", "高建国", "--role", "审批人")
    assert "审批人" in ssj("account", "list")
    ssj("plan", "new", "--year", "2026")
    ssj("plan", "add", "--year", "2026", "--name", "物业抽查", "--item", "ZJ-07-07", "--filter", "行业类别=物业服务企业",
        "--quota", "A=5%+2,B=10%,C=30%,D=100%", "--months", "3-10", "--lead", "住房和城乡建设局")  # fmt: skip
    ssj("--user", "高建国", "plan", "approve", "--year", "2026")
    ssj("plan", "file", "--year", "2026", "--to", "市住建局", "--date", "2026-03-02")
    assert "物业抽查" in ssj("plan", "list", "--year", "2026")
    ssj("plan", "export", "--year", "2026", str(tmp_path / "plan.pdf"))
    frozen = json.loads(ssj("draw", "freeze", "--year", "2026", "--place", "会议室", "--visit", "2026-12-01", "--witness", "刘昕:县纪委",
                            "--witness", "马骉:县政协:委员", "--sheet", str(tmp_path / "pre.pdf"), "--json"))  # fmt: skip
    number = frozen["draw"]
    drawn = json.loads(
        ssj("draw", "seed", number, "--digits", "514263", "--digits", "662135", "--json")
    )["drawn"]
    assert number in ssj("draw", "show")
    ssj("draw", "show", number)
    ssj("draw", "export", number, "--out", str(tmp_path / "out"))
    assert "全部一致" in ssj(
        "verify", str(tmp_path / "out" / "record.pdf"), str(tmp_path / "out" / "record.json")
    )
    tasks = json.loads(ssj("task", "list", "--json"))["tasks"]
    assert sorted(task["target"] for task in tasks) == sorted(drawn)
    today = "2026-01-01"
    for task in tasks:
        ssj("task", "visit", task["task"], "--date", today)
        ssj("result", task["task"], "--item", "ZJ-07-07", "--code", "未发现问题")
        ssj("task", "submit", task["task"])
        ssj("--user", "高建国", "task", "review", task["task"])
    assert "待公示" in ssj("disclose", "list")
    ssj("disclose", "prepare", "1")
    ssj("disclose", "assess", "1", "--opinion", "可以公示")
    ssj("--user", "高建国", "disclose", "approve", "1")
    ssj("disclose", "export", "1", "--file", str(tmp_path / "公示.pdf"))
    ssj("disclose", "export", "1", "--file", str(tmp_path / "公示.xlsx"))
    assert "公示 1 份" in ssj("publish", "site", str(tmp_path / "网站"))
    assert {"index.html", "verify_draw.html", "verify_draw.py"} <= {
        path.name for path in (tmp_path / "网站").iterdir()
    }
    ssj("disclose", "publish", "1", "--date", today, "--channel", "网站")
    assert "完好" in ssj("audit", "--list", "3")


def test_a_draw_from_a_file_and_its_verification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "SPEC.json"
    spec.write_text(json.dumps(SPEC), encoding="utf-8")
    out = tmp_path / "out"
    assert main(["draw", "run", "--spec", str(spec), "--out", str(out)]) == 0
    names = {path.name for path in out.iterdir()}
    assert names == {
        "pool.int",
        "pool.pub",
        "plan",
        "staff",
        "seed.txt",
        "tickets.tsv",
        "record.json",
        "record.pdf",
        "record.xlsx",
    }
    assert (
        attachments_of((out / "record.pdf").read_bytes())["record.json"]
        == (out / "record.json").read_bytes()
    )
    assert main(["verify", str(out / "record.json"), str(out / "record.pdf")]) == 0
    damaged = (out / "record.json").read_text("utf-8").replace("314159", "314158")
    (tmp_path / "bad.json").write_text(damaged, encoding="utf-8")
    assert main(["verify", str(tmp_path / "bad.json")]) == 3
    assert "不一致" in capsys.readouterr().out


@pytest.mark.parametrize(
    "change",
    [
        {"witnesses": ["314159", "-"]},
        {"officers": [{"id": "P1"}]},
        {"pool": [*SPEC["pool"], SPEC["pool"][0]]},
        {"strata": []},
        {"nonsense": 1},
    ],
)  # type: ignore[misc]
def test_a_refused_draw_writes_no_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: dict[str, object]
) -> None:
    spec = tmp_path / "SPEC.json"
    spec.write_text(json.dumps({**SPEC, **change}), encoding="utf-8")
    assert main(["draw", "run", "--spec", str(spec), "--out", str(tmp_path / "out")]) == 1
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
    assert not (tmp_path / "out").exists()


def test_refusals_and_wrong_usage(
    store: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "no.csv").write_text("随便,什么\n1,2\n", encoding="utf-8")
    for words, code in (
        (["import", "objects", str(tmp_path / "missing.xlsx")], 1),
        (["import", "objects", str(tmp_path / "no.csv")], 1),
        (["plan", "list", "--year", "2026"], 1),
        (["draw", "show", "x"], 1),
        (["verify", str(tmp_path / "no.csv")], 1),
        (["audit", "--head", "f" * 20], 3),
        (["init", "--unit", "x", "--division", "239921", "--admin", "y"], 1),
    ):
        assert main(["--store", str(store), *words]) == code
        assert capsys.readouterr().err.strip()
    with pytest.raises(SystemExit) as usage:
        main(["nonsense"])
    assert usage.value.code == 2
    monkeypatch.setenv("SSJ_PASSWORD", "wrong")
    assert main(["--store", str(store), "audit", "--json"]) == 1
    assert "密码不对" in json.loads(capsys.readouterr().out)["message"]


def test_working_days(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["workdays", "2026-09-15", "20"]) == 0
    assert "2026-10-19" in capsys.readouterr().out
    assert main(["workdays", "2027-12-20", "20"]) == 0
    assert "假定" in capsys.readouterr().out


def test_the_demo_does_the_whole_job_and_lists_its_files(tmp_path: Path) -> None:
    said: list[str] = []
    run(tmp_path / "out", said.append)
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {
        "record.pdf",
        "record.json",
        "公示_抽查结果.pdf",
        "公示_抽查结果.xlsx",
        "公示网页.html",
        "抽取前承诺单.pdf",
        "核对工具",
        "公示网站",
    } <= names
    assert sum(name.startswith("附件照片页_") for name in names) == 1
    site = {path.name for path in (tmp_path / "out" / "公示网站").iterdir()}
    assert {"index.html", "verify_draw.html", "verify_draw.py"} <= site
    assert len(site) == 4  # and the public list of the one draw
    run(tmp_path / "out", said.append)
