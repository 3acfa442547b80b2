"""What the program tells and asks: known errors, notices, confirmations, and bugs with a saved report."""

from __future__ import annotations

import logging
import platform
import sys
import traceback
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType

from PySide6 import __version__ as pyside_version
from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QWidget

from crm_desktop.core.errors import CancelledError, KnownError, ServerLostError
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import state_home
from crm_desktop.ui.dialogs.message import MessageDialog
from crm_desktop.ui.widgets.chip import Tone
from crm_desktop.ui.widgets.notice import Notice, notices_of

log = logging.getLogger(__name__)


def show_error(owner: QObject | None, error: KnownError) -> None:
    """Show what went wrong as a notice in the owner's window, or as a dialog where the window has no place
    for notices.
    """
    widget = owner if isinstance(owner, QWidget) else None
    notices = notices_of(widget)
    if notices is not None:
        tone: Tone = "neutral" if isinstance(error, CancelledError) else "bad"
        is_about_connection = isinstance(error, ServerLostError)
        notices.show_notice(error.message, tone=tone, hint=error.hint, is_about_connection=is_about_connection)
        return
    dialog = MessageDialog(widget.window() if widget else QApplication.activeWindow(), error.message, error.hint, "bad")
    dialog.add_primary(_("Close"), dialog.accept)
    dialog.open_quietly()


def notify(widget: QWidget, text: str, *, tone: Tone = "good", undo: Callable[[], object] | None = None) -> None:
    """Say in a notice what was done; with ``undo`` it offers to take it back."""
    notices = notices_of(widget)
    if notices is not None:
        notices.show_notice(text, tone=tone, action=(_("Undo"), undo) if undo else None)


def say_waiting(owner: QObject | None, stop: Callable[[], object]) -> Notice | None:
    """Say that something is done when the server is back, for as long as it is away; ``stop`` when it need not be."""
    notices = notices_of(owner if isinstance(owner, QWidget) else None)
    if notices is None:
        return None
    words = _("The server is away. This is done as soon as it is back.")
    return notices.show_notice(words, tone="warn", action=(_("Do not wait"), stop), is_about_connection=True)


def confirm(parent: QWidget, question: str, consequence: str, action: str, *, danger: bool = False) -> bool:
    """Ask before something happens. ``action`` is the word on the button ("Delete 3 customers"), never just
    "OK".
    """
    dialog = MessageDialog(parent.window(), question, consequence, "warn" if danger else "neutral")
    cancel = dialog.add_cancel()
    dialog.add_primary(action, dialog.accept, danger=danger)
    if danger:  # Enter must not destroy anything
        cancel.setAutoDefault(True)
        cancel.setDefault(True)
        cancel.setFocus()
    return bool(dialog.exec())


def bug_as_known_error() -> KnownError:
    """What a page shows in place of its content when a bug kept it from coming."""
    return KnownError(
        _("The program made a mistake here."), _("A report was saved. Try again, or restart the program.")
    )


def report_bug(error: BaseException) -> Path:
    """Save a report (where it happened, no values) and show it in one dialog. Returns the report's file."""
    path = _save_report(error)
    log.error("%s; report: %s", type(error).__name__, path)
    if QApplication.instance() is None or BugDialog.shown:
        return path
    BugDialog(QApplication.activeWindow(), path).open_quietly()
    return path


def install_bug_handler() -> None:
    """Errors that reach Qt's event loop become bug reports from now on; known ones are shown as they are."""

    def handle(_kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
        if isinstance(error, KeyboardInterrupt):
            QApplication.quit()
        elif isinstance(error, KnownError):
            show_error(None, error)
        else:
            report_bug(error)

    sys.excepthook = handle


def _save_report(error: BaseException) -> Path:
    now = datetime.now().astimezone()
    lines = [
        f"crm-desktop {now.isoformat(timespec='seconds')}",
        f"Python {platform.python_version()}, PySide6 {pyside_version}, {platform.platform()}",
        "",
    ]
    link: BaseException | None = error
    while link is not None:
        # The message of an error may hold values of a row; its kind and place never do.
        lines.append(f"{type(link).__module__}.{type(link).__qualname__}")
        lines += [
            f"  {frame.filename}:{frame.lineno} {frame.name}" for frame in traceback.extract_tb(link.__traceback__)
        ]
        link = link.__cause__ or link.__context__
    folder = state_home() / "reports"
    folder.mkdir(exist_ok=True)
    path = folder / f"bug-{now:%Y%m%d-%H%M%S-%f}.txt"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


class BugDialog(MessageDialog):
    """Says that the program made a mistake, and where the report is."""

    shown = False  # several bugs in a row: one dialog, a report for each

    def __init__(self, parent: QWidget | None, report: Path) -> None:
        super().__init__(
            parent,
            _("The program made a mistake here."),
            _(
                "What you typed is still on the page. A report was saved; it says where the mistake happened "
                "and holds no data of yours. Please send it to your administrator."
            )
            + f"\n\n{report}",
            "bad",
        )
        type(self).shown = True
        self.finished.connect(self._forget)
        self.add_secondary(
            _("Open the folder"), lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(report.parent)))
        )
        self.add_primary(_("Close"), self.accept)

    def _forget(self) -> None:
        type(self).shown = False
