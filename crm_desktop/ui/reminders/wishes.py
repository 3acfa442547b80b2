"""When one wants to be reminded: each wish is a button that drops it, a menu and a line add more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.reminders import Wish
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.reminders.rows import MINUTE, length_words
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label

_OFFERED = (0, 5, 15, 30, 60, 120, 1440, 2880, 10080)  # minutes before
MOMENT_WIDTH = 190
NONE = N_("No reminder: nothing pops up.")


class WishesEditor(QWidget):
    """``changed`` tells of what its user adds and drops, never of ``show_wishes``."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.wishes: list[Wish] = []
        self._flow, self._inside = FlowLayout(gap=8), QWidget()
        self._inside.setLayout(self._flow)
        self.add_button = secondary_button(_("Add"), lambda: None, icon_name="plus")
        self.add_button.setAccessibleName(_("Add a reminder"))
        menu = QMenu(self.add_button)
        for minutes in _OFFERED:
            menu.addAction(words_of(Wish(minutes)), partial(self.add, Wish(minutes)))
        self.add_button.setMenu(menu)
        self.moment = LineEditor(TIME, _("At a moment"))
        self.moment.hide_heading()
        self.moment.line.setPlaceholderText(_("or at, e.g. 3-15 9:00"))
        self.moment.setFixedWidth(MOMENT_WIDTH)
        self.moment.line.installEventFilter(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self._inside, 1)
        line.addWidget(self.add_button)
        line.addWidget(self.moment)

    def show_wishes(self, wishes: Sequence[Wish]) -> None:
        """Show these."""
        self.wishes = list(wishes)
        self._flow.clear()
        for one in wishes:
            drop = secondary_button(words_of(one), partial(self.drop, one), icon_name="x")
            drop.setToolTip(_("Remind me no more"))
            self._flow.addWidget(drop)
        if not wishes:
            self._flow.addWidget(label(_(NONE), "small"))

    def typed(self) -> Any:
        """The wishes, as a draft keeps them."""
        return [list(wish) for wish in self.wishes]

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""
        self.show_wishes([Wish(*one) for one in typed])
        self.changed.emit()

    def add(self, wish: Wish) -> None:
        """One more."""
        if wish not in self.wishes:
            self.show_wishes([*self.wishes, wish])
            self.changed.emit()

    def add_moment(self) -> bool:
        """Remind at the moment that is typed, if any; whether it is one."""
        if not self.moment.check():
            return False
        if (at := self.moment.value()) is not None:
            self.moment.set_value(None)
            self.add(Wish(None, at))
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter adds the moment that is typed, and does nothing else then."""
        is_enter = isinstance(event, QKeyEvent) and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
        if event.type() == QEvent.Type.KeyPress and is_enter and self.moment.line.text().strip():
            self.add_moment()
            return True
        return super().eventFilter(watched, event)

    def drop(self, wish: Wish) -> None:
        """Remind so no more."""
        self.show_wishes([one for one in self.wishes if one != wish])
        self.add_button.setFocus()
        self.changed.emit()


def words_of(wish: Wish) -> str:
    """``15 minutes before``, ``When it begins``, or its moment."""
    if wish.minutes is None:
        return TIME.format(wish.at)
    return (
        _("{length} before").format(length=length_words(wish.minutes * MINUTE)) if wish.minutes else _("When it begins")
    )
