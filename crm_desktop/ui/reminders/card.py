"""When its user wants to be reminded of an event or a task: his own wishes, one word to add or to drop each."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services import reminders
from crm_desktop.services.records import Record
from crm_desktop.services.reminders import Wish
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.reminders.rows import MINUTE, length_words
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label

REMINDED = frozenset({"event", "task"})
_OFFERED = (0, 5, 15, 30, 60, 120, 1440, 2880, 10080)  # minutes before
MOMENT_WIDTH = 190
NONE = N_("No reminder: nothing pops up.")


class ReminderCard(Card):
    """A press on a wish drops it."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("My reminders"))
        self._view, self._record = view, Record("task", 0, 0)
        self._follower = Follower(self, self.refresh)
        self.wishes: list[Wish] = []
        self._flow, self._inside = FlowLayout(gap=8), QWidget()
        self._inside.setLayout(self._flow)
        self.add_button = secondary_button(_("Add"), lambda: None, icon_name="plus")
        menu = QMenu(self.add_button)
        for minutes in _OFFERED:
            menu.addAction(_before(minutes), partial(self.add, minutes))
        self.add_button.setMenu(menu)
        self.moment = LineEditor(TIME, _("At a moment"))
        self.moment.hide_heading()
        self.moment.line.setPlaceholderText(_("or at, e.g. 3-15 9:00"))
        self.moment.setFixedWidth(MOMENT_WIDTH)
        self.moment.line.returnPressed.connect(self.add_moment)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.add_button)
        line.addWidget(self.moment)
        line.addStretch(1)
        self.body.addWidget(self._inside)
        self.body.addLayout(line)
        view.context.bus.changed.connect(self._note_change)

    def show_record(self, record: Record) -> None:
        """Show one's wishes about this record."""
        self._record = record
        self.setVisible(record.id > 0)
        if record.id:
            self._follower.note()

    def refresh(self) -> None:
        """Read them again."""
        entity, id_ = self._record.entity, self._record.id
        work = partial(reminders.fetch_wishes, entity=entity, id_=id_)
        self._view.context.tasks.query(self, work, self._show, lambda _error: None, key="wishes")

    def add(self, minutes: int) -> None:
        """Remind so long before."""
        self._write(lambda session: reminders.wish(session, self._record.entity, self._record.id, minutes=minutes))

    def add_moment(self) -> None:
        """Remind at the moment that is typed."""
        if self.moment.check() and (at := self.moment.value()) is not None:
            self.moment.set_value(None)
            self._write(lambda session: reminders.wish(session, self._record.entity, self._record.id, at=at))

    def _show(self, wishes: list[Wish]) -> None:
        self.wishes = wishes
        self._flow.clear()
        for one in wishes:
            words = _before(one.minutes) if one.minutes is not None else TIME.format(one.at)
            drop = secondary_button(words, partial(self._drop, one), icon_name="x")
            drop.setToolTip(_("Remind me no more"))
            self._flow.addWidget(drop)
        if not wishes:
            self._flow.addWidget(label(_(NONE), "small"))

    def _drop(self, one: Wish) -> None:
        self._write(lambda session: reminders.wish_no_more(session, one.id))

    def _write(self, work: Callable[[Session], None]) -> None:
        def fail(error: KnownError) -> None:
            messages.show_error(self, error)

        self._view.context.tasks.command(self, work, lambda _nothing: self.refresh(), fail)

    def _note_change(self, table: str, ids: frozenset[int] | None) -> None:
        if table == "reminder" and self._record.id and (ids is None or self._view.context.person.id in ids):
            self._follower.note()


def _before(minutes: int) -> str:
    return _("{length} before").format(length=length_words(minutes * MINUTE)) if minutes else _("When it begins")
