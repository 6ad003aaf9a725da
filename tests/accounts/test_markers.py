"""S3: what identifies a person stands in no raw byte beside the store, nor in what is published."""

import logging
from datetime import date
from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from office import approved_line, enrol_inspectors, enrol_targets, freezing
from people import office

from ssj_desktop.domain.errors import SsjError
from ssj_desktop.domain.masking import private_marks
from ssj_desktop.domain.scrubbing import bug_text
from ssj_desktop.domain.vocabulary import BackupReason, DisclosureKind, Role
from ssj_desktop.formats.excel.table import render_table as workbook
from ssj_desktop.formats.html.site import render_site
from ssj_desktop.formats.pdf.table import render_table as pdf
from ssj_desktop.queries.disclosures import disclosure_paper, list_subjects
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.accounts import sign_in
from ssj_desktop.services.backups import back_up
from ssj_desktop.services.data_keys import change_data_key
from ssj_desktop.services.desk import Actor
from ssj_desktop.services.disclosures import PrepareDisclosure, prepare_disclosure
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.plans import FilePlan, file_plan
from ssj_desktop.services.registries import (  # fmt: skip
    Enrol,
    ImportRows,
    Revise,
    enrol,
    import_rows,
    read_sheet,
    revise,
)
from ssj_desktop.services.unmasking import Unmask, unmask

PHONE, LANDLINE, ID = "13845678901", "0456-6721188", "11010519491231002X"
MARKERS = (PHONE, LANDLINE, ID, "标记人王芳")


def raw_copies(*folders: Path) -> list[str]:
    """Files whose raw bytes hold a marker, in any of the usual encodings."""
    forms = [m.encode(code) for m in MARKERS for code in ("utf-8", "utf-16-le", "gb18030")]
    return [
        f"{path}: {form!r}"
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file()
        for form in forms
        if form in path.read_bytes()
    ]


@pytest.fixture
def places_to_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """An office folder, a user folder and a temporary folder of their own."""
    found = {name: tmp_path / name for name in ("office", "temp", "user")}
    for path in found.values():
        path.mkdir()
    for name in ("TMPDIR", "TEMP", "TMP"):
        monkeypatch.setenv(name, str(found["temp"]))
    monkeypatch.setattr("tempfile.tempdir", None)
    return found


def test_no_raw_byte_of_store_keys_backups_temporary_files_or_logs_holds_a_marker(
    places_to_look: dict[str, Path], tmp_path: Path
) -> None:
    where = places_to_look
    log = logging.FileHandler(where["user"] / "ssj.log", encoding="utf-8")
    logging.getLogger("ssj").addHandler(log)
    clerk, machine = office(where["office"])
    sheet = tmp_path / "名录.csv"
    sheet.write_text(f"名称,统一社会信用代码,联系人,联系电话,备注\n云岭县公司,91239921X000000001,标记人王芳,{LANDLINE},证件{ID}\n", encoding="utf-8")  # fmt: skip
    clerk.do(import_rows, ImportRows(read_sheet("targets", sheet)))
    clerk.do(enrol, Enrol("targets", {"name": "另一家公司", "phone": PHONE}))
    row = clerk.ask(list_rows, "targets")[0]
    clerk.do(revise, Revise("targets", row.id, {"note": f"改为 {PHONE}"}, "更正"))
    clerk.do(unmask, Unmask("targets", row.id, "电话通知检查"))
    try:
        clerk.do(enrol, Enrol("targets", {"name": "x", "number": PHONE, "status": PHONE}))
    except SsjError as refusal:
        logging.getLogger("ssj").warning("%s", bug_text(refusal))
    back_up(clerk, BackupReason.MANUAL)
    change_data_key(clerk, "Sesame-2026", "演练")
    for path in where["office"].rglob("*"):
        assert raw_copies(path.parent) == []
    with pytest.raises(SsjError):
        sign_in(clerk.database.path, PHONE, "张敏", machine)
    clerk.close()
    logging.getLogger("ssj").removeHandler(log)
    log.close()
    assert raw_copies(*where.values()) == []
    assert {path.name for path in where["office"].iterdir()} >= {"office.ssj", "office.ssj.keys", "office.ssj.tries"}  # fmt: skip


def test_the_search_finds_a_marker_where_there_is_one(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(b"\0" + ID.encode("utf-16-le"))
    assert len(raw_copies(tmp_path)) == 1


def text_of(name: str, content: bytes, folder: Path) -> str:
    path = folder / name
    path.write_bytes(content)
    if name.endswith(".pdf"):
        pages = pypdfium2.PdfDocument(str(path))
        return "\n".join(page.get_textpage().get_text_bounded() for page in pages)
    if name.endswith(".xlsx"):
        book = openpyxl.load_workbook(path)
        return "\n".join(str(c.value) for sheet in book for row in sheet for c in row)
    return content.decode()


def test_public_files_hold_no_id_number_and_no_telephone(tmp_path: Path) -> None:
    clerk, _ = office(tmp_path)
    enrol_targets(clerk)
    enrol_inspectors(clerk)
    for number, mark in enumerate((PHONE, LANDLINE, ID)):
        texts = {"name": f"云岭县公司{number}（{mark}）", "industry": "物业服务企业", "credit_class": "A"}  # fmt: skip
        clerk.do(enrol, Enrol("targets", texts))
    approver = clerk.signed_in_as(Actor("高建国", (Role.APPROVER,)))
    line = approved_line(clerk, approver, "A=100%,B=100%", name=f"物业抽查 {PHONE}")
    draw_id = clerk.do(freeze_draw, freezing(clerk, line))
    clerk.do(draw, PerformDraw(draw_id, ("514263", "30927718", "662135")))
    plan = approved_plan(clerk)
    clerk.do(file_plan, FilePlan(plan, "市住建局", date(2026, 3, 16), "备〔2026〕1号"))
    papers = []
    for subject in clerk.ask(list_subjects, clerk.today()):
        made = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
        papers.append((subject.kind, clerk.ask(disclosure_paper, made, clerk.today())))
    assert {kind for kind, _ in papers} >= {DisclosureKind.PLAN, DisclosureKind.DRAW_LIST}
    files = {"site.html": render_site(clerk.office.unit, [paper for _, paper in papers])}
    for kind, paper in papers:
        files[f"{kind.value}.pdf"] = pdf(paper, clerk.surroundings.now())
        files[f"{kind.value}.xlsx"] = workbook(paper)
    for name, content in files.items():
        text = text_of(name, content, tmp_path)
        assert "云岭县" in text
        assert private_marks(text) == (), name
    clerk.close()


def approved_plan(clerk) -> str:  # type: ignore[no-untyped-def]
    from ssj_desktop.queries.plans import list_plans

    return clerk.ask(list_plans)[0].id
