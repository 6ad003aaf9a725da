"""What leaves and enters a registry as files: import, template, export."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QInputDialog, QMessageBox, QWidget

from ssj_desktop.domain.fields import Registry, Value
from ssj_desktop.domain.masking import public_values
from ssj_desktop.formats.excel.registry import render_registry, render_template
from ssj_desktop.queries.registries import BatchRow, list_batches
from ssj_desktop.queries.registry_pages import ListedRow, rows_by_ids
from ssj_desktop.queries.registry_papers import registry_paper
from ssj_desktop.services.desk import Desk
from ssj_desktop.services.registries import OpenedFile, open_file
from ssj_desktop.services.staff_check import RosterFile, check_staff, read_roster
from ssj_desktop.services.taking_back import RevertImport, revert_import
from ssj_desktop.services.unmasking import PrivateExport, note_private_export
from ssj_desktop.ui.errors import attempt
from ssj_desktop.ui.paged_rows import PAGE, PagedRows
from ssj_desktop.ui.pages.editions_dialog import EditionsDialog
from ssj_desktop.ui.pages.import_dialog import open_import
from ssj_desktop.ui.papers import show_paper
from ssj_desktop.ui.saving import WORKBOOK, ask_and_save
from ssj_desktop.ui.tasks import Progress, attempt_slowly, run_counted_task, wait_for

TABLES = "表格 (*.xlsx *.xls *.et *.csv);;所有文件 (*)"


class RegistryFiles:
    """File actions of one registry page; ``page`` is the window they belong to."""

    def __init__(self, page: QWidget, desk: Desk, registry: Registry) -> None:
        self.page, self.desk, self.registry = page, desk, registry

    def fetch(self, ids: Sequence[str]) -> tuple[ListedRow, ...]:
        """One page of rows."""
        return self.desk.ask(rows_by_ids, self.registry.kind, ids)

    def choose_file(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self.page, f"导入{self.registry.noun}", "", TABLES)
        if name:
            self.import_file(Path(name))

    def import_file(self, path: Path) -> None:
        """Read in the background, then preview; cancelling ends the reading process too."""

        def read(progress: Progress) -> OpenedFile:
            return open_file(self.registry.kind, path, lambda: progress.cancelled)

        run_counted_task(self.page, f"正在读取 {path.name} …", read, self._preview)

    def _preview(self, opened: OpenedFile) -> None:
        open_import(self.page, self.desk, opened)

    def take_back(self) -> None:
        """Take one import back as a whole, the latest offered first."""
        rows = [row for row in self.desk.ask(list_batches, self.registry.kind) if not row.reverted]
        if not rows:
            QMessageBox.information(self.page, "撤销导入", "没有可以撤销的导入。")
            return
        texts = [f"{place}. {self._batch_text(row)}" for place, row in enumerate(rows, start=1)]
        text, ok = QInputDialog.getItem(
            self.page, "撤销导入", "整批撤销哪一次导入", texts, 0, editable=False
        )
        if ok:
            command = RevertImport(rows[texts.index(text)].id)
            act = partial(self.desk.do, revert_import, command)
            attempt_slowly(self.page, "正在撤销导入……", act)

    def _batch_text(self, row: BatchRow) -> str:
        at = self.desk.surroundings.local(row.at).strftime("%Y-%m-%d %H:%M")
        return f"{at}　{row.file_name}　{row.actor}　新增 {row.added}，更新 {row.changed}"

    def choose_roster(self) -> None:
        """Compare the registry with 人员花名册; the result is shown as it will be printed."""
        name, _ = QFileDialog.getOpenFileName(self.page, "核对花名册", "", TABLES)
        if name:
            path = Path(name)
            read = lambda progress: read_roster(path, lambda: progress.cancelled)  # noqa: E731 - one word of a call
            run_counted_task(self.page, f"正在读取 {path.name} …", read, self._compare)

    def _compare(self, roster: RosterFile) -> None:
        attempt(self.page, lambda: self._show_comparison(roster))

    def _show_comparison(self, roster: RosterFile) -> None:
        act = partial(self.desk.do, check_staff, roster)
        done = wait_for(self.page, "正在核对……", act)
        show_paper(self.page, self.desk, lambda: done.paper)

    def show_editions(self) -> None:
        """Lists as issued: load, compare, adopt, note the publication."""
        EditionsDialog(self.page, self.desk).exec()

    def save_template(self) -> None:
        name = f"{self.registry.label}导入模板.xlsx"
        make = lambda _progress: render_template(self.registry)  # noqa: E731 - one word of a call
        ask_and_save(self.page, "保存模板", name, WORKBOOK, make)

    def show_paper(self, ids: Sequence[str]) -> None:
        """The list as it will be printed; PDF and Excel beside it."""
        desk = self.desk
        ask = partial(desk.ask, registry_paper, self.registry.kind, ids, desk.today())
        show_paper(self.page, desk, ask)

    def export(self, ids: Sequence[str], reason: str = "") -> None:
        """These rows as a workbook that can be imported again; private columns need a reason."""
        if reason:
            self.desk.do(note_private_export, PrivateExport(self.registry.kind, len(ids), reason))
        name = f"{self.registry.label}_{self.desk.today().isoformat()}.xlsx"
        ask_and_save(self.page, "导出", name, WORKBOOK, partial(self._workbook, ids, bool(reason)))

    def _workbook(self, ids: Sequence[str], whole: bool, progress: Progress) -> bytes:
        unit, day = self.desk.office.unit, self.desk.today().isoformat()
        return render_registry(self.registry, self._counted(ids, whole, progress), unit, day)

    def _counted(
        self,
        ids: Sequence[str],
        whole: bool,
        progress: Progress,
    ) -> Iterator[Mapping[str, Value]]:
        rows = PagedRows(ids, self.fetch)
        for place, row in enumerate(rows):
            if place % PAGE == 0:
                progress(place, len(ids))
            yield row.values if whole else public_values(self.registry, row.values)
