"""附件 at the entry of results: add, drop, paste, look at, export, 作废; hostile files never crash."""

import io
import threading
from pathlib import Path

import pytest
from looking import cut_off, overflows
from PIL import Image
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QColor, QDropEvent, QGuiApplication, QImage, QKeySequence
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QInputDialog
from pytestqt.qtbot import QtBot

from ssj_desktop.domain.attachments import MOST_BYTES, digest_of
from ssj_desktop.domain.errors import InvalidInput, SsjError
from ssj_desktop.domain.vocabulary import AttachmentKind
from ssj_desktop.queries.attachments import attachments_of
from ssj_desktop.queries.journal import list_entries
from ssj_desktop.services.attachments import Attach, attach
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.attachment_viewer import AttachmentViewer
from ssj_desktop.ui.main_window import MainWindow
from ssj_desktop.ui.pages import attach_dialog, attachment_strip
from ssj_desktop.ui.pages.attach_dialog import (
    AttachDialog,
    Candidate,
    Chosen,
    attach_all,
    candidate_of,
)
from ssj_desktop.ui.pages.attachment_strip import candidates_in
from ssj_desktop.ui.pages.inspections_page import InspectionsPage
from ssj_desktop.ui.tasks import Cancelled, wait_for_workers
from ssj_desktop.ui.theme import TEXT_SIZES, apply_theme


def photo(colour: str = "navy", form: str = "JPEG") -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (320, 240), colour).save(out, form)
    return out.getvalue()


@pytest.fixture
def page(drawn_office: tuple[Desk, Desk], qtbot: QtBot) -> InspectionsPage:
    made = InspectionsPage(drawn_office[0])
    qtbot.addWidget(made)
    made.resize(1100, 700)
    made.show()
    made.refresh()
    return made


@pytest.fixture
def said(monkeypatch: pytest.MonkeyPatch) -> list[SsjError]:
    """The refusals shown."""
    shown: list[SsjError] = []
    monkeypatch.setattr(
        attachment_strip, "show_refusal", lambda _parent, refusal: shown.append(refusal)
    )
    return shown


@pytest.fixture
def accepting(monkeypatch: pytest.MonkeyPatch) -> None:
    """The dialog of titles is accepted as it opens."""
    monkeypatch.setattr(AttachDialog, "exec", lambda _self: QDialog.DialogCode.Accepted)


def attached(page: InspectionsPage, *contents: bytes) -> None:
    task = page.current()
    assert task is not None
    for number, content in enumerate(contents):
        page.desk.do(attach, Attach(task.id, f"照片 {number + 1}", content))


def icon_colour(page: InspectionsPage, place: int) -> str:
    image = page.attachments.list.item(place).icon().pixmap(72, 72).toImage()
    return image.pixelColor(image.width() // 2, image.height() // 2).name()


def test_an_empty_strip_says_what_to_do(page: InspectionsPage) -> None:
    assert "拖到这里" in page.attachments.empty.text()
    assert page.attachments.empty.isVisible()
    assert not page.attachments.more_button.isVisible()


def test_a_photograph_appears_as_soon_as_it_is_attached(
    page: InspectionsPage, qtbot: QtBot
) -> None:
    attached(page, photo("#ff0000"))
    assert page.attachments.list.count() == 1
    qtbot.waitUntil(lambda: QColor(icon_colour(page, 0)).red() > 200)
    assert page.attachments.count.text() == "1 个"


def test_files_chosen_are_kept_under_the_titles_typed(
    page: InspectionsPage,
    tmp_path: Path,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
    accepting: None,
) -> None:
    names = []
    for number in range(3):
        path = tmp_path / f"王某身份证{number}.jpg"
        path.write_bytes(photo(f"#00{number}000"))
        names.append(str(path))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (names, ""))
    page.attachments.choose_files()
    qtbot.waitUntil(lambda: page.attachments.list.count() == 3)
    titles = {row.title for row in page.attachments.rows}
    assert titles == {"现场照片 1", "现场照片 2", "现场照片 3"}
    assert "王某" not in str(page.attachments.rows)


