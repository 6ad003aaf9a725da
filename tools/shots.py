"""Write a picture of every page: python tools/shots.py --out DIR."""

import argparse
import os
import sys
import tempfile
from pathlib import Path

import sqlalchemy  # noqa: F401 - before Qt

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtWidgets import QApplication

from ssj_desktop.cli.demo import build_demo_store
from ssj_desktop.ui.shots import write_shots
from ssj_desktop.ui.theme import apply_theme


def make_small(path: Path) -> None:
    """256 colours of its own: a third of the size, no difference to see on flat screens."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    few.save(path, optimize=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", default="out/shots")
    parser.add_argument("--size", default="标准")
    parser.add_argument("--small", action="store_true", help="256 colours, for the repository")
    options = parser.parse_args()
    app = QApplication(sys.argv[:1])
    apply_theme(app, options.size)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        desk, _ = build_demo_store(Path(folder))
        written = write_shots(desk, Path(options.out))
        desk.close()
    if options.small:
        for path in written:
            make_small(path)
    print(f"已写出 {len(written)} 张图：{options.out}")


if __name__ == "__main__":
    main()
