#!/usr/bin/env python3
"""Prepares this checkout and runs its commands; needs Python 3.11 and nothing else.

``python3 dev.py demo | test | run | bench [suite] | soak [suite …] [--short] | build | shots``

The first call makes ``.venv`` from requirements.lock and installs the system packages its command
needs where it may (Debian and Ubuntu; elsewhere it names what is missing). Later calls find a stamp
and start at once, without a network.
"""

import argparse
import ctypes
import hashlib
import importlib.util
import os
import re
import secrets
import shutil
import subprocess
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
OLDEST_PYTHON = (3, 11)
LOCK = ROOT / "requirements.lock"
STAMPS = VENV / "prepared"
WINDOWS = sys.platform == "win32"
PYTHON = VENV / ("Scripts/python.exe" if WINDOWS else "bin/python")


class Unprepared(Exception):
    """The machine lacks something; the text says in Chinese what to do."""


# --- system packages --------------------------------------------------------------------------


@dataclass(frozen=True)
class Need:
    """A Debian package and what it brings: a program on the path or a shared library."""

    package: str
    brings: str

    def is_met(self) -> bool:
        """Whether the program or library is there, from whatever package."""
        if not self.brings.startswith("lib"):
            aside = Path("/usr/lib/postgresql").glob(f"*/bin/{self.brings}")  # Debian's way
            return shutil.which(self.brings) is not None or any(aside)
        try:
            ctypes.CDLL(self.brings)
        except OSError:
            return Path(sysconfig.get_config_var("LIBDIR") or ".", self.brings).exists()
        return True


OFFSCREEN = (
    Need("libglib2.0-0", "libglib-2.0.so.0"),
    Need("libgl1", "libGL.so.1"),
    Need("libegl1", "libEGL.so.1"),
    Need("libxkbcommon0", "libxkbcommon.so.0"),
    Need("libdbus-1-3", "libdbus-1.so.3"),
    Need("libfontconfig1", "libfontconfig.so.1"),
)
SCREEN = (
    *OFFSCREEN,
    Need("libx11-xcb1", "libX11-xcb.so.1"),
    Need("libxcb-cursor0", "libxcb-cursor.so.0"),
    Need("libxcb-icccm4", "libxcb-icccm.so.4"),
    Need("libxcb-image0", "libxcb-image.so.0"),
    Need("libxcb-keysyms1", "libxcb-keysyms.so.1"),
    Need("libxcb-randr0", "libxcb-randr.so.0"),
    Need("libxcb-render0", "libxcb-render.so.0"),
    Need("libxcb-render-util0", "libxcb-render-util.so.0"),
    Need("libxcb-shape0", "libxcb-shape.so.0"),
    Need("libxcb-shm0", "libxcb-shm.so.0"),
    Need("libxcb-sync1", "libxcb-sync.so.1"),
    Need("libxcb-util1", "libxcb-util.so.1"),
    Need("libxcb-xfixes0", "libxcb-xfixes.so.0"),
    Need("libxcb-xkb1", "libxcb-xkb.so.1"),
    Need("libxkbcommon-x11-0", "libxkbcommon-x11.so.0"),
)
TRACING = (*OFFSCREEN, Need("strace", "strace"))
"""Fault drills record and disturb what the program writes; only Linux can."""
TESTING = (*TRACING, Need("postgresql", "initdb"))
BROWSING = (Need("chromium", "chromium"),)  # the verification page is tried in a real browser
BUILDING = (
    *SCREEN,
    Need(f"libpython3.{sys.version_info.minor}", f"libpython3.{sys.version_info.minor}.so.1.0"),
    Need("binutils", "objdump"),
    Need("xvfb", "Xvfb"),
    Need("xauth", "xauth"),
)


def missing_packages(needs: Sequence[Need]) -> list[str]:
    """Debian packages still to install; Windows and macOS bring everything in the wheels."""
    linux = sys.platform.startswith("linux")
    return [need.package for need in needs if linux and not need.is_met()]


def install(packages: Sequence[str]) -> None:
    """Install system packages, or raise Unprepared with the exact line to run."""
    if not packages:
        return
    line = ["apt-get", "install", "-y", "--no-install-recommends", *packages]
    rights = apt_rights()
    if rights is None:
        raise Unprepared(f"缺少系统软件包，请以管理员身份运行后重试：\n  {' '.join(line)}")
    say(f"正在安装系统软件包：{'、'.join(packages)}")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    nowhere = subprocess.DEVNULL
    subprocess.call([*rights, "apt-get", "update", "-qq"], env=quiet, stdout=nowhere)
    patient = ["-qq", "-o", "Acquire::Retries=3"]
    if subprocess.call([*rights, *line, *patient], env=quiet, stdout=nowhere):
        raise Unprepared(f"系统软件包安装失败，请手工运行：\n  {' '.join(line)}")


