"""Telephone numbers in the cells of a table: a click on one dials it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent

from crm_desktop.ui import theme
from crm_desktop.ui.widgets.item_delegate import CELL_PADDING, CellRole
from crm_desktop.ui.widgets.links import dial

if TYPE_CHECKING:
    from crm_desktop.ui.widgets.table_view import TableView


class PhoneCells(QObject):
    """Watches the mouse over a table whose model answers ``CellRole.PHONES``; the row is selected as by any click."""

    def __init__(self, table: TableView) -> None:
        super().__init__(table)
        self._table = table
        self._pressed = ""
        table.viewport().installEventFilter(self)

    def number_at(self, place: QPoint) -> str:
        """The number whose digits are drawn there, empty where none is."""
        index = self._table.indexAt(place)
        metrics = QFontMetrics(theme.font())
        left, before = self._table.visualRect(index).left() + CELL_PADDING, ""
        for number in index.data(CellRole.PHONES) or ():
            begin = left + metrics.horizontalAdvance(before)
            if begin <= place.x() < begin + metrics.horizontalAdvance(number):
                return str(number)
            before += f"{number}, "
        return ""

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        """Show what can be clicked, and dial; the table goes on with all of it."""
        if isinstance(event, QMouseEvent):
            number = self.number_at(event.position().toPoint())
            match event.type():
                case QEvent.Type.MouseMove:
                    shape = Qt.CursorShape.PointingHandCursor if number else Qt.CursorShape.ArrowCursor
                    self._table.viewport().setCursor(shape)
                case QEvent.Type.MouseButtonPress:
                    is_plain = event.button() == Qt.MouseButton.LeftButton and not event.modifiers()
                    self._pressed = number if is_plain else ""
                case QEvent.Type.MouseButtonRelease if number and number == self._pressed:
                    self._pressed = ""
                    dial(number)
        return False
