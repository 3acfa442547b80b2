"""One line of what reminds: what, when, with whom; later, done, open, or what came of it."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.services.reminders import Pending
from crm_desktop.spec.kinds import DATE, TIME
from crm_desktop.ui.fields.line import DateEditor
from crm_desktop.ui.widgets.buttons import as_written, link_button
from crm_desktop.ui.widgets.labels import label

MINUTE, HOUR, DAY = datetime.timedelta(minutes=1), datetime.timedelta(hours=1), datetime.timedelta(days=1)
LATER = {5: N_("5 minutes"), 15: N_("15 minutes"), 60: N_("1 hour")}
MORNING = datetime.time(9)
MOST_LENGTH = 300
DAY_WIDTH = 120


class ReminderRow(QFrame):
    """Announces what its user wants; whoever shows it saves."""

    open_wanted = Signal()
    finished = Signal()
    snoozed = Signal(object)  # datetime
    answered = Signal(object)  # dict of fields of an activity

    def __init__(self, one: Pending) -> None:
        super().__init__()
        self.one = one
        self.title = label("", "body", wrap=True)
        self.when = label("", "small", wrap=True)
        for words in (self.title, self.when):
            words.setMinimumWidth(1)  # a long word is cut off, and widens nothing
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 4, 0, 4)
        self._column.setSpacing(4)
        self._column.addWidget(self.title)
        self._column.addWidget(self.when)
        self.result = self._line(_("What came of it? Enter saves it with the customer"))
        self.next_step = self._line(_("Next step (optional)"))
        self.next_on = DateEditor(DATE, _("Next on"))
        if one.is_question:
            self._ask()
        self._column.addLayout(self._buttons())
        self.show_time()

    def show_time(self) -> None:
        """Say how long it still is, or how late one is."""
        one, now = self.one, clock.now()
        if one.is_question:
            title = _("What came of “{title}”?").format(title=one.title)
            said = [TIME.format(one.begins_at)]
        else:
            title, said = one.title, [TIME.format(one.begins_at), when_words(one.begins_at, now)]
        customer = one.customer.label if one.customer is not None else ""
        self.title.setText(as_written(title))
        self.when.setText(as_written(" · ".join(filter(None, (*said, customer, one.place)))))

    def is_typed(self) -> bool:
        """Whether an answer stands there that was not saved."""
        return bool(self.result.text().strip())

    def answer(self) -> None:
        """Announce what came of it; an empty line does nothing."""
        result = self.result.text().strip()
        if not result:
            self.result.setFocus()
        elif not self.next_on.check():
            self.next_on.setFocus()
        else:
            values: Mapping[str, Any] = {
                "result": result,
                "next_step": self.next_step.text().strip() or None,
                "next_on": self.next_on.value(),
            }
            self.answered.emit(values)

    @staticmethod
    def _line(hint: str) -> QLineEdit:
        made = QLineEdit()
        made.setMaxLength(MOST_LENGTH)
        made.setPlaceholderText(hint)
        made.setAccessibleName(hint)
        return made

    def _ask(self) -> None:
        following = QWidget()
        line = QHBoxLayout(following)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        self.next_on.hide_heading()
        self.next_on.line.setPlaceholderText(_("when, e.g. 3-15"))
        self.next_on.setFixedWidth(DAY_WIDTH)
        line.addWidget(self.next_step, 1)
        line.addWidget(self.next_on)
        following.hide()
        self.result.textChanged.connect(lambda text: following.setVisible(bool(text.strip())))
        for part in (self.result, self.next_step, self.next_on.line):
            part.returnPressed.connect(self.answer)
        self._column.addWidget(self.result)
        self._column.addWidget(following)

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(12)
        self.open_button = link_button(_("Open"), self.open_wanted.emit)
        self.later_button = link_button(_("Later"), lambda: None)
        menu = QMenu(self.later_button)
        for minutes, words in LATER.items():
            menu.addAction(_(words), partial(self._put_off, minutes))
        menu.addAction(_("Tomorrow at 9:00"), self._put_off_to_morning)
        self.later_button.setMenu(menu)
        self.done_button = link_button(_("Nothing to note") if self.one.is_question else _("Done"), self.finished.emit)
        for button in (self.open_button, self.later_button, self.done_button):
            line.addWidget(button)
        line.addStretch(1)
        return line

    def _put_off(self, minutes: int) -> None:
        self.snoozed.emit(clock.now() + minutes * MINUTE)

    def _put_off_to_morning(self) -> None:
        self.snoozed.emit(datetime.datetime.combine(clock.today() + DAY, MORNING).astimezone())


def when_words(moment: datetime.datetime, now: datetime.datetime) -> str:
    """``in 15 minutes``, ``now``, ``2 hours ago``."""
    distance = moment - now
    if abs(distance) < MINUTE:
        return _("now")
    length = length_words(abs(distance))
    return _("in {length}").format(length=length) if distance > 0 * MINUTE else _("{length} ago").format(length=length)


def length_words(length: datetime.timedelta) -> str:
    """Whole minutes, hours or days."""
    if length < 2 * HOUR and length != HOUR:
        count = round(length / MINUTE)
        return ngettext("{count} minute", "{count} minutes", count).format(count=count)
    if length < 2 * DAY and length != DAY:
        count = round(length / HOUR)
        return ngettext("{count} hour", "{count} hours", count).format(count=count)
    count = round(length / DAY)
    return ngettext("{count} day", "{count} days", count).format(count=count)
