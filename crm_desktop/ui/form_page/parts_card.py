"""The records that belong to one record: as a table, and as cards that read them, with a button for another one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_model, guard_of
from crm_desktop.services.listing import Row
from crm_desktop.services.parts import PartRows, fetch_parts
from crm_desktop.services.records import Record, may_begin
from crm_desktop.services.rights import why_not
from crm_desktop.spec import Column, EntitySpec, Ref, facts
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.list_page.cells import alignment_of, answer, look_of
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT, TableView

Index = QModelIndex | QPersistentModelIndex
MOST_ROWS = 100
MOST_HIGH = 8  # rows in sight before the card scrolls


class PartsModel(QAbstractTableModel):
    """Rows that are all at hand."""

    def __init__(self, spec: EntitySpec, columns: Sequence[Column]) -> None:
        super().__init__()
        self._spec, self.columns = spec, columns
        self.rows: Sequence[Row] = ()

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """All of them."""
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        """Those of the entity's list."""
        return 0 if parent.isValid() else len(self.columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Label and alignment of a column."""
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return _(self._spec.column_label(self.columns[section]))
        return alignment_of(self.columns[section]) if role == Qt.ItemDataRole.TextAlignmentRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """As in the entity's own list."""
        if not index.isValid():
            return None
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == CellRole.LOOK:
            return look_of(self._spec, column, row, self._spec.tone(row.values))
        return answer(column, row, role)


class PartsTable(QWidget):
    """The parts that were read of one record. Enter or a double click opens one."""

    def __init__(self, view: AreaView, part: EntitySpec) -> None:
        super().__init__()
        self._view, self._part = view, part
        self._parent = Record(part.key, 0, 0)
        self._mirrored: set[int] = set()
        self.columns = [c for c in part.table.columns if c.is_shown and c.path[-1] is not part.part_of]
        self.model = PartsModel(part, self.columns)
        self.table = TableView()
        self.table.setAccessibleName(_(part.label_plural))
        self.table.setModel(self.model)
        self.table.opened.connect(self._open)
        self._empty = label(_("None"), "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.table)
        column.addWidget(self._empty, 0, Qt.AlignmentFlag.AlignTop)

    def wait(self) -> None:
        """Nothing is known yet."""
        self.table.hide()
        self._empty.hide()

    def show_rows(self, parent: Record, rows: Sequence[Row], mirrored: Iterable[Row] = ()) -> None:
        """Show the parts of a record, then those that were entered at their other end."""
        others = list(mirrored)
        self._parent = parent
        self._mirrored = {row.id for row in others}
        shown = [*rows, *others]
        self.model.show_rows(shown)
        self.table.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        self.table.fit_columns(len(self.columns) - 1)

    def add_button(self) -> QPushButton | None:
        """The way to another one, where the person may create it."""
        if not may_begin(self._part.key, self._view.context.person):
            return None
        words = _("New {thing}").format(thing=_(self._part.label).lower())
        return quiet_button(words, self._add, icon_name="plus")

    def _open(self, index: QModelIndex) -> None:
        """The part itself; from the other end the record it was entered on."""
        row = self.model.rows[index.row()]
        if row.id not in self._mirrored:
            self._view.open_record(self._part.key, row.id)
            return
        assert self._part.other_end is not None
        end = facts(self._part.other_end)
        entity = by_model(end.target) if end.target is not None else None
        if entity is not None:
            self._view.open_record(entity.key, row.values[end.key].id)

    def _add(self) -> None:
        assert self._part.part_of is not None
        open_new(self._view, self._part.key, **{self._part.part_of.key: Ref(self._parent.id, self._parent.title)})


class PartsCard(Card):
    """Reads the parts of one kind of the record given to ``show_parent``, and again when they change."""

    read = Signal(object)  # the rows of the record itself
    most_rows = MOST_ROWS

    def __init__(self, view: AreaView, part: EntitySpec) -> None:
        super().__init__(_(part.label_plural))
        self._view, self._part = view, part
        self._parent = Record(part.key, 0, 0)
        self.parts = PartsTable(view, part)
        self.body.addWidget(self.parts)
        self._button = self.parts.add_button()
        if self._button is not None:
            self.head.addWidget(self._button)
        self._follower = Follower(self, self._read)
        view.context.bus.changed.connect(self._table_changed)

    def show_parent(self, parent: Record) -> None:
        """Show the parts of this record. Those of the same one are read again only when they have changed."""
        if self.take_parent(parent):
            self._read()

    def take_parent(self, parent: Record) -> bool:
        """Stand for this record; whether its parts are still to be read."""
        is_other = parent.id != self._parent.id
        self._parent = parent
        self.setVisible(parent.id > 0)
        if self._button is not None:  # who may change the record may add to it, unless that has an owner of its own
            is_bound = guard_of(self._part).parent_table is not None
            self._button.setHidden(is_bound and bool(why_not(self._view.context.person, "update", parent)))
        return is_other and parent.id > 0

    def show_found(self, parent: Record, found: PartRows) -> None:
        """Show what was read of a record, unless another one is shown by now."""
        if parent.id != self._parent.id:
            return
        self.parts.show_rows(parent, found.own, found.mirrored)
        in_sight = min(len(self.parts.model.rows), MOST_HIGH)
        self.parts.table.setFixedHeight(HEADING_HEIGHT + in_sight * theme.row_height() + 2)
        self.read.emit(found.own)

    @property
    def asked(self) -> tuple[EntitySpec, Sequence[Column]]:
        """What is to be read."""
        return self._part, self.parts.columns

    def _read(self) -> None:
        if self._parent.id:
            _read_together(self._view, [self], self._parent, "parts")

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == self._part.model.__tablename__:
            self._follower.note()


def show_together(view: AreaView, cards: Sequence[PartsCard], parent: Record) -> None:
    """What ``show_parent`` of each does, in one statement."""
    if unread := [card for card in cards if card.take_parent(parent)]:
        _read_together(view, unread, parent, "all parts")


def _read_together(view: AreaView, cards: Sequence[PartsCard], parent: Record, key: str) -> None:
    person, asked = view.context.person, [card.asked for card in cards]
    most = max(card.most_rows for card in cards)

    def show(found: Sequence[PartRows]) -> None:
        for card, rows in zip(cards, found, strict=True):
            card.show_found(parent, rows)

    view.context.tasks.query(
        cards[0], lambda session: fetch_parts(session, asked, parent.id, person, most), show, key=key
    )
