"""A dialog that changes many records: whatever is chosen is looked at first, and the button says what it would do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from crm_desktop.core.i18n import _
from crm_desktop.services import bulk
from crm_desktop.services.bulk import Rehearsal
from crm_desktop.services.bulk_steps import Step
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.kinds import BadValueError
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.rehearsal import RehearsalView
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.soon import later

PAUSE_MS = 300
Change = Callable[[Sequence[Step], Rehearsal], object]


class RehearsedDialog(Dialog):
    """``change`` is called with the steps and with what their rehearsal found. Enter pressed before counts as soon as
    it is there, where no record stays behind.
    """

    def __init__(
        self, view: AreaView, spec: EntitySpec, ids: Sequence[int], change: Change, *, title: str, width: int
    ) -> None:
        super().__init__(view.window(), title, width=width)
        self._view, self._spec, self._ids, self._change = view, spec, list(ids), change
        self._asked: tuple[Step, ...] = ()
        self._rehearsal: Rehearsal | None = None
        self._is_wanted = False  # Enter was pressed, and nothing chosen since
        self.outcome = RehearsalView(spec)
        self._pause = later(PAUSE_MS, self._rehearse, self)

    def steps(self) -> tuple[Step, ...]:
        """What was chosen as far as it is complete. Raises BadValueError for a text that is no value."""
        raise NotImplementedError

    def excluded(self) -> Iterable[tuple[Any, str]]:
        """Further conditions under which a record stays, and the sentence that says why."""
        return ()

    def add_foot(self) -> None:
        """Below what is chosen: what would come of it, and the button that does it."""
        self.body.addWidget(self.outcome)
        self.body.addStretch(1)
        self.add_cancel()
        self.apply = self.add_primary(_("Change"), self._accept)
        self.note_change()

    def note_change(self) -> None:
        """Something else is chosen: look at it when its user pauses."""
        self._rehearsal, self._is_wanted = None, False
        self.apply.setEnabled(False)
        self.apply.setText(_("Change"))
        self._pause.start()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter is not lost while what would change is still looked for."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self._rehearsal is None:
            self._is_wanted = True
            if self._pause.isActive():
                self._pause.stop()
                self._rehearse()
        else:
            super().keyPressEvent(event)

    def _rehearse(self) -> None:
        try:
            steps = self.steps()
        except BadValueError:
            steps = ()  # one is still typing; a field that is left says itself what is wrong
        self._asked = steps
        if not steps:
            self._is_wanted = False
            self.outcome.say(_("Nothing is written before you have seen what would change."))
            return
        self.outcome.wait()
        person, entity, ids, excluded = self._view.context.person, self._spec.key, self._ids, tuple(self.excluded())
        self._view.context.tasks.query(
            self,
            lambda session: bulk.rehearse(session, person, entity, steps, ids, excluded),
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
        if self._is_wanted and count and not rehearsal.refused:
            self._accept()

    def _accept(self) -> None:
        if self._rehearsal is not None:
            self.accept()
            self._change(self._asked, self._rehearsal)
