"""The table of all rights: a row for each kind of record, a column for each group, four little gauges in each cell."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QStyleOptionViewItem

from crm_desktop.core.access import Grant, Scope, Verb
from crm_desktop.core.i18n import _
from crm_desktop.services.grants import Cell, Matrix, Subject, describe_grant
from crm_desktop.ui import icons, theme
from crm_desktop.ui.widgets.item_delegate import CELL_PADDING, CellRole, ItemDelegate, Look
from crm_desktop.ui.widgets.table_view import TableView

VERB_ICONS: Mapping[Verb, str] = {"read": "eye", "create": "plus", "update": "pencil-simple", "delete": "trash"}
ICON, STEP, GAUGE_STEPS = 14, 27, 5  # px, px from verb to verb, the scopes above none
FUNCTIONS_WIDTH = 24


class RightsRole(IntEnum):
    """What a cell answers beside its words."""

    GRANT = Qt.ItemDataRole.UserRole + 30
    EDITED = Qt.ItemDataRole.UserRole + 31


class RightsTable(TableView):
    """Arrows move from cell to cell, Enter or a double click opens one. What is not saved is marked."""

    cell_chosen = Signal(int, str)  # the group's id and the subject's key

    def __init__(self, subjects: Iterable[Subject]) -> None:
        super().__init__()
        self._subjects = tuple(subjects)
        self._groups: tuple[int, ...] = ()
        self._model = QStandardItemModel(self)
        self.setModel(self._model)
        self.setItemDelegate(_GaugesDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectItems)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.horizontalHeader().setSectionsMovable(False)
        self.shows_current_cell = True
        self.setAccessibleName(_("Rights"))
        self.selectionModel().currentChanged.connect(self._announce)

    def show_matrix(self, matrix: Matrix, edited: Mapping[Cell, Grant]) -> None:
        """Show what is granted, with what was changed here and not saved."""
        current = self.current_cell()
        self._groups = tuple(group.id for group in matrix.groups)
        headings = [f"{group.name} ({group.members})" for group in matrix.groups]
        self._model.setHorizontalHeaderLabels([_("Kind of record"), *headings])
        self._model.setRowCount(len(self._subjects))
        for row, subject in enumerate(self._subjects):
            name = QStandardItem(_(subject.label))
            name.setData(True, CellRole.STRONG)
            name.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._model.setItem(row, 0, name)
            for column, group in enumerate(matrix.groups, 1):
                cell = (group.id, subject.key)
                grant = edited.get(cell, matrix.grants.get(cell, Grant()))
                item = QStandardItem(describe_grant(subject, grant))
                item.setToolTip(f"{group.name}, {_(subject.label)}\n{item.text()}")
                item.setData(grant, RightsRole.GRANT)
                item.setData(cell in edited, RightsRole.EDITED)
                self._model.setItem(row, column, item)
        self._model.setColumnCount(len(self._groups) + 1)
        self.fit_columns()
        self.choose(*(current or (self._groups[0], self._subjects[0].key)))

    def current_cell(self) -> Cell | None:
        """The group and subject of the cell with the frame."""
        index = self.currentIndex()
        if not index.isValid() or not 0 < index.column() <= len(self._groups):
            return None
        return self._groups[index.column() - 1], self._subjects[index.row()].key

    def choose(self, group_id: int, key: str) -> None:
        """Go to a cell."""
        rows = [row for row, subject in enumerate(self._subjects) if subject.key == key]
        if rows and group_id in self._groups:
            self.setCurrentIndex(self._model.index(rows[0], self._groups.index(group_id) + 1))

    def filter(self, typed: str) -> None:
        """Show the groups or the kinds whose names contain what is typed; everything where neither does."""
        wanted = typed.casefold()
        names = [_(subject.label).casefold() for subject in self._subjects]
        groups = [str(self._model.headerData(n + 1, Qt.Orientation.Horizontal)) for n in range(len(self._groups))]
        rows = {row for row, name in enumerate(names) if wanted in name}
        columns = {column for column, name in enumerate(groups, 1) if wanted in name.casefold()}
        for row in range(len(names)):
            self.setRowHidden(row, bool(rows) and row not in rows)
        for column in range(1, len(groups) + 1):
            self.setColumnHidden(column, bool(columns) and column not in columns)
        index = self.currentIndex()
        if self.isRowHidden(index.row()) or self.isColumnHidden(index.column()):
            shown = (column for column in range(1, len(groups) + 1) if not self.isColumnHidden(column))
            self.setCurrentIndex(self._model.index(min(rows, default=index.row()), next(shown)))

    def _announce(self, *_indexes: object) -> None:
        cell = self.current_cell()
        if cell is not None:
            self.cell_chosen.emit(*cell)


class _GaugesDelegate(ItemDelegate):
    """An icon for each verb over a gauge of five steps: own, subordinates', department, below, all."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """As wide as all gauges and the number of functions."""
        hint = super().sizeHint(option, index)
        if index.data(RightsRole.GRANT) is None:
            return hint
        return QSize(len(VERB_ICONS) * STEP + FUNCTIONS_WIDTH + 2 * CELL_PADDING, hint.height())

    @staticmethod
    def paint_content(painter: QPainter, room: QRect, index: QModelIndex | QPersistentModelIndex, look: Look) -> None:
        """Draw the gauges of a cell with a grant."""
        grant: Grant | None = index.data(RightsRole.GRANT)
        if grant is None:
            ItemDelegate.paint_content(painter, room, index, look)
            return
        if index.data(RightsRole.EDITED):
            painter.fillRect(room.adjusted(-CELL_PADDING + 1, 1, CELL_PADDING - 1, -1), theme.color("warn_soft"))
        top = room.center().y() - 10
        for place, (verb, icon) in enumerate(VERB_ICONS.items()):
            _paint_gauge(painter, room.x() + place * STEP, top, icon, getattr(grant, verb))
        if grant.functions:
            painter.setFont(theme.font(theme.SMALL))
            painter.setPen(theme.color("muted"))
            beside = room.adjusted(len(VERB_ICONS) * STEP, 0, 0, 0)
            painter.drawText(beside, Qt.AlignmentFlag.AlignVCenter, f"+{len(grant.functions)}")


def _paint_gauge(painter: QPainter, left: int, top: int, icon: str, scope: Scope) -> None:
    painter.drawPixmap(left + 2, top, icons.pixmap(icon, ICON, "text" if scope else "faint"))
    for step in range(GAUGE_STEPS):
        filled = step < scope
        painter.fillRect(QRect(left + step * 4, top + ICON + 3, 3, 3), theme.color("accent" if filled else "line"))
