"""Any paper as PDF and as a workbook.

Their makers are imported when the first paper is made: the window opens without them.
"""

from datetime import datetime
from importlib import import_module

from ssj_desktop.domain.papers import ApprovalPaper, PredrawPaper, TablePaper

_MAKERS = ("pdf.table", "pdf.predraw", "pdf.approval", "pdf.record", "excel.table", "excel.form")
OfficePaper = ApprovalPaper | PredrawPaper | TablePaper


def load_makers() -> None:
    """Import them all, for whoever has time before the first paper is asked for."""
    for name in _MAKERS:
        import_module(f"ssj_desktop.formats.{name}")


def render_pdf(paper: OfficePaper, when: datetime) -> bytes:
    """``when`` is the date the PDF carries in its metadata."""
    if isinstance(paper, TablePaper):
        from ssj_desktop.formats.pdf.table import render_table  # noqa: PLC0415 - heavy

        return render_table(paper, when)
    if isinstance(paper, PredrawPaper):
        from ssj_desktop.formats.pdf.predraw import render_predraw  # noqa: PLC0415 - heavy

        return render_predraw(paper, when)
    from ssj_desktop.formats.pdf.approval import render_approval  # noqa: PLC0415 - heavy

    return render_approval(paper, when)


def render_workbook(paper: OfficePaper) -> bytes:
    """The same content as text cells."""
    if isinstance(paper, TablePaper):
        from ssj_desktop.formats.excel.table import render_table  # noqa: PLC0415 - heavy

        return render_table(paper)
    from ssj_desktop.formats.excel.form import render_form  # noqa: PLC0415 - heavy

    return render_form(paper)
