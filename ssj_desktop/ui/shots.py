"""A picture of every page and wizard step, drawn from a desk."""

from pathlib import Path

from PySide6.QtWidgets import QApplication, QWidget

from ssj_desktop import places
from ssj_desktop.queries.draws import list_draws
from ssj_desktop.queries.plans import list_lines, list_plans
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.draws import FreezeDraw, Panelist, freeze_draw, open_slips
from ssj_desktop.services.registries import open_file, parse_file
from ssj_desktop.ui.first_run import FirstRun
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import PAGES
from ssj_desktop.ui.pages.draws_page import DrawsPage
from ssj_desktop.ui.pages.import_dialog import ImportDialog
from ssj_desktop.ui.start import SignIn
from ssj_desktop.ui.tasks import wait_for_workers

SIZE = (1366, 728)


def write_shots(desk: Desk, folder: Path) -> list[Path]:
    """PNG files of everything a clerk can open."""
    folder.mkdir(parents=True, exist_ok=True)
    window = MainWindow(desk)
    window.resize(*SIZE)
    window.show()
    written = []
    for page in PAGES:
        window.open_page(page.key)
        written.append(_grab(window, folder / f"{page.key}.png"))
    written += _wizard(window, desk, folder)
    opened = open_file("targets", places.resource("samples", "2026年新增企业.xlsx"))
    file = parse_file(opened)
    for name, dialog in (
        ("import", ImportDialog(window, desk, file, opened)),
        ("sign_in", SignIn(desk.database.path)),
        ("first_run", FirstRun(folder / "office.ssj")),
    ):
        dialog.show()
        written.append(_grab(dialog, folder / f"{name}.png"))
        dialog.close()
    window.close()
    return written


def _wizard(window: MainWindow, desk: Desk, folder: Path) -> list[Path]:
    page = window.open_page("draws")
    if not isinstance(page, DrawsPage):
        return []
    page.start()
    written = [_grab(window, folder / "draw_1_scheme.png")]
    frozen = _frozen(desk)
    desk.do(open_slips, frozen)
    for name, draw_id in (("draw_2_slips", frozen), ("draw_3_result", desk.ask(list_draws)[-1].id)):
        if page.wizard:
            page.wizard.resume(draw_id)
        written.append(_grab(window, folder / f"{name}.png"))
    screen = page.project()
    if screen is not None:
        screen.resize(1920, 1080)
        screen.show_all()
        written.append(_grab(screen, folder / "projection.png"))
        screen.close()
    page.show_fairness()
    written.append(_grab(window, folder / "fairness.png"))
    page.show_ledger()
    return written


def _frozen(desk: Desk) -> str:
    """A second draw that waits for its slips."""
    line = desk.ask(list_lines, desk.ask(list_plans)[0].id)[1]
    panel = (Panelist("刘昕", "县纪委监委派驻纪检监察组"), Panelist("丁玉兰", "云岭县公证处"))
    command = FreezeDraw("shots", line.id, "局机关三楼会议室", "高建国", desk.today(), panel)
    return desk.do(freeze_draw, command)


def _grab(widget: QWidget, path: Path) -> Path:
    QApplication.processEvents()
    wait_for_workers()
    QApplication.processEvents()
    widget.grab().save(str(path))
    return path
