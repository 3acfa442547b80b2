"""The stages an opportunity went through, how long it was in each, who moved it and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from crm_desktop.core.i18n import _
from crm_desktop.services.opportunities import Stay, fetch_stays
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT, TableView

MOST_HIGH = 8  # rows in sight before the card scrolls
DAYS, NOTE = 2, 4


class StaysCard(Card):
    """In the order in which they were entered."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Stage history"))
        self._view = view
        self._id = 0
        self.model = QStandardItemModel(self)
        self.table = TableView()
        self.table.setAccessibleName(_("Stage history"))
        self.table.setModel(self.model)
        self.table.setEditTriggers(TableView.EditTrigger.NoEditTriggers)
        self.body.addWidget(self.table)
        self._follower = Follower(self, self._read)
        view.context.bus.changed.connect(self._table_changed)

    def show_record(self, record: Record) -> None:
        """Show the way of this record; that of the same one is read again only when it has changed."""
        is_other = record.id != self._id
        self._id = record.id
        self.setVisible(record.id > 0)
        if is_other:
            self._read()

    def _read(self) -> None:
        id_ = self._id
        if id_:
            self._view.context.tasks.query(self, lambda session: fetch_stays(session, id_), self._show, key="stays")

    def _show(self, stays: Sequence[Stay]) -> None:
        self.model.clear()
        self.model.setHorizontalHeaderLabels([_("Stage"), _("Entered"), _("Days"), _("By"), _("Note")])
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        self.model.horizontalHeaderItem(DAYS).setTextAlignment(right)
        for stay in stays:
            days = "" if stay.days is None else f"{stay.days:,}"
            texts = (stay.stage.label, TIME.format(stay.entered_at), days, stay.by, stay.note)
            items = [QStandardItem(text) for text in texts]
            items[0].setData(stay.stage.tone, CellRole.CHIP)
            items[DAYS].setTextAlignment(right)
            self.model.appendRow(items)
        self.table.setFixedHeight(HEADING_HEIGHT + min(len(stays), MOST_HIGH) * theme.row_height() + 2)
        self.table.fit_columns(NOTE)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "opportunity_stay":
            self._follower.note()
