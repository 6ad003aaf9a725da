"""One palette, one style sheet, three text sizes; Fusion everywhere."""

import os
import sys
from string import Template

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QColor, QFont, QFontDatabase, QPalette
from PySide6.QtWidgets import QApplication

from ssj_desktop import places

COLOURS = {
    "navy": "#16365F", "accent": "#1F6FEB", "accent_dark": "#1A5DC7", "tint": "#E8F1FE",
    "ground": "#F3F5F8", "card": "#FFFFFF", "line": "#DDE3EB", "row_line": "#EBEFF4",
    "text": "#1B2430", "secondary": "#55606E", "faint": "#6B7686", "border": "#97A3B2",
    "ok": "#1A7F4B", "ok_tint": "#E6F6EC", "warn": "#9A6200", "warn_tint": "#FFF3DC",
    "bad": "#C0312B", "bad_tint": "#FDECEA", "neutral": "#5D6776", "neutral_tint": "#EEF1F5",
    "disabled": "#DCE4EE",
}  # fmt: skip
TEXT_SIZE_SETTING = "text_size"
TEXT_SIZES = {"标准": 10.5, "大": 12.0, "特大": 13.5}


def prepare_environment() -> None:
    """Before the application: fcitx is not in the wheel, ibus is, and fcitx speaks ibus."""
    if sys.platform.startswith("linux") and os.environ.get("QT_IM_MODULE", "").startswith("fcitx"):
        os.environ["QT_IM_MODULE"] = "ibus"


def apply_theme(app: QApplication, text_size: str = "标准") -> None:
    """Fonts, palette, style sheet and Chinese texts of Qt itself."""
    QLocale.setDefault(QLocale(QLocale.Language.Chinese, QLocale.Country.China))
    app.setStyleSheet("")  # changing one sheet for another takes four times as long
    app.setStyle("Fusion")
    app.setPalette(_palette())
    _load_fonts(app, TEXT_SIZES[text_size])
    _load_translation(app)
    sheet = Template(places.resource("style.qss").read_text("utf-8"))
    app.setStyleSheet(sheet.substitute(COLOURS, icons=_icons(), **_sizes(TEXT_SIZES[text_size])))


def _icons() -> str:
    """Style sheets want forward slashes on every system."""
    return places.resource("icons").as_posix()


def _sizes(points: float) -> dict[str, str]:
    """Lengths grow with the text, so that nothing is cut at larger sizes."""
    scale = points / 10.5
    lengths = {
        "control": 34, "nav_row": 30, "pill": 12, "pad": 10, "radius": 8, "tick": 15, "small": 28, "head_pad": 8,
    }  # fmt: skip
    sizes = {name: f"{round(length * scale)}px" for name, length in lengths.items()}
    return {
        **sizes,
        "base": f"{points}pt",
        "title": f"{points + 5}pt",
        "section": f"{points + 2}pt",
        "hint": f"{points - 1.5}pt",
    }


def _palette() -> QPalette:
    palette = QPalette()
    for role, name in (
        (QPalette.ColorRole.Window, "ground"),
        (QPalette.ColorRole.Base, "card"),
        (QPalette.ColorRole.AlternateBase, "ground"),
        (QPalette.ColorRole.Text, "text"),
        (QPalette.ColorRole.WindowText, "text"),
        (QPalette.ColorRole.ButtonText, "text"),
        (QPalette.ColorRole.Button, "card"),
        (QPalette.ColorRole.Highlight, "tint"),
        (QPalette.ColorRole.HighlightedText, "text"),
        (QPalette.ColorRole.PlaceholderText, "faint"),
    ):
        palette.setColor(role, QColor(COLOURS[name]))
    return palette


def _load_fonts(app: QApplication, points: float) -> None:
    families = []
    for file in ("NotoSansSC-Regular.ttf", "NotoSansSC-Medium.ttf"):
        number = QFontDatabase.addApplicationFont(str(places.resource("fonts", file)))
        families += QFontDatabase.applicationFontFamilies(number)
    font = QFont(["Microsoft YaHei UI", *families])
    font.setPointSizeF(points)
    app.setFont(font)


def _load_translation(app: QApplication) -> None:
    translator = QTranslator(app)
    folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
    if translator.load("qtbase_zh_CN", folder):
        app.installTranslator(translator)
