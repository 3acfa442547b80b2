"""Events where their layout puts them, drawn as far as they are in sight. What its user does with them: view.py."""

from __future__ import annotations

import datetime
from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QHelpEvent, QPainter, QPaintEvent, QPalette, QResizeEvent
from PySide6.QtWidgets import QAbstractScrollArea, QFrame, QToolTip

from crm_desktop.core.i18n import _
from crm_desktop.services.calendar import InTheWay, Occurrence, Span
from crm_desktop.services.calendar_times import DAY, Mode, clock_words, midnight
from crm_desktop.ui.calendar.drag import HOUR, Drag
from crm_desktop.ui.calendar.layout import Box, Cursor, Layout, Shown, Spot
from crm_desktop.ui.calendar.paint import CENTER, CalendarPainter
from crm_desktop.ui.calendar.ways import LAYOUTS, arranged
from crm_desktop.ui.calendar.words import words_of
from crm_desktop.ui.theme import theme_name
from crm_desktop.ui.widgets.tooltips import plain_tooltip

_UNDER_WORDS = {
    "light": QPainter.CompositionMode.CompositionMode_Darken,
    "dark": QPainter.CompositionMode.CompositionMode_Lighten,
}
"""What is drawn over a day leaves its number readable."""
Key = tuple[int, datetime.datetime]
"""An event's id, and when it begins."""


