"""What was deleted and is still gone, what it was, and the way back for one record or many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, QSortFilterProxyModel, Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.entities import by_key
from crm_desktop.services.journal import UndoResult
from crm_desktop.services.recycle_bin import DeletedRecord, bring_back, fetch_deleted, fetch_values
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.undoing import outcome, undo
from crm_desktop.ui.form_page.wording import moment_text, value_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import primary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.preview_splitter import PreviewSplitter
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.table_view import TableView

LABEL_WIDTH = 96
COLUMNS = (N_("Name"), N_("Kind"), N_("Deleted at"), N_("By"))
RECORD = Qt.ItemDataRole.UserRole + 20


class RecycleBinPage(Page):
    """Enter or the button brings the selected records back; the pane at the right shows what the current one was."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Recycle bin"))
        self._view = view
        self.heading = PageTitle(self.title)
        self.search_box = SearchBox(_("Name, kind or person"), "Ctrl+F")
        self.search_box.setMinimumWidth(240)
        self.search_box.searched.connect(self._filter)
        self.back_button = primary_button(_("Bring back"), self.bring_back, icon_name="arrow-counter-clockwise")
        self.heading.add(self.search_box)
        self.heading.add(self.back_button)
        self._model = QStandardItemModel(self)
        self._shown = QSortFilterProxyModel(self)
        self._shown.setSourceModel(self._model)
        self._shown.setFilterKeyColumn(-1)
        self._shown.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.table = TableView()
        self.table.setAccessibleName(self.title)
        self.table.setModel(self._shown)
        self.table.opened.connect(lambda _index: self.bring_back())
        self.table.selectionModel().selectionChanged.connect(lambda _on, _off: self._enable())
        self.table.selectionModel().currentRowChanged.connect(self._show_current)
        self.empty = EmptyState(
            "trash",
            _("The recycle bin is empty"),
            _("What somebody deletes is kept here, with everything that belonged to it."),
        )
        self.empty.hide()
        card = Card(padding=0)
        card.body.addWidget(self.table)
        card.body.addWidget(self.empty)
        self._preview = Card(padding=0)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._preview.body.addWidget(self._area)
        self._splitter = PreviewSplitter("recycle_bin", card, self._preview)
        self.body.addWidget(self.heading)
        self.body.addWidget(self._splitter, 1)
        self.begin_at(self.table)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(lambda _table, _ids: self._follower.note())
        self.refresh()

    def refresh(self) -> None:
        """Read again what is gone."""
        person = self._view.context.person
        self._view.context.tasks.query(
            self, lambda session: fetch_deleted(session, person), self.show_deleted, self._fail, key="deleted"
        )

    def bring_back(self) -> None:
        """Bring the selected records back, and say what came of it."""
        chosen = [record for record in self._selected() if self._may_bring_back(record)]
        if not chosen:
            return
        self.back_button.setEnabled(False)

        def tell(result: UndoResult) -> None:
            change_set = result.change_set
            take_back = partial(undo, self._view, self._view, change_set, self.refresh) if change_set else None
            messages.notify(self._view, outcome(result), tone="warn" if result.kept else "good", undo=take_back)
            self.refresh()

        self._view.context.tasks.command(
            self, lambda session: bring_back(session, chosen), tell, self._fail_back, waits=True
        )

    def show_deleted(self, records: Sequence[DeletedRecord]) -> None:
        """Show what is gone, newest first; what was selected stays so."""
        selected = {(record.entity, record.id) for record in self._selected()}
        self._model.clear()
        self._model.setHorizontalHeaderLabels([_(heading) for heading in COLUMNS])
        for record in records:
            self._model.appendRow(_items(record))
        self.table.fit_columns(0)
        self.table.setVisible(bool(records))
        self.empty.setVisible(not records)
        self._splitter.offer_preview(bool(records))
        self._select(selected)
        self._enable()

    def _select(self, wanted: set[tuple[str, int]]) -> None:
        """The same records as before, else the first one."""
        rows = [row for row in range(self._shown.rowCount()) if self._key(row) in wanted]
        self.table.clearSelection()
        mode = self.table.selectionMode()
        self.table.setSelectionMode(TableView.SelectionMode.MultiSelection)
        for row in rows or ([0] if self._shown.rowCount() else []):
            self.table.selectRow(row)
        self.table.setSelectionMode(mode)

    def _key(self, row: int) -> tuple[str, int]:
        record = self._record(row)
        return record.entity, record.id

    def _record(self, row: int) -> DeletedRecord:
        record: DeletedRecord = self._shown.index(row, 0).data(RECORD)
        return record

    def _selected(self) -> list[DeletedRecord]:
        return [self._record(index.row()) for index in self.table.selectionModel().selectedRows()]

    def _may_bring_back(self, record: DeletedRecord) -> bool:
        return record.is_mine or self._view.context.person.may_use(Function.UNDO, record.entity)

    def _enable(self) -> None:
        chosen = self._selected()
        allowed = [record for record in chosen if self._may_bring_back(record)]
        self.back_button.setEnabled(bool(allowed))
        why = _("Only who deleted it, or who may undo others' changes, can bring it back.")
        self.back_button.setToolTip(why if chosen and not allowed else "")
        self.heading.set_note(
            ngettext("{count} selected", "{count} selected", len(chosen)).format(count=len(chosen))
            if len(chosen) > 1
            else ""
        )

    def _filter(self, typed: str) -> None:
        self._shown.setFilterFixedString(typed)

    def _show_current(self, current: QModelIndex) -> None:
        if not current.isValid():
            return
        record = self._record(current.row())
        self._view.context.tasks.query(
            self,
            lambda session: fetch_values(session, record),
            lambda values: self._area.setWidget(_preview(record, values)),
            key="values",
        )

    def _fail(self, error: KnownError) -> None:
        self.table.hide()
        self.empty.show()
        messages.show_error(self, error)

    def _fail_back(self, error: KnownError) -> None:
        messages.show_error(self, error)
        self.refresh()


def _items(record: DeletedRecord) -> list[QStandardItem]:
    name, kind = QStandardItem(record.name), QStandardItem(_(by_key(record.entity).label))
    name.setData(record, RECORD)
    name.setData(True, CellRole.STRONG)
    moment, who = QStandardItem(moment_text(record.at)), QStandardItem(record.who)
    moment.setToolTip(TIME.format(record.at))
    return [name, kind, moment, who]


def _preview(record: DeletedRecord, values: Mapping[str, Any]) -> QWidget:
    """What the record was."""
    inside = QWidget()
    inside.setObjectName("plain")
    column = QVBoxLayout(inside)
    column.setContentsMargins(16, 12, 16, 16)
    column.setSpacing(8)
    column.addWidget(label(record.name, "title", wrap=True, selectable=True))
    by = QHBoxLayout()
    by.addWidget(
        label(_("Deleted by {who}, {when}").format(who=record.who, when=TIME.format(record.at)), "small", wrap=True)
    )
    column.addLayout(by)
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    spec = by_key(record.entity)
    told = [attr for attr in spec.form.fields if values.get(attr.key) not in (None, "", [], False)]
    for row, attr in enumerate(told):
        grid.addWidget(label(_(spec.labels[attr]), "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(label(value_text(spec, attr.key, values[attr.key]), wrap=True, selectable=True), row, 1)
    column.addLayout(grid)
    column.addStretch(1)
    return inside
