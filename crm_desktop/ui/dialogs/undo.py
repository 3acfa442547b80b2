"""A change set of the history: what taking it back would do, and what it would leave alone and why."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.services import journal
from crm_desktop.services.journal import UndoResult
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page import undoing
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.skeleton import Skeleton

MOST_SHOWN = 200
HIGHEST = 280


class UndoDialog(Dialog):
    """``rehearse`` asks what would happen; the button does it."""

    def __init__(self, view: AreaView, change_set: int, what: str, done: Callable[[], object] | None = None) -> None:
        super().__init__(view.window(), _("Take back: {what}").format(what=what), width=520)
        self._view, self._change_set, self._done = view, change_set, done
        self._waiting = Skeleton(3)
        self.body.addWidget(self._waiting)
        self.add_cancel()
        self.undo_button = self.add_primary(_("Take back"), self._undo)
        self.undo_button.setEnabled(False)

    def rehearse(self) -> None:
        """Ask the database, which locks what it looks at: that needs a transaction that may write."""
        change_set = self._change_set

        def work(session: Session, _progress: Progress) -> UndoResult:
            return journal.undo(session, change_set, is_rehearsal=True)

        self.rejected.connect(self._view.context.tasks.long_command(self, work, self.show_rehearsal, self._fail).cancel)

    def show_rehearsal(self, result: UndoResult) -> None:
        """Say what would happen."""
        self._waiting.hide()
        effects = list(undoing.effects(result))
        self.undo_button.setEnabled(bool(effects))
        if effects:
            self.undo_button.setFocus()  # it was not ready when the dialog opened, so "cancel" got the focus
        for effect in effects or [_("There is nothing left that could be taken back.")]:
            self.body.addWidget(label(effect, wrap=True))
        if result.kept:
            self.body.addWidget(label(_("What stays as it is:"), "strong"))
            self.body.addWidget(_kept(result))
        self.adjustSize()

    def _undo(self) -> None:
        self.accept()
        undoing.undo(self._view, self._view, self._change_set, self._done, is_long=True)

    def _fail(self, error: KnownError) -> None:
        if not isinstance(error, CancelledError):
            self.reject()
            messages.show_error(self._view, error)


def _kept(result: UndoResult) -> QWidget:
    inside = QWidget()
    inside.setObjectName("plain")
    lines = QVBoxLayout(inside)
    lines.setContentsMargins(0, 0, 0, 0)
    lines.setSpacing(4)
    for kept in result.kept[:MOST_SHOWN]:
        lines.addWidget(label(kept.sentence(), "muted", wrap=True, selectable=True))
    if len(result.kept) > MOST_SHOWN:
        lines.addWidget(label(_("and {count} more").format(count=len(result.kept) - MOST_SHOWN), "muted"))
    lines.addStretch(1)
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(inside)
    area.setMaximumHeight(HIGHEST)
    area.setAlignment(Qt.AlignmentFlag.AlignTop)
    return area
