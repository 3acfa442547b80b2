"""Editors of one line: what a ``Kind`` reads from text. Dates have a calendar, addresses can be opened."""

from __future__ import annotations

import contextlib
import datetime
from functools import partial
from typing import Any

from PySide6.QtCore import QDate, QEvent, QLocale, QObject, QPoint, Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QCalendarWidget, QFrame, QLineEdit, QMenu, QToolButton, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, language
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui import theme
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.buttons import restyle, with_shortcut
from crm_desktop.ui.widgets.links import dial

OPEN_KEY = "Ctrl+Return"
"""Shows what a field points to: a record, an address."""


class LineEditor(FieldEditor):
    """Text in a line. When it is left, what was typed is rewritten as the kind formats it, or the error is
    shown.
    """

    def __init__(
        self, kind: Kind, label: str, *, required: bool = False, help_text: str = "", max_length: int | None = None
    ) -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self.line = QLineEdit()
        if max_length:
            self.line.setMaxLength(max_length)
        self._set_input(self.line)
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        self.line.editingFinished.connect(self._tidy)

    def value(self) -> Any:
        """What the kind reads from the text."""
        return self.kind.parse(self.line.text())

    def set_value(self, value: Any) -> None:
        """Show the value as the kind formats it."""
        self.line.setText(self.kind.format(value))
        self.line.setCursorPosition(0)
        self.set_error("")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """A line that can still be read and copied."""
        if self.line.isReadOnly() != read_only:
            self.line.setReadOnly(read_only)
            self.line.setFocusPolicy(Qt.FocusPolicy.ClickFocus if read_only else Qt.FocusPolicy.StrongFocus)
            restyle(self.line)

    def _tidy(self) -> None:
        if not self.line.isModified():
            return
        try:
            self.line.setText(self.kind.format(self.value()))
        except KnownError as error:
            self.set_error(str(error))


class AddressEditor(LineEditor):
    """An e-mail or web address with a button that opens it."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        is_mail = kind.name == "email"
        self._scheme = "mailto:" if is_mail else "https://"
        self._open = QAction(icon("envelope-simple" if is_mail else "arrow-square-out"), _("Open"), self)
        self._open.triggered.connect(self._open_address)
        self._open.setShortcut(OPEN_KEY)
        self._open.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._open.setToolTip(with_shortcut(_("Open"), OPEN_KEY))
        self.line.addAction(self._open, QLineEdit.ActionPosition.TrailingPosition)

    def _open_address(self) -> None:
        if self.check() and self.line.text():
            QDesktopServices.openUrl(QUrl(f"{self._scheme}{self.line.text()}"))


class PhonesEditor(LineEditor):
    """Telephone numbers with a button that dials; of several it asks which."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self._dial_action = QAction(icon("phone"), _("Dial"), self)
        self._dial_action.triggered.connect(self._dial)
        self._dial_action.setShortcut(OPEN_KEY)
        self._dial_action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        self._dial_action.setToolTip(with_shortcut(_("Dial"), OPEN_KEY))
        self.line.addAction(self._dial_action, QLineEdit.ActionPosition.TrailingPosition)

    def _dial(self) -> None:
        numbers = self.value()
        if len(numbers) == 1:
            dial(numbers[0])
        elif numbers:
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            for number in numbers:
                menu.addAction(icon("phone"), number, partial(dial, number))
            menu.popup(self.line.mapToGlobal(QPoint(0, self.line.height())))


class DateEditor(LineEditor):
    """A day, typed freely. Up and down move it by a day, F4 and the button open a calendar."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self._pick = QAction(icon("calendar-blank"), _("Calendar"), self)
        self._pick.triggered.connect(self.open_calendar)
        self._pick.setToolTip(with_shortcut(_("Calendar"), "F4"))
        self.line.addAction(self._pick, QLineEdit.ActionPosition.TrailingPosition)
        self.line.installEventFilter(self)

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Without the calendar."""
        super().set_read_only(read_only)
        self._pick.setVisible(not read_only)

    def open_calendar(self) -> None:
        """Show the month of the value, or of today."""
        frame = QFrame(self, Qt.WindowType.Popup)
        frame.setObjectName("calendar")
        frame.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        calendar = _Calendar(frame)
        day = self._day_or_today()
        calendar.setSelectedDate(QDate(day.year, day.month, day.day))
        calendar.clicked.connect(self._take)
        calendar.activated.connect(self._take)
        calendar.clicked.connect(frame.close)
        calendar.activated.connect(frame.close)
        column = QVBoxLayout(frame)
        column.setContentsMargins(4, 4, 4, 4)
        column.addWidget(calendar)
        frame.move(self.line.mapToGlobal(QPoint(0, self.line.height() + 4)))
        frame.show()
        calendar.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move the day by the arrow keys."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and not self.line.isReadOnly():
            steps = {Qt.Key.Key_Up: 1, Qt.Key.Key_Down: -1}
            key = Qt.Key(event.key())
            if key == Qt.Key.Key_F4:
                self.open_calendar()
                return True
            if key in steps:
                self._set_by_user(self._day_or_today() + datetime.timedelta(days=steps[key]))
                return True
        return super().eventFilter(watched, event)

    def _day_or_today(self) -> datetime.date:
        with contextlib.suppress(KnownError):
            day = self.value()
            if isinstance(day, datetime.date):
                return day
        return clock.today()

    def _take(self, day: QDate) -> None:
        self._set_by_user(datetime.date(day.year(), day.month(), day.day()))

    def _set_by_user(self, day: datetime.date) -> None:
        self.line.setText(self.kind.format(day))
        self.changed.emit()


class _Calendar(QCalendarWidget):
    """A month in the language of the texts, weeks from Monday."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setLocale(QLocale("zh_CN" if language() == "zh" else "en_GB"))
        self.setFirstDayOfWeek(Qt.DayOfWeek.Monday)
        self.setVerticalHeaderFormat(QCalendarWidget.VerticalHeaderFormat.NoVerticalHeader)
        self.setGridVisible(False)
        plain = QTextCharFormat()
        plain.setForeground(theme.color("muted"))
        plain.setBackground(theme.color("raised"))
        for day in (Qt.DayOfWeek.Saturday, Qt.DayOfWeek.Sunday):
            self.setWeekdayTextFormat(day, plain)
        self.setHeaderTextFormat(plain)
        for name, picture in (("qt_calendar_prevmonth", "caret-left"), ("qt_calendar_nextmonth", "caret-right")):
            button = self.findChild(QToolButton, name)
            if isinstance(button, QToolButton):
                button.setIcon(icon(picture))
