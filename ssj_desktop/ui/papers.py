"""From a query to a page one can look at: laid out off the window's thread, then previewed."""

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from ssj_desktop.formats.office_papers import OfficePaper, render_pdf, render_workbook
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.preview import Preview
from ssj_desktop.ui.tasks import wait_for

LAYING_OUT = "正在排版……"


def show_paper(
    parent: QWidget,
    desk: Desk,
    ask: Callable[[], OfficePaper],
    title: str = "",
    whole: Callable[[], OfficePaper] | None = None,
) -> None:
    """Preview what ``ask`` finds; its workbook may be a longer one, found by ``whole``."""

    def make() -> tuple[OfficePaper, bytes]:
        paper = ask()
        return paper, render_pdf(paper, desk.surroundings.now())

    paper, pdf = wait_for(parent, LAYING_OUT, make)
    workbook = partial(render_workbook, paper) if whole is None else _later(whole)
    Preview(parent, title or paper.title, pdf, workbook).exec()


def _later(ask: Callable[[], OfficePaper]) -> Callable[[], bytes]:
    return lambda: render_workbook(ask())
