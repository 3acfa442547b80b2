"""The entries of a dictionary: opened by Enter, moved by Alt+Up and Alt+Down or the mouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import administration, records
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages, theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dictionary_entry import DictionaryEntryDialog
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.soon import later
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT, TableView

MOST_HIGH = 14  # rows in sight before the table scrolls
PAUSE_MS = 600  # several moves are one change
ID = Qt.ItemDataRole.UserRole + 20


class EntriesCard(Card):
    """Rows of one dictionary. Lists that are trees (the regions) are shown, but keep their order."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Entries"))
        self._view = view
        self._dictionary = Record("dictionary", 0, 0)
        self._entries: dict[int, Record] = {}
        self._may_edit = view.context.person.may("update", "dictionary")
        self._model = QStandardItemModel(self)
        self.table = EntriesTable()
        self.table.setModel(self._model)
        self.table.opened.connect(self._open)
        self.table.moved.connect(self._move_to)
        self.up_button = icon_button("arrow-up", _("Move up"), lambda: self._step(-1))
        self.down_button = icon_button("arrow-down", _("Move down"), lambda: self._step(1))
        self.add_button = quiet_button(_("New entry"), self._add, icon_name="plus", shortcut="Ctrl+N")
        for key, direction in (("Alt+Up", -1), ("Alt+Down", 1)):
            move = QShortcut(QKeySequence(key), self.table, context=Qt.ShortcutContext.WidgetShortcut)
            move.activated.connect(lambda step=direction: self._step(step))
        for button in (self.up_button, self.down_button, self.add_button):
            self.head.addWidget(button)
        self.body.addWidget(self.table)
        self.body.addWidget(label(_("Alt+Up and Alt+Down move an entry, Enter opens it."), "small"))
        self._timer = later(PAUSE_MS, self.save_order, self)
        view.context.bus.changed.connect(self._table_changed)

    def show_dictionary(self, dictionary: Record) -> None:
        """Read the entries of this dictionary."""
        self._dictionary = dictionary
        self.setVisible(dictionary.id > 0)
        if dictionary.id and not self._timer.isActive():
            self._view.context.tasks.query(
                self, lambda session: administration.fetch_entries(session, dictionary.id), self._show, key="entries"
            )

    def save_order(self) -> None:
        """Keep the order shown."""
        self._timer.stop()
        dictionary, ids = self._dictionary, self._ids()

        def done(change_set: int) -> None:
            messages.notify(self, _("The new order is saved."), undo=lambda: undo(self._view, self._view, change_set))

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.show_dictionary(dictionary)

        self._view.context.tasks.command(
            self, lambda session: administration.save_order(session, dictionary, ids), done, fail
        )

    def _show(self, entries: Sequence[Record]) -> None:
        current = self._current_id()
        self._entries = {entry.id: entry for entry in entries}
        self._model.clear()
        self._model.setHorizontalHeaderLabels([_("Name"), _("English name"), _("Code"), _("In use")])
        for entry in entries:
            self._model.appendRow(_items(entry))
        can_move = self._may_edit and not any(entry.values.get("parent") for entry in entries)
        self.table.set_movable(movable=can_move)
        self.up_button.setVisible(can_move)
        self.down_button.setVisible(can_move)
        self.add_button.setVisible(can_move and self._view.context.person.may("create", "dictionary"))
        self.table.setFixedHeight(HEADING_HEIGHT + min(len(entries), MOST_HIGH) * theme.row_height() + 2)
        self.table.fit_columns(1)
        if current in self._entries:
            self.table.selectRow(list(self._entries).index(current))

    def _ids(self) -> list[int]:
        return [int(self._model.item(row).data(ID)) for row in range(self._model.rowCount())]

    def _current_id(self) -> int:
        row = self.table.currentIndex().row()
        return int(self._model.item(row).data(ID)) if row >= 0 else 0

    def _step(self, direction: int) -> None:
        row = self.table.currentIndex().row()
        if row >= 0:
            self._move_to(row, row + direction)

    def _move_to(self, source: int, target: int) -> None:
        if not self.table.is_movable or not 0 <= target < self._model.rowCount() or source == target:
            return
        self._model.insertRow(target, self._model.takeRow(source))
        self.table.selectRow(target)
        self._timer.start()

    def _open(self, index: QModelIndex) -> None:
        entry = self._entries[int(self._model.item(index.row()).data(ID))]
        if self._may_edit:
            self._ask(entry)

    def _add(self) -> None:
        values = {"dictionary": Ref(self._dictionary.id, self._dictionary.title), "sort_order": self._model.rowCount()}
        self._ask(Record("dictionary_entry", 0, 0, values))

    def _ask(self, entry: Record) -> None:
        dialog = DictionaryEntryDialog(self, entry)
        dialog.decided.connect(lambda values: self._save(dialog, entry, values))
        dialog.open_quietly()

    def _save(self, dialog: DictionaryEntryDialog, entry: Record, values: Mapping[str, Any]) -> None:
        def work(session: Session) -> Record:
            if entry.id:
                return records.save_record(session, entry, values)
            return records.create_record(session, Record(entry.entity, 0, 0, {**entry.values, **values}))

        def done(saved: Record) -> None:
            dialog.accept()
            notify_saved(self._view, saved, is_new=entry.id == 0)
            self.show_dictionary(self._dictionary)

        def fail(error: KnownError) -> None:
            if isinstance(error, FieldsError):
                dialog.show_errors(error)
            else:
                messages.show_error(dialog, error)

        self._view.context.tasks.command(dialog, work, done, fail)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "dictionary_entry":
            self.show_dictionary(self._dictionary)


class EntriesTable(TableView):
    """Rows that can be dragged to another place."""

    moved = Signal(int, int)  # from row, to row

    def __init__(self) -> None:
        super().__init__()
        self.is_movable = False
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setDropIndicatorShown(True)
        self.setDragDropOverwriteMode(False)

    def set_movable(self, *, movable: bool) -> None:
        """Let rows be dragged, or not."""
        self.is_movable = movable
        mode = QAbstractItemView.DragDropMode
        self.setDragDropMode(mode.InternalMove if movable else mode.NoDragDrop)

    def dropEvent(self, event: QDropEvent) -> None:
        """Announce the move instead of letting Qt copy cells."""
        source = self.currentIndex().row()
        place = event.position().toPoint()
        row = self.rowAt(place.y())
        target = row if row >= 0 else self.model().rowCount() - 1
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.moved.emit(source, target)


def _items(entry: Record) -> list[QStandardItem]:
    values = entry.values
    texts = (values["name"], values["name_en"] or "", values["code"], "✓" if values["is_active"] else "")
    items = [QStandardItem(text) for text in texts]
    items[0].setData(entry.id, ID)
    if values["tone"]:
        items[0].setData(values["tone"], CellRole.CHIP)
    for item in items if not values["is_active"] else ():
        item.setData("faint", CellRole.TONE)
    return items
