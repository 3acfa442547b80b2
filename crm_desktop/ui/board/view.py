"""Cards in their columns, drawn as far as they are in sight; moved by dragging and by keys. Heads stay above them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPixmap,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QFrame, QToolTip

from crm_desktop.core.i18n import _
from crm_desktop.services.listing import Row
from crm_desktop.spec import facts
from crm_desktop.ui.board.layout import CARD, GAP, HEAD, LANE, Layout, Place
from crm_desktop.ui.board.model import BoardModel
from crm_desktop.ui.board.paint import BoardPainter, tone_of
from crm_desktop.ui.widgets.tooltips import plain_tooltip

NEAR_EDGE, EDGE_STEP = 48, 24  # px: a card dragged so near to an edge scrolls there
FOOT = 48  # px below the last card, where a card can be dropped as well


@dataclass
class _Drag:
    """A card under way: where it was taken, where it is; not yet moving while the mouse has hardly moved."""

    id: int
    column: int
    start: QPoint
    grip: QPoint
    at: QPoint
    picture: QPixmap | None = None


class BoardView(QAbstractScrollArea):
    """Knows no page: it tells what its user wants."""

    current_changed = Signal(int)
    opened = Signal(int)
    preview_wanted = Signal(int)
    edit_wanted = Signal(int)
    move_wanted = Signal(int, int)  # id, number of the column
    drag_begun = Signal(int)
    fold_wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)

    def __init__(self, model: BoardModel) -> None:
        super().__init__()
        self.model = model
        self.folded: frozenset[int] = frozenset()
        """Ids of the columns that are folded."""
        self.current = 0
        self.may_drag = True
        self._drag: _Drag | None = None
        self._layout = Layout((), frozenset(), 0, 0)
        self._place: Place | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Window)
        self.setAccessibleName(_("Board"))
        model.opened.connect(self._reopen)
        model.changed.connect(self.relayout)

    # What is where

    def fold(self, columns: frozenset[int]) -> None:
        """Fold these columns, by id, and no others."""
        self.folded = columns
        self.relayout()

    def relayout(self) -> None:
        """Follow the model; what one looks at stays where it is."""
        columns = self.model.columns
        folded = frozenset(number for number, column in enumerate(columns) if column.ref.id in self.folded)
        has_lanes = self.model.query.has_lanes
        self._layout = Layout(self.model.counts(), folded, len(columns), self.viewport().width(), has_lanes)
        rest = self._layout.whole_width - self.viewport().width()
        self.horizontalScrollBar().setRange(0, max(0, rest))
        self.horizontalScrollBar().setPageStep(self.viewport().width())
        seen = self.viewport().height() - HEAD
        self.verticalScrollBar().setRange(0, max(0, self._layout.whole_height + FOOT - seen))
        self.verticalScrollBar().setPageStep(max(0, seen))
        self.verticalScrollBar().setSingleStep((CARD + GAP) // 2)
        self._place = self.model.place_of(self.current) if self.current else None
        if self.current and self._place is None:
            self.current = 0
            self.current_changed.emit(0)
        self.viewport().update()

    def go_to(self, id_: int) -> None:
        """Make a card the current one and bring it into sight."""
        self._place = self.model.place_of(id_)
        self.current = id_ if self._place is not None else 0
        if self._place is not None:
            self._show_place(self._place)
            row = self.model.loaded(self.current)
            self.setAccessibleDescription(self._words(row) if row is not None else "")
        self.viewport().update()
        self.current_changed.emit(self.current)

    def current_place(self) -> Place | None:
        """Where the current card lies."""
        return self._place

    def rect_of(self, id_: int) -> QRect:
        """Where a card is drawn, in px of the viewport; empty where it is not on the board."""
        place = self.model.place_of(id_)
        return self._layout.card_rect(place).translated(self._offset()) if place is not None else QRect()

    def column_rect(self, column: int) -> QRect:
        """Where a column is drawn, in px of the viewport, head included."""
        left = self._layout.column_rect(column).translated(self._offset())
        return QRect(left.x(), 0, left.width(), self.viewport().height())

    def sizeHint(self) -> QSize:
        """Room for some columns."""
        return QSize(5 * 200, 4 * CARD + HEAD)

    def _offset(self) -> QPoint:
        return QPoint(-self.horizontalScrollBar().value(), HEAD - self.verticalScrollBar().value())

    def _card_at(self, point: QPoint) -> Place | None:
        return self._layout.card_at(point - self._offset()) if point.y() >= HEAD else None

    def _column_at(self, point: QPoint) -> int:
        return self._layout.column_at(point.x() + self.horizontalScrollBar().value())

    def _show_place(self, place: Place) -> None:
        rect, bar, seen = self._layout.card_rect(place), self.verticalScrollBar(), self.viewport().height() - HEAD
        lane = LANE if place.row == 0 else 0
        bar.setValue(max(min(bar.value(), rect.top() - lane), rect.bottom() + GAP - seen))
        across = self.horizontalScrollBar()
        across.setValue(max(min(across.value(), rect.left()), rect.right() - self.viewport().width()))

    def _reopen(self) -> None:
        self.verticalScrollBar().setValue(0)
        self.relayout()

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in sight."""
        painter = QPainter(self.viewport())
        draw, offset = BoardPainter(painter, self.model.board), self._offset()
        target = self._column_at(self._drag.at) if self._drag is not None and self._drag.picture is not None else -1
        if target >= 0 and self._drag is not None and target != self._drag.column:
            draw.target(self.column_rect(target).adjusted(-4, 0, 4, -4))
        painter.setClipRect(0, HEAD, self.viewport().width(), self.viewport().height() - HEAD)
        seen = event.rect().translated(-offset)
        if self._layout.has_lanes:
            for lane, ref in enumerate(self.model.lanes):
                rect = QRect(
                    self.horizontalScrollBar().value(), self._layout.lane_top(lane), self.viewport().width(), LANE
                )
                draw.lane(rect.translated(offset), ref.label or _("Nobody"), sum(self._layout.counts[lane]))
        for place in self._layout.cards_in(seen):
            self._paint_card(draw, place, self._layout.card_rect(place).translated(offset))
        painter.setClipping(False)
        for number, column in enumerate(self.model.columns):
            rect, tone = self.column_rect(number), tone_of(self.model.columns, number)
            if column.ref.id in self.folded:
                draw.folded(rect, column, tone)
            else:
                draw.head(QRect(rect.x(), 0, rect.width(), HEAD), column, tone)
        if self._drag is not None and self._drag.picture is not None:
            painter.setOpacity(0.9)
            painter.drawPixmap(self._drag.at - self._drag.grip, self._drag.picture)

    def _paint_card(self, draw: BoardPainter, place: Place, rect: QRect) -> None:
        id_ = self.model.id_at(place)
        row = self.model.card_at(place)
        is_dragged = self._drag is not None and self._drag.picture is not None and self._drag.id == id_
        if row is None or is_dragged:
            draw.waiting(rect)
        else:
            is_current = id_ == self.current
            draw.card(
                rect, row, is_current=is_current, has_focus=self.hasFocus(), is_flashing=self.model.is_flashing(id_)
            )

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows go from card to card, with Ctrl they move the card."""
        key, controlled = Qt.Key(event.key()), event.modifiers() == Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._end_drag()
        elif controlled and key in {Qt.Key.Key_Left, Qt.Key.Key_Right} and self._place is not None:
            column = self._place.column + (1 if key == Qt.Key.Key_Right else -1)
            if 0 <= column < len(self.model.columns):
                self.move_wanted.emit(self.current, column)
        elif controlled or not self._act(key):
            super().keyPressEvent(event)

    def _act(self, key: Qt.Key) -> bool:
        place = self._place
        steps = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_Home: -(10**6), Qt.Key.Key_End: 10**6}
        page = max(1, (self.viewport().height() - HEAD) // (CARD + GAP) - 1)
        steps |= {Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        asides = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        wants = {Qt.Key.Key_Return: self.opened, Qt.Key.Key_Enter: self.opened}
        wants |= {Qt.Key.Key_Space: self.preview_wanted, Qt.Key.Key_F2: self.edit_wanted}
        if key in steps or key in asides:
            if place is None:
                found = self._layout.first()
            elif key in steps:
                found = self._layout.step_down(place, steps[key])
            else:
                found = self._layout.step_aside(place, asides[key])
            if found is not None:
                self.go_to(self.model.id_at(found))
            return True
        if key in wants and self.current:
            wants[key].emit(self.current)
            return True
        return False

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Who comes by keyboard finds a current card."""
        super().focusInEvent(event)
        by_key = event.reason() in {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason}
        if by_key and not self.current and (first := self._layout.first()) is not None:
            self.go_to(self.model.id_at(first))
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The current card is drawn without a ring."""
        super().focusOutEvent(event)
        self.viewport().update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A card becomes the current one, and can be dragged from here."""
        point = event.position().toPoint()
        place = self._card_at(point)
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            return
        id_ = self.model.id_at(place)
        self.go_to(id_)
        grip = point - self.rect_of(id_).topLeft()
        self._drag = _Drag(id_, place.column, point, grip, point)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The card follows."""
        drag, point = self._drag, event.position().toPoint()
        if drag is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_cursor(point)
            return
        far = (point - drag.start).manhattanLength() >= QApplication.startDragDistance()
        if drag.picture is None and far:
            self.drag_begun.emit(drag.id)
            if not self.may_drag:
                self._drag = None
                return
            drag.picture = self._picture(drag.id)
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        drag.at = point
        if drag.picture is not None:
            self._scroll_near_edge(point)
            self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """The card goes into the column below it; a click on a folded column unfolds it."""
        point, drag = event.position().toPoint(), self._drag
        column = self._column_at(point)
        was_dragged = drag is not None and drag.picture is not None
        self._end_drag()
        if was_dragged and drag is not None:
            if column not in {-1, drag.column}:
                self.move_wanted.emit(drag.id, column)
        elif self._is_handle(point):
            self.fold_wanted.emit(column)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the card."""
        place = self._card_at(event.position().toPoint())
        if place is not None:
            self.opened.emit(self.model.id_at(place))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the card under the mouse, or the current one."""
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        place = self._place if is_by_key else self._card_at(event.pos())
        if place is not None:
            id_ = self.model.id_at(place)
            self.go_to(id_)
            corner = self.rect_of(id_).center() if is_by_key else event.pos()
            self.menu_wanted.emit(id_, self.viewport().mapToGlobal(corner))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """With Shift it goes aside."""
        super().wheelEvent(event)
        if self._drag is not None:
            self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Columns share the width."""
        super().resizeEvent(event)
        self.relayout()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """All is drawn anew: heads stay."""
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in full what a card has no room for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self._card_at(event.pos())
            row = self.model.card_at(place) if place is not None else None
            QToolTip.showText(event.globalPos(), plain_tooltip(self._words(row)) if row is not None else "", self)
            return True
        return super().viewportEvent(event)

    def _words(self, row: Row) -> str:
        """All that a card says, and the next step."""
        board, values = self.model.board, row.values
        attrs = (board.title, board.subtitle, *((board.amount,) if board.amount else ()), *board.days, board.person)
        texts = [facts(attr).kind.format(values[attr.key]) for attr in attrs]
        texts += [facts(attr).kind.format(values[attr.key]) for attr in board.told if facts(attr).kind.name == "text"]
        return "\n".join(filter(None, (*texts, *(flag.text for flag in board.flags(values)))))

    def _is_handle(self, point: QPoint) -> bool:
        column = self._column_at(point)
        is_folded = column >= 0 and self.model.columns[column].ref.id in self.folded
        return column >= 0 and self.column_rect(column).contains(point) and (is_folded or point.y() < HEAD)

    def _show_cursor(self, point: QPoint) -> None:
        hand = self._is_handle(point) or self._card_at(point) is not None
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if hand else Qt.CursorShape.ArrowCursor)

    def _picture(self, id_: int) -> QPixmap:
        rect, row = self.rect_of(id_), self.model.loaded(id_)
        picture = QPixmap(rect.size() * self.devicePixelRatioF())
        picture.setDevicePixelRatio(self.devicePixelRatioF())
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        if row is not None:
            draw = BoardPainter(painter, self.model.board)
            draw.card(QRect(QPoint(0, 0), rect.size()), row, is_current=True, has_focus=True, is_flashing=False)
        painter.end()
        return picture

    def _scroll_near_edge(self, point: QPoint) -> None:
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        for bar, place, first, last in (
            (across, point.x(), 0, self.viewport().width()),
            (down, point.y(), HEAD, self.viewport().height()),
        ):
            if place > last - NEAR_EDGE:
                bar.setValue(bar.value() + EDGE_STEP)
            elif place < first + NEAR_EDGE:
                bar.setValue(bar.value() - EDGE_STEP)

    def _end_drag(self) -> None:
        self._drag = None
        self.viewport().setCursor(Qt.CursorShape.ArrowCursor)
        self.viewport().update()
