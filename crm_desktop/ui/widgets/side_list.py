"""The list at the left of an area: entries with a count at the right, under group headings."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crm_desktop.ui import icons, theme

KEY = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
ICON = Qt.ItemDataRole.UserRole + 2
HEADING_HEIGHT = 36
NARROWEST, WIDEST = 196, 248
ICON_SIZE = 14
OUTSIDE, INSIDE = 8, 12  # margins of an entry's ground, and of its text in it


@dataclass(frozen=True)
class SideEntry:
    """One entry. ``group`` is the translated heading above it; entries of a group stand together."""

    key: str
    label: str
    group: str = ""
    count: int | None = None
    icon: str = ""


class SideList(QListView):
    """Entries in 32 px rows. Up and down move, skipping the headings; what is current is shown at once."""

    current_changed = Signal(str)  # by the user: mouse or keyboard
    menu_requested = Signal(str, QPoint)  # key, place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = QStandardItemModel(self)
        self._quiet = False
        self.setModel(self._entries)
        self.setItemDelegate(_SideDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.setMouseTracking(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_menu)
        self.selectionModel().currentChanged.connect(self._announce)

    def set_entries(self, entries: Iterable[SideEntry]) -> None:
        """Replace all entries; the current one stays current where it is still there, and counts stay known."""
        current = self.current_key()
        items = (self._entries.item(row) for row in range(self._entries.rowCount()))
        counts = {item.data(KEY): item.data(COUNT) for item in items}
        self._quiet = True
        self._entries.clear()
        group = ""
        for entry in entries:
            if entry.group and entry.group != group:
                heading = QStandardItem(entry.group)
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self._entries.appendRow(heading)
                group = entry.group
            item = QStandardItem(entry.label)
            item.setData(entry.key, KEY)
            item.setData(entry.icon, ICON)
            item.setData(counts.get(entry.key) if entry.count is None else entry.count, COUNT)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self._entries.appendRow(item)
        self._quiet = False
        self.select(current)

    def set_count(self, key: str, count: int | str | None) -> None:
        """Show how many rows an entry has, in words where it is not exact; None: not known."""
        item = self._item(key)
        if item is not None:
            item.setData(count, COUNT)

    def current_key(self) -> str:
        """The key of the current entry, or nothing."""
        return str(self.currentIndex().data(KEY) or "")

    def select(self, key: str) -> None:
        """Make an entry current without announcing it."""
        item = self._item(key)
        if item is not None:
            self._quiet = True
            self.setCurrentIndex(item.index())
            self._quiet = False

    def sizeHint(self) -> QSize:
        """As wide as the longest entry and a count of four digits need, within limits."""
        metrics = QFontMetrics(theme.font(strong=True))
        labels = [metrics.horizontalAdvance(self._entries.item(row).text()) for row in range(self._entries.rowCount())]
        width = max(labels, default=0) + metrics.horizontalAdvance("9,999") + 2 * (OUTSIDE + INSIDE) + 8
        return QSize(max(NARROWEST, min(width, WIDEST)), 200)

    def _item(self, key: str) -> QStandardItem | None:
        for row in range(self._entries.rowCount()):
            item = self._entries.item(row)
            if key and item.data(KEY) == key:
                return item
        return None

    def _announce(self, current: QModelIndex, _before: QModelIndex) -> None:
        key = current.data(KEY)
        if key and not self._quiet:
            self.current_changed.emit(key)

    def _ask_for_menu(self, place: QPoint) -> None:
        key = self.indexAt(place).data(KEY)
        if key:
            self.menu_requested.emit(key, self.viewport().mapToGlobal(place))


class _SideDelegate(QStyledItemDelegate):
    """Paints headings and entries."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(option.rect.width(), theme.SIDE_ROW if index.data(KEY) else HEADING_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(index.data(Qt.ItemDataRole.DisplayRole))
        if index.data(KEY):
            self._paint_entry(painter, option, text, index.data(COUNT), index.data(ICON))
        else:
            painter.setPen(theme.color("faint"))
            painter.setFont(theme.font(theme.SMALL))
            room = option.rect.adjusted(OUTSIDE + INSIDE, 0, -OUTSIDE, -4)
            painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignBottom, text)
        painter.restore()

    @staticmethod
    def _paint_entry(
        painter: QPainter, option: QStyleOptionViewItem, text: str, count: int | str | None, picture: str
    ) -> None:
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        ground = option.rect.adjusted(OUTSIDE, 1, -OUTSIDE, -1)
        if selected or hovered:
            painter.setBrush(theme.color("accent_soft" if selected else "hover"))
            painter.setPen(theme.color("accent") if focused and selected else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(ground, theme.RADIUS, theme.RADIUS)
        room = ground.adjusted(INSIDE, 0, -INSIDE, 0)
        number = f"{count:,}" if isinstance(count, int) else count or ""
        painter.setFont(theme.font(theme.SMALL))
        painter.setPen(theme.color("accent" if selected else "faint"))
        painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, number)
        taken = painter.fontMetrics().horizontalAdvance(number) + 8 if number else 0
        painter.setFont(theme.font(strong=selected))
        painter.setPen(theme.color("accent" if selected else "text"))
        drawn = ICON_SIZE + 6 if picture else 0
        if picture:
            place = room.y() + (room.height() - ICON_SIZE) // 2
            painter.drawPixmap(room.x(), place, icons.pixmap(picture, ICON_SIZE, "accent" if selected else "muted"))
        left = QRect(room.x() + drawn, room.y(), room.width() - taken - drawn, room.height())
        shown = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, left.width())
        painter.drawText(left, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)