class CalendarCanvas(QAbstractScrollArea):
    """Knows what is where, which event is chosen and at what time the keyboard is."""

    current_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.shown = arranged(Shown())
        self.cursor_span: Cursor | None = None
        self._current: Key | None = None
        self._awaited: Key | None = None
        self._layout: Layout = LAYOUTS[self.shown.mode](self.shown, 1, 1)
        self._drag: Drag | None = None
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.viewport().setMouseTracking(True)
        self.viewport().setBackgroundRole(QPalette.ColorRole.Base)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Calendar"))

    # What is where

    def show_times(self, shown: Shown) -> None:
        """Draw this. Another day or another way begins where its work begins; else one stays where one was."""
        is_other = (shown.mode, tuple(shown.days)) != (self.shown.mode, tuple(self.shown.days))
        self.shown = shown
        if is_other:
            self._drag = None
            self._begin_cursor()
        self.relayout()
        if is_other:
            self.verticalScrollBar().setValue(self._layout.begin())
        self._follow_current(into_sight=is_other or self._awaited == self._current)
        self._awaited = None

    def show_now(self, now: datetime.datetime) -> None:
        """Time has gone on, and nothing else."""
        self.shown = self._layout.shown = replace(self.shown, now=now)
        self.viewport().update()

    def relayout(self) -> None:
        """Put all in its place for the size of the moment."""
        layout = LAYOUTS[self.shown.mode]
        self._layout = layout(self.shown, self.viewport().width(), self.viewport().height())
        bar, seen = self.verticalScrollBar(), self.viewport().height() - self._layout.head
        bar.setRange(0, max(0, self._layout.height - seen))
        bar.setPageStep(max(1, seen))
        bar.setSingleStep(24)
        self.viewport().update()

    @property
    def current(self) -> Occurrence | None:
        """The event that is chosen."""
        return next((one for one in self.shown.occurrences if (one.event_id, one.starts_at) == self._current), None)

    def go_to(self, event_id: int, starts_at: datetime.datetime) -> None:
        """Choose an event and bring it into sight."""
        self._choose((event_id, starts_at))
        self._follow_current(into_sight=True)

    def _follow_current(self, *, into_sight: bool) -> None:
        """The keys are where the chosen event is, wherever its user wanted it and could not have it."""
        found = self.current
        if found is not None:
            self.cursor_span = Cursor(Span(found.starts_at, found.ends_at), found.is_whole_days, self._row_of(found))
            if into_sight:
                self._show_cursor()

    def know_in_the_way(self, event_id: int, found: InTheWay) -> None:
        """What the dragged event may clash with was read."""
        if self._drag is not None and self._drag.box is not None and self._drag.box.occurrence.event_id == event_id:
            self._drag.in_the_way = found
            self.viewport().update()

    def expect(self, event_id: int, starts_at: datetime.datetime) -> None:
        """Go to an event that is about to be shown, unless its user chooses another one meanwhile."""
        self._awaited = (event_id, starts_at)
        self._choose(self._awaited)

    def _row_of(self, one: Occurrence) -> int:
        """On which line of a team it is looked at: on that of the cursor, if it is there."""
        rows = [box.row for box in self._layout.boxes if box.occurrence is one]
        at = self.cursor_span.row if self.cursor_span is not None else -1
        return at if at in rows else next(iter(rows), -1)

    def rect_of(self, occurrence: Occurrence) -> QRect:
        """Where the first piece of an event is drawn, in px of the viewport; empty where it is not."""
        for box in self._layout.boxes:
            if box.occurrence == occurrence:
                return self._on_viewport(box.rect, is_fixed=box.is_fixed)
        return QRect()

    def point_at(self, cursor: Cursor) -> QPoint:
        """Where on the viewport a time begins."""
        rect, is_fixed = next(self._layout.rects_of(cursor))
        found = self._on_viewport(rect, is_fixed=is_fixed)
        return QPoint(found.center().x(), found.top() + 2)

    def sizeHint(self) -> QSize:
        """Room for a week."""
        return QSize(900, 560)

    def _offset(self) -> QPoint:
        return QPoint(0, self._layout.head - self.verticalScrollBar().value())

    def _on_viewport(self, rect: QRect, *, is_fixed: bool) -> QRect:
        return rect if is_fixed else rect.translated(self._offset())

    def _box_at(self, point: QPoint) -> Box | None:
        is_head = point.y() < self._layout.head
        inside = point if is_head else point - self._offset()
        for box in reversed(self._layout.boxes):
            if box.is_fixed == is_head and box.rect.contains(inside):
                return box
        return None

    def _spot_at(self, point: QPoint) -> Spot | None:
        if point.y() < self._layout.head:
            return self._layout.spot_at(QPoint(point.x(), point.y() - self._layout.head))
        return self._layout.spot_at(point - self._offset())

    def _rest_at(self, point: QPoint) -> datetime.date | None:
        for rect, day, _many, is_fixed in self._layout.rests:
            if self._on_viewport(rect, is_fixed=is_fixed).contains(point):
                return day
        return None

    def _show_cursor(self) -> None:
        if self.cursor_span is None:
            return
        bar = self.verticalScrollBar()
        for rect, is_fixed in self._layout.rects_of(self.cursor_span):
            if not is_fixed:
                seen = self.viewport().height() - self._layout.head
                bar.setValue(max(min(bar.value(), rect.top()), min(rect.bottom(), rect.top() + seen) - seen))
                break
        self.viewport().update()

    def _choose(self, key: Key | None) -> None:
        if key != self._current:
            self._current = key
            found = self.current
            self.setAccessibleDescription(self.words(found) if found is not None else "")
            self.current_changed.emit()
            self.viewport().update()

    def _begin_cursor(self) -> None:
        shown = self.shown
        if not shown.days:
            return
        day = shown.day if shown.day in shown.days else shown.days[0]
        row = 0 if shown.mode.is_team else -1
        if shown.mode in {Mode.MONTH, Mode.AGENDA, Mode.TEAM_WEEK}:
            self.cursor_span = Cursor(Span(midnight(day), midnight(day + DAY)), is_whole=True, row=row)
            return
        now = shown.now
        hour = now.hour + 1 if day == now.date() and now.hour < 20 else 9  # noqa: PLR2004 - what is later is tomorrow's
        at = midnight(day).replace(hour=hour)
        self.cursor_span = Cursor(Span(at, at + HOUR), is_whole=False, row=row)

    # Drawing

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw what is in sight."""
        painter = QPainter(self.viewport())
        draw, layout, offset = CalendarPainter(painter), self._layout, self._offset()
        below = QRect(0, layout.head, self.viewport().width(), self.viewport().height() - layout.head)
        painter.setClipRect(below)
        layout.paint_ground(draw, offset)
        self._paint_cursor(draw, is_fixed=False)
        seen = event.rect().intersected(below).translated(-offset)
        self._paint_boxes(draw, seen, is_fixed=False)
        layout.paint_now(draw, offset)
        self._paint_ghost(draw, is_fixed=False)
        painter.setClipRect(0, 0, self.viewport().width(), layout.head)
        layout.paint_head(draw)
        self._paint_cursor(draw, is_fixed=True)
        self._paint_boxes(draw, QRect(0, 0, self.viewport().width(), layout.head), is_fixed=True)
        self._paint_ghost(draw, is_fixed=True)
        painter.setClipping(False)

    def _paint_boxes(self, draw: CalendarPainter, seen: QRect, *, is_fixed: bool) -> None:
        top, bottom = seen.top(), seen.bottom()
        offset = QPoint(0, 0) if is_fixed else self._offset()
        moving = self._drag.left if self._drag is not None else None
        for box in self._layout.boxes:
            rect = box.rect
            if box.is_fixed != is_fixed or rect.bottom() < top or rect.top() > bottom:
                continue
            placed = rect.translated(offset)
            draw.painter.setOpacity(0.4 if box.occurrence is moving else 1)
            self._layout.paint_box(draw, box, placed)
            if (box.occurrence.event_id, box.occurrence.starts_at) == self._current:
                draw.frame(placed, "accent" if self.hasFocus() else "handle")
        draw.painter.setOpacity(1)

    def _paint_cursor(self, draw: CalendarPainter, *, is_fixed: bool) -> None:
        if self.cursor_span is None or not self.hasFocus() or self._drag is not None:
            return
        for rect, in_head in self._layout.rects_of(self.cursor_span):
            if in_head == is_fixed:
                draw.painter.setOpacity(0.6)
                draw.painter.setCompositionMode(_UNDER_WORDS[theme_name()])
                draw.fill(self._on_viewport(rect, is_fixed=in_head), "select")
                draw.painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceOver)
                draw.painter.setOpacity(1)

    def _paint_ghost(self, draw: CalendarPainter, *, is_fixed: bool) -> None:
        cursor = self._wanted()
        if cursor is None:
            return
        troubled = self._drag.clashing(self.shown, cursor) if self._drag is not None else []
        role = "bad" if troubled else "accent"
        for rect, in_head in self._layout.rects_of(cursor):
            if in_head != is_fixed:
                continue
            placed = self._on_viewport(rect, is_fixed=in_head)
            draw.painter.setOpacity(0.75)
            draw.fill(placed, f"{role}_soft")
            draw.painter.setOpacity(1)
            draw.frame(placed, role)
            words = (
                "" if cursor.is_whole else f"{clock_words(cursor.span.starts_at)}–{clock_words(cursor.span.ends_at)}"
            )
            if troubled and self._drag is not None:
                what = _("Clash: {what}").format(what=self._drag.trouble_words(troubled[0]))
                words = " · ".join(filter(None, (words, what)))
            draw.text(placed.adjusted(4, 0, -4, 0), words, role, strong=True, side=CENTER)

    def _wanted(self) -> Cursor | None:
        return self._drag.wanted(self.shown, self._layout) if self._drag is not None else None

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Days share the width."""
        super().resizeEvent(event)
        self.relayout()

    def scrollContentsBy(self, _dx: int, _dy: int) -> None:
        """All is drawn anew: heads stay."""
        self.viewport().update()

    def viewportEvent(self, event: QEvent) -> bool:
        """Say in full what an event has no room for."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            box = self._box_at(event.pos())
            QToolTip.showText(event.globalPos(), plain_tooltip(self.words(box.occurrence)) if box else "", self)
            return True
        return super().viewportEvent(event)

    def words(self, one: Occurrence) -> str:
        """All that is known of an event."""
        return words_of(self.shown, one)
