"""All soaks end in one table; whatever did not hold, or did not end, is seen in it."""

from pathlib import Path

import all_soaks
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
    ended = all_soaks.run([], tools / "soak_late.py")
    assert [figure.is_held for figure in ended.figures] == [True, False]


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
