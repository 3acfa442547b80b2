"""Giving one record or many to another owner: to whom, what changes, what stays and why."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QCheckBox

from crm_desktop.core.i18n import _
from crm_desktop.services import sharing
from crm_desktop.services.bulk import Rehearsal, Targets
from crm_desktop.spec import EntitySpec, Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.rehearsal import RehearsalView
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.sharing.receivers import new_owner_editor
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.labels import label


class AssignDialog(Dialog):
    """``assign`` is called with the new owner, the records that can be given, and whether to stay a collaborator."""

    def __init__(
        self,
        view: AreaView,
        spec: EntitySpec,
        ids: Sequence[int],
        name: str,
        assign: Callable[[Ref, Targets, bool], object],
    ) -> None:
        """``name`` is what the only record is called, empty for several."""
        what = f"“{name}”" if name else things(spec, len(ids))
        super().__init__(view.window(), _("Assign {what}").format(what=what), width=520)
        self._view, self._spec, self._ids, self._assign = view, spec, list(ids), assign
        self._rehearsal: Rehearsal | None = None
        self.owner = new_owner_editor(view, self, _("New owner"), spec.key)
        self.owner.changed.connect(self._rehearse)
        self.keeps_me = QCheckBox(_("Keep me as a collaborator of what is mine now"))
        self.outcome = RehearsalView(spec)
        self.body.addWidget(self.owner)
        self.body.addWidget(self.keeps_me)
        self.body.addWidget(label(_("What belongs to it goes with it. It can be taken back."), "muted", wrap=True))
        self.body.addWidget(self.outcome)
        self.body.addStretch(1)
        self.add_cancel()
        self.apply = self.add_primary(_("Assign"), self._accept)
        self.apply.setEnabled(False)
        self.owner.setFocus()

    def show_rehearsal(self, rehearsal: Rehearsal) -> None:
        """Say what would change."""
        self._rehearsal = rehearsal
        self.outcome.show_rehearsal(rehearsal)
        self.apply.setEnabled(len(rehearsal.targets.ids) > 0)
        self.adjustSize()

    def _rehearse(self) -> None:
        self._rehearsal = None
        self.apply.setEnabled(False)
        owner = self.owner.chosen()
        if owner is None:
            self.outcome.say("")
            return
        self.outcome.wait()
        person, entity, ids = self._view.context.person, self._spec.key, self._ids

        def work(session: Session) -> Rehearsal:
            return sharing.rehearse_assign(session, person, entity, ids, owner)

        self._view.context.tasks.query(self, work, self.show_rehearsal, self.outcome.show_error, key="rehearse")

    def _accept(self) -> None:
        owner = self.owner.chosen()
        if owner is not None and self._rehearsal is not None:
            self.accept()
            self._assign(owner, self._rehearsal.targets, self.keeps_me.isChecked())
