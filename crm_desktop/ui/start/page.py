"""The base of the pages before the window: what is asked, what failed, how far the work is, and the way on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile, forget_password, load_profiles, remember_password, save_profiles
from crm_desktop.ui.start.failure import Failure
from crm_desktop.ui.start.work_bar import WorkBar
from crm_desktop.ui.tasks import Session, Tasks
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button
from crm_desktop.ui.widgets.labels import label

T = TypeVar("T")
OTHER_LANGUAGE = {"zh": ("en", "English"), "en": ("zh", "简体中文")}
"""What the window before the window offers beside its own language, in that language."""
Connect = Callable[[Profile, str, Progress], object]
"""Signs in with a profile and a password; what it returns is handed on as it is."""


class StartPage(QWidget):
    """``body`` takes what is asked. While a work runs, nothing else can be pressed than its cancel button."""

    signed_in = Signal(object, str)  # what connect returned; a remark for the user, or nothing
    back_chosen = Signal()

    def __init__(self, tasks: Tasks, connect: Connect, title: str, text: str, action: str) -> None:
        super().__init__()
        self._tasks, self._connect = tasks, connect
        self.inputs = QWidget()
        self.body = QVBoxLayout(self.inputs)
        self.body.setContentsMargins(0, 0, 0, 0)
        self.body.setSpacing(12)
        self.scroll_area = QScrollArea()  # a trial or a failure takes room that small screens do not have
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setWidget(_at_the_top(self.inputs))
        self.failure = Failure()
        self.work_bar = WorkBar()
        self.back = secondary_button(_("Back"), self.back_chosen.emit)
        self.button: QPushButton = primary_button(action, self.go)
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addWidget(self.back)
        self.foot.addStretch(1)
        self.foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(title, "title"))
        if text:
            column.addWidget(label(text, "muted", wrap=True))
        column.addWidget(self.scroll_area, 1)
        column.addWidget(self.failure)
        column.addWidget(self.work_bar)
        column.addLayout(self.foot)

    def go(self) -> None:
        """Do what the page is for."""
        raise NotImplementedError

    def is_busy(self) -> bool:
        """Whether a work is under way."""
        return not self.inputs.isEnabled()

    def run(self, work: Callable[[Session, Progress], T], success: Callable[[T], None]) -> None:
        """Work in the background, with progress; what fails is said on the page."""
        self._set_busy(busy=True)

        def done(answer: T) -> None:
            self._set_busy(busy=False)
            success(answer)

        self.work_bar.follow(self._tasks.long_command(self, work, done, self._fail))

    def enter(self, profile: Profile, password: str, *, remember: bool = False) -> None:
        """Sign in, and keep the profile for the next time."""

        def work(_session: Session, progress: Progress) -> tuple[object, str]:
            return self._connect(profile, password, progress), keep(profile, password, remember=remember)

        self.run(work, lambda answer: self.signed_in.emit(*answer))

    def _fail(self, error: KnownError) -> None:
        self._set_busy(busy=False)
        if not isinstance(error, CancelledError):
            self.failure.show_error(error)

    def _set_busy(self, *, busy: bool) -> None:
        for widget in (self.inputs, self.button, self.back):
            widget.setEnabled(not busy)
        self.failure.hide()


def _at_the_top(inputs: QWidget) -> QWidget:
    page = QWidget()
    page.setObjectName("plain")
    column = QVBoxLayout(page)
    column.setContentsMargins(0, 0, 0, 0)
    column.addWidget(inputs)
    column.addStretch(1)
    return page


def keep(profile: Profile, password: str, *, remember: bool) -> str:
    """Save a profile at its place, and its password or none. Returns a remark where that cannot be done."""
    profiles = load_profiles()
    place = next((number for number, one in enumerate(profiles) if one.name == profile.name), len(profiles))
    profiles[place : place + 1] = [profile]
    save_profiles(profiles)
    if not remember:
        forget_password(profile)
        return ""
    try:
        remember_password(profile, password)
    except KnownError as error:
        return str(error)
    return ""
