"""Who can see a record, what each of them may do with it and why; and the same for anybody one asks about."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QStandardItem, QStandardItemModel

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.services import why
from crm_desktop.services.why import Reason, Seer
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.sharing.reasons import ReasonsView
from crm_desktop.ui.sharing.receivers import person_editor
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import TableView

WIDTH, HEIGHT = 860, 560
LEAST_TABLE = 200


class WhoDialog(Dialog):
    """Of one record. Choosing a line, or anybody in the box, says why for every verb."""

    def __init__(self, view: AreaView, table: str, record_id: int, name: str) -> None:
        super().__init__(view.window(), _("Who can see “{title}”?").format(title=name), width=WIDTH)
        self._view, self._table, self._record_id = view, table, record_id
        self._seers: Sequence[Seer] = ()
        self.count = label(_("Reading…"), "muted")
        self.people = TableView()
        self.people.setAccessibleName(_("Employees"))
        self.people.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.people.setMinimumHeight(LEAST_TABLE)
        self.person = person_editor(view, self, _("Why can somebody see it or not?"))
        self.person.changed.connect(self._ask)
        self.reasons = ReasonsView()
        self.body.addWidget(self.count)
        self.body.addWidget(self.people, 1)
        self.body.addWidget(self.person)
        self.body.addWidget(self.reasons)
        self.setMinimumHeight(HEIGHT)
        self.add_cancel(_("Close"))

    def read(self) -> None:
        """Ask who sees it, in the background."""
        table, record_id = self._table, self._record_id
        self._view.context.tasks.query(
            self, lambda session: why.fetch_seers(session, table, record_id), self.show_seers, self._fail
        )

    def show_seers(self, seers: Sequence[Seer]) -> None:
        """Show these people."""
        self._seers = seers
        count = ngettext("{count} person sees it.", "{count} people see it.", len(seers))
        self.count.setText(count.format(count=len(seers)))
        model = QStandardItemModel(len(seers), 4, self)
        model.setHorizontalHeaderLabels([_("Employee"), _("Department"), _("May"), _("Why he sees it")])
        for row, seer in enumerate(seers):
            for column, text in enumerate((seer.name, seer.department, seer.verbs, seer.reasons[0].sentence)):
                item = QStandardItem(text)
                item.setEditable(False)
                model.setItem(row, column, item)
        self.people.setModel(model)
        self.people.fit_columns(3)
        self.people.selectionModel().currentRowChanged.connect(lambda now, _before: self._show_row(now.row()))
        if seers:
            self.people.selectRow(0)

    def show_reasons(self, reasons: Sequence[Reason]) -> None:
        """Say why, for every verb."""
        self.reasons.show_reasons(reasons)

    def _show_row(self, row: int) -> None:
        if 0 <= row < len(self._seers):
            self.person.set_value(None)
            self.reasons.show_reasons(self._seers[row].reasons)

    def _ask(self) -> None:
        chosen = self.person.chosen()
        if chosen is None:
            return
        table, record_id = self._table, self._record_id
        self._view.context.tasks.query(
            self,
            lambda session: why.explain(session, table, record_id, chosen.id),
            self.show_reasons,
            self.reasons.show_error,
            key="why",
        )

    def _fail(self, error: KnownError) -> None:
        self.count.setText("")
        self.reasons.show_error(error)
