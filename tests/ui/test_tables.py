"""Tables: a million rows by the page, sorting in the query, ticking, copying, remembered columns."""

import uuid
from collections.abc import Sequence
from pathlib import Path
from threading import Event

import pytest
from office import enrol_inspectors, enrol_targets
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from ssj_desktop.domain.errors import InvalidInput
from ssj_desktop.queries.id_array import IdArray
from ssj_desktop.queries.registry_pages import RowOrder, list_row_ids, rows_by_ids
from ssj_desktop.services.registries import Enrol, enrol
from ssj_desktop.services.registry_status import ChangeStatus, change_status
from ssj_desktop.ui.memory import MEMORY
from ssj_desktop.ui.paged_rows import PAGE, PagedRows
from ssj_desktop.ui.pages import registry_page
from ssj_desktop.ui.pages.registry_page import RegistryPage, build
from ssj_desktop.ui.pages.status_dialog import StatusDialog
from ssj_desktop.ui.table_model import ColumnSpec, RowsModel, make_table, natural_key
from ssj_desktop.ui.table_view import leave_plain_text
from ssj_desktop.ui.tasks import Cancelled, Progress, run_counted_task


def keys(count: int) -> list[str]:
    return [str(uuid.UUID(int=number)) for number in range(count)]


def names_shown(page: RegistryPage) -> list[str]:
    return [row.name for row in page.model.rows]


def test_an_id_array_reads_like_a_list() -> None:
    made = keys(300)
    packed = IdArray(iter(made))
    assert (len(packed), packed[0], packed[299], packed[-1]) == (300, made[0], made[299], made[299])
    assert list(packed) == made
    assert list(packed[10:20:3]) == made[10:20:3]
    with pytest.raises(IndexError):
        packed[300]


def test_only_the_pages_in_view_are_fetched_of_a_million_rows(qtbot) -> None:  # type: ignore[no-untyped-def]
    fetched: list[int] = []

    def fetch(ids: Sequence[str]) -> tuple[str, ...]:
        fetched.append(len(ids))
        return tuple(ids)

    class Million(Sequence[str]):
        def __len__(self) -> int:
            return 1_000_000

        def __getitem__(self, place):  # type: ignore[no-untyped-def]
            return f"第 {place} 行"

    model: RowsModel[str] = RowsModel([ColumnSpec("名称", str, stretch=True)])
    model.reorder = lambda _key, _descending: None
    table = make_table(model, "百万行")
    qtbot.addWidget(table)
    table.resize(600, 500)
    table.show()
    model.show(PagedRows(Million(), fetch))
    for place in (0, 500_000, 999_999):
        table.scrollTo(model.index(place, 0))
        table.grab()
    assert model.data(model.index(999_999, 0)) == "第 999999 行"
    assert len(fetched) <= 6
    assert max(fetched) == PAGE


@pytest.mark.parametrize("paged", [True, False])
def test_the_model_passes_qts_own_tester(qtmodeltester, paged) -> None:  # type: ignore[no-untyped-def]
    columns: list[ColumnSpec[str]] = [
        ColumnSpec("", lambda _row: "", tick=True),
        ColumnSpec("名称", str, tone=lambda _row: "ok"),
    ]
    model = RowsModel(columns)
    rows = PagedRows(keys(400), tuple) if paged else keys(5)
    if paged:
        model.reorder = lambda _key, _descending: None
    model.show(rows)
    qtmodeltester.check(model)
    model.tick([1, 3], ticked=True)
    model.sort(1, Qt.SortOrder.DescendingOrder)
    qtmodeltester.check(model)


def test_every_table_of_every_page_passes_qts_own_tester(
    filled_office, qtmodeltester, qtbot
) -> None:  # type: ignore[no-untyped-def]
    from ssj_desktop.ui.main_window import MainWindow
    from ssj_desktop.ui.pages import PAGES

    window = MainWindow(filled_office[0])
    qtbot.addWidget(window)
    models = [m for page in PAGES for m in window.open_page(page.key).findChildren(RowsModel)]
    assert len(models) >= len(PAGES) - 2
    for model in models:
        qtmodeltester.check(model)


def test_numbers_inside_texts_count_as_numbers() -> None:
    texts = ["第 10 版", "第 2 版", "第 9 版"]
    assert sorted(texts, key=natural_key) == ["第 2 版", "第 9 版", "第 10 版"]


def test_a_small_list_sorts_by_its_text_and_comes_back_to_its_own_order(qtbot) -> None:  # type: ignore[no-untyped-def]
    model: RowsModel[str] = RowsModel([ColumnSpec("进度", str)])
    table = make_table(model, "小表")
    qtbot.addWidget(table)
    model.show(["10 家", "—", "9 家"])
    table.selectRow(0)
    table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert model.rows == ("9 家", "10 家", "—")
    assert table.currentIndex().row() == 1
    table.horizontalHeader().setSortIndicator(0, Qt.SortOrder.DescendingOrder)
    assert model.rows == ("10 家", "9 家", "—")
    model.show(["1 家", "22 家", "3 家"])
    assert model.rows == ("22 家", "3 家", "1 家")
    table.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    assert model.rows == ("1 家", "22 家", "3 家")


