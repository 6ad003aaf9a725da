"""dev.py: what it probes, when it works again, how it reads pytest and which words it knows."""

import importlib.util
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]


def fresh_dev() -> ModuleType:
    """A copy of dev.py of its own for each test, so that folders can be changed."""
    found = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert found is not None
    assert found.loader is not None
    module = importlib.util.module_from_spec(found)
    sys.modules["dev_under_test"] = module
    found.loader.exec_module(module)
    return module


@pytest.fixture
def dev(tmp_path: Path) -> ModuleType:
    """dev.py with its environment and lock file in a temporary folder."""
    module = fresh_dev()
    module.VENV = tmp_path / ".venv"
    module.STAMPS = module.VENV / "prepared"
    module.PYTHON = module.VENV / "python"
    module.LOCK = tmp_path / "requirements.lock"
    module.LOCK.write_text("a==1\n", "utf-8")
    return module


class Steps(list[tuple[str, tuple[str, ...]]]):
    """What preparation did, in order."""


@pytest.fixture
def steps(dev: ModuleType) -> Steps:
    """Preparation that only notes what it would do."""
    done = Steps()

    def make_environment() -> None:
        done.append(("environment", ()))
        dev.VENV.mkdir(exist_ok=True)
        dev.PYTHON.touch()

    def install(packages: Sequence[str]) -> None:
        done.append(("install", tuple(packages)))

    dev.make_environment = make_environment
    dev.install = install
    return done


def test_a_program_on_the_path_is_found(dev: ModuleType) -> None:
    program = Path(sys.executable).name
    path = os.environ["PATH"]
    os.environ["PATH"] = str(Path(sys.executable).parent) + os.pathsep + path
    try:
        assert dev.Need("any", program).is_met()
    finally:
        os.environ["PATH"] = path


def test_an_absent_program_and_an_absent_library_are_missing(dev: ModuleType) -> None:
    needs = (dev.Need("one", "ssj-no-such-program"), dev.Need("two", "libssj-none.so.9"))
    expected = ["one", "two"] if sys.platform.startswith("linux") else []
    assert dev.missing_packages(needs) == expected


def test_each_package_is_named_once_and_brings_something(dev: ModuleType) -> None:
    for command in dev.COMMANDS.values():
        packages = [need.package for need in command.needs]
        assert len(set(packages)) == len(packages)
        assert all(need.brings for need in command.needs)


def test_the_first_call_prepares_everything(dev: ModuleType, steps: Steps) -> None:
    dev.prepare((dev.Need("one", "ssj-no-such-program"),))
    packages = ("one",) if sys.platform.startswith("linux") else ()
    assert steps == [("environment", ()), ("install", packages)]


def test_the_second_call_does_nothing(dev: ModuleType, steps: Steps) -> None:
    needs = (dev.Need("one", "ssj-no-such-program"),)
    dev.prepare(needs)
    steps.clear()
    dev.prepare(needs)
    assert steps == []


def test_another_command_only_adds_its_packages(dev: ModuleType, steps: Steps) -> None:
    dev.prepare(())
    steps.clear()
    dev.prepare((dev.Need("two", "ssj-no-such-program"),))
    assert [name for name, _ in steps] == ["install"]


