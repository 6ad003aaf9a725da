"""年度总览, counts in the navigation, printed registries, a preview that draws what is in view."""

import threading
from datetime import date

import pypdfium2
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QDialog

from ssj_desktop.formats.office_papers import render_pdf
from ssj_desktop.formats.pdf.raster import PageImage, page_image, page_sizes
from ssj_desktop.queries.calendar import shipped_calendar
from ssj_desktop.queries.overview import _day_text, year_overview
from ssj_desktop.queries.registry_pages import list_row_ids
from ssj_desktop.queries.registry_papers import PRINTED, registry_paper
from ssj_desktop.ui import preview
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.navigation import COUNT_ROLE, DUE_ROLE
from ssj_desktop.ui.pages.registry_page import build
from ssj_desktop.ui.preview import Preview


def test_the_year_view_tells_steps_months_and_results_from_one_reading(drawn_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    desk, _ = drawn_office
    window = MainWindow(desk)
    qtbot.addWidget(window)
    page = window.pages["home"]
    overview = desk.ask(year_overview, desk.today())
    assert dict(overview.steps)["随机抽取"] == "已抽 1 批"
    assert dict(overview.steps)["现场检查"] == "0 / 5 家"
    assert sum(planned for _, planned, _ in overview.months) == 5
    assert [planned for text, planned, _ in overview.months if text in ("1月", "2月")] == [0, 0]
    assert page.chart.top_value() == 4
    assert page.planned.text() == "计划 5 家"
    assert page.due.rowCount() >= 1
    window.resize(1366, 728)
    window.grab()


def test_badges_stand_only_where_somebody_has_to_act(drawn_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    window = MainWindow(drawn_office[0])
    qtbot.addWidget(window)
    shown = {
        window._key_of(row): (
            window.nav.item(row).data(COUNT_ROLE),
            window.nav.item(row).data(DUE_ROLE),
        )
        for row in range(window.nav.count())
    }
    assert shown["targets"] == ("20", False)
    assert shown["inspections"] == ("5", True)
    assert shown["plans"] == ("", False)


def test_a_weekend_that_is_worked_is_named() -> None:
    calendar = shipped_calendar()
    assert _day_text(calendar, date(2026, 9, 20)) == "2026-09-20 调休"
    assert _day_text(calendar, date(2026, 9, 19)) == "2026-09-19"


def test_a_printed_registry_bears_its_date_and_count_and_no_private_field(filled_office) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    ids = list(desk.ask(list_row_ids, "targets"))
    paper = desk.ask(registry_paper, "targets", ids, desk.today())
    assert paper.head_lines == ((f"打印日期：{desk.today().isoformat()}", "共 20 家"),)
    assert sum(column.width_mm for column in paper.columns) == 261
    assert not {"phone", "contact", "conflicts"} & {
        name for names in PRINTED.values() for name in names
    }
    pdf = pypdfium2.PdfDocument(render_pdf(paper, desk.surroundings.now()))
    text = pdf[0].get_textpage().get_text_bounded()
    assert "云岭县第0物业公司" in text
    assert "共 20 家" in text
    pdf.close()


def test_the_preview_of_a_long_list_draws_only_the_pages_in_view(
    filled_office, qtbot, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    ids = list(desk.ask(list_row_ids, "targets")) * 10
    paper = desk.ask(registry_paper, "targets", ids, desk.today())
    shown = Preview(None, "名录", render_pdf(paper, desk.surroundings.now()))  # type: ignore[arg-type]
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitUntil(lambda: not shown.sheets[0].pixmap().isNull(), timeout=5000)
    assert len(shown.sheets) >= 5
    assert shown.sheets[-1].pixmap().isNull()
    shown.area.verticalScrollBar().setValue(shown.area.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: not shown.sheets[-1].pixmap().isNull(), timeout=5000)
    page = build(desk, "targets")
    qtbot.addWidget(page)
    page.refresh()
    opened: list[str] = []
    monkeypatch.setattr(Preview, "exec", lambda dialog: opened.append(dialog.title))
    page.show_paper()
    qtbot.waitUntil(lambda: opened == ["检查对象名录库"], timeout=10_000)
    assert isinstance(shown, QDialog)


def test_pages_are_drawn_beside_the_window_for_the_screen_and_for_the_printer(
    filled_office, qtbot, monkeypatch, tmp_path
) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    ids = list(desk.ask(list_row_ids, "targets")) * 4
    paper = desk.ask(registry_paper, "targets", ids, desk.today())
    drawn: list[tuple[int, bool]] = []

    def watched(pdf: bytes, number: int, dpi: int) -> PageImage:
        drawn.append((number, threading.current_thread() is threading.main_thread()))
        return page_image(pdf, number, dpi)

    monkeypatch.setattr(preview, "page_image", watched)
    shown = Preview(None, "名录", render_pdf(paper, desk.surroundings.now()))  # type: ignore[arg-type]
    qtbot.addWidget(shown)
    shown.show()
    qtbot.waitUntil(lambda: not shown.sheets[0].pixmap().isNull(), timeout=5000)
    printer, printed = QPrinter(), tmp_path / "printed.pdf"
    printer.setOutputFileName(str(printed))
    drawn.clear()
    shown.paint_pages(printer)
    assert [number for number, _ in drawn] == list(range(len(shown.sheets)))
    assert not any(on_main for _, on_main in drawn)
    assert len(page_sizes(printed.read_bytes(), 72)) == len(shown.sheets) > 1
