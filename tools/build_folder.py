"""Builds dist/ssj-desktop with PyInstaller and proves it without the virtual environment.

The window must come up under Xvfb with a Chinese title and something drawn, and ``ssj demo`` must
do the whole demonstration, workbook child process included. Run by ``python3 dev.py build``.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from x_screen import Screen, screen

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "dist" / "ssj-desktop"
ENDING = ".exe" if sys.platform == "win32" else ""
PICTURE = ROOT / "out" / "build_window.png"
MOST_SECONDS = 60
COLOURS_OF_A_WINDOW = 16


class NotProven(Exception):
    """The folder was built, but does not do what it must."""


def built() -> float:
    """Build the folder; seconds it took."""
    begun = time.monotonic()
    subprocess.run(
        [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN",
         "--distpath", str(ROOT / "dist"), "--workpath", str(ROOT / "build"),
         str(ROOT / "build.spec")],
        cwd=ROOT, check=True,
    )  # fmt: skip
    return time.monotonic() - begun


def bare_environment(home: str, **extra: str) -> dict[str, str]:
    """What a program started from the desktop sees: no virtual environment, no Python settings."""
    if sys.platform == "win32":
        kept = {name: os.environ[name] for name in ("SYSTEMROOT", "TEMP") if name in os.environ}
        return {**kept, "USERPROFILE": home, "LOCALAPPDATA": home, **extra}
    return {"HOME": home, "PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", **extra}


def demonstrated() -> float:
    """Run the whole demonstration with the packed ``ssj``; seconds it took."""
    begun = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        done = subprocess.run(
            [str(FOLDER / f"ssj{ENDING}"), "demo", "--out", str(Path(home, "out"))],
            cwd=home, env=bare_environment(home), check=False,
        )  # fmt: skip
        written = [path.suffix for path in Path(home, "out").rglob("*")]
    missing = {".pdf", ".xlsx", ".html", ".json"} - set(written)
    if done.returncode or missing:
        raise NotProven(f"ssj demo 退出码 {done.returncode}，缺少 {'、'.join(sorted(missing))}")
    return time.monotonic() - begun


def shown(environment: Mapping[str, str], on: Screen | None) -> float:
    """Start the window and wait until it stands; seconds from start to first picture."""
    begun = time.monotonic()
    with subprocess.Popen([str(FOLDER / f"ssj-desktop{ENDING}")], env=environment) as window:
        try:
            while not stands(on, time.monotonic() - begun):
                if window.poll() is not None:
                    raise NotProven(f"窗口程序已退出（{window.returncode}）")
                time.sleep(0.05)
            seconds = time.monotonic() - begun
            time.sleep(1)
            if on is not None:
                on.save(PICTURE)
        finally:
            window.terminate()
    return seconds


def stands(on: Screen | None, waited: float) -> bool:
    """Whether a titled window is drawn; without a screen to look at, whether it has run a while."""
    if waited > MOST_SECONDS:
        raise NotProven("窗口没有出现")
    if on is None:
        return waited > 5
    chinese = any("\u4e00" <= letter <= "\u9fff" for title in on.titles() for letter in title)
    return chinese and on.colours() > COLOURS_OF_A_WINDOW


def window_seconds() -> float:
    with tempfile.TemporaryDirectory() as home:
        if not sys.platform.startswith("linux"):
            return shown(bare_environment(home), None)
        with screen() as on:
            return shown(bare_environment(home, DISPLAY=on.display), on)


def size_in_mb() -> float:
    files = (path for path in FOLDER.rglob("*") if path.is_file() and not path.is_symlink())
    return sum(path.stat().st_size for path in files) / 1e6


def main() -> int:
    try:
        build = built()
        window, demo = window_seconds(), demonstrated()
    except (NotProven, subprocess.CalledProcessError) as failure:
        print(f"build：未通过：{failure}")
        return 1
    print(
        f"build：{FOLDER.relative_to(ROOT)} {size_in_mb():.0f} MB，打包 {build:.0f} 秒，"
        f"窗口 {window:.1f} 秒，演示 {demo:.1f} 秒"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
