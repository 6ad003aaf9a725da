"""清单版本 in the window: load, compare on paper, adopt, note the publication."""

from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QDialog, QFileDialog, QInputDialog

from ssj_desktop.domain.fields import ITEMS
from ssj_desktop.formats.csv_text import render_csv
from ssj_desktop.queries.registries import list_rows
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.pages import editions_dialog
from ssj_desktop.ui.pages.editions_dialog import EditionDialog, EditionsDialog
from ssj_desktop.ui.pages.registry_page import RegistryPage
from ssj_desktop.ui.preview import Preview

ROWS = [["事项编码", "抽查事项", "检查依据"], ["S-1", "供热检查", "《条例》第七条"]]


def test_the_list_as_issued_goes_from_a_file_into_the_list_of_the_office(
    qtbot: Any, office: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk, _ = office
    (tmp_path / "清单.csv").write_bytes(render_csv(ROWS))
    page = RegistryPage(clerk, ITEMS)
    qtbot.addWidget(page)
    assert "清单版本…" in [each.text() for each in page.import_button.menu().actions()]
    dialog = EditionsDialog(page, clerk)
    qtbot.addWidget(dialog)
    dialog.show()
    assert not dialog.adopt_button.isEnabled()
    assert dialog.why.text().startswith("还没有载入")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "清单.csv"), ""))

    class Signed(EditionDialog):
        def exec(self) -> int:
            return QDialog.DialogCode.Accepted

    monkeypatch.setattr(editions_dialog, "EditionDialog", Signed)
    dialog.choose_file()
    qtbot.waitUntil(lambda: bool(dialog.model.rows), timeout=20_000)
    shown: list[Preview] = []

    def keep(preview: Preview) -> None:
        shown.append(preview)

    monkeypatch.setattr(Preview, "exec", keep)
    dialog.compare_own()
    assert shown[0].windowTitle() == "抽查事项清单比较表"
    told: list[str] = []
    monkeypatch.setattr(
        "ssj_desktop.ui.errors.show_refusal", lambda _, refusal: told.append(refusal.message)
    )
    dialog.compare_previous()
    assert "之前没有载入过" in told[0]
    assert dialog.adopt_button.isEnabled()
    dialog.adopt()
    assert "供热检查" in [row.name for row in clerk.ask(list_rows, "items")]
    monkeypatch.setattr(QInputDialog, "getText", lambda *_: ("局网站", True))
    dialog.publish()
    assert dialog.model.rows[0].published.endswith("局网站")
    assert not dialog.grab().isNull()
