"""Where a work log stands, and what can be made of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.services.records import Record
from crm_desktop.services.work_logs import State
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

SUBMIT, TAKE_BACK = "Alt+1", "Alt+2"


class WorkLogCard(Card):
    """Announces what its user wants; whoever shows it saves."""

    submit_wanted = Signal()
    take_back_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.words = label("", wrap=True)
        self.submit_button = secondary_button(
            _("Submit"), self.submit_wanted.emit, icon_name="paper-plane-tilt", shortcut=SUBMIT
        )
        self.take_back_button = secondary_button(
            _("Take it back"), self.take_back_wanted.emit, icon_name="arrow-u-up-left", shortcut=TAKE_BACK
        )
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.words, 1)
        line.addWidget(self.take_back_button)
        line.addWidget(self.submit_button)
        self.body.addLayout(line)

    def show_log(self, log: Record, state: State | None, *, is_mine: bool) -> None:
        """Show where it stands, and offer what can follow."""
        self.setVisible(state is not None)
        if state is None:
            return
        self.words.setText(_words(log, state, is_mine=is_mine))
        self.submit_button.setVisible(is_mine and state == "draft")
        self.take_back_button.setVisible(is_mine and state == "submitted")


def _words(log: Record, state: State, *, is_mine: bool) -> str:
    writer, when = log.values["owner"].label, TIME.format(log.values["submitted_at"])
    if state == "draft":
        return _("A draft, which nobody else sees. Your superior is told when you submit it.")
    if state == "commented":
        return _("{writer} submitted it on {when}. It was commented on, so it stands as it is.").format(
            writer=writer, when=when
        )
    if is_mine:
        return _("Submitted on {when}. You can take it back until somebody comments on it.").format(when=when)
    return _("{writer} submitted it on {when} and is told of your comment.").format(writer=writer, when=when)
