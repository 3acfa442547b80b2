"""What was done lately: every save, import, bulk edit and undo as one line, each with the way back."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.journal import ChangeSet, describe, fetch_change_sets
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.undo import UndoDialog
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.list_page.cells import ALIGNMENTS
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

GROUP = N_("Change log")
COLUMNS = (N_("When"), N_("By"), N_("What"), N_("Records"), N_("State"))
WHAT = 2


class ChangesPage(Page):
    """Enter, a double click or the button shows what taking a change back would do."""

    def __init__(self, view: AreaView, *, everybodys: bool) -> None:
        super().__init__(_("Everybody's changes") if everybodys else _("My changes"))
        self._view, self._everybodys = view, everybodys
        self._sets: Sequence[ChangeSet] = ()
        self.heading = PageTitle(self.title)
        self.undo_button = secondary_button(_("Take back…"), self.take_back, icon_name="arrow-counter-clockwise")
        self.heading.add(self.undo_button)
        self._model = QStandardItemModel(self)
        self.table = TableView()
        self.table.setAccessibleName(self.title)
        self.table.setModel(self._model)
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.opened.connect(lambda _index: self.take_back())
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        self.empty = EmptyState(
            "clock-counter-clockwise",
            _("Nothing changed yet"),
            _("Every save, import and deletion will be here as one line, with a button to take it back."),
        )
        self.empty.hide()
        card = Card(padding=0)
        card.body.addWidget(self.table)
        card.body.addWidget(self.empty)
        self.body.addWidget(self.heading)
        self.body.addWidget(card, 1)
        self.begin_at(self.table)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(lambda _table, _ids: self._follower.note())
        self.refresh()

    def refresh(self) -> None:
        """Read the newest changes again."""
        everybodys = self._everybodys
        self._view.context.tasks.query(
            self,
            lambda session: fetch_change_sets(session, everybodys=everybodys),
            self.show_sets,
            self._fail,
            key="changes",
        )

    def take_back(self) -> None:
        """Show what taking the selected change back would do."""
        chosen = self._chosen()
        if chosen is not None and _can_be_undone(chosen):
            dialog = UndoDialog(self._view, chosen.id, describe(chosen.kind, chosen.label), self.refresh)
            dialog.rehearse()
            dialog.open_quietly()

    def show_sets(self, sets: Sequence[ChangeSet]) -> None:
        """Show these change sets, newest first."""
        chosen = self._chosen()
        self._sets = sets
        self._model.clear()
        self._model.setHorizontalHeaderLabels([_(heading) for heading in COLUMNS])
        self._model.setHeaderData(3, Qt.Orientation.Horizontal, ALIGNMENTS["right"], Qt.ItemDataRole.TextAlignmentRole)
        for change_set in sets:
            self._model.appendRow(_items(change_set))
        self.table.setColumnHidden(1, not self._everybodys)
        self.table.fit_columns(WHAT)
        self.table.setVisible(bool(sets))
        self.empty.setVisible(not sets)
        ids = [change_set.id for change_set in sets]
        self.table.selectRow(ids.index(chosen.id) if chosen is not None and chosen.id in ids else 0)
        self._enable()

    def _fail(self, error: KnownError) -> None:
        self.table.hide()
        self.empty.show()
        messages.show_error(self, error)

    def _chosen(self) -> ChangeSet | None:
        row = self.table.currentIndex().row()
        return self._sets[row] if 0 <= row < len(self._sets) else None

    def _enable(self, _current: QModelIndex | None = None) -> None:
        chosen = self._chosen()
        self.undo_button.setEnabled(chosen is not None and _can_be_undone(chosen))


def _can_be_undone(change_set: ChangeSet) -> bool:
    return change_set.undone_by is None and change_set.kind != "setup"


def _items(change_set: ChangeSet) -> list[QStandardItem]:
    moment = QStandardItem(moment_text(change_set.at))
    moment.setToolTip(TIME.format(change_set.at))
    rows = QStandardItem(f"{change_set.rows:,}")
    rows.setData(ALIGNMENTS["right"], Qt.ItemDataRole.TextAlignmentRole)
    state = QStandardItem(_("taken back") if change_set.undone_by else "")
    state.setData("neutral", CellRole.CHIP)
    items = [
        moment,
        QStandardItem(change_set.who),
        QStandardItem(describe(change_set.kind, change_set.label)),
        rows,
        state,
    ]
    for item in items if change_set.undone_by else ():
        item.setData("faint", CellRole.TONE)
    return items
