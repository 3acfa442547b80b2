"""The stages of a sales process in their order: named in place by F2, opened by Enter, moved by Alt+Up and Alt+Down."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem
from PySide6.QtWidgets import QAbstractItemView

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import administration, opportunities, records
from crm_desktop.services.records import Deleted, Record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages, theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.form_page.wording import value_text
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.ordered_table import ID, OrderedTable
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT

NAMES = ("name", "name_en")
"""What can be changed in place, by column."""
COLUMNS = (*NAMES, "outcome", "probability", "days_allowed", "category", "required_fields")
RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_RIGHT = (COLUMNS.index("probability"), COLUMNS.index("days_allowed"), len(COLUMNS))
MOST_HIGH = 12  # rows in sight before the table scrolls


class _Shown(NamedTuple):
    stages: Sequence[Record]
    held: Mapping[int, int]
    """How many opportunities are in each."""


class StagesCard(Card):
    """Of the process given to ``show_process``."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Stages"))
        self._view = view
        self._process = Record("sales_process", 0, 0)
        self._stages: dict[int, Record] = {}
        self._held: Mapping[int, int] = {}
        may_edit = view.context.person.may("update", "sales_stage")
        self.table = OrderedTable()
        self.table.setAccessibleName(_("Stages"))
        self.table.set_movable(movable=may_edit)
        self.table.opened.connect(self._open)
        self.table.ordered.connect(self.save_order)
        self.body.addWidget(self.table)
        view.context.bus.changed.connect(self._table_changed)
        if not may_edit:
            return
        self.table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        self.table.shows_current_cell = True
        self.table.rows.itemChanged.connect(self._save_name)
        self.head.addWidget(icon_button("arrow-up", _("Move up"), lambda: self.table.step(-1)))
        self.head.addWidget(icon_button("arrow-down", _("Move down"), lambda: self.table.step(1)))
        self.head.addWidget(icon_button("trash", _("Delete"), self.delete))
        self.head.addWidget(quiet_button(_("New stage"), self._add, icon_name="plus", shortcut="Ctrl+N"))
        delete = QShortcut(QKeySequence("Del"), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete)
        keys = _("Alt+Up and Alt+Down move a stage, F2 changes its name here, Enter opens it, Del deletes it.")
        self.body.addWidget(label(keys, "small", wrap=True))

    def show_process(self, process: Record) -> None:
        """Read the stages of this process."""
        self._process = process
        self.setVisible(process.id > 0)
        if not process.id or self.table.is_being_ordered():
            return

        def read(session: Session) -> _Shown:
            stages = administration.fetch_ordered(session, "sales_stage", process.id)
            return _Shown(stages, opportunities.count_by_stage(session, process.id))

        self._view.context.tasks.query(self, read, self._show, key="stages")

    def save_order(self) -> None:
        """Keep the order shown."""
        self.table.stop_waiting()
        process, ids = self._process, self.table.ids()

        def done(change_set: int) -> None:
            messages.notify(self, _("The new order is saved."), undo=lambda: undo(self._view, self._view, change_set))

        self._view.context.tasks.command(
            self, lambda session: administration.save_order(session, process, "sales_stage", ids), done, self._fail
        )

    def delete(self) -> None:
        """Delete the current stage, where nothing is in it."""
        stage = self._stages.get(self.table.current_id())
        if stage is None:
            return
        if count := self._held.get(stage.id, 0):
            words = _("{count} opportunities are in “{title}”. Move them to another stage first.")
            messages.notify(self, words.format(title=stage.title, count=f"{count:,}"), tone="warn")
            return

        def done(deleted: Deleted) -> None:
            words = _("“{title}” was deleted.").format(title=stage.title)
            messages.notify(self, words, undo=lambda: undo(self._view, self._view, deleted.change_set))
            self.show_process(self._process)

        self._view.context.tasks.command(
            self, lambda session: records.delete_records(session, stage.entity, [stage.id], stage.title), done
        )

    def _fail(self, error: KnownError) -> None:
        messages.show_error(self, error)
        self.show_process(self._process)

    def _save_name(self, item: QStandardItem) -> None:
        """A name was changed in place."""
        stage = self._stages.get(int(self.table.rows.item(item.row()).data(ID) or 0))
        if stage is None or item.column() >= len(NAMES):
            return
        key, typed = NAMES[item.column()], item.text().strip()
        if typed == (stage.values.get(key) or ""):
            return

        def done(saved: Record) -> None:
            notify_saved(self._view, saved, is_new=False)
            self.show_process(self._process)

        self._view.context.tasks.command(
            self, lambda session: records.save_record(session, stage, {key: typed or None}), done, self._fail
        )

    def _show(self, shown: _Shown) -> None:
        current = self.table.current_id()
        self._stages = {}  # what follows is no change of somebody's
        spec = by_key("sales_stage")
        headings = [_(spec.label_of(key)) for key in COLUMNS]
        self.table.rows.clear()
        self.table.rows.setHorizontalHeaderLabels([*headings, _("Opportunities in it")])
        for place in _RIGHT:
            self.table.rows.horizontalHeaderItem(place).setTextAlignment(RIGHT)
        for stage in shown.stages:
            self.table.rows.appendRow(_items(stage, shown.held.get(stage.id, 0)))
        self._stages, self._held = {stage.id: stage for stage in shown.stages}, shown.held
        self.table.setFixedHeight(HEADING_HEIGHT + min(len(self._stages), MOST_HIGH) * theme.row_height() + 2)
        self.table.fit_columns(COLUMNS.index("required_fields"))
        if current in self._stages:
            self.table.selectRow(list(self._stages).index(current))

    def _open(self, index: QModelIndex) -> None:
        self._view.open_record("sales_stage", int(self.table.rows.item(index.row()).data(ID)))

    def _add(self) -> None:
        process = Ref(self._process.id, self._process.title)
        open_new(self._view, "sales_stage", process=process, sort_order=self.table.rows.rowCount())

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "sales_stage":
            self.show_process(self._process)


def _items(stage: Record, held: int) -> list[QStandardItem]:
    texts = [value_text(stage.spec, key, stage.values.get(key)) for key in COLUMNS]
    for place, key in enumerate(COLUMNS):
        if stage.values.get(key) in (None, "", []):
            texts[place] = ""
    items = [QStandardItem(text) for text in (*texts, f"{held:,}" if held else "")]
    items[0].setData(stage.id, ID)
    for item in items[len(NAMES) :]:
        item.setEditable(False)
    for place in _RIGHT:
        items[place].setTextAlignment(RIGHT)
    for key in ("outcome", "category"):
        value = stage.values.get(key)
        if isinstance(value, Ref) and value.tone:
            items[COLUMNS.index(key)].setData(value.tone, CellRole.CHIP)
    return items
