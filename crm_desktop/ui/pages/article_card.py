"""Where an article stands, and what can be made of it."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from crm_desktop.core.i18n import _
from crm_desktop.services.knowledge import MOVES, State
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import secondary_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

EDIT, HAND_IN, PUBLISH, SEND_BACK, WITHDRAW = "F2", "Alt+1", "Alt+2", "Alt+3", "Alt+4"


class ArticleCard(Card):
    """Announces what its user wants; whoever shows it asks and saves."""

    edit_wanted = Signal()
    hand_in_wanted = Signal()
    publish_wanted = Signal()
    send_back_wanted = Signal()
    withdraw_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.body.setSpacing(8)
        self.words = label("", wrap=True)
        self.edit_button = self._button(_("Edit"), self.edit_wanted, "pencil-simple", EDIT)
        self.hand_in_button = self._button(_("Hand in for review"), self.hand_in_wanted, "paper-plane-tilt", HAND_IN)
        self.publish_button = self._button(_("Publish"), self.publish_wanted, "check-circle", PUBLISH)
        self.send_back_button = self._button(
            _("Send back…"), self.send_back_wanted, "arrow-counter-clockwise", SEND_BACK
        )
        self.withdraw_button = self._button(_("Withdraw"), self.withdraw_wanted, "prohibit", WITHDRAW)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.words, 1)
        for button in (
            self.edit_button, self.hand_in_button, self.send_back_button, self.withdraw_button, self.publish_button,
        ):  # fmt: skip
            line.addWidget(button)
        self.note = Bar("warn")
        self.body.addLayout(line)
        self.body.addWidget(self.note)

    def show_article(
        self, article: Record, state: State | None, *, is_reading: bool, may_edit: bool, may_publish: bool
    ) -> None:
        """Show where it stands, and offer what can follow."""
        self.setVisible(state is not None)
        if state is None:
            return
        self.words.setText(_words(article, state))
        self.note.say_one(article.values.get("review_note") or "")
        follows = MOVES[state]
        is_public = "published" in (state, *follows) and state != "draft"
        self.edit_button.setVisible(is_reading and (may_publish if state == "published" else may_edit))
        self.hand_in_button.setVisible(may_edit and "in_review" in follows)
        self.publish_button.setVisible(may_publish and "published" in follows)
        self.send_back_button.setVisible(may_edit and "draft" in follows)
        self.send_back_button.setText(_("Send back…") if may_publish and is_public else _("Back to draft"))
        self.withdraw_button.setVisible(may_publish and "withdrawn" in follows)

    @staticmethod
    def _button(text: str, wanted: SignalInstance, picture: str, key: str) -> QPushButton:
        made = secondary_button(text, wanted.emit, icon_name=picture)
        made.setToolTip(plain_tooltip(with_shortcut(text, key)))
        return made


def _words(article: Record, state: State) -> str:
    values = article.values
    author = values["owner"].label
    if state == "draft":
        return _("A draft of {author}. Only he and who reviews it see it.").format(author=author)
    if state == "in_review":
        when = TIME.format(values.get("handed_in_at"))
        return _("{author} handed it in for review on {when}.").format(author=author, when=when)
    reviewer = values["reviewer"].label if values.get("reviewer") else author
    if state == "withdrawn":
        return _("Withdrawn: it holds no longer. {author} wrote it.").format(author=author)
    return _("Edition {edition}, written by {author}, published by {reviewer} on {when}.").format(
        edition=values["edition"], author=author, reviewer=reviewer, when=TIME.format(values.get("published_at"))
    )
