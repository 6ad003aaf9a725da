"""The printed list and photographs: hashes to compare, no place of taking; publicity has none of it."""

import io
from collections.abc import Iterator
from pathlib import Path

import office
import pypdfium2
import pytest
from formats.archival_rules import broken
from PIL import Image

from ssj_desktop.domain.attachments import digest_of
from ssj_desktop.domain.result_rules import Entry
from ssj_desktop.domain.vocabulary import DisclosureKind, ResultCode
from ssj_desktop.formats.html.site import site_files
from ssj_desktop.formats.office_papers import render_pdf, render_workbook
from ssj_desktop.formats.pdf.photos import render_photos
from ssj_desktop.queries.attachment_papers import attachment_paper, grouped
from ssj_desktop.queries.disclosures import disclosure_paper, list_subjects
from ssj_desktop.queries.inspections import TaskRow, list_tasks
from ssj_desktop.queries.publication import public_site
from ssj_desktop.services.attachment_pages import attachment_pages
from ssj_desktop.services.attachments import Attach, VoidAttachment, attach, void_attachment
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.disclosures import (
    AssessDisclosure,
    PrepareDisclosure,
    RecordPublication,
    approve_disclosure,
    assess_disclosure,
    prepare_disclosure,
    record_publication,
)
from ssj_desktop.services.draws import PerformDraw, draw, freeze_draw
from ssj_desktop.services.inspections import (
    EnterResult,
    ReviewTask,
    ScheduleVisit,
    enter_result,
    review_task,
    schedule_visit,
    submit_task,
)

TITLE = "配电箱东侧接线特写"


def photo(colour: str, **options: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (640, 480), colour).save(out, "JPEG", **options)
    return out.getvalue()


def taken_there() -> bytes:
    """A photograph that says when and where it was taken."""
    exif = Image.Exif()
    exif[0x8769] = {0x9003: "2026:03:16 09:30:00"}
    exif[0x8825] = {1: "N", 2: (47.0, 50.0, 0.0)}
    return photo("red", exif=exif)


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[tuple[Desk, Desk]]:
    clerk, approver = office.found(tmp_path, office.Clock())
    office.enrol_targets(clerk, 4)
    office.enrol_inspectors(clerk, 4)
    key = clerk.do(freeze_draw, office.freezing(clerk, office.approved_line(clerk, approver)))
    clerk.do(draw, PerformDraw(key, ("514263", "30927718", "-")))
    yield clerk, approver
    clerk.close()


def first(desk: Desk) -> TaskRow:
    return desk.ask(list_tasks)[0]


def texts(pdf: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(pdf)
    return [page.get_textpage().get_text_bounded() for page in document]


def test_two_photographs_stand_on_a_page_and_scans_only_in_the_list(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, _ = desks
    task = first(clerk)
    for colour in ("red", "green", "blue"):
        clerk.do(attach, Attach(task.id, f"照片 {colour}", photo(colour)))
    clerk.do(attach, Attach(task.id, "签字笔录", b"%PDF-1.7 minutes"))
    gone = clerk.do(attach, Attach(task.id, "拍错的", photo("black")))
    clerk.do(void_attachment, VoidAttachment(gone, "拍错了"))
    pages = texts(attachment_pages(clerk, task.id))
    assert len(pages) == 3
    assert [page.count("校验值") for page in pages[1:]] == [2, 1]
    assert "签字笔录" in pages[0]
    assert "拍错的" not in "".join(pages)
    assert "内部留存，不用于公示" in pages[0]


def test_the_list_has_every_digit_of_the_hash_and_marks_the_time_of_the_camera(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, _ = desks
    task = first(clerk)
    clerk.do(attach, Attach(task.id, TITLE, taken_there(), task.items[0].item))
    paper = clerk.ask(attachment_paper, task.id)
    assert paper.rows[0][4:] == ("2026-03-16 09:30:00", grouped(digest_of(taken_there())))
    page = texts(attachment_pages(clerk, task.id))[1]
    assert "2026-03-16 09:30:00（照片自记）" in page
    assert digest_of(taken_there())[:16] in page


def test_the_printed_copy_does_not_hold_the_place_and_is_the_same_every_time(
    desks: tuple[Desk, Desk],
) -> None:
    clerk, _ = desks
    clerk.do(attach, Attach(first(clerk).id, TITLE, taken_there()))
    pdf = attachment_pages(clerk, first(clerk).id)
    assert b"Exif\0\0" in taken_there()
    assert b"Exif\0\0" not in pdf
    assert pdf == attachment_pages(clerk, first(clerk).id)


def test_the_pages_are_fit_for_the_archive(desks: tuple[Desk, Desk]) -> None:
    clerk, _ = desks
    clerk.do(attach, Attach(first(clerk).id, TITLE, photo("red")))
    out = io.BytesIO()
    Image.new("LA", (40, 30), (120, 90)).save(out, "PNG")
    clerk.do(attach, Attach(first(clerk).id, "透明的图", out.getvalue()))
    assert broken(attachment_pages(clerk, first(clerk).id)) == []


def test_a_photograph_that_is_elsewhere_leaves_its_frame(desks: tuple[Desk, Desk]) -> None:
    clerk, _ = desks
    task = first(clerk)
    clerk.do(attach, Attach(task.id, TITLE, photo("red")))
    clerk.do(attach, Attach(task.id, "打不开的", b"\xff\xd8\xff\xe0 broken"))
    clerk.attachments.path_of(digest_of(photo("red"))).unlink()
    page = texts(attachment_pages(clerk, task.id))[1]
    assert page.count("照片不在本机或打不开") == 2


def test_a_task_without_attachments_has_an_empty_list(desks: tuple[Desk, Desk]) -> None:
    clerk, _ = desks
    paper = clerk.ask(attachment_paper, first(clerk).id)
    assert paper.rows == ()
    assert len(texts(render_photos(paper, {}, clerk.surroundings.now()))) == 1


def test_nothing_that_is_published_names_an_attachment(desks: tuple[Desk, Desk]) -> None:
    clerk, approver = desks
    for task in clerk.ask(list_tasks):
        clerk.do(attach, Attach(task.id, TITLE, taken_there(), task.items[0].item))
        clerk.do(schedule_visit, ScheduleVisit(task.id, clerk.today()))
        for item in task.items:
            clerk.do(
                enter_result, EnterResult(task.id, Entry(item.item, (ResultCode.NO_PROBLEM_FOUND,)))
            )
        clerk.do(submit_task, task.id)
        approver.do(review_task, ReviewTask(task.id, passed=True))
    published = b""
    kinds = set()
    for subject in clerk.ask(list_subjects, clerk.today()):
        key = clerk.do(prepare_disclosure, PrepareDisclosure(subject.kind, subject.subject_id))
        clerk.do(assess_disclosure, AssessDisclosure(key, "不会引发舆情"))
        approver.do(approve_disclosure, key)
        clerk.do(record_publication, RecordPublication(key, clerk.today(), "县政府网站"))
        paper = clerk.ask(disclosure_paper, key, clerk.today())
        when = clerk.surroundings.now()
        published += str(paper).encode() + render_pdf(paper, when) + render_workbook(paper)
        published += "".join(texts(render_pdf(paper, when))).encode()
        kinds.add(subject.kind)
    site = clerk.ask(public_site, clerk.today())
    published += b"".join(site_files(site).values())
    assert DisclosureKind.RESULTS in kinds
    for secret in (
        TITLE.encode(),
        digest_of(taken_there())[:16].encode(),
        b"Exif",
        taken_there()[:200],
    ):
        assert secret not in published
