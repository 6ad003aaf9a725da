"""Which column of a foreign table is which field: chosen by hand, remembered by the office."""

from collections.abc import Mapping

from PySide6.QtWidgets import (
    QComboBox,
    QFormLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ssj_desktop.domain.fields import Registry
from ssj_desktop.domain.headings import TableMapping, needed
from ssj_desktop.domain.sheets import column_letters
from ssj_desktop.ui.widgets import Card, GrowingDialog, button, label


class MappingDialog(GrowingDialog):
    """One line per field of the registry, with the columns of the sheet to choose from."""

    def __init__(self, parent: QWidget | None, registry: Registry, mapping: TableMapping) -> None:
        super().__init__(parent)
        self._registry, self._mapping = registry, mapping
        self.setWindowTitle("列的对应关系")
        self.setObjectName("page")
        self.resize(620, 560)
        box = QVBoxLayout(self)
        box.addWidget(
            label(
                "为每一项选择表中的列。导入后，本单位会记住这些表头，下次自动对应。",
                "hint",
                wrap=True,
            )
        )
        box.addWidget(self._fields(), 1)
        self.fault = label("", "fault", wrap=True)
        box.addWidget(self.fault)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(button("取消", self.reject))
        self.go = button("确定", self.accept, "primary")
        row.addWidget(self.go)
        box.addLayout(row)
        self._check()

    def _fields(self) -> QScrollArea:
        card = Card()
        form = QFormLayout()
        self.combos: dict[str, QComboBox] = {}
        must = needed(self._registry)
        for field in self._registry.fields:
            combo = QComboBox()
            combo.setAccessibleName(field.label)
            combo.addItem("（表中没有）", None)
            for column, title in sorted(self._mapping.titles.items()):
                combo.addItem(f"{column_letters(column)} 列　{title[:30]}", column)
            at = combo.findData(self._mapping.columns.get(field.name))
            combo.setCurrentIndex(max(0, at))
            combo.currentIndexChanged.connect(self._check)
            self.combos[field.name] = combo
            form.addRow(label(f"{field.label}{' *' if field.name in must else ''}"), combo)
        card.box.addLayout(form)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(card)
        return area

    def columns(self) -> Mapping[str, int | None]:
        """The chosen column of each field."""
        return {name: combo.currentData() for name, combo in self.combos.items()}

    def _check(self) -> None:
        """The reason why the button is disabled stands above it."""
        chosen = self.columns()
        missing = [
            field.label
            for field in self._registry.fields
            if field.name in needed(self._registry) and chosen[field.name] is None
        ]
        taken = [column for column in chosen.values() if column is not None]
        text = f"还没有对应：{'、'.join(missing)}。" if missing else ""
        if len(taken) != len(set(taken)):
            text += "有一列被用了两次。"
        self.fault.setText(text)
        self.go.setEnabled(not text)
