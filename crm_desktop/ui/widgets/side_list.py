"""The list at the left of an area: entries with a count at the right, under headings that fold their group away."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from crm_desktop.ui import icons, theme

KEY = Qt.ItemDataRole.UserRole
COUNT = Qt.ItemDataRole.UserRole + 1
ICON = Qt.ItemDataRole.UserRole + 2
IS_FOLDED = Qt.ItemDataRole.UserRole + 3
ONLY_IF_ANY = Qt.ItemDataRole.UserRole + 4
HEADING_HEIGHT = 36
NARROWEST, WIDEST = 196, 248
ICON_SIZE = 14
CARET_SIZE = 10
OUTSIDE, INSIDE = 8, 12  # margins of an entry's ground, and of its text in it


@dataclass(frozen=True)
class SideEntry:
    """One entry. ``group`` is the translated heading above it; entries of a group stand together. One that is
    ``only_if_any`` is shown while its count is above 0 or it is current.
    """

    key: str
    label: str
    group: str = ""
    count: int | None = None
    icon: str = ""
    only_if_any: bool = False


class SideList(QListView):
    """Entries in 32 px rows. Up and down move, skipping the headings; what is current is shown at once.

    A click on a heading or Left on an entry folds the group. A folded heading can be gone to; a click, Right or
    Enter unfolds it.
    """

    current_changed = Signal(str)  # by the user: mouse or keyboard
    folded_changed = Signal(list)  # by the user: the headings of what is folded now
    menu_requested = Signal(str, QPoint)  # key, place on the screen

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._entries = QStandardItemModel(self)
        self._quiet = False
        self._folded: set[str] = set()
        self._key = ""
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
            item.setData(entry.only_if_any, ONLY_IF_ANY)
            item.setData(counts.get(entry.key) if entry.count is None else entry.count, COUNT)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            self._entries.appendRow(item)
        self._quiet = False
        self._hide_rows()
        self.select(current)

    def fold(self, groups: Collection[str]) -> None:
        """Show of these groups the heading only, and all of the others."""
        self._folded = set(groups)
        self._hide_rows()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Fold the current entry's group or unfold the current heading; otherwise move, by Home and End to an end."""
        if event.key() in {Qt.Key.Key_Home, Qt.Key.Key_End}:
            self._go_to_end(last=event.key() == Qt.Key.Key_End)
            return
        row = self._heading_row(self.currentIndex().row())
        heading = self._entries.item(row) if row >= 0 else None
        is_folded = heading is not None and bool(heading.data(IS_FOLDED))
        unfolds = event.key() in {Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}
        if heading is not None and (unfolds if is_folded else event.key() == Qt.Key.Key_Left):
            self._turn(heading)
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A heading folds or unfolds its group."""
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and not index.data(KEY):
            if event.button() == Qt.MouseButton.LeftButton:
                self._turn(self._entries.itemFromIndex(index))
            return
        super().mousePressEvent(event)

    def set_count(self, key: str, count: int | str | None) -> None:
        """Show how many rows an entry has, in words where it is not exact; None: not known."""
        item = self._item(key)
        if item is not None:
            item.setData(count, COUNT)
            self._hide_rows()

    def current_key(self) -> str:
        """The key of the entry that was current last, also while its group is folded; or nothing."""
        return self._key if self._item(self._key) is not None else ""

    def select(self, key: str) -> None:
        """Make an entry current without announcing it."""
        item = self._item(key)
        if item is None:
            return
        self._key = key
        self._hide_rows()
        self._quiet = True
        self.setCurrentIndex(
            self._entries.index(self._heading_row(item.row()), 0) if self.isRowHidden(item.row()) else item.index()
        )
        self._quiet = False

    def sizeHint(self) -> QSize:
        """As wide as the longest entry and a count of four digits need, within limits."""
        metrics = QFontMetrics(theme.font(strong=True))
        labels = [metrics.horizontalAdvance(self._entries.item(row).text()) for row in range(self._entries.rowCount())]
        width = max(labels, default=0) + metrics.horizontalAdvance("9,999") + 2 * (OUTSIDE + INSIDE) + 8
        return QSize(max(NARROWEST, min(width, WIDEST)), 200)

    def _go_to_end(self, *, last: bool) -> None:
        """Qt would stop at the heading, which nobody can stand on."""
        shown = (row for row in range(self._entries.rowCount()) if not self.isRowHidden(row))
        rows = [row for row in shown if self._entries.item(row).isEnabled()]
        if rows:
            self.setCurrentIndex(self._entries.index(rows[-1] if last else rows[0], 0))

    def _item(self, key: str) -> QStandardItem | None:
        for row in range(self._entries.rowCount()):
            item = self._entries.item(row)
            if key and item.data(KEY) == key:
                return item
        return None

    def _heading_row(self, row: int) -> int:
        while row >= 0 and self._entries.item(row).data(KEY):
            row -= 1
        return row

    def _turn(self, heading: QStandardItem) -> None:
        """Fold or unfold a group. Whoever stood in it stands on its heading, and back on its first entry."""
        stood_in = self._heading_row(self.currentIndex().row()) == heading.row()
        self.fold(self._folded ^ {heading.text()})
        if stood_in:
            self._quiet = True
            self.setCurrentIndex(heading.index() if heading.data(IS_FOLDED) else self._shown_entry(heading.row()))
            self._quiet = False
            if self.currentIndex().data(KEY) != self._key:
                self._announce(self.currentIndex(), QModelIndex())
        self.folded_changed.emit(sorted(self._folded))

    def _shown_entry(self, heading_row: int) -> QModelIndex:
        shown = self._item(self._key)
        stays = shown is not None and self._heading_row(shown.row()) == heading_row
        return shown.index() if shown is not None and stays else self._entries.index(heading_row + 1, 0)

    def _hide_rows(self) -> None:
        is_folded = False
        for row in range(self._entries.rowCount()):
            item = self._entries.item(row)
            if item.data(KEY):
                is_superfluous = item.data(ONLY_IF_ANY) and not item.data(COUNT) and item.data(KEY) != self._key
                self.setRowHidden(row, bool(is_folded or is_superfluous))
                continue
            is_folded = item.text() in self._folded
            item.setData(is_folded, IS_FOLDED)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled if is_folded else Qt.ItemFlag.NoItemFlags)

    def _announce(self, current: QModelIndex, _before: QModelIndex) -> None:
        key = current.data(KEY)
        if key and not self._quiet:
            self._key = key
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
            self._paint_heading(painter, option, text, is_folded=bool(index.data(IS_FOLDED)))
        painter.restore()

    @staticmethod
    def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, text: str, *, is_folded: bool) -> None:
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
        line = option.rect.adjusted(OUTSIDE, HEADING_HEIGHT - 28, -OUTSIDE, -1)
        if focused:
            painter.setPen(theme.color("accent"))
            painter.drawRoundedRect(line, theme.RADIUS, theme.RADIUS)
        colour = "accent" if focused or hovered else "faint"
        room = line.adjusted(INSIDE, 0, -INSIDE, 0)
        painter.setPen(theme.color(colour))
        painter.setFont(theme.font(theme.SMALL))
        painter.drawText(room, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)
        if is_folded or hovered or focused:
            caret = icons.pixmap("caret-right" if is_folded else "caret-down", CARET_SIZE, colour)
            painter.drawPixmap(room.right() - CARET_SIZE + 1, room.center().y() - CARET_SIZE // 2 + 1, caret)

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
