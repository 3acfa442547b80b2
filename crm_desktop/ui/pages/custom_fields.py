"""The administrator's page of custom fields: the kinds of records at the left, their fields in order at the right."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHBoxLayout

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, language
from crm_desktop.entities import by_key
from crm_desktop.entities.custom_fields import KINDS, SECTION
from crm_desktop.services import custom_fields
from crm_desktop.services.records import Deleted, Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.custom_field import CustomFieldDialog
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.list_page.cells import ALIGNMENTS
from crm_desktop.ui.page import Page
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button, primary_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.ordered_table import ID, OrderedTable
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

ENTITIES_WIDTH = 240
FILLED_IN = 5  # the column
KEY = "custom_field/page"
"""Of the page at the side."""


class Shown(NamedTuple):
    """What the page shows: fields of all entities by key, and how many records fill those of one."""

    fields: Mapping[str, Sequence[Record]]
    uses: Mapping[int, int]


class CustomFieldsPage(Page):
    """Ctrl+N adds a field, Enter changes it, Alt+Up and Alt+Down move it, Del deletes one that holds nothing."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Custom fields"))
        self._view = view
        self.shown_entities = custom_fields.customisable()
        self._entity = self.shown_entities[0].key
        self._fields: dict[int, Record] = {}
        self.heading = PageTitle(self.title)
        self.add_button = primary_button(_("New field"), self.add, icon_name="plus", shortcut="Ctrl+N")
        self.heading.add(self.add_button)
        self._entity_model = QStandardItemModel(self)
        self.entities, self.table = TableView(), OrderedTable()
        self.entities.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.entities.setAccessibleName(_("Kind of record"))
        self.table.setAccessibleName(_("Custom fields"))
        self.entities.setModel(self._entity_model)
        self.table.set_movable(movable=True)
        self.table.ordered.connect(self.save_order)
        self.body.addWidget(self.heading)
        self.body.addLayout(self._cards(), 1)
        self.begin_at(self.table)
        self._fill_entities({})
        self._connect()
        self.refresh()

    def refresh(self) -> None:
        """Read the fields again."""
        entity, keys = self._entity, [spec.key for spec in self.shown_entities]

        def read(session: Session) -> Shown:
            fields = {key: custom_fields.fetch_fields(session, key) for key in keys}
            return Shown(fields, custom_fields.fetch_uses(session, entity, fields[entity]))

        self._view.context.tasks.query(self, read, self._take, key="fields")

    def show_entity(self, key: str) -> None:
        """Show the fields of a kind of record."""
        if key != self._entity:
            if self.table.is_being_ordered():
                self.save_order()
            self._entity = key
            self.refresh()

    def add(self) -> None:
        """Ask for a new field."""
        self._ask(Record("custom_field", 0, 0, {"entity": self._entity, "kind": "text", "is_active": True}))

    def edit(self) -> None:
        """Change the selected field."""
        field = self._fields.get(self.table.current_id())
        if field is not None:
            self._ask(field)

    def delete(self) -> None:
        """Delete the selected field, where it holds nothing."""
        field = self._fields.get(self.table.current_id())
        if field is None:
            return
        question = _("Delete the field “{title}”?").format(title=field.title)
        if messages.confirm(self, question, _("You can take it back."), _("Delete"), danger=True):
            self._view.context.tasks.command(
                self,
                lambda session: custom_fields.delete_field(session, field),
                lambda deleted: self._tell(field, deleted),
            )

    def save_order(self) -> None:
        """Keep the order shown."""
        self.table.stop_waiting()
        entity, ids = self._entity, self.table.ids()

        def done(change_set: int) -> None:
            messages.notify(self, _("The new order is saved."), undo=lambda: undo(self._view, self._view, change_set))

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.refresh()

        self._view.context.tasks.command(
            self, lambda session: custom_fields.save_field_order(session, entity, ids), done, fail
        )

    # Building

    def _cards(self) -> QHBoxLayout:
        left = Card(padding=8)
        left.setFixedWidth(ENTITIES_WIDTH)
        left.body.addWidget(self.entities)
        right = Card(_("Fields"))
        self.up_button = icon_button("arrow-up", _("Move up"), lambda: self.table.step(-1))
        self.down_button = icon_button("arrow-down", _("Move down"), lambda: self.table.step(1))
        self.edit_button = icon_button("pencil-simple", _("Change"), self.edit)
        self.delete_button = icon_button("trash", _("Delete"), self.delete)
        for button in (self.up_button, self.down_button, self.edit_button, self.delete_button):
            right.head.addWidget(button)
        words = _("A new one is at once in everybody's lists, forms, imports and exports.")
        start = secondary_button(_("New field"), self.add, icon_name="plus")
        self.empty = EmptyState("list-plus", _("No fields of your own yet"), words, (start,))
        self.hint = label(
            _("Alt+Up and Alt+Down move a field, Enter changes it, Del deletes one that holds nothing."), "small"
        )
        right.body.addWidget(self.empty, 1)
        right.body.addWidget(self.table, 1)
        right.body.addWidget(self.hint)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(left)
        line.addWidget(right, 1)
        return line

    def _connect(self) -> None:
        self.table.opened.connect(lambda _index: self.edit())
        self.entities.selectionModel().currentRowChanged.connect(self._choose_entity)
        delete = QShortcut(QKeySequence("Del"), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete)
        self.table.selectionModel().selectionChanged.connect(self._enable)
        self._view.context.bus.changed.connect(self._table_changed)

    def _choose_entity(self, index: QModelIndex) -> None:
        self.show_entity(self.shown_entities[index.row()].key)

    # Showing

    def _fill_entities(self, counts: Mapping[str, int]) -> None:
        if not self._entity_model.rowCount():
            self._entity_model.setHorizontalHeaderLabels([_("Kind of record"), _("Fields")])
            _align_right(self._entity_model, 1)
            for spec in self.shown_entities:
                self._entity_model.appendRow([QStandardItem(_(spec.label_plural)), QStandardItem("")])
            self.entities.selectRow(0)
        for row, spec in enumerate(self.shown_entities):
            count = counts.get(spec.key, 0)
            item = self._entity_model.item(row, 1)
            item.setText(f"{count:,}" if count else "")
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.entities.fit_columns(0)

    def _take(self, read: Shown) -> None:
        if not self.table.is_being_ordered():  # an order on its way to the server stays in sight
            self.show_fields(read)

    def show_fields(self, read: Shown) -> None:
        """Show what was read."""
        current = self.table.current_id()
        self._fill_entities({key: len(fields) for key, fields in read.fields.items()})
        fields = read.fields[self._entity]
        self._fields = {field.id: field for field in fields}
        self.table.rows.removeRows(0, self.table.rows.rowCount())
        self.table.rows.setHorizontalHeaderLabels(
            [_("Name"), _("Kind"), _("Part of the form"), _("Needed"), _("In lists"), _("Filled in"), _("In use")]
        )
        _align_right(self.table.rows, FILLED_IN)
        for field in fields:
            self.table.rows.appendRow(_items(field, read.uses.get(field.id, 0)))
        self.heading.set_note(_(by_key(self._entity).label_plural))
        self.empty.setVisible(not fields)
        for widget in (self.table, self.hint):
            widget.setVisible(bool(fields))
        self.table.fit_columns(0)
        if fields:
            self.table.selectRow(list(self._fields).index(current) if current in self._fields else 0)
        self._enable()

    def _enable(self) -> None:
        row, last = self.table.currentIndex().row(), self.table.rows.rowCount() - 1
        has_row = 0 <= row <= last
        self.edit_button.setEnabled(has_row)
        self.delete_button.setEnabled(has_row)
        self.up_button.setEnabled(has_row and row > 0)
        self.down_button.setEnabled(has_row and row < last)

    # Changing

    def _ask(self, field: Record) -> None:
        dialog = CustomFieldDialog(self._view, KEY, field)
        dialog.decided.connect(lambda values, choices: self._save(dialog, field, values, choices))
        dialog.dictionary_wanted.connect(lambda id_: self._open_dictionary(dialog, id_))
        dialog.open_quietly()

    def _save(self, dialog: CustomFieldDialog, field: Record, values: Mapping[str, Any], choices: list[str]) -> None:
        def work(session: Session) -> Record:
            if field.id:
                return custom_fields.save_field(session, field, values)
            return custom_fields.add_field(session, values, choices)

        def done(saved: Record) -> None:
            dialog.accept()
            notify_saved(self._view, saved, is_new=field.id == 0)
            self.refresh()

        def fail(error: KnownError) -> None:
            if dialog.refuse(error):
                self.refresh()

        self._view.context.tasks.command(dialog, dialog.sending(work), done, fail)

    def _open_dictionary(self, dialog: CustomFieldDialog, id_: int) -> None:
        dialog.leave()
        self._view.open_record("dictionary", id_)

    def _tell(self, field: Record, deleted: Deleted) -> None:
        messages.notify(
            self._view,
            _("“{title}” was deleted.").format(title=field.title),
            undo=lambda: undo(self._view, self._view, deleted.change_set),
        )
        self.refresh()

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "custom_field":
            self.refresh()


def _align_right(model: QStandardItemModel, column: int) -> None:
    """A heading over its numbers."""
    model.setHeaderData(column, Qt.Orientation.Horizontal, ALIGNMENTS["right"], Qt.ItemDataRole.TextAlignmentRole)


def _items(field: Record, uses: int) -> list[QStandardItem]:
    values = field.values
    kind = _(KINDS.get(values["kind"], values["kind"]))
    if values["target"]:
        kind = _("{kind}: {target}").format(kind=kind, target=_(by_key(values["target"]).label))
    name_en = values["name_en"] or ""
    name = name_en if language() == "en" and name_en else values["name"]
    ticks = ["✓" if values[key] else "" for key in ("is_required", "is_listed")]
    section = values["section"] or SECTION
    texts = [name, kind, _(section), *ticks, f"{uses:,}", "✓" if values["is_active"] else ""]
    items = [QStandardItem(text) for text in texts]
    items[0].setData(field.id, ID)
    items[FILLED_IN].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for item in items if not values["is_active"] else ():
        item.setData("faint", CellRole.TONE)
    return items
