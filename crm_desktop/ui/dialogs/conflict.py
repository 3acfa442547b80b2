"""Two people changed the same field: before, theirs and mine side by side, and a choice for each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.journal import Change
from crm_desktop.services.records import Record, SaveConflictError
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page.wording import value_text, who_changed
from crm_desktop.ui.widgets.labels import label


class ConflictDialog(Dialog):
    """Announces my values of the fields where mine shall stay."""

    decided = Signal(object)  # dict: my values by field key

    def __init__(
        self,
        parent: QWidget | None,
        base: Record,
        error: SaveConflictError,
        mine: Mapping[str, Any],
        history: Sequence[Change],
    ) -> None:
        super().__init__(parent and parent.window(), error.message, width=640)
        self._mine = {key: mine.get(key) for key in error.fields}
        self._groups: dict[str, QButtonGroup] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(12)
        for column, heading in enumerate(("", _("Before"), _("Theirs"), _("Mine"))):
            grid.addWidget(label(heading, "small"), 0, column)
            grid.setColumnStretch(column, 1 if column else 0)
        for row, key in enumerate(error.fields, 1):
            self._add_field(grid, row, key, base, error.current, history)
        self.body.addWidget(label(error.hint, "muted", wrap=True))
        self.body.addLayout(grid)
        self.add_cancel()
        self.add_primary(_("Save"), self._decide)

    def choose(self, key: str, *, mine: bool) -> None:
        """Choose for one field."""
        self._groups[key].button(int(mine)).setChecked(True)

    def _add_field(
        self, grid: QGridLayout, row: int, key: str, base: Record, current: Record, history: Sequence[Change]
    ) -> None:
        spec, top = base.spec, Qt.AlignmentFlag.AlignTop
        grid.addWidget(label(_(spec.label_of(key)), "strong"), row, 0, top)
        grid.addWidget(label(value_text(spec, key, base.values.get(key)), "muted", wrap=True), row, 1, top)
        change = who_changed(history, key)
        note = f"{change.who} · {TIME.format(change.at)}" if change else ""
        group = self._groups[key] = QButtonGroup(self)
        for column, (value, remark) in enumerate(((current.values.get(key), note), (self._mine[key], "")), 2):
            cell = QWidget()
            lines = QVBoxLayout(cell)
            lines.setContentsMargins(0, 0, 0, 0)
            lines.setSpacing(0)
            button = QRadioButton(value_text(spec, key, value))
            group.addButton(button, column - 2)
            lines.addWidget(button)
            if remark:
                lines.addWidget(label(remark, "small"))
            grid.addWidget(cell, row, column, top)
        group.button(1).setChecked(True)

    def _decide(self) -> None:
        self.decided.emit({key: value for key, value in self._mine.items() if self._groups[key].checkedId() == 1})
        self.accept()
