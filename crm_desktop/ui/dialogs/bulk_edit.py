"""Changing a few fields of many records at once: what to do, what would come of it, then the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import bulk
from crm_desktop.services.bulk import Rehearsal
from crm_desktop.services.bulk_steps import Step
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.bulk_step import BulkStep, maker_for
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.rehearsal import RehearsalView
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import quiet_button

PAUSE_MS = 300
Change = Callable[[Sequence[Step], Rehearsal], object]


class BulkEditDialog(Dialog):
    """``change`` is called with the steps and with what their rehearsal found."""

    def __init__(self, view: AreaView, spec: EntitySpec, ids: Sequence[int], change: Change) -> None:
        super().__init__(view.window(), _("Change {what}").format(what=things(spec, len(ids))), width=680)
        self._view, self._spec, self._ids, self._change = view, spec, list(ids), change
        self._maker = maker_for(view, self, spec)
        self._asked: tuple[Step, ...] = ()
        self._rehearsal: Rehearsal | None = None
        self.lines: list[BulkStep] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(8)
        self.outcome = RehearsalView(spec)
        self._pause = later(PAUSE_MS, self._rehearse, self)
        self.body.addLayout(self._column)
        another = quiet_button(_("Another field"), self.add_line, icon_name="plus", shortcut="Ctrl+Plus")
        self.body.addWidget(another, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addWidget(self.outcome)
        self.body.addStretch(1)
        self.add_cancel()
        self.apply = self.add_primary(_("Change"), self._accept)
        self.add_line()

    def add_line(self) -> BulkStep:
        """One more field to change."""
        line = BulkStep(self._spec, self._maker, self._remove)
        line.changed.connect(self._note_change)
        self.lines.append(line)
        self._column.addWidget(line)
        line.field.setFocus()
        self._note_change()
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
        self._note_change()

    def _note_change(self) -> None:
        self._rehearsal = None
        self.apply.setEnabled(False)
        self.apply.setText(_("Change"))
        self._pause.start()

    def _rehearse(self) -> None:
        try:
            steps = self.steps()
        except KnownError as error:
            self.outcome.show_error(error)
            return
        self._asked = steps
        if not steps:
            self.outcome.say(_("Nothing is written before you have seen what would change."))
            return
        self.outcome.wait()
        person, entity, ids = self._view.context.person, self._spec.key, self._ids
        self._view.context.tasks.query(
            self,
            lambda session: bulk.rehearse(session, person, entity, steps, ids),
            lambda rehearsal: self._take(steps, rehearsal),
            self.outcome.show_error,
            key="rehearse",
        )

    def _take(self, steps: Sequence[Step], rehearsal: Rehearsal) -> None:
        if steps != self._asked or self._pause.isActive():
            return  # the user has gone on
        self._rehearsal = rehearsal
        count = len(rehearsal.targets.ids)
        self.outcome.show_rehearsal(rehearsal)
        self.apply.setEnabled(count > 0)
        self.apply.setText(_("Change {what}").format(what=things(self._spec, count)) if count else _("Change"))
        self.adjustSize()

    def _accept(self) -> None:
        if self._rehearsal is not None:
            self.accept()
            self._change(self._asked, self._rehearsal)