def test_a_registry_sorts_in_the_query_with_empty_values_last(office) -> None:  # type: ignore[no-untyped-def]
    desk, _ = office
    for name, grade, status in (("甲", "D", "正常"), ("乙", "", "失联"), ("丙", "A", "注销")):
        desk.do(enrol, Enrol("targets", {"name": name, "credit_class": grade, "status": status}))

    def names(field: str, descending: bool = False) -> str:
        ids = desk.ask(list_row_ids, "targets", None, RowOrder(field, descending))
        return "".join(row.name for row in desk.ask(rows_by_ids, "targets", list(ids)))

    assert names("credit_class") == "丙甲乙"
    assert names("credit_class", descending=True) == "甲丙乙"
    assert names("status") == "甲丙乙"
    assert names("name", descending=True) == names("name")[::-1]
    assert sorted(names("checked_on")) == sorted("甲乙丙")


def test_a_row_that_is_gone_leaves_a_line_and_not_an_error(office) -> None:  # type: ignore[no-untyped-def]
    row = office[0].ask(rows_by_ids, "targets", keys(1))[0]
    assert row.name == "（已不在名录中）"
    assert set(row.values.values()) == {None, row.name}


def test_a_header_click_reorders_the_page_and_keeps_the_current_row(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.refresh()
    page.table.selectRow(3)
    kept = page.current().id
    number = [column.key for column in page.model.columns].index("number")
    page.table.horizontalHeader().setSortIndicator(number, Qt.SortOrder.DescendingOrder)
    assert names_shown(page)[0] == "云岭县第19物业公司"
    assert page.current().id == kept


def test_an_answer_that_comes_late_is_thrown_away(filled_office, qtbot, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(registry_page, "LARGE", 5)
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.refresh()
    page.search.setText("第1物业")
    page.search.setText("第19物业")
    qtbot.waitUntil(lambda: names_shown(page) == ["云岭县第19物业公司"], timeout=5000)
    page._show_listing(
        page._asked - 1, filled_office[0].ask(registry_page.list_registry, "targets")
    )
    assert page.model.rowCount() == 1


def test_the_foot_says_which_rows_are_in_view_and_pages_turn(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.resize(1100, 460)
    page.show()
    page.refresh()
    qtbot.waitUntil(lambda: page.count.text().startswith("第 1–"))
    assert page.count.text().endswith("，共 20 条")
    assert not page.back.isEnabled()
    page.forth.click()
    assert not page.count.text().startswith("第 1–")
    assert page.back.isEnabled()


def test_ticks_bring_the_bulk_bar_and_a_status_changes_with_a_reason(
    filled_office, qtbot, monkeypatch
) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    page = build(desk, "targets")
    qtbot.addWidget(page)
    desk.subscribe(lambda _areas: page.refresh())
    page.refresh()
    assert page.bulk.isHidden()
    page.model.setData(
        page.model.index(0, 0), Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole
    )
    page.table.selectRow(1)
    qtbot.keyClick(page.table, Qt.Key.Key_Space)
    assert page.bulk.text.text() == "已选 2 家"
    assert not page.bulk.isHidden()

    def answer(dialog: StatusDialog) -> int:
        assert dialog.windowTitle() == "移出名录库？"
        assert not dialog.go.isEnabled()
        dialog.status.setCurrentText("注销")
        dialog.reason.setCurrentText("登记机关核查")
        assert dialog.go.isEnabled()
        return 1

    monkeypatch.setattr(StatusDialog, "exec", answer)
    page.retire()
    states = [row.values["status"].label for row in page.model.rows]
    assert states[:3] == ["注销", "注销", "正常"]
    assert page.bulk.isHidden()
    page.undo.undo.click()
    assert {row.values["status"].label for row in page.model.rows} == {"正常"}


def test_the_head_of_the_tick_column_ticks_all_and_none(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.refresh()
    head = page.table.horizontalHeader()
    head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert page.bulk.text.text() == "已选 20 家"
    assert head.sortIndicatorSection() == -1
    head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert page.bulk.isHidden()
    page.model.most_ticked = 3
    head.setSortIndicator(0, Qt.SortOrder.AscendingOrder)
    assert page.bulk.text.text() == "已选 3 家（一次最多 3）"
    page.search.setText("第1")
    assert page.bulk.isHidden()


def test_a_status_is_not_changed_without_rows_or_reason(filled_office) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    ids = list(desk.ask(list_row_ids, "targets"))
    for wrong in (
        ChangeStatus("targets", (), "注销", "核查"),
        ChangeStatus("targets", ids, "注销", "  "),
        ChangeStatus("targets", ids * 60, "注销", "核查"),
        ChangeStatus("targets", ids, "不存在", "核查"),
    ):
        with pytest.raises(InvalidInput):
            desk.do(change_status, wrong)
    assert {r.values["status"].label for r in desk.ask(rows_by_ids, "targets", ids)} == {"正常"}


def test_selected_rows_are_copied_for_excel_as_text(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    desk, _ = filled_office
    desk.do(enrol, Enrol("targets", {"name": "=HYPERLINK(1)", "number": "912399210000000001"}))
    page = build(desk, "targets")
    qtbot.addWidget(page)
    page.refresh()
    page.table.selectRow(0)
    qtbot.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    copied = QApplication.clipboard().mimeData()
    head, line = copied.text().split("\n")
    assert head.split("\t")[:2] == ["名称", "统一社会信用代码"]
    assert line.split("\t")[:2] == ["'=HYPERLINK(1)", "912399210000000001"]
    assert "mso-number-format:'\\@'" in copied.html()
    leave_plain_text()
    assert not QApplication.clipboard().mimeData().hasHtml()
    assert QApplication.clipboard().text().startswith("名称\t统一社会信用代码")


def test_columns_are_remembered_for_the_account_and_hidden_ones_can_be_shown(  # type: ignore[no-untyped-def]
    filled_office, qtbot, tmp_path: Path
) -> None:
    desk, _ = filled_office
    MEMORY.open(tmp_path, "张敏")
    page = build(desk, "targets")
    qtbot.addWidget(page)
    area = next(n for n, c in enumerate(page.model.columns) if c.key == "area")
    assert page.table.isColumnHidden(area)
    choices = {action.text(): action for action in page.table.columns_menu().actions()}
    choices["所在区域"].setChecked(True)
    page.table.horizontalHeader().resizeSection(area, 177)
    page.table._keep_columns()
    again, other = build(desk, "targets"), None
    qtbot.addWidget(again)
    assert not again.table.isColumnHidden(area)
    assert again.table.columnWidth(area) == 177
    MEMORY.open(tmp_path, "高建国")
    other = build(desk, "targets")
    qtbot.addWidget(other)
    assert other.table.isColumnHidden(area)
    MEMORY.close()


def test_counted_work_shows_its_counts_and_stops_when_cancelled(qtbot) -> None:  # type: ignore[no-untyped-def]
    parent, results, seen, known = QWidget(), [], [], Event()
    qtbot.addWidget(parent)

    def work(progress: Progress) -> str:
        assert known.wait(5)
        try:
            for step in range(10_000):
                seen.append(step)
                progress(step, 10_000)
                if step == 5:
                    task.cancel()
        except Cancelled:
            seen.append(-1)
            raise
        return "做完了"

    task = run_counted_task(parent, "计数", work, results.append)
    known.set()
    qtbot.waitUntil(lambda: -1 in seen, timeout=5000)
    qtbot.wait(50)
    assert seen[-2] == 6
    assert results == []


def test_the_page_of_inspectors_counts_seats_and_offers_its_states(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "inspectors")
    qtbot.addWidget(page)
    page.refresh()
    assert page.head.subtitle.text() == "共 6 人，其中在岗 6 人"
    dialog = StatusDialog(page, page.registry, page.chosen(), 4, out=True)
    qtbot.addWidget(dialog)
    assert [dialog.status.itemText(n) for n in range(dialog.status.count())] == ["暂停", "离岗"]


def test_an_empty_registry_says_what_to_do_next(office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(office[0], "experts")
    qtbot.addWidget(page)
    page.refresh()
    assert page.body.currentWidget() is page.empty
    assert page.empty.text.text() == "还没有专家。可从 Excel 导入，或逐个新增。"
    enrol_targets(office[0], 1)
    enrol_inspectors(office[0], 1)
    page.retire()  # nothing is chosen: nothing happens


def test_a_narrow_table_lays_spare_columns_aside_and_brings_them_back(filled_office, qtbot) -> None:  # type: ignore[no-untyped-def]
    page = build(filled_office[0], "targets")
    qtbot.addWidget(page)
    page.refresh()
    last = next(n for n, c in enumerate(page.model.columns) if c.key == "checked_on")
    name = next(n for n, c in enumerate(page.model.columns) if c.key == "name")
    page.table.resize(1400, 300)
    page.table._fit_columns()
    assert not page.table.isColumnHidden(last)
    page.table.resize(560, 300)
    page.table._fit_columns()
    assert page.table.isColumnHidden(last)
    assert page.table.columnWidth(name) > 100
    page.table.resize(240, 300)
    page.table._fit_columns()
    assert page.table.columnWidth(name) > 100
    page.table.resize(1400, 300)
    page.table._fit_columns()
    assert not page.table.isColumnHidden(last)
