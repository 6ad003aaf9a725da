"""A draw record as PDF with its attachments and as a workbook."""

from collections.abc import Mapping
from datetime import datetime

from ssj_desktop.domain.papers import RecordPaper
from ssj_desktop.formats.excel.record import render_record as render_workbook
from ssj_desktop.formats.pdf.record import render_record as render_pdf

ATTACHED = ("record.json", "seed.txt")
MOST_SHEET_ROWS = 1_000_000


def record_papers(
    paper: RecordPaper, files: Mapping[str, bytes], when: datetime
) -> dict[str, bytes]:
    """record.pdf and record.xlsx; ``files`` are the draw's own files by name."""
    attachments = {name: files[name] for name in ATTACHED}
    rows = files["tickets.tsv"].decode().splitlines()[:MOST_SHEET_ROWS]
    tickets = [tuple(line.split("\t")) for line in rows]
    return {
        "record.pdf": render_pdf(paper, attachments, when),
        "record.xlsx": render_workbook(paper, tickets),
    }
