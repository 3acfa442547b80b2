"""The visits of a service request: planned, made, what came of them; another one is planned from here."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from PySide6.QtCore import QModelIndex
from PySide6.QtGui import QStandardItem, QStandardItemModel

from crm_desktop.core.i18n import _
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.services.visits import Visit, fetch_visits, new_visit
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT, TableView

MOST_HIGH, PLAN = 6, "Alt+V"
_OUTCOME = 4


class VisitsCard(Card):
    """In the order in which they are planned. Enter or a double click opens one in the calendar."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Visits"))
        self._view = view
        self._request = Record("service_request", 0, 0)
        self._ids: Sequence[int] = ()
        self.model = QStandardItemModel(self)
        self.table = TableView()
        self.table.setModel(self.model)
        self.table.setEditTriggers(TableView.EditTrigger.NoEditTriggers)
        self.table.opened.connect(self._open)
        self.body.addWidget(self.table)
        if view.context.person.may("create", "event"):
            self.head.addWidget(quiet_button(_("Plan a visit…"), self.plan, icon_name="calendar-plus", shortcut=PLAN))
        self.head.addWidget(quiet_button(_("Visit sheet"), self.print_sheet, icon_name="printer"))
        self._follower = Follower(self, self._read)
        view.context.bus.changed.connect(self._note_change)

    def show_record(self, record: Record) -> None:
        """Show the visits of this request."""
        is_other = record.id != self._request.id
        self._request = record
        self.setVisible(record.id > 0)
        if is_other:
            self._read()

    def plan(self) -> None:
        """Begin an event that is a visit for this request."""
        person = self._view.context.person

        def begin(choices: Choices) -> None:
            values = new_visit(self._request, choices, Ref(person.id, person.name), person.pool_id or 0)
            open_new(self._view, "event", **values)

        self._view.context.choices.load(self, begin)

    def print_sheet(self) -> None:
        """Show the sheet that the engineer takes along."""
        from crm_desktop.reports.visit_sheet import print_visit_sheet

        id_, person, title = self._request.id, self._view.context.person, self._request.title

        def work(session: Session) -> bytes:
            pages = BytesIO()
            print_visit_sheet(session, id_, person, pages)
            return pages.getvalue()

        self._view.context.tasks.query(self, work, lambda pdf: show_pages(self.window(), title, pdf))

    def _read(self) -> None:
        id_ = self._request.id
        if id_:
            self._view.context.tasks.query(self, lambda session: fetch_visits(session, id_), self._show, key="visits")

    def _show(self, visits: Sequence[Visit]) -> None:
        self._ids = [visit.id for visit in visits]
        self.model.clear()
        heads = (_("Planned for"), _("Engineer"), _("Arrived"), _("Left again"), _("What came of it"))
        self.model.setHorizontalHeaderLabels(list(heads))
        for visit in visits:
            moments = (TIME.format(visit.arrived_at), TIME.format(visit.departed_at))
            texts = (TIME.format(visit.starts_at), visit.engineer, *moments, visit.outcome)
            self.model.appendRow([QStandardItem(text) for text in texts])
        self.table.setVisible(bool(visits))
        self.table.setFixedHeight(HEADING_HEIGHT + min(len(visits), MOST_HIGH) * theme.row_height() + 2)
        self.table.fit_columns(_OUTCOME)

    def _open(self, index: QModelIndex) -> None:
        self._view.open_record("event", self._ids[index.row()])

    def _note_change(self, table: str, _ids: object) -> None:
        if table == "event":
            self._follower.note()
