"""All soaks end in one table; whatever did not hold, or did not end, is seen in it."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import all_soaks
import lanes
import pytest
from figures import Figure, tell

HEAD = f"import sys; sys.path.insert(0, {str(Path(all_soaks.__file__).parent)!r})\n"


def suite(folder: Path, name: str, body: str) -> None:
    (folder / f"soak_{name}.py").write_text(HEAD + body, "utf-8")


def told(name: str, *, is_held: bool) -> str:
    return f"from figures import *; print('细节'); sys.exit(tell(Figure('{name}', '要一', '得一', {is_held})))\n"


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    suite(folder, "good", told("R1", is_held=True))
    return folder


def test_figures_that_hold_end_well(tools: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite(tools, "other", "print(sys.argv[1])\n" + told("R0", is_held=True))
    assert all_soaks.main(["--short"], tools) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert "细节" in said
    assert "--short" in said
    assert "figure" not in said
    head, first, second = lines[-4:-1]
    assert head.split() == ["编号", "用时", "结论", "要求", "实得"]
    assert [first.split()[0], *first.split()[-3:]] == ["R0", "达到", "要一", "得一"]
    assert second.split()[0] == "R1"
    assert lines[-1].startswith("soak：2 项演练，2 个指标，0 个未达")


def test_a_figure_that_does_not_hold_fails_the_whole(
    tools: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite(tools, "bad", told("R2", is_held=False))
    assert all_soaks.main([], tools) == 1
    said = capsys.readouterr().out
    assert "未达" in said
    assert said.splitlines()[-1].startswith("soak：2 项演练，2 个指标，1 个未达")


@pytest.mark.parametrize("body", ["sys.exit(3)\n", "1 / 0\n", "print('走完了，什么也没说')\n"])
def test_a_suite_that_ends_without_a_figure_is_in_the_table(
    tools: Path, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    suite(tools, "lost", body)
    assert all_soaks.main([], tools) == 1
    assert any(
        line.startswith("lost") and "没有走完" in line
        for line in capsys.readouterr().out.splitlines()
    )


def test_a_suite_that_fails_after_its_last_figure_is_in_the_table(tools: Path) -> None:
    suite(tools, "late", told("R3", is_held=True).replace("sys.exit(", "(") + "sys.exit(9)\n")
    assert all_soaks.main([], tools) == 1
    said = (tools.parent / "out" / "soak.txt").read_text("utf-8")
    late = [line.split()[3] for line in said.splitlines() if line.startswith(("R3", "late"))]
    assert late[-2:] == ["达到", "未达"]


def test_rows_are_in_the_file_as_soon_as_a_suite_has_ended(tools: Path) -> None:
    """The last suite looks at what a run that is cut off here would leave."""
    look = (
        f"text = open({str(tools.parent / 'out' / 'soak.txt')!r}, encoding='utf-8').read()\n"
        "from figures import *\n"
        "sys.exit(tell(Figure('R9', '要', '得', 'R1  ' in text and '达到' in text)))\n"
    )
    suite(tools, "look", "ALONE = True\n" + look)
    assert all_soaks.main([], tools) == 0


def test_named_suites_run_and_no_others(tools: Path) -> None:
    suite(tools, "other", told("R2", is_held=False))
    assert all_soaks.main(["good"], tools) == 0
    assert [path.name for path in all_soaks.suites(tools, ["other"])[0]] == ["soak_other.py"]


ENDLESS = (
    "from figures import *; from pacing import Rounds; import time\n"
    "rounds = Rounds(1000); print('begun', flush=True)\n"
    "for _ in rounds:\n"
    "    open(f'{__file__}.begun', 'w').close()\n"
    "    time.sleep(0.05)\n"
    "after = Rounds(9)\n"
    "for _ in after: time.sleep(0.05)\n"
    "held = f'{rounds.text}和{after.done}'\n"
    "sys.exit(tell(Figure('R5', '1000 次', held, rounds.is_whole)))\n"
)


def rows(said: str) -> list[list[str]]:
    return [line.split() for line in said.splitlines() if " 未达 " in line]


def test_when_the_time_is_over_suites_say_how_far_they_came(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite(tools, "good", ENDLESS)
    suite(tools, "last", "ALONE = True\n" + told("R1", is_held=True))
    monkeypatch.setattr(all_soaks, "TOGETHER_SECONDS", 1.0)
    monkeypatch.setattr(all_soaks, "ALONE_SECONDS", -1.0)
    assert all_soaks.main([], tools) == 1
    said = rows(capsys.readouterr().out)
    assert next(row[-1] for row in said if row[0] == "R5").endswith("/1000（没有做完）和0")
    assert next(row[-1] for row in said if row[0] == "last") == "没有开始"


def test_a_suite_that_goes_on_when_the_time_is_over_is_ended(
    tools: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    suite(tools, "good", "import time; time.sleep(60)\n")
    monkeypatch.setattr(all_soaks, "TOGETHER_SECONDS", 0.2)
    monkeypatch.setattr(lanes, "GRACE", 0.3)
    assert all_soaks.main([], tools) == 1
    assert "没有走完" in capsys.readouterr().out


def test_after_ctrl_c_the_table_comes_with_what_there_is(tools: Path) -> None:
    """Both lanes are busy; a third suite never begins."""
    if os.name != "posix":  # no Ctrl-C can be sent to one process there
        return
    for name in ("good", "other", "third"):
        suite(tools, name, ENDLESS)
    program = (
        f"{HEAD}import all_soaks, signal; from pathlib import Path\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"  # a job of a shell ignores it
        f"sys.exit(all_soaks.main([], Path({str(tools)!r})))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], stdout=subprocess.PIPE, encoding="utf-8"
    ) as run:
        assert run.stdout is not None
        while len(list(tools.glob("*.begun"))) < 2:
            assert run.poll() is None
            time.sleep(0.05)
        run.send_signal(signal.SIGINT)
        said = run.stdout.read()
    assert run.returncode == 1
    assert {row[0] for row in rows(said)} == {"R5", "third"}
    assert all(row[-1].endswith("和0") for row in rows(said) if row[0] == "R5")
    assert said.splitlines()[-1].startswith("soak：3 项演练，3 个指标，3 个未达")


def test_what_measures_time_runs_at_the_end_and_alone(tools: Path) -> None:
    suite(tools, "clock", "ALONE = True\n" + told("R7", is_held=True))
    suite(tools, "kill", told("R4", is_held=True))
    together, alone = all_soaks.suites(tools)
    assert [path.stem for path in together] == ["soak_kill", "soak_good"]
    assert [path.stem for path in alone] == ["soak_clock"]


def test_every_suite_of_this_house_tells_its_figures() -> None:
    for path in sorted(all_soaks.TOOLS.glob("soak_*.py")):
        text = path.read_text("utf-8")
        assert "from figures import" in text, path.name


def test_the_exit_code_is_that_of_the_figures(capsys: pytest.CaptureFixture[str]) -> None:
    good, bad = Figure("R1", "a", "b", is_held=True), Figure("R2", "c", "d", is_held=False)
    assert (tell(good), tell(good, bad)) == (0, 1)
    lines = capsys.readouterr().out.splitlines()
    assert list(all_soaks.figures_in(lines)) == [good, good, bad]
