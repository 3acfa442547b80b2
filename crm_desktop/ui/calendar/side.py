"""Beside a calendar: the month to go to a day by, and whose times are shown."""

from __future__ import annotations

import datetime
from collections.abc import Collection, Sequence
from functools import partial

from PySide6.QtCore import QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QHBoxLayout, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _, language
from crm_desktop.services.calendar import Calendar
from crm_desktop.services.calendar_times import DAY, Mode, days_shown, stepped, title_of, weekday_words
from crm_desktop.ui import theme
from crm_desktop.ui.calendar.model import CalendarKey
from crm_desktop.ui.calendar.paint import CENTER, CalendarPainter
from crm_desktop.ui.widgets.buttons import icon_button, link_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

WIDTH = 212
CELL, ROW = 28, 26
_WEEK, _ROWS = 7, 6
KEY = Qt.ItemDataRole.UserRole
ME, DEPARTMENT, ALL = N_("Me"), N_("Department"), N_("All")


class MonthDays(QWidget):
    """The days of a month. Arrows go to another day, Enter and a click choose it."""

    chosen = Signal(object)  # date

    def __init__(self) -> None:
        super().__init__()
        self.month = clock.today()
        self._shown: Collection[datetime.date] = ()
        self._at = clock.today()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(_("Days of the month"))
        self.setFixedSize(self.sizeHint())

    def show_days(self, month: datetime.date, shown: Collection[datetime.date]) -> None:
        """Show a month, with these days marked."""
        self.month, self._shown = month, shown
        if self._at.replace(day=1) != month.replace(day=1):
            self._at = month
        self.update()

    def sizeHint(self) -> QSize:
        """Six weeks under the names of their days."""
        return QSize(CELL * _WEEK, ROW * (_ROWS + 1))

    def _days(self) -> list[datetime.date]:
        first = days_shown(Mode.MONTH, self.month)[0]
        return [first + n * DAY for n in range(_WEEK * _ROWS)]

    def _cell(self, number: int) -> QRect:
        return QRect(number % _WEEK * CELL, (number // _WEEK + 1) * ROW, CELL, ROW)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the days."""
        draw, today = CalendarPainter(QPainter(self)), clock.today()
        days = self._days()
        for number, day in enumerate(days[:_WEEK]):
            words = weekday_words(day)
            short = words[-1:] if language() == "zh" else words[:2]
            draw.text(QRect(number * CELL, 0, CELL, ROW), short, "faint", side=CENTER)
        for number, day in enumerate(days):
            cell = self._cell(number)
            if day in self._shown:
                draw.fill(cell.adjusted(0, 1, 0, -1), "select")
            if day == today:
                draw.disc(cell.center() + QPoint(1, 1), 11, "accent")
            role = "accent_text" if day == today else "text" if day.month == self.month.month else "faint"
            draw.text(cell, f"{day.day}", role, side=CENTER)
            if self.hasFocus() and day == self._at:
                draw.frame(cell.adjusted(1, 1, -1, -1), "accent", width=1)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the day below the mouse."""
        point = event.position().toPoint()
        for number, day in enumerate(self._days()):
            if self._cell(number).contains(point):
                self._at = day
                self.chosen.emit(day)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows by days and weeks, pages by months."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Up: -_WEEK, Qt.Key.Key_Down: _WEEK}
        pages = {Qt.Key.Key_PageUp: -1, Qt.Key.Key_PageDown: 1}
        key = Qt.Key(event.key())
        if key in steps:
            self._at += steps[key] * DAY
        elif key in pages:
            self._at = stepped(Mode.MONTH, self._at, pages[key])
        elif key in {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space}:
            self.chosen.emit(self._at)
        else:
            super().keyPressEvent(event)
            return
        self.month = self._at
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keys are."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """They are elsewhere."""
        super().focusOutEvent(event)
        self.update()


class CalendarSide(QFrame):
    """Announces the day one goes to, and whose times are to be shown."""

    day_wanted = Signal(object)  # date
    calendars_wanted = Signal(object)  # set of CalendarKey

    def __init__(self, me: int) -> None:
        super().__init__()
        self._me = me
        self._calendars: Sequence[Calendar] = ()
        self.days = MonthDays()
        self._title = label("", "strong")
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(icon_button("caret-left", _("Previous month"), lambda: self._turn(-1)))
        head.addWidget(icon_button("caret-right", _("Next month"), lambda: self._turn(1)))
        self.list = QListWidget()
        self.list.setObjectName("ticks")
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setAccessibleName(_("Whose times are shown"))
        self.list.itemChanged.connect(self._ticked)
        ways = QHBoxLayout()
        ways.setSpacing(8)
        for words in (ME, DEPARTMENT, ALL):
            ways.addWidget(link_button(_(words), partial(self._take_group, words)))
        ways.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addLayout(head)
        column.addWidget(self.days)
        column.addSpacing(6)
        column.addWidget(label(_("Whose times"), "small"))
        column.addLayout(ways)
        column.addWidget(self.list, 1)
        self.setFixedWidth(WIDTH)
        self.days.chosen.connect(self.day_wanted)

    def show_day(self, day: datetime.date, shown: Collection[datetime.date]) -> None:
        """Follow the calendar."""
        self.days.show_days(day, frozenset(shown))
        self._title.setText(title_of(Mode.MONTH, day))

    def show_calendars(self, calendars: Sequence[Calendar], chosen: Collection[CalendarKey]) -> None:
        """Offer these, with the chosen ones ticked."""
        self._calendars = calendars
        self.list.blockSignals(True)
        self.list.clear()
        for one in sorted(calendars, key=lambda one: (one.is_resource, one.is_resource or one.ref.id != self._me)):
            item = QListWidgetItem(one.ref.label)
            item.setToolTip(plain_tooltip(one.group))
            key = (one.is_resource, one.ref.id)
            item.setData(KEY, key)
            item.setFlags(Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Checked if key in chosen else Qt.CheckState.Unchecked)
            item.setFont(theme.font(strong=one.ref.id == self._me and not one.is_resource))
            self.list.addItem(item)
        self.list.blockSignals(False)

    def tick(self, keys: Collection[CalendarKey]) -> None:
        """Show that these are chosen."""
        self.show_calendars(self._calendars, keys)

    def _ticked(self) -> None:
        items = [self.list.item(n) for n in range(self.list.count())]
        self.calendars_wanted.emit({tuple(i.data(KEY)) for i in items if i.checkState() == Qt.CheckState.Checked})

    def _take_group(self, words: str) -> None:
        people = [one for one in self._calendars if not one.is_resource]
        mine = next((one.group for one in people if one.ref.id == self._me), "")
        keys = {(False, self._me)}
        if words == DEPARTMENT:
            keys |= {(False, one.ref.id) for one in people if one.group == mine}
        elif words == ALL:
            keys = {(one.is_resource, one.ref.id) for one in self._calendars}
        self.tick(keys)
        self.calendars_wanted.emit(keys)

    def _turn(self, months: int) -> None:
        month = stepped(Mode.MONTH, self.days.month, months)
        self.days.show_days(month, self.days._shown)  # noqa: SLF001 - of the same module
        self._title.setText(title_of(Mode.MONTH, month))