def install_wishes(packages: Sequence[str]) -> None:
    """What only adds checks may be missing: some systems do not have the package."""
    try:
        if packages:
            install(packages)
    except Unprepared:
        say(f"没有装上 {'、'.join(packages)}，需要它的检查将跳过。")


def apt_rights() -> list[str] | None:
    """The prefix that makes apt-get work here; None when there is no way without asking."""
    if shutil.which("apt-get") is None:
        return None
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    may_not = subprocess.call(["sudo", "-n", "true"], stderr=subprocess.DEVNULL)
    return None if may_not else ["sudo", "-n", "env", "DEBIAN_FRONTEND=noninteractive"]


# --- preparation ------------------------------------------------------------------------------


def stamp_of(*parts: str) -> str:
    """One short text that changes with any of its parts."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def read_stamps() -> set[str]:
    return set(STAMPS.read_text("utf-8").split()) if STAMPS.exists() else set()


def add_stamp(stamp: str) -> None:
    STAMPS.write_text("\n".join(sorted(read_stamps() | {stamp})) + "\n", "utf-8")


def prepare(needs: Sequence[Need], wishes: Sequence[Need] = ()) -> None:
    """Bring the virtual environment and the system packages up to date; quick when they are."""
    python_stamp = stamp_of("python", LOCK.read_text("utf-8"), sys.version, str(ROOT))
    needs_stamp = stamp_of("system", *(need.package for need in (*needs, *wishes)))
    known = read_stamps() if PYTHON.exists() else set()
    if python_stamp not in known:
        make_environment()
        STAMPS.unlink(missing_ok=True)
        add_stamp(python_stamp)
    if needs_stamp not in known:
        install(missing_packages(needs))
        install_wishes(missing_packages(wishes))
        add_stamp(needs_stamp)


def make_environment() -> None:
    """``.venv`` with everything in the lock file and this checkout on its path."""
    if not (PYTHON.exists() and runs(PYTHON, "-m", "pip", "--version")):
        provide_venv()
        say("正在建立虚拟环境 .venv")
        checked("虚拟环境建立失败。", [sys.executable, "-m", "venv", "--clear", str(VENV)])
    say("正在安装锁定的依赖（首次约一两分钟）")
    checked(
        "依赖安装失败，请检查网络后重试。",
        [
            str(PYTHON),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--no-input",
            "--require-hashes",
            "--requirement",
            str(LOCK),
        ],
    )
    write_path_file()
    write_launchers()


def provide_venv() -> None:
    """Debian splits venv and ensurepip off its python3."""
    if importlib.util.find_spec("ensurepip") is None or importlib.util.find_spec("venv") is None:
        install([f"python3.{sys.version_info.minor}-venv"])


def write_path_file() -> None:
    """Put this checkout on the environment's path; an editable install would need a build."""
    asked = subprocess.run(
        [str(PYTHON), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    Path(asked.stdout.strip(), "ssj_checkout.pth").write_text(f"{ROOT}\n", "utf-8")


LAUNCHERS = {"ssj": "ssj_desktop.cli", "ssj-desktop": "ssj_desktop"}


def write_launchers() -> None:
    """``ssj`` and ``ssj-desktop`` beside the environment's Python, as an installed program has them."""
    for name, module in LAUNCHERS.items():
        if WINDOWS:
            text = f'@"%~dp0python.exe" -m {module} %*\r\n'
            PYTHON.with_name(f"{name}.cmd").write_text(text, "utf-8", newline="")
        else:
            launcher = PYTHON.with_name(name)
            text = f'#!/bin/sh\nexec "$(dirname "$0")/python" -m {module} "$@"\n'
            launcher.write_text(text, "utf-8")
            launcher.chmod(0o755)


def runs(*command: str | Path) -> bool:
    quiet = subprocess.DEVNULL
    return subprocess.call(list(map(str, command)), stdout=quiet, stderr=quiet) == 0


def checked(complaint: str, command: Sequence[str]) -> None:
    if subprocess.call(command, env=environment()):
        raise Unprepared(complaint)


# --- running ----------------------------------------------------------------------------------


def say(text: str) -> None:
    print(text, flush=True)


def environment(**extra: str) -> dict[str, str]:
    """The environment of every child: UTF-8 everywhere, this virtual environment first."""
    own = {**os.environ, "PYTHONUTF8": "1", "VIRTUAL_ENV": str(VENV)}
    own.pop("PYTHONHOME", None)
    own["PATH"] = str(PYTHON.parent) + os.pathsep + own.get("PATH", "")
    if not WINDOWS:
        own.pop("LC_ALL", None)
        own["LANG"] = "C.UTF-8"
    return {**own, **extra}


def start(*command: str, **extra: str) -> int:
    """Run a command with the environment's Python; its exit code.

    Ctrl-C reaches the command too: it ends by itself, and a soak tells how far it came.
    """
    with subprocess.Popen([str(PYTHON), *command], cwd=ROOT, env=environment(**extra)) as child:
        try:
            return child.wait()
        except KeyboardInterrupt:
            return child.wait()


def followed(command: Sequence[str], **extra: str) -> tuple[int, str]:
    """Run a command, show its output as it comes, and give exit code and output."""
    lines = []
    with subprocess.Popen(
        [str(PYTHON), *command],
        cwd=ROOT,
        env=environment(**extra),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as child:
        for line in child.stdout or ():
            print(line, end="", flush=True)
            lines.append(line)
    return child.returncode, "".join(lines)


def closing_counts(output: str) -> tuple[int, int]:
    """Passed and not passed tests in the closing line of pytest; (0, 0) when there is none."""
    lines = re.findall(r"^=*\s*((?:\d+ [a-z]+,? ?)+) in [\d.]+s.*$", output, re.MULTILINE)
    counts = {word: int(n) for n, word in re.findall(r"(\d+) ([a-z]+)", lines[-1] if lines else "")}
    bad = sum(counts.get(word, 0) for word in ("failed", "error", "errors"))
    return counts.get("passed", 0), bad


# --- commands ---------------------------------------------------------------------------------

Options = argparse.Namespace
WIN32 = ("--platform", "win32", "--cache-dir", ".mypy_cache/win32")
CHECKS = (
    ("ruff format", ("-m", "ruff", "format", "--check", ".")),
    ("ruff check", ("-m", "ruff", "check", ".")),
    ("mypy", ("-m", "mypy", "-p", "ssj_desktop")),
    ("mypy win32", ("-m", "mypy", *WIN32, "-p", "ssj_desktop")),
    ("lint-imports", ("-c", "from importlinter.cli import lint_imports_command as c; c()")),
)
COVERAGE = (
    "-m",
    "coverage",
    "report",
    "--data-file=.coverage.domain",
    "--fail-under=100",
    "--show-missing",
    "--skip-covered",
    "--include=ssj_desktop/domain/*",
)


def demo(_: Options) -> int:
    return start("-m", "ssj_desktop.cli.demo", "--out", str(ROOT / "out"))


def run(_: Options) -> int:
    linux = sys.platform.startswith("linux")
    if linux and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise Unprepared("这里没有图形桌面，窗口打不开；无窗口时请用 ssj 命令。")
    return start("-m", "ssj_desktop")


def shots(options: Options) -> int:
    screenless = {} if WINDOWS else {"QT_QPA_PLATFORM": "offscreen"}
    return start(str(ROOT / "tools" / "shots.py"), "--out", options.out, **screenless)


def build(_: Options) -> int:
    return start(str(ROOT / "tools" / "build_folder.py"))


def bench(options: Options) -> int:
    return run_tools("bench", options.suite)


def soak(options: Options) -> int:
    short = ["--short"] if options.short else []
    known = suites("soak")
    for name in options.suite:
        if name not in known:
            return no_suite("soak", name)
    if len(options.suite) == 1:
        return run_tools("soak", options.suite[0], *short)
    return start(str(ROOT / "tools" / "all_soaks.py"), *short, *options.suite)


def suites(kind: str) -> dict[str, Path]:
    """The tools of one kind by suite name: tools/bench_draw.py is the suite draw of bench."""
    return {
        path.stem.removeprefix(f"{kind}_"): path
        for path in sorted((ROOT / "tools").glob(f"{kind}_*.py"))
    }


def run_tools(kind: str, suite: str | None, *arguments: str) -> int:
    """Run one suite or all; each prints its own table, the last line has the figures of all."""
    known = suites(kind)
    if suite is not None and suite not in known:
        return no_suite(kind, suite)
    chosen = [suite] if suite else list(known)
    rows = [timed(name, partial(start, str(known[name]), *arguments)) for name in chosen]
    report(rows)
    bad = sum(1 for row in rows if row.code)
    say(f"{kind}：{len(rows)} 项，{bad} 项未过，共 {sum(row.seconds for row in rows):.0f} 秒")
    return int(bad > 0)


def no_suite(kind: str, name: str) -> int:
    say(f"没有名为 {name} 的{kind}项目。可用：{'、'.join(suites(kind)) or '暂无'}。")
    return 2


@dataclass(frozen=True)
class Step:
    """One finished step: what it was, its exit code and how long it took."""

    name: str
    code: int
    seconds: float


def timed(name: str, action: Callable[[], int]) -> Step:
    say(f"── {name}")
    begun = time.monotonic()
    return Step(name, action(), time.monotonic() - begun)


def report(steps: Sequence[Step]) -> None:
    say("")
    for step in steps:
        say(f"{'未过' if step.code else '通过'}  {step.name}（{step.seconds:.0f} 秒）")


def test(_: Options) -> int:
    """Format, lint, types, imports, tests and branch coverage of the domain; all are run."""
    steps = [timed(name, partial(start, *line)) for name, line in CHECKS]
    begun = time.monotonic()
    code, output = run_suite()
    passed, bad = closing_counts(output)
    steps.append(Step("pytest", code, time.monotonic() - begun))
    steps.append(timed("domain 分支覆盖", domain_coverage))
    report(steps)
    say(f"{passed} passed, {bad} failed")
    return int(passed == 0 or any(step.code for step in steps))


def run_suite() -> tuple[int, str]:
    """The whole suite on two processes in a new random order; exit code and output."""
    for old in ROOT.glob(".coverage.domain*"):
        old.unlink()
    seed = secrets.randbelow(2**32)
    say(f"── pytest（次序种子 {seed}）")
    screenless = {} if WINDOWS else {"QT_QPA_PLATFORM": "offscreen"}
    return followed(
        [
            "-m",
            "pytest",
            "-n",
            "2",
            "--dist",
            "loadfile",
            f"--randomly-seed={seed}",
            "-p",
            "domain_coverage",
        ],
        PYTHONPATH=str(ROOT / "tools"),
        **screenless,
    )


def domain_coverage() -> int:
    """Every branch of ``ssj_desktop/domain`` is taken by some test."""
    merged = start("-m", "coverage", "combine", "--quiet", "--data-file=.coverage.domain")
    return merged or start(*COVERAGE)


@dataclass(frozen=True)
class Command:
    """One word of the command line: what it does, what the machine needs for it."""

    action: Callable[[Options], int]
    needs: tuple[Need, ...]
    summary: str
    wishes: tuple[Need, ...] = ()


COMMANDS = {
    "demo": Command(demo, (), "用样例资料走完一遍主要工作，结果写入 out/"),
    "test": Command(test, TESTING, "检查格式、类型、依赖方向并运行全部测试", BROWSING),
    "run": Command(run, SCREEN, "打开程序窗口"),
    "bench": Command(bench, OFFSCREEN, "与基准工具对比性能"),
    "soak": Command(soak, TRACING, "长时间与故障演练", BROWSING),
    "build": Command(build, BUILDING, "生成可分发的程序文件夹并试运行"),
    "shots": Command(shots, OFFSCREEN, "为每个页面拍图"),
}


def parse(arguments: Sequence[str]) -> Options:
    parser = argparse.ArgumentParser(prog="dev.py", description="准备环境并运行本项目的命令。")
    words = parser.add_subparsers(dest="command", required=True, metavar="命令")
    made = {word: words.add_parser(word, help=each.summary) for word, each in COMMANDS.items()}
    made["bench"].add_argument("suite", nargs="?", help="只运行这一项")
    made["soak"].add_argument("suite", nargs="*", help="只运行这几项")
    made["soak"].add_argument("--short", action="store_true", help="缩短版")
    made["shots"].add_argument("--out", default=str(ROOT / "out" / "shots"), help="图片文件夹")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str]) -> int:
    """Prepare, run the command, and give its exit code; 1 when the machine cannot be prepared."""
    options = parse(arguments)
    command = COMMANDS[options.command]
    try:
        if sys.version_info[:2] < OLDEST_PYTHON:
            raise Unprepared("需要 Python 3.11 或更高版本。")
        prepare(command.needs, command.wishes)
        return command.action(options)
    except Unprepared as lack:
        say(str(lack))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
