"""Deleting many records: how many go, what goes with them, which stay and why; then the button that does it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_desktop.core.i18n import _
from crm_desktop.services import bulk
from crm_desktop.services.bulk import Rehearsal
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.rehearsal import RehearsalView
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.labels import label


class BulkDeleteDialog(Dialog):
    """``delete`` is called with what the rehearsal found. Enter does not destroy anything."""

    def __init__(
        self, view: AreaView, spec: EntitySpec, ids: Sequence[int], name: str, delete: Callable[[Rehearsal], object]
    ) -> None:
        """``name`` is what the only record is called, empty for several."""
        what = f"“{name}”" if name else things(spec, len(ids))
        super().__init__(view.window(), _("Delete {what}?").format(what=what), width=520)
        self._view, self._spec, self._ids, self._delete = view, spec, list(ids), delete
        self._rehearsal: Rehearsal | None = None
        self.outcome = RehearsalView(spec)
        self.outcome.wait()
        self.body.addWidget(self.outcome)
        self.body.addWidget(label(_("It can be taken back at once, and later from the history."), "muted", wrap=True))
        cancel = self.add_cancel()
        self.apply = self.add_primary(_("Delete"), self._accept, danger=True)
        self.apply.setEnabled(False)
        cancel.setDefault(True)
        cancel.setFocus()

    def rehearse(self) -> None:
        """Look at the records in the background."""
        entity, ids = self._spec.key, self._ids

        def work(session: Session) -> Rehearsal:
            return bulk.rehearse_delete(session, entity, ids)

        self._view.context.tasks.query(self, work, self.show_rehearsal, self.outcome.show_error)

    def show_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Say what would go."""
        self._rehearsal = rehearsal
        count = len(rehearsal.targets.ids)
        self.outcome.show_rehearsal(rehearsal, is_deletion=True)
        self.apply.setEnabled(count > 0)
        if count:
            self.apply.setText(_("Delete {what}").format(what=things(self._spec, count)))
        self.adjustSize()

    def _accept(self) -> None:
        if self._rehearsal is not None:
            self.accept()
            self._delete(self._rehearsal)
