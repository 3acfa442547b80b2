"""What pops up in a corner of the window and stays until one has said what becomes of it; nobody is stopped."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.reminders import Pending
from crm_desktop.ui.reminders.rows import ReminderRow
from crm_desktop.ui.widgets.buttons import link_button, with_shortcut
from crm_desktop.ui.widgets.labels import label

WIDTH = 400
MOST_HEIGHT = 420
EDGE, FOOT = 16, 40  # px to the right, and above the status line
FOCUS_KEY = "Alt+R"


class ReminderPanel(QFrame):
    """Alt+R brings the keys here, Esc takes them back."""

    open_wanted = Signal(object)  # Pending
    finished = Signal(object)  # list of Pending
    snoozed = Signal(object, object)  # list of Pending, datetime
    answered = Signal(object, object)  # Pending, dict of fields of an activity

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setObjectName("notice")
        self._window = window
        self._before: QWidget | None = None
        self.rows: dict[tuple[int, Any], ReminderRow] = {}
        self._title = label("", "title")
        self._all = link_button("", self._finish_all)
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._all)
        self._inside = QWidget()
        self._inside.setObjectName("plain")
        self._list = QVBoxLayout(self._inside)
        self._list.setContentsMargins(0, 0, 8, 0)
        self._list.setSpacing(4)
        self._list.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(self._inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 8, 8)
        column.addLayout(head)
        column.addWidget(area, 1)
        window.installEventFilter(self)
        QShortcut(QKeySequence(FOCUS_KEY), window).activated.connect(self.take_keys)
        leave = QShortcut(QKeySequence("Esc"), self)
        leave.activated.connect(self.leave_keys)
        self.hide()

    def show_due(self, due: Sequence[Pending]) -> bool:
        """Show these, leaving alone what somebody types an answer into; whether there is something new."""
        wanted = {(one.id, one.remind_at): one for one in due}
        for key in [key for key, row in self.rows.items() if key not in wanted and not row.is_typed()]:
            self._remove(key)
        new = [key for key in wanted if key not in self.rows]
        for key in new:
            self.rows[key] = row = self._row(wanted[key])
            self._list.insertWidget(self._list.count() - 1, row)
        for row in self.rows.values():
            row.show_time()
        self._title.setText(with_shortcut(_("Reminders"), FOCUS_KEY))
        self._all.setText(_("All done"))
        self._all.setVisible(len(self.rows) > 1)
        self._place()
        return bool(new)

    def clear(self) -> None:
        """Forget the rows, to build them anew in other words."""
        for key in list(self.rows):
            self._remove(key)

    def take_keys(self) -> None:
        """Bring the keys to the first one."""
        if self.rows and self.isVisible():
            self._before = self._window.focusWidget()
            row = next(iter(self.rows.values()))
            (row.result if row.one.is_question else row.open_button).setFocus()

    def leave_keys(self) -> None:
        """Give the keys back."""
        if self._before is not None:
            self._before.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the corner."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _row(self, one: Pending) -> ReminderRow:
        made = ReminderRow(one)
        made.open_wanted.connect(partial(self.open_wanted.emit, one))
        made.finished.connect(partial(self._finish, one))
        made.snoozed.connect(lambda until: self.snoozed.emit([one], until))
        made.answered.connect(lambda values: self.answered.emit(one, values))
        return made

    def _finish(self, one: Pending) -> None:
        self.rows[one.id, one.remind_at].result.clear()
        self.finished.emit([one])

    def _finish_all(self) -> None:
        self.finished.emit([row.one for row in self.rows.values() if not row.is_typed()])

    def _remove(self, key: tuple[int, Any]) -> None:
        row = self.rows.pop(key)
        had_keys = row.isAncestorOf(self._window.focusWidget()) if self._window.focusWidget() is not None else False
        self._list.removeWidget(row)
        row.hide()
        row.deleteLater()
        if had_keys:
            self.take_next()

    def take_next(self) -> None:
        """Keep the keys here while there is something, else give them back."""
        before = self._before
        self.take_keys()
        self._before = before
        if not self.rows:
            self.leave_keys()

    def _place(self) -> None:
        if not self.rows:
            self.hide()
            return
        height = min(MOST_HEIGHT, self._inside.sizeHint().height() + 64)
        left, bottom = self._window.width() - WIDTH - EDGE, self._window.height() - FOOT
        self.setGeometry(left, bottom - height, WIDTH, height)
        self.show()
        self.raise_()
