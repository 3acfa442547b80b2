"""Changing a few fields of many records at once: what to do, what would come of it, then the button that does it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.services.bulk_steps import Step
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.bulk_step import BulkStep, maker_for
from crm_desktop.ui.dialogs.rehearsed import Change, RehearsedDialog
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.widgets.buttons import quiet_button


class BulkEditDialog(RehearsedDialog):
    """A line for each field, as many as are wanted."""

    def __init__(self, view: AreaView, spec: EntitySpec, ids: Sequence[int], change: Change) -> None:
        title = _("Change {what}").format(what=things(spec, len(ids)))
        super().__init__(view, spec, ids, change, title=title, width=680)
        self._maker = maker_for(view, self, spec)
        self.lines: list[BulkStep] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.body.addLayout(self._column)
        another = quiet_button(_("Another field"), self.add_line, icon_name="plus", shortcut="Ctrl+Plus")
        self.body.addWidget(another, 0, Qt.AlignmentFlag.AlignLeft)
        self.add_foot()
        self.add_line()

    def add_line(self) -> BulkStep:
        """One more field to change."""
        line = BulkStep(self._spec, self._maker, self._remove)
        line.changed.connect(self.note_change)
        self.lines.append(line)
        self._column.addWidget(line)
        line.field.setFocus()
        self.note_change()
        return line

    def steps(self) -> tuple[Step, ...]:
        """What was chosen as far as it is complete; of one field the last."""
        found = [step for line in self.lines if (step := line.step()) is not None]
        return tuple({step.key: step for step in found}.values())

    def _remove(self, line: BulkStep) -> None:
        if len(self.lines) == 1:
            line.field.setCurrentIndex(0)
            return
        self.lines.remove(line)
        self._column.removeWidget(line)
        line.hide()
        line.deleteLater()
        self.note_change()