def test_a_wish_that_cannot_be_met_is_said_and_nothing_fails(
    dev: ModuleType, steps: Steps, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(packages: Sequence[str]) -> None:
        if packages:
            raise dev.Unprepared("没有权限")

    dev.install = refuse
    dev.prepare((), (dev.Need("browser", "ssj-no-such-program"),))
    assert "没有装上 browser" in capsys.readouterr().out


def test_a_changed_lock_file_prepares_again(dev: ModuleType, steps: Steps) -> None:
    dev.prepare(())
    steps.clear()
    dev.LOCK.write_text("a==2\n", "utf-8")
    dev.prepare(())
    assert ("environment", ()) in steps


def test_a_vanished_environment_prepares_again(dev: ModuleType, steps: Steps) -> None:
    dev.prepare(())
    steps.clear()
    dev.PYTHON.unlink()
    dev.prepare(())
    assert ("environment", ()) in steps


def test_without_rights_the_exact_line_is_named(dev: ModuleType) -> None:
    dev.apt_rights = lambda: None
    with pytest.raises(dev.Unprepared) as lack:
        dev.install(["libgl1", "libegl1"])
    assert "apt-get install -y --no-install-recommends libgl1 libegl1" in str(lack.value)


def test_nothing_missing_asks_for_no_rights(dev: ModuleType) -> None:
    def refuse() -> None:
        raise AssertionError

    dev.apt_rights = refuse
    assert dev.install([]) is None


def test_a_machine_that_cannot_be_prepared_ends_with_one(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    def prepare(*_: object) -> None:
        raise dev.Unprepared("请先安装。")

    dev.prepare = prepare
    assert dev.main(["demo"]) == 1
    assert capsys.readouterr().out == "请先安装。\n"


def test_a_python_that_is_too_old_is_named(
    dev: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    dev.OLDEST_PYTHON = (9, 0)
    assert dev.main(["demo"]) == 1
    assert "需要 Python" in capsys.readouterr().out


def test_children_speak_utf8_and_find_the_environment_first(dev: ModuleType) -> None:
    own = dev.environment(QT_QPA_PLATFORM="offscreen")
    assert own["PYTHONUTF8"] == "1"
    assert own["QT_QPA_PLATFORM"] == "offscreen"
    assert own["PATH"].split(os.pathsep)[0] == str(dev.PYTHON.parent)


def test_settings_for_pip_reach_the_children(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_DEFAULT_TIMEOUT", "180")
    assert dev.environment()["PIP_DEFAULT_TIMEOUT"] == "180"


@pytest.mark.parametrize(
    ("output", "counts"),
    [
        ("....\n67 passed in 0.93s\n", (67, 0)),
        ("=== 2 failed, 31 passed, 1 error in 3.10s ===\n", (31, 3)),
        ("1 passed in 0.1s\n== later\n1203 passed, 2 warnings in 61.02s (0:01:01)\n", (1203, 0)),
        ("3 errors in 0.50s\n", (0, 3)),
        ("no tests ran in 0.01s\n", (0, 0)),
        ("", (0, 0)),
    ],
)
def test_the_closing_line_of_pytest_is_read(
    dev: ModuleType, output: str, counts: tuple[int, int]
) -> None:
    assert dev.closing_counts(output) == counts


def finished(dev: ModuleType, codes: dict[str, int], output: str = "5 passed in 1.0s\n") -> int:
    """The exit code of ``test`` when its steps end like this."""

    def start(*command: str, **extra: str) -> int:
        return next((code for word, code in codes.items() if word in " ".join(command)), 0)

    dev.start = start
    dev.followed = lambda *_, **__: (codes.get("pytest", 0), output)
    return int(dev.main(["test"]))


@pytest.fixture
def prepared(dev: ModuleType) -> ModuleType:
    dev.prepare = lambda *_: None
    return dev


def test_all_steps_passing_ends_with_zero_and_the_counts(
    prepared: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert finished(prepared, {}) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "5 passed, 0 failed"


@pytest.mark.parametrize("word", ["format", "check", "mypy", "win32", "importlinter", "report"])
def test_one_failing_step_fails_the_whole_but_the_others_still_run(
    prepared: ModuleType, capsys: pytest.CaptureFixture[str], word: str
) -> None:
    assert finished(prepared, {word: 1}) == 1
    lines = capsys.readouterr().out.splitlines()
    assert sum(line.startswith(("通过", "未过")) for line in lines) == len(prepared.CHECKS) + 2
    assert lines[-1] == "5 passed, 0 failed"


def test_a_run_without_a_single_test_fails(prepared: ModuleType) -> None:
    assert finished(prepared, {}, "no tests ran in 0.01s\n") == 1


def test_failing_tests_fail_the_whole(
    prepared: ModuleType, capsys: pytest.CaptureFixture[str]
) -> None:
    assert finished(prepared, {"pytest": 1}, "1 failed, 4 passed in 1.0s\n") == 1
    assert capsys.readouterr().out.splitlines()[-1] == "4 passed, 1 failed"


def test_suites_are_found_by_file_name(prepared: ModuleType, tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bench_draw.py", "bench_excel_import.py", "soak_store.py", "make_fonts.py"):
        (tools / name).touch()
    prepared.ROOT = tmp_path
    assert list(prepared.suites("bench")) == ["draw", "excel_import"]
    assert list(prepared.suites("soak")) == ["store"]


def test_an_unknown_suite_is_refused_with_the_known_ones(
    prepared: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "bench_draw.py").touch()
    prepared.ROOT = tmp_path
    assert prepared.main(["bench", "nothing"]) == 2
    assert "draw" in capsys.readouterr().out


def test_soak_hands_short_on_and_closes_with_its_figures(
    prepared: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "tools").mkdir()
    (tmp_path / "tools" / "soak_store.py").touch()
    prepared.ROOT = tmp_path
    seen: list[tuple[str, ...]] = []
    prepared.start = lambda *command: seen.append(command) or 1
    assert prepared.main(["soak", "store", "--short"]) == 1
    assert seen == [(str(tmp_path / "tools" / "soak_store.py"), "--short")]
    assert capsys.readouterr().out.splitlines()[-1].startswith("soak：1 项，1 项未过")


def test_all_soaks_together_end_in_one_table(prepared: ModuleType) -> None:
    seen: list[tuple[str, ...]] = []
    prepared.start = lambda *command: seen.append(command) or 0
    assert prepared.main(["soak", "--short"]) == 0
    assert seen == [(str(prepared.ROOT / "tools" / "all_soaks.py"), "--short")]


@pytest.mark.parametrize("word", ["demo", "test", "run", "bench", "soak", "build", "shots"])
def test_the_promised_words_are_known(dev: ModuleType, word: str) -> None:
    assert dev.parse([word]).command == word


def test_help_answers_in_chinese_without_preparing_anything() -> None:
    asked = subprocess.run(
        [sys.executable, str(ROOT / "dev.py"), "--help"],
        capture_output=True, encoding="utf-8", env={**os.environ, "PYTHONUTF8": "1"}, check=True,
    )  # fmt: skip
    assert "用样例资料" in asked.stdout


def test_without_a_desktop_the_window_is_refused_in_words(
    prepared: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(prepared.sys, "platform", "linux")
    for name in ("DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    assert prepared.main(["run"]) == 1
    assert "没有图形桌面" in capsys.readouterr().out


def test_with_a_desktop_the_window_is_started(
    prepared: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISPLAY", ":0")
    prepared.start = lambda *command: {("-m", "ssj_desktop"): 7}[command]
    assert prepared.main(["run"]) == 7


def test_the_commands_lie_beside_the_environments_python(dev: ModuleType) -> None:
    dev.PYTHON.parent.mkdir(parents=True)
    dev.write_launchers()
    names = {path.stem for path in dev.PYTHON.parent.iterdir()}
    assert names == {"ssj", "ssj-desktop"}
    if sys.platform != "win32":
        dev.PYTHON.symlink_to(sys.executable)
        shown = subprocess.run(
            [dev.PYTHON.with_name("ssj"), "--version"],
            capture_output=True,
            encoding="utf-8",
            check=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )
        assert shown.stdout.strip()
