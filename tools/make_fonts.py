"""Make resources/fonts from the original font files.

Run: python tools/make_fonts.py FOLDER_WITH_ORIGINALS resources/fonts
The folder holds the unpacked npm packages, the Debian package and the Zhuque file; see SOURCES.toml.
"""

import hashlib
import shutil
import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FANGSONG = "LXGWZhuqueFangsong-Regular.ttf"
SYMBOLS = {
    *range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2040), *range(0x2100, 0x2200),
    *range(0x2200, 0x2270), *range(0x2460, 0x24A0), *range(0x2500, 0x2600), *range(0x2600, 0x2620),
    *range(0x3000, 0x3030), *range(0x3200, 0x3380), *range(0xFF00, 0xFFEF), 0x33A1, 0x33A5,
}  # fmt: skip


def find(folder: Path, name: str) -> Path:
    return next(folder.rglob(name))


def characters(font: Path) -> set[int]:
    return set(TTFont(font, lazy=True).getBestCmap())


def gbk() -> set[int]:
    found = set()
    for first in range(0x81, 0xFF):
        for second in range(0x40, 0xFF):
            text = bytes((first, second)).decode("gbk", errors="ignore")
            found.update(map(ord, text))
    return found


def cut(source: Path, target: Path, wanted: set[int], name: str | None = None) -> None:
    """Subset a font; a reserved name is replaced by ``name``."""
    options = subset.Options(hinting=False, layout_features=[], name_IDs=["*"], notdef_outline=True)
    font = subset.load_font(str(source), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=wanted)
    cutter.subset(font)
    if name:
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                record.string = name if record.nameID != 6 else name.replace(" ", "")
    font["head"].modified = font["head"].created
    font.cfg["fontTools.ttLib:OPTIMIZE_FONT_SPEED"] = False
    font.recalcTimestamp = False
    subset.save_font(font, str(target), options)


def main(originals: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    fangsong = find(originals, FANGSONG)
    common = characters(fangsong) | SYMBOLS
    shutil.copyfile(fangsong, target / FANGSONG)
    shutil.copyfile(
        find(originals, "NotoSerifSC_400Regular.ttf"), target / "NotoSerifSC-Regular.ttf"
    )
    cut(find(originals, "NotoSerifSC_600SemiBold.ttf"), target / "NotoSerifSC-SemiBold.ttf", common)
    cut(find(originals, "NotoSansSC_500Medium.ttf"), target / "NotoSansSC-Medium.ttf", common)
    cut(
        find(originals, "NotoSansSC_400Regular.ttf"),
        target / "NotoSansSC-Regular.ttf",
        common | gbk(),
    )
    cut(find(originals, "LXGWWenKai-Regular.ttf"), target / "SSJKai-Regular.ttf", common, "SSJ Kai")
    for font in sorted(target.glob("*.ttf")):
        print(font.name, font.stat().st_size, hashlib.sha256(font.read_bytes()).hexdigest())


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