def test_pasting_in_a_text_field_is_no_photograph_and_elsewhere_on_the_page_it_is(
    page: InspectionsPage, qtbot: QtBot, accepting: None
) -> None:
    page.items[0].answer("problem")
    field = page.items[0].finding_card.finding
    page.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    QGuiApplication.clipboard().setText("公共收益未公布")
    qtbot.keySequence(field, QKeySequence(QKeySequence.StandardKey.Paste))
    assert field.text() == "公共收益未公布"
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("green"))
    QGuiApplication.clipboard().setImage(image)
    page.items[0].setFocus()
    qtbot.waitUntil(page.items[0].hasFocus)
    qtbot.keySequence(page.items[0], QKeySequence(QKeySequence.StandardKey.Paste))
    qtbot.waitUntil(lambda: page.attachments.list.count() == 1)


def test_what_was_typed_above_stays_when_a_photograph_is_added(page: InspectionsPage) -> None:
    page.items[0].answer("problem")
    page.items[0].finding_card.finding.setText("公共收益未公布")
    attached(page, photo())
    assert page.items[0].finding_card.finding.text() == "公共收益未公布"


def test_files_dropped_on_the_strip_are_taken(
    page: InspectionsPage, tmp_path: Path, qtbot: QtBot, accepting: None
) -> None:
    path = tmp_path / "IMG_1.png"
    path.write_bytes(photo(form="PNG"))
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(path)), QUrl("https://example.invalid/a.jpg")])
    event = QDropEvent(
        QPointF(5, 5), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    page.attachments.dropEvent(event)
    qtbot.waitUntil(lambda: page.attachments.list.count() == 1)
    assert page.attachments.rows[0].kind is AttachmentKind.PNG


def test_a_picture_of_the_clipboard_becomes_a_png_and_text_is_refused(
    page: InspectionsPage, qtbot: QtBot, said: list[SsjError], accepting: None
) -> None:
    QGuiApplication.clipboard().setText("不是图片")
    page.attachments.paste()
    assert "没有图片" in said[0].message
    image = QImage(40, 30, QImage.Format.Format_RGB32)
    image.fill(QColor("green"))
    mime = QMimeData()
    mime.setImageData(image)
    (candidate,) = candidates_in(mime)
    assert candidate.read().startswith(b"\x89PNG")
    page.attachments.offer([candidate])
    qtbot.waitUntil(lambda: page.attachments.list.count() == 1)


@pytest.mark.parametrize(
    "content",
    [
        b"MZ\x90 program",
        photo()[:500],
        b"\xff\xd8\xff" + bytes(200),
        b"\x89PNG\r\n\x1a\n" + bytes(64),
        b"",
    ],
)
def test_a_hostile_file_is_named_with_a_sentence_and_the_others_are_kept(
    page: InspectionsPage,
    tmp_path: Path,
    qtbot: QtBot,
    said: list[SsjError],
    accepting: None,
    content: bytes,
) -> None:
    good, bad = tmp_path / "good.jpg", tmp_path / "bad.jpg"
    good.write_bytes(photo())
    bad.write_bytes(content)
    page.attachments.offer([candidate_of(bad), candidate_of(good)])
    qtbot.waitUntil(lambda: bool(said))
    assert said[0].message == "1 个文件没有添加。"
    assert said[0].remedy.startswith("bad.jpg：")
    assert page.attachments.list.count() == 1


def test_stopping_keeps_the_photographs_that_are_in(page: InspectionsPage) -> None:
    task = page.current()
    assert task is not None
    chosen = [
        Chosen(f"照片 {n}", "", Candidate(f"{n}.jpg", lambda n=n: photo() + bytes([n])))
        for n in range(10, 40)
    ]

    def stop_after_four(done: int, total: int) -> None:
        assert total == 30
        if done == 4:
            raise Cancelled

    with pytest.raises(Cancelled):
        attach_all(page.desk, task.id, chosen, stop_after_four)  # type: ignore[arg-type]
    assert len(page.desk.ask(attachments_of, task.id)) == 4
    assert page.attachments.list.count() == 4


def test_more_files_than_the_task_may_have_are_refused_before_anything_is_asked(
    page: InspectionsPage, said: list[SsjError]
) -> None:
    page.attachments.offer([Candidate(f"{n}.jpg", photo) for n in range(51)])
    assert "还能添加 50 个" in said[0].message


def test_bytes_that_are_elsewhere_show_as_such_in_strip_and_viewer(
    page: InspectionsPage, qtbot: QtBot
) -> None:
    attached(page, photo())
    files = page.desk.attachments
    files.path_of(digest_of(photo())).unlink()
    page.attachments.refresh()
    assert page.attachments.count.text() == "1 个，1 个的字节尚未收到"
    viewer = AttachmentViewer(page, page.desk, page.attachments.rows, 0)
    qtbot.addWidget(viewer)
    qtbot.waitUntil(lambda: "尚未收到" in viewer.sentence.text())
    assert not viewer.export_button.isEnabled()


def test_the_viewer_steps_zooms_and_names_what_it_shows(
    page: InspectionsPage, qtbot: QtBot
) -> None:
    attached(page, photo("red"), b"%PDF-1.4 damaged", photo("blue"))
    viewer = AttachmentViewer(page, page.desk, page.attachments.rows, 0)
    qtbot.addWidget(viewer)
    viewer.show()
    seen = []
    for _ in range(3):
        wait_for_workers()
        qtbot.waitUntil(
            lambda: (
                viewer.sentence.text() != "正在打开……"
                or viewer.stack.currentWidget() is viewer.view
            )
        )
        seen.append((viewer.row.kind, viewer.stack.currentWidget() is viewer.view))
        viewer.step(1)
    assert sorted(seen, key=str) == sorted(
        [(AttachmentKind.JPEG, True), (AttachmentKind.PDF, False), (AttachmentKind.JPEG, True)],
        key=str,
    )
    assert viewer.place == 2
    assert not viewer.after.isEnabled()
    assert viewer.row.sha256 in viewer.facts.text()


def test_zooming_is_kept_within_bounds_and_fit_comes_back(
    page: InspectionsPage, qtbot: QtBot
) -> None:
    attached(page, photo())
    viewer = AttachmentViewer(page, page.desk, page.attachments.rows, 0)
    qtbot.addWidget(viewer)
    viewer.show()
    qtbot.waitUntil(lambda: viewer.stack.currentWidget() is viewer.view)
    qtbot.waitUntil(viewer.isVisible)
    for _ in range(40):
        viewer.zoom(1.25)
    assert viewer.view.transform().m11() == pytest.approx(8.0)
    viewer.fit()
    assert viewer.view.transform().m11() == pytest.approx(1.0)


def test_the_pages_of_a_scan_are_turned(page: InspectionsPage, qtbot: QtBot) -> None:
    pdf = io.BytesIO()
    Image.new("RGB", (200, 300), "white").save(
        pdf, "PDF", save_all=True, append_images=[Image.new("RGB", (200, 300), "red")]
    )
    attached(page, pdf.getvalue())
    viewer = AttachmentViewer(page, page.desk, page.attachments.rows, 0)
    qtbot.addWidget(viewer)
    qtbot.waitUntil(lambda: "第 1 / 2 页" in viewer.title.text())
    viewer.step(1)
    assert "第 2 / 2 页" in viewer.title.text()
    assert not viewer.after.isEnabled()
    viewer.step(-1)
    assert "第 1 / 2 页" in viewer.title.text()


def test_an_exported_attachment_is_the_file_that_was_attached(
    page: InspectionsPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(page, photo())
    wait_for_workers()
    offered: list[str] = []

    def choose(_parent: object, _title: str, name: str, _kinds: str) -> tuple[str, str]:
        offered.append(name)
        return str(tmp_path / "out.jpg"), ""

    monkeypatch.setattr(QFileDialog, "getSaveFileName", choose)
    monkeypatch.setattr("ssj_desktop.ui.saving.open_folder", lambda _folder: None)
    page.attachments.list.setCurrentRow(0)
    page.attachments.export()
    qtbot.waitUntil((tmp_path / "out.jpg").exists)
    wait_for_workers()
    assert (tmp_path / "out.jpg").read_bytes() == photo()
    task = page.current()
    assert task is not None
    entry = page.desk.ask(list_entries)[0]
    assert (entry.action, entry.subject) == ("导出附件", task.number)
    assert offered[0].startswith(f"{task.number}_照片_1_")


def test_a_void_attachment_leaves_the_strip(
    page: InspectionsPage, monkeypatch: pytest.MonkeyPatch
) -> None:
    attached(page, photo())
    page.attachments.list.setCurrentRow(0)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("", False))
    page.attachments.void()
    assert page.attachments.list.count() == 1
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("拍错了", True))
    page.attachments.void()
    assert page.attachments.list.count() == 0


