"""Why one employee can or cannot see a record that is looked for by name, number or key."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services import search, why
from crm_desktop.services.why import Reason
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.sharing.reasons import ReasonsView
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.labels import label

WIDTH, HEIGHT, KIND_WIDTH = 720, 380, 160


class WhyDialog(Dialog):
    """For who administers the rights: he finds records out of his own sight by their number."""

    def __init__(self, view: AreaView, employee: Ref) -> None:
        super().__init__(view.window(), _("What can {name} see?").format(name=employee.label), width=WIDTH)
        self._view, self._employee = view, employee
        self.kind = QComboBox()
        self.kind.setAccessibleName(_("Kind of record"))
        self.kind.setFixedWidth(KIND_WIDTH)
        for spec in ALL_ENTITIES:
            self.kind.addItem(_(spec.label), spec.key)
        self.record = ReferenceEditor(REFERENCE, _("Record, by name, number or key"), self._find)
        self.record.changed.connect(self._ask)
        self.kind.currentIndexChanged.connect(self._choose_kind)
        self.reasons = ReasonsView()
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(label(_("Kind of record"), "small"))
        left.addWidget(self.kind)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addLayout(left)
        line.addWidget(self.record, 1)
        self.body.addLayout(line)
        self.body.addWidget(self.reasons)
        self.body.addStretch(1)
        self.setMinimumHeight(HEIGHT)
        self.add_cancel(_("Close"))
        self.record.setFocus()

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Say why, for every verb."""
        self.reasons.show_reasons(reasons)
        self.adjustSize()

    def _choose_kind(self) -> None:
        self.record.set_value(None)
        self.reasons.show_reasons(())

    def _find(self, typed: str, answer: Callable[[Sequence[Ref]], None]) -> None:
        entity, person = str(self.kind.currentData()), self._view.context.person

        def work(session: Session) -> list[Ref]:
            hits = search.find(session, entity, typed, person)
            found = why.find_record(session, entity, typed) if typed.strip() else []
            by_number = [Ref(one.id, _(": ").join(filter(None, (one.name, one.owner)))) for one in found]
            known = {ref.id for ref in by_number}
            return [*by_number, *(Ref(hit.id, hit.title) for hit in hits if hit.id not in known)]

        self._view.context.tasks.query(self, work, answer, key="find")

    def _ask(self) -> None:
        chosen = self.record.chosen()
        if chosen is None:
            return
        entity, employee = str(self.kind.currentData()), self._employee
        self._view.context.tasks.query(
            self,
            lambda session: why.explain(session, entity, chosen.id, employee.id),
            self.show_reasons,
            self.reasons.show_error,
            key="why",
        )
