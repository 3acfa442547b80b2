"""A calendar that one works in: events are made, moved, stretched and chosen by mouse and by keys."""

from __future__ import annotations

import datetime
from typing import NamedTuple

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication

from crm_desktop.services.calendar import Occurrence, Span
from crm_desktop.services.calendar_times import DAY, Mode
from crm_desktop.services.events import Swap
from crm_desktop.ui.calendar.canvas import CalendarCanvas
from crm_desktop.ui.calendar.drag import HOUR, STEP, Drag, Part, line_for, stretched, swap_of
from crm_desktop.ui.calendar.layout import Box, Cursor

GRIP = 6  # px at the edge of an event by which it is stretched
NEAR_EDGE, EDGE_STEP = 28, 18
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class Wish(NamedTuple):
    """What its user wants of an event: another time, perhaps somebody else's, perhaps as a copy."""

    occurrence: Occurrence
    span: Span
    is_whole: bool
    is_copy: bool
    swap: Swap | None = None


class CalendarView(CalendarCanvas):
    """Knows no page: it tells what its user wants."""

    drag_begun = Signal(object)  # Occurrence
    open_wanted = Signal(object)  # Occurrence
    create_wanted = Signal(object)  # Cursor
    move_wanted = Signal(object)  # Wish
    delete_wanted = Signal(object)  # Occurrence
    copy_wanted = Signal(object)  # Occurrence
    paste_wanted = Signal(object)  # Cursor
    menu_wanted = Signal(object, QPoint)  # Occurrence or None
    day_wanted = Signal(object)  # date
    page_left = Signal(object)  # date to which an arrow key leads
    step_wanted = Signal(int)

    # Mouse

    def _part_at(self, box: Box, point: QPoint) -> Part:
        rect = self._on_viewport(box.rect, is_fixed=box.is_fixed)
        goes_aside = box.is_bar
        near_end = rect.right() - point.x() if goes_aside else rect.bottom() - point.y()
        near_start = point.x() - rect.left() if goes_aside else point.y() - rect.top()
        is_timed_by_days = self._layout.keeps_hours and not box.occurrence.is_whole_days
        if is_timed_by_days or not self._layout.may_drag or (rect.width() if goes_aside else rect.height()) < 3 * GRIP:
            return "whole"
        if near_end < GRIP and not box.is_cut_after:
            return "end"
        return "start" if near_start < GRIP and not box.is_cut_before else "whole"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """An event is chosen and can be dragged from here; on empty ground a new one begins."""
        point = event.position().toPoint()
        if event.button() != Qt.MouseButton.LeftButton or self._rest_at(point) is not None:
            return
        box, spot = self._box_at(point), self._spot_at(point)
        if box is not None:
            self._choose((box.occurrence.event_id, box.occurrence.starts_at))
            one = box.occurrence
            self.cursor_span = Cursor(Span(one.starts_at, one.ends_at), one.is_whole_days, box.row)
            if one.details is not None and self._layout.may_drag and spot is not None:
                self._drag = Drag(self._part_at(box, point), point, spot, box)
        elif spot is not None:
            self._choose(None)
            self.cursor_span = stretched(spot, spot)
            if self._layout.may_drag:
                self._drag = Drag("new", point, spot)
        self.viewport().update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What is dragged follows."""
        point, drag = event.position().toPoint(), self._drag
        if drag is None or not event.buttons() & Qt.MouseButton.LeftButton:
            self._show_shape(point)
            return
        if drag.at is None and (point - drag.start).manhattanLength() < QApplication.startDragDistance():
            return
        self._scroll_near_edge(point)
        if drag.at is None and drag.box is not None:
            self.drag_begun.emit(drag.box.occurrence)
        drag.at = self._spot_at(point) or drag.at
        drag.is_copy = _copies(drag, event)
        self.viewport().update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """What was dragged is made or moved; a click on how many more goes to their day."""
        cursor, drag = self._wanted(), self._drag
        self._drag = None
        self.viewport().update()
        if drag is None:
            day = self._rest_at(event.position().toPoint())
            if day is not None:
                self.day_wanted.emit(day)
            return
        if cursor is None:
            return
        if drag.box is None:
            self.cursor_span = cursor
            self.create_wanted.emit(cursor)
            return
        one = drag.box.occurrence
        is_same = (cursor.span.starts_at, cursor.span.ends_at, cursor.row) == (one.starts_at, one.ends_at, drag.box.row)
        if not is_same:
            self.cursor_span = cursor
            swap = swap_of(self.shown, drag.box.row, cursor.row)
            self.move_wanted.emit(Wish(one, cursor.span, cursor.is_whole, _copies(drag, event), swap))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the event, or make one."""
        self._drag = None
        box = self._box_at(event.position().toPoint())
        if box is not None:
            self.open_wanted.emit(box.occurrence)
        elif self.cursor_span is not None and self._spot_at(event.position().toPoint()) is not None:
            self.create_wanted.emit(self.cursor_span)

    def _scroll_near_edge(self, point: QPoint) -> None:
        bar = self.verticalScrollBar()
        if point.y() > self.viewport().height() - NEAR_EDGE:
            bar.setValue(bar.value() + EDGE_STEP)
        elif self._layout.head < point.y() < self._layout.head + NEAR_EDGE:
            bar.setValue(bar.value() - EDGE_STEP)

    def _show_shape(self, point: QPoint) -> None:
        box, shape = self._box_at(point), Qt.CursorShape.ArrowCursor
        if box is not None and box.occurrence.details is not None and self._part_at(box, point) != "whole":
            shape = Qt.CursorShape.SizeHorCursor if box.is_bar else Qt.CursorShape.SizeVerCursor
        elif self._rest_at(point) is not None:
            shape = Qt.CursorShape.PointingHandCursor
        self.viewport().setCursor(shape)

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows move the cursor, with Shift they stretch it; with Alt the event, with both they stretch that."""
        key, held = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        alt, shift, control = (
            Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier,
        )  # fmt: skip
        if key == Qt.Key.Key_Escape and self._drag is not None:
            self._drag = None
            self.viewport().update()
        elif key in _ARROWS and held in {alt, alt | shift}:
            self._move_by_key(*_ARROWS[key], is_stretch=bool(held & shift))
        elif key in _ARROWS and held == shift:
            self._stretch_cursor(*_ARROWS[key])
        elif key in _ARROWS and held == control:
            self._next_event(1 if key in {Qt.Key.Key_Right, Qt.Key.Key_Down} else -1)
        elif held == control and key in {Qt.Key.Key_C, Qt.Key.Key_V}:
            self._copy_or_paste(key)
        elif held or not self._act(key):
            super().keyPressEvent(event)

    def _act(self, key: Qt.Key) -> bool:
        current, cursor = self.current, self.cursor_span
        if key in _ARROWS and self.shown.mode is Mode.AGENDA:
            self._next_event(sum(_ARROWS[key]))
        elif key in _ARROWS and cursor is not None:
            self._move_cursor(*_ARROWS[key])
        elif key in {Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}:
            self.step_wanted.emit(1 if key == Qt.Key.Key_PageDown else -1)
        elif key == Qt.Key.Key_Space:
            self._next_at_cursor()
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and current is not None:
            self.open_wanted.emit(current)
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and cursor is not None:
            self.create_wanted.emit(cursor)
        elif key == Qt.Key.Key_Delete and current is not None:
            self.delete_wanted.emit(current)
        else:
            return False
        return True

    def _move_cursor(self, across: int, down: int) -> None:
        cursor = self.cursor_span
        if cursor is None or not self.shown.days:
            return
        if self._current is not None and not self.shown.mode.is_team:  # from an event on, with an hour or a day
            at = cursor.span.starts_at
            cursor = Cursor(Span(at, at + (DAY if cursor.is_whole else HOUR)), cursor.is_whole, cursor.row)
        moved = self._layout.move(cursor, across, down)
        first, last = self.shown.days[0], self.shown.days[-1]
        day = moved.span.starts_at.date()
        if day < first or day > last:
            is_saturday = self.shown.mode is Mode.WORK_WEEK and day > last
            self.page_left.emit(day + 2 * DAY if is_saturday else day)
            return
        self.cursor_span = moved
        self._choose_at_cursor()
        self._show_cursor()

    def _stretch_cursor(self, across: int, down: int) -> None:
        cursor = self.cursor_span
        if cursor is None:
            return
        by = across * DAY if cursor.is_whole else (across if self.shown.mode.is_team else down) * STEP
        if self.shown.mode is Mode.MONTH:
            by = (across + 7 * down) * DAY
        ends_at = cursor.span.ends_at + by
        if ends_at > cursor.span.starts_at:
            self.cursor_span = cursor._replace(span=cursor.span._replace(ends_at=ends_at))
            self._choose(None)
            self._show_cursor()

    def _at_cursor(self) -> list[Occurrence]:
        cursor = self.cursor_span
        if cursor is None:
            return []
        found = [
            one
            for one in self.shown.occurrences
            if one.starts_at < cursor.span.ends_at and one.ends_at > cursor.span.starts_at
        ]
        if self.shown.mode.is_team and 0 <= cursor.row < len(self.shown.calendars):
            calendar = self.shown.calendars[cursor.row]
            return [o for o in found if calendar.ref.id in (o.resources if calendar.is_resource else o.people)]
        if self._layout.keeps_hours or self.shown.mode is Mode.AGENDA:
            return found
        return [one for one in found if one.is_whole_days == cursor.is_whole]

    def _choose_at_cursor(self) -> None:
        found = self._at_cursor()
        self._choose((found[0].event_id, found[0].starts_at) if found else None)

    def _next_at_cursor(self) -> None:
        keys = [(one.event_id, one.starts_at) for one in self._at_cursor()]
        if keys:
            place = keys.index(self._current) if self._current in keys else -1
            self._choose(keys[(place + 1) % len(keys)])

    def _next_event(self, direction: int) -> None:
        """The next event of all that are shown, or the one before, as far as there is one."""
        ordered = [(one.event_id, one.starts_at) for one in self.shown.occurrences]
        if not ordered:
            return
        if self._current in ordered:
            place = ordered.index(self._current) + direction
        else:
            at = self.cursor_span.span.starts_at if self.cursor_span is not None else ordered[0][1]
            later = [n for n, (_id, starts_at) in enumerate(ordered) if starts_at >= at]
            following = later[0] if later else len(ordered)
            place = following if direction > 0 else following - 1
        self.go_to(*ordered[max(0, min(place, len(ordered) - 1))])

    def _move_by_key(self, across: int, down: int, *, is_stretch: bool) -> None:
        one = self.current
        if one is None or one.details is None or not self._layout.may_drag:
            return
        cursor = Cursor(Span(one.starts_at, one.ends_at), one.is_whole_days, self._row_of(one))
        if is_stretch:
            steps = across if one.is_whole_days or self.shown.mode.is_team else down
            by = steps * (DAY if one.is_whole_days else datetime.timedelta(minutes=15))
            ends_at = one.ends_at + by
            if not by or ends_at <= one.starts_at:
                return
            wish = Wish(one, Span(one.starts_at, ends_at), one.is_whole_days, is_copy=False)
        else:
            moved = self._moved(one, cursor, across, down)
            if moved == cursor:
                return
            self.cursor_span = moved
            swap = swap_of(self.shown, cursor.row, moved.row)
            wish = Wish(one, moved.span, one.is_whole_days, is_copy=False, swap=swap)
        self.move_wanted.emit(wish)

    def _moved(self, one: Occurrence, cursor: Cursor, across: int, down: int) -> Cursor:
        if self.shown.mode.is_team and down:
            return cursor._replace(row=line_for(self.shown, one, cursor.row, cursor.row + down))
        if self._layout.keeps_hours or cursor.is_whole:
            by = (across + (7 * down if self.shown.mode is Mode.MONTH else 0)) * DAY
            starts_at, ends_at = ((at.replace(tzinfo=None) + by).astimezone() for at in cursor.span)
            return cursor._replace(span=Span(starts_at, ends_at))
        return self._layout.move(cursor, across, down)

    def _copy_or_paste(self, key: Qt.Key) -> None:
        current = self.current
        if key == Qt.Key.Key_C and current is not None and current.details is not None:
            self.copy_wanted.emit(current)
        elif key == Qt.Key.Key_V and self.cursor_span is not None:
            self.paste_wanted.emit(self.cursor_span)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        self.viewport().update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The keys are elsewhere."""
        super().focusOutEvent(event)
        self.viewport().update()

    # The rest

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the event below, or with the time."""
        is_by_key = event.reason() == QContextMenuEvent.Reason.Keyboard
        if is_by_key:
            one = self.current
            place = self.rect_of(one).center() if one is not None else self.viewport().rect().center()
            self.menu_wanted.emit(one, self.viewport().mapToGlobal(place))
            return
        box, spot = self._box_at(event.pos()), self._spot_at(event.pos())
        self._drag = None
        if box is not None:
            self._choose((box.occurrence.event_id, box.occurrence.starts_at))
        elif spot is not None:
            self._choose(None)
            self.cursor_span = stretched(spot, spot)
        self.menu_wanted.emit(box.occurrence if box is not None else None, event.globalPos())


def _copies(drag: Drag, event: QMouseEvent) -> bool:
    """With Ctrl a whole event is copied."""
    return drag.part == "whole" and bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