def test_an_approver_looks_and_adds_nothing(
    drawn_office: tuple[Desk, Desk], page: InspectionsPage, qtbot: QtBot
) -> None:
    attached(page, photo())
    other = InspectionsPage(drawn_office[1])
    qtbot.addWidget(other)
    other.show()
    other.refresh()
    strip = other.attachments
    assert strip.list.count() == 1
    assert not strip.add_button.isVisible()
    assert not strip.void_action.isVisible()
    assert strip.export_action.isEnabled()


def test_the_dialog_shows_each_file_and_takes_titles_and_the_item(
    page: InspectionsPage, tmp_path: Path, qtbot: QtBot
) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(photo("#00ff00"))
    task = page.current()
    assert task is not None
    dialog = AttachDialog(page, task, [candidate_of(path), candidate_of(tmp_path / "none.jpg")])
    qtbot.addWidget(dialog)
    dialog.show()

    def is_green() -> bool:
        image = dialog.pictures[0].pixmap().toImage()
        return image.pixelColor(image.width() // 2, image.height() // 2).green() > 200

    qtbot.waitUntil(is_green)
    dialog.titles[0].setText("消防通道")
    dialog.item.setCurrentIndex(1)
    first, _ = dialog.chosen()
    assert (first.title, first.item) == ("消防通道", task.items[0].item)


def test_a_title_that_cannot_be_kept_is_told_before_anything_is_added(
    page: InspectionsPage, tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[SsjError] = []
    monkeypatch.setattr(attach_dialog, "show_refusal", lambda _parent, told: shown.append(told))
    task = page.current()
    assert task is not None
    dialog = AttachDialog(page, task, [candidate_of(tmp_path / "a.jpg")])
    qtbot.addWidget(dialog)
    dialog.titles[0].setText("消防通道堵塞" * 11)
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Rejected
    assert "60 字以内" in shown[0].remedy
    dialog.titles[0].setText("𬭎" * 60)
    dialog.accept()
    assert dialog.result() == QDialog.DialogCode.Accepted


def test_a_file_larger_than_ten_megabytes_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(InvalidInput, match=r"10\.0 MB"):
        candidate_of(path).read()


def test_pictures_are_decoded_beside_the_windows_own_thread(
    page: InspectionsPage, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    threads: list[int] = []

    def read() -> bytes:
        threads.append(threading.get_ident())
        return photo()

    with qtbot.waitSignal(page.attachments.thumbnails.made):
        page.attachments.thumbnails.ask([("key", read)])
    assert threads[0] != threading.get_ident()


def test_nothing_is_cut_off_at_the_largest_text_and_the_page_stays_as_wide_as_the_screen(
    drawn_office: tuple[Desk, Desk], qtbot: QtBot, qapp: QApplication, tmp_path: Path
) -> None:
    apply_theme(qapp, list(TEXT_SIZES)[-1])
    try:
        window = MainWindow(drawn_office[0])
        qtbot.addWidget(window)
        window.resize(1366, 728)
        window.show()
        page = window.open_page("inspections")
        assert isinstance(page, InspectionsPage)
        attached(page, photo("red"), b"%PDF-1.4", photo("blue"))
        page.desk.attachments.path_of(digest_of(photo("red"))).unlink()
        page.attachments.refresh()
        task = page.current()
        assert task is not None
        dialog = AttachDialog(page, task, [candidate_of(tmp_path / "IMG_20260316_094011.jpg")] * 9)
        viewer = AttachmentViewer(page, page.desk, page.attachments.rows, 0)
        for shown in (dialog, viewer):
            qtbot.addWidget(shown)
            shown.show()
        wait_for_workers()
        assert [cut_off(each) for each in (window, dialog, viewer)] == [[], [], []]
        assert overflows(window, 1366, 728) == ""
    finally:
        apply_theme(qapp)
