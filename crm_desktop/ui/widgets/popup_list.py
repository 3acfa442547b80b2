"""The list that opens under a line while one types. The line keeps the focus and hands its keys on.

It is a child of the window, not a window: no flicker, no stolen focus, the same on every desktop.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QVBoxLayout, QWidget

from crm_desktop.ui import theme

VALUE = Qt.ItemDataRole.UserRole
NOTE = Qt.ItemDataRole.UserRole + 1
ROW = 32
HEADING = 28
MOST_ROWS = 10
GAP = 4


@dataclass(frozen=True)
class PopupRow:
    """A row to choose; ``note`` stands at its right. A row whose value is None is a heading or a remark."""

    value: object
    text: str
    note: str = ""


class PopupList(QFrame):
    """Opens below ``anchor`` (above it where there is more room) and stays as wide as it, or ``width``."""

    chosen = Signal(object)  # the row's value

    def __init__(self, anchor: QWidget, width: int = 0) -> None:
        super().__init__(anchor)
        self.setObjectName("popup")
        self._anchor, self._width = anchor, width
        self._rows = QStandardItemModel(self)
        anchor.installEventFilter(self)  # now: who watches the line later, as the cell of a list does, comes first
        anchor.destroyed.connect(self.deleteLater)  # an opened list belongs to the window
        self.hide()

    @cached_property
    def view(self) -> QListView:
        """The rows. Made when they are first needed: a form has many lists, and few are ever opened."""
        view = QListView()
        view.setAccessibleName(self._anchor.accessibleName())
        view.setModel(self._rows)
        view.setItemDelegate(_RowDelegate(view))
        view.setFrameShape(QFrame.Shape.NoFrame)
        view.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.clicked.connect(lambda index: self._choose(index.row()))
        frame = QVBoxLayout(self)
        frame.setContentsMargins(4, 4, 4, 4)
        frame.addWidget(view)
        return view

    def show_rows(self, rows: Iterable[PopupRow], *, first_current: bool = True) -> None:
        """Open with these rows, the first one that can be chosen being current; without rows, close."""
        self._rows.clear()
        for row in rows:
            item = QStandardItem(row.text)
            item.setData(row.value, VALUE)
            item.setData(row.note, NOTE)
            if row.value is None:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self._rows.appendRow(item)
        if not self._rows.rowCount():
            self.hide()
            return
        view = self.view
        self.setParent(self._anchor.window())
        self._place()
        for one in self._around():
            one.installEventFilter(self)
        self.show()
        self.raise_()
        view.scrollToTop()
        if first_current:
            self._move(1)

    def texts(self) -> list[str]:
        """The rows as they are shown."""
        return [self._rows.item(row).text() for row in range(self._rows.rowCount())]

    def current_value(self) -> object:
        """The value of the current row, None without one."""
        return self.view.currentIndex().data(VALUE)

    def make_current(self, value: object) -> None:
        """Move to the row with this value, where there is one."""
        for row in range(self._rows.rowCount()):
            if value is not None and self._rows.item(row).data(VALUE) == value:
                self.view.setCurrentIndex(self._rows.index(row, 0))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that mean the list, and close when the line loses the focus or moves."""
        kind = event.type()
        if watched is not self._anchor:
            if kind == QEvent.Type.Move:
                self._place()
            return False
        if self.isVisible() and isinstance(event, QKeyEvent) and kind == QEvent.Type.KeyPress:
            return self._key(Qt.Key(event.key()))
        if (
            self.isVisible()
            and isinstance(event, QKeyEvent)
            and kind == QEvent.Type.ShortcutOverride
            and event.key() == Qt.Key.Key_Escape
        ):
            event.accept()  # else the dialog around it would close
            return True
        if kind in {QEvent.Type.FocusOut, QEvent.Type.Hide, QEvent.Type.Move}:
            self.hide()
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """What the line lies in is watched only while the list is open."""
        for one in self._around():
            one.removeEventFilter(self)
        super().hideEvent(event)

    def _around(self) -> Iterator[QWidget]:
        """What the line lies in, up to the window: where that moves, the list moves with it."""
        one = self._anchor.parentWidget()
        while one is not None and not one.isWindow():
            yield one
            one = one.parentWidget()

    def _key(self, key: Qt.Key) -> bool:
        moves = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MOST_ROWS, Qt.Key.Key_PageUp: -MOST_ROWS}
        if key in moves:
            self._move(moves[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab} and self.view.currentIndex().isValid():
            self._choose(self.view.currentIndex().row())
            return key != Qt.Key.Key_Tab  # Tab chooses and goes on to the next field
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            return False
        return True

    def _move(self, step: int) -> None:
        count = self._rows.rowCount()
        row = self.view.currentIndex().row()
        direction = 1 if step > 0 else -1
        target = max(0, min(count - 1, row + step))
        while 0 <= target < count and self._rows.item(target).data(VALUE) is None:
            target += direction
        if 0 <= target < count:
            self.view.setCurrentIndex(self._rows.index(target, 0))

    def _choose(self, row: int) -> None:
        value = self._rows.item(row).data(VALUE)
        if value is not None:
            self.hide()
            self.chosen.emit(value)

    def _place(self) -> None:
        window = self._anchor.window()
        rows = range(self._rows.rowCount())
        wanted = sum(ROW if self._rows.item(row).data(VALUE) is not None else HEADING for row in rows)
        wanted = min(wanted, MOST_ROWS * ROW) + 10
        top_left = self._anchor.mapTo(window, QPoint(0, 0))
        below = window.height() - top_left.y() - self._anchor.height() - 2 * GAP
        above = top_left.y() - 2 * GAP
        width = max(self._anchor.width(), self._width)
        left = max(GAP, min(top_left.x(), window.width() - width - GAP))
        if below >= wanted or below >= above:
            height = min(wanted, below)
            self.setGeometry(QRect(left, top_left.y() + self._anchor.height() + GAP, width, height))
        else:
            height = min(wanted, above)
            self.setGeometry(QRect(left, top_left.y() - GAP - height, width, height))


class _RowDelegate(QStyledItemDelegate):
    """Paints a row: text left, note right, both elided; headings small and grey."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), ROW if index.data(VALUE) is not None else HEADING)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        can_choose = index.data(VALUE) is not None
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        if can_choose and (option.state & QStyle.StateFlag.State_Selected or hovered):
            selected = bool(option.state & QStyle.StateFlag.State_Selected)
            painter.setBrush(theme.color("select" if selected else "hover"))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawRoundedRect(option.rect, 4, 4)
        room = option.rect.adjusted(8, 0, -8, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        note = str(index.data(NOTE) or "")
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.color("muted"))
        note = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, room.width() // 2)
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | middle, note)
        taken = painter.fontMetrics().horizontalAdvance(note) + 12 if note else 0
        painter.setFont(theme.font() if can_choose else theme.font(theme.SMALL))
        painter.setPen(theme.color("text" if can_choose else "faint"))
        text = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width() - taken)
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | middle, text)
        painter.restore()
