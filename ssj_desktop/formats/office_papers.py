"""Any paper as PDF and as a workbook."""

from datetime import datetime

from ssj_desktop.domain.papers import ApprovalPaper, PredrawPaper, TablePaper
from ssj_desktop.formats.excel.form import render_form
from ssj_desktop.formats.excel.table import render_table as table_workbook
from ssj_desktop.formats.pdf.approval import render_approval
from ssj_desktop.formats.pdf.predraw import render_predraw
from ssj_desktop.formats.pdf.table import render_table as table_pdf

OfficePaper = ApprovalPaper | PredrawPaper | TablePaper


def render_pdf(paper: OfficePaper, when: datetime) -> bytes:
    """``when`` is the date the PDF carries in its metadata."""
    if isinstance(paper, TablePaper):
        return table_pdf(paper, when)
    if isinstance(paper, PredrawPaper):
        return render_predraw(paper, when)
    return render_approval(paper, when)


def render_workbook(paper: OfficePaper) -> bytes:
    """The same content as text cells."""
    return table_workbook(paper) if isinstance(paper, TablePaper) else render_form(paper)
