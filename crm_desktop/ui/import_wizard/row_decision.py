"""What happens with a single row that meets a record: four buttons, of which one holds."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.import_wizard.matching_step import ON_MATCH
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label
from importers.plan import MatchRule, OnMatch


class RowDecision(QWidget):
    """The ways of the third step, for the row at ``at``."""

    decided = Signal(str, OnMatch)

    def __init__(self, at: str, rule: MatchRule) -> None:
        super().__init__()
        self.buttons: dict[OnMatch, QPushButton] = {}
        self._group = QButtonGroup(self)
        line = FlowLayout(gap=0)
        for on_match, (word, why) in ON_MATCH.items():
            self.buttons[on_match] = button = quiet_button(_(word), partial(self.decided.emit, at, on_match))
            is_usual = on_match is rule.on_match
            button.setToolTip(_("As for all other rows.") if is_usual else _(why))
            button.setCheckable(True)
            button.setChecked(on_match is rule.of_row(at))
            self._group.addButton(button)
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(_("For this row:"), "strong"))
        column.addLayout(line)

    def has_keyboard(self) -> bool:
        """Whether one of the buttons has the focus."""
        return any(button.hasFocus() for button in self.buttons.values())

    def take_focus(self) -> None:
        """On the button that holds."""
        held = next(button for button in self.buttons.values() if button.isChecked())
        held.setFocus(Qt.FocusReason.OtherFocusReason)
