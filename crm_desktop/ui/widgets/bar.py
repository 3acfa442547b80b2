"""A quiet line across a page that says something about it: a warning, a colleague's change, why it is read-only."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from crm_desktop.ui import icons
from crm_desktop.ui.widgets.buttons import link_button, restyle
from crm_desktop.ui.widgets.chip import Tone
from crm_desktop.ui.widgets.labels import label

ICONS: dict[Tone, str] = {"warn": "warning", "bad": "warning-circle", "neutral": "lock-simple", "accent": "info"}
Action = tuple[str, Callable[[], object]]


class Bar(QFrame):
    """Hidden until it has something to say: lines of text, each with an action of its own or none."""

    def __init__(self, tone: Tone) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setProperty("tone", tone)
        restyle(self)
        picture = QLabel()
        picture.setPixmap(icons.pixmap(ICONS[tone], 16, tone))
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 4, 8, 4)
        line.setSpacing(8)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignTop)
        picture.setFixedHeight(24)
        line.addLayout(self._lines, 1)
        self.hide()

    def say(self, lines: Sequence[tuple[str, Sequence[Action]]]) -> None:
        """Show these lines, each with its actions; without lines, go away."""
        while (item := self._lines.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for text, actions in lines:
            self._lines.addWidget(_line(text, actions))
        self.setVisible(bool(lines))

    def say_one(self, text: str, *actions: Action) -> None:
        """Show one line; an empty text takes the bar away."""
        self.say([(text, actions)] if text else [])

    def texts(self) -> list[str]:
        """What is said at the moment."""
        return [] if self.isHidden() else [made.text() for made in self.findChildren(QLabel) if made.text()]


def _line(text: str, actions: Sequence[Action]) -> QWidget:
    made = QWidget()
    line = QHBoxLayout(made)
    line.setContentsMargins(0, 0, 0, 0)
    line.setSpacing(8)
    words = label(text, wrap=True, selectable=True)
    words.setMinimumHeight(24)
    line.addWidget(words, 1)
    for word, act in actions:
        button = link_button(word, act)
        button.setFixedHeight(24)
        line.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
    return made
