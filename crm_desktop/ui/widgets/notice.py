"""Notices at the foot of a window: what was done, with "undo", or what went wrong; nobody is stopped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import icons
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import icon_button, link_button, with_shortcut
from crm_desktop.ui.widgets.chip import Tone
from crm_desktop.ui.widgets.labels import label

ACTION_KEY = "Alt+Z"  # Ctrl+Z belongs to the line one types in
SHOWN_MS = 8000  # long enough to read it and to press "undo"
WIDTH = 480
FOOT = 88  # the status line and the line with "save" above it stay free
ICONS = {"good": "check-circle", "warn": "warning", "bad": "warning-circle"}


class Notice(QFrame):
    """One line or two with an action. What went wrong or must not be missed stays until it is closed, what is about the
    connection until that is back; the rest goes after 8 s, not under the mouse.
    """

    def __init__(
        self,
        text: str,
        tone: Tone,
        hint: str,
        action: tuple[str, Callable[[], object]] | None,
        *,
        is_about_connection: bool,
        stays: bool,
    ) -> None:
        super().__init__()
        self.text = text
        self.is_about_connection = is_about_connection
        self.setObjectName("notice")
        self.action_button: QPushButton | None = None
        picture = QLabel()
        picture.setPixmap(icons.pixmap(ICONS.get(tone, "info"), 20, tone))
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(label(text, "body", wrap=True))
        if hint:
            words.addWidget(label(hint, "small", wrap=True))
        line = QHBoxLayout(self)
        line.setContentsMargins(12, 8, 8, 8)
        line.setSpacing(8)
        line.addWidget(picture, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addLayout(words, 1)
        if action:
            word, act = action
            self.action_button = link_button(word, self.dismiss)
            self.action_button.setToolTip(with_shortcut(word, ACTION_KEY))
            self.action_button.clicked.connect(lambda _checked=False: act())
            line.addWidget(self.action_button)
        line.addWidget(icon_button("x", _("Close"), self.dismiss))
        self.setFixedWidth(WIDTH)
        self._timer = later(SHOWN_MS, self._time_over, self)
        if tone != "bad" and not is_about_connection and not stays:
            self._timer.start()

    def dismiss(self) -> None:
        """Take it away."""
        self.hide()
        self.setParent(None)
        self.deleteLater()

    def _time_over(self) -> None:
        if self.underMouse():
            self._timer.start()
        else:
            self.dismiss()


class Notices(QWidget):
    """The pile of notices of one window, at most three, newest below. Made after its content. Alt+Z does what
    the newest offers.
    """

    LIMIT = 3

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._pile = QVBoxLayout(self)
        self._pile.setContentsMargins(0, 0, 0, 0)
        self._pile.setSpacing(8)
        window.installEventFilter(self)
        QShortcut(QKeySequence(ACTION_KEY), window).activated.connect(self._act)
        self.hide()

    def show_notice(
        self,
        text: str,
        *,
        tone: Tone = "neutral",
        hint: str = "",
        action: tuple[str, Callable[[], object]] | None = None,
        is_about_connection: bool = False,
        stays: bool = False,
    ) -> Notice:
        """Show a notice; ``action`` is a word ("Undo") and what it does. What must not be missed ``stays``."""
        same = [notice for notice in self._shown() if notice.text == text and notice.action_button is None]
        for old in dict.fromkeys((*same, *self._shown()[: 1 - self.LIMIT])):
            old.dismiss()
        notice = Notice(text, tone, hint, action, is_about_connection=is_about_connection, stays=stays)
        notice.destroyed.connect(self._place)
        self._pile.addWidget(notice)
        self._place()
        return notice

    def connection_is_back(self) -> None:
        """Take away what says that there is none."""
        for notice in self._shown():
            if notice.is_about_connection:
                notice.dismiss()
        self._place()

    def withdraw_offer(self, words: str) -> None:
        """What the newest notice offers under these words was done past it; what it says stays."""
        offering = [n for n in self._shown() if n.action_button is not None and n.action_button.text() == words]
        for notice in offering[-1:]:
            assert notice.action_button is not None
            notice.action_button.deleteLater()
            notice.action_button = None

    def texts(self) -> list[str]:
        """The words shown at the moment, oldest first."""
        return [
            "\n".join(part.text() for part in notice.findChildren(QLabel) if part.text()) for notice in self._shown()
        ]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the pile at the foot of the window."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _act(self) -> None:
        offering = [notice.action_button for notice in self._shown() if notice.action_button is not None]
        if offering:
            offering[-1].click()

    def _shown(self) -> list[Notice]:
        return self.findChildren(Notice)

    def _place(self) -> None:
        shown = self._shown()
        if not shown:
            self.hide()
            return
        height = sum(notice.heightForWidth(WIDTH) + 8 for notice in shown)
        left = (self._window.width() - WIDTH) // 2
        self.setGeometry(left, self._window.height() - height - FOOT, WIDTH, height)
        self.show()
        self.raise_()


def notices_of(widget: QWidget | None) -> Notices | None:
    """The pile of the window in which ``widget`` lies (None: of the window in front), if it has one."""
    window = widget.window() if widget is not None else QApplication.activeWindow()
    return window.findChild(Notices) if window is not None else None
