"""An article to be read: the problem, the solution, its pictures, and whether it helped."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.services.records import Record
from crm_desktop.ui.widgets.buttons import quiet_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

USEFUL, USELESS = "Alt+Y", "Alt+N"
WIDEST_PICTURE = 720  # px


class ReadingCard(Card):
    """Announces a vote; whoever shows it writes it."""

    voted = Signal(object)  # bool, or None where the vote is taken back

    def __init__(self) -> None:
        super().__init__(padding=20)
        self.body.setSpacing(12)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # whoever reads scrolls by the arrows
        self.about = label("", "muted", wrap=True)
        self.problem = label("", wrap=True, selectable=True)
        self.solution = label("", wrap=True, selectable=True)
        self.used = label("", "muted")
        self._vote: bool | None = None
        self.useful_button = self._vote_button(_("Useful"), "thumbs-up", USEFUL, is_useful=True)
        self.useless_button = self._vote_button(_("Not useful"), "thumbs-down", USELESS, is_useful=False)
        self._problem_part = _part(_("Problem"), self.problem)
        self.body.addWidget(self.about)
        self.body.addWidget(self._problem_part)
        self.body.addWidget(_part(_("Solution"), self.solution))
        self.pictures: list[QLabel] = []
        self._gallery = QVBoxLayout()
        self._gallery.setSpacing(8)
        self.body.addLayout(self._gallery)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.useful_button)
        foot.addWidget(self.useless_button)
        foot.addWidget(self.used, 1)
        self.body.addLayout(foot)

    def show_article(self, article: Record, *, is_published: bool) -> None:
        """Show its words; votes are for what is published."""
        values = article.values
        about = [values[key].label for key in ("kind", "product", "category") if values.get(key)]
        self.about.setText(" · ".join([*about, values.get("keywords") or ""]).strip(" ·"))
        self.about.setVisible(bool(self.about.text()))
        self.problem.setText(values.get("problem") or "")
        self._problem_part.setVisible(bool(self.problem.text()))
        self.solution.setText(values.get("solution") or "")
        self.useful_button.setText(_("Useful {count}").format(count=values["useful_count"]))
        self.useless_button.setText(_("Not useful {count}").format(count=values["useless_count"]))
        count = values["used_count"]
        self.used.setText(
            ngettext("Helped with {n} request", "Helped with {n} requests", count).format(n=count) if count else ""
        )
        for button in (self.useful_button, self.useless_button):
            button.setVisible(is_published)

    def show_vote(self, vote: bool | None) -> None:  # noqa: FBT001 - what he said, or nothing
        """Show what the reader himself said."""
        self._vote = vote
        self.useful_button.setChecked(vote is True)
        self.useless_button.setChecked(vote is False)

    def show_pictures(self, pictures: Sequence[tuple[str, QImage]]) -> None:
        """Show these, each with its name, below the words."""
        for old in self.pictures:
            self._gallery.removeWidget(old)
            old.deleteLater()
        self.pictures = []
        for name, image in pictures:
            shown = QLabel()
            pixmap = QPixmap.fromImage(image)
            if pixmap.width() > WIDEST_PICTURE:
                pixmap = pixmap.scaledToWidth(WIDEST_PICTURE, Qt.TransformationMode.SmoothTransformation)
            shown.setPixmap(pixmap)
            shown.setAccessibleName(name)
            shown.setToolTip(plain_tooltip(name))
            self._gallery.addWidget(shown)
            self.pictures.append(shown)

    def vote(self, *, is_useful: bool) -> None:
        """Say it, or take it back where it was said already."""
        if self.useful_button.isVisible():
            self.voted.emit(None if self._vote is is_useful else is_useful)

    def _vote_button(self, text: str, picture: str, key: str, *, is_useful: bool) -> QPushButton:
        made = quiet_button(text, lambda: self.vote(is_useful=is_useful), icon_name=picture)
        made.setCheckable(True)
        made.setAccessibleName(text)
        made.setToolTip(plain_tooltip(with_shortcut(text, key)))
        return made


def _part(title: str, text: QLabel) -> QWidget:
    made = QWidget()
    made.setObjectName("plain")
    column = QVBoxLayout(made)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(4)
    column.addWidget(label(title, "strong"))
    column.addWidget(text)
    return made
