"""The ceremony on screen: it only renders the state machine of domain/draw/flow.py."""

from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from ssj_desktop.domain.draw.flow import STEPS, DrawState
from ssj_desktop.queries.draws import find_draw
from ssj_desktop.services.desk import Desk
from ssj_desktop.ui.draw_wizard.result_step import ResultStep
from ssj_desktop.ui.draw_wizard.scheme_step import SchemeStep
from ssj_desktop.ui.draw_wizard.slips_step import SlipsStep
from ssj_desktop.ui.widgets import Stepper


class DrawWizard(QWidget):
    """Scheme and freeze, then slips, then the result; a frozen draw resumes at its slips."""

    def __init__(
        self, desk: Desk, draw_id: str | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.desk = desk
        self.steps = Stepper(STEPS)
        self.stack = QStackedWidget()
        self.draw_id = draw_id
        box = QVBoxLayout(self)
        box.setContentsMargins(0, 0, 0, 0)
        box.setSpacing(12)
        box.addWidget(self.steps)
        box.addWidget(self.stack, 1)
        if draw_id is None:
            self._show(SchemeStep(desk, self.resume, self.stack), 0)
        else:
            self.resume(draw_id)

    def resume(self, draw_id: str) -> None:
        """Open a draw where it stands."""
        detail = self.desk.ask(find_draw, draw_id)
        self.draw_id = draw_id
        if detail.row.state in (DrawState.FROZEN, DrawState.OPENED):
            self._show(SlipsStep(self.desk, detail, self.resume, self.stack), 2)
        else:
            self._show(ResultStep(self.desk, detail, self.stack), 4)

    def _show(self, step: QWidget, place: int) -> None:
        while self.stack.count():
            old = self.stack.widget(0)
            if old is not None:
                self.stack.removeWidget(old)
                old.deleteLater()
        self.stack.addWidget(step)
        self.steps.go(place)
