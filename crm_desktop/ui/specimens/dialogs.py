"""Signing in, a question, a name asked for, long work, a mistake of the program, the keys, a new password."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import SignInError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile
from crm_desktop.ui.dialogs.ask_text import AskTextDialog
from crm_desktop.ui.dialogs.message import MessageDialog
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from crm_desktop.ui.login import LoginDialog
from crm_desktop.ui.long_work import LongWork
from crm_desktop.ui.messages import BugDialog
from crm_desktop.ui.tasks import Tasks


def login() -> QWidget:
    """Signing in to a known server."""
    return LoginDialog([Profile("192.168.1.10", "192.168.1.10", login="linqiu")], "", _refuse, _tasks())


def login_refused() -> QWidget:
    """The first sign-in on a computer, refused."""
    dialog = LoginDialog([], "", _refuse, _tasks())
    dialog.failure.show_error(_refusal())
    return dialog


def question() -> QWidget:
    """A question before something is destroyed."""
    error = _refusal()
    dialog = MessageDialog(None, error.message, error.hint, "warn")
    dialog.add_cancel()
    dialog.add_primary(_("Delete"), dialog.accept, danger=True)
    return dialog


def ask_text() -> QWidget:
    """Another name for a file."""
    return AskTextDialog(None, _("Rename"), _("Name"), _("Rename"), "报价单.pdf")


def progress() -> QWidget:
    """A backup half way."""
    owner = QObject()
    work = LongWork(lambda act: act(), owner)
    dialog = ProgressDialog(None, _("Backing up"), work)
    work.setParent(dialog)
    work.progressed.emit(7, 12, _("Writing the backup"))
    return dialog


def bug() -> QWidget:
    """What nobody should ever see."""
    return BugDialog(None, Path("C:/Users/lin/AppData/Local/crm-desktop/reports/2026-11-22 090512.txt"))


def shortcuts() -> QWidget:
    """The keys."""
    return ShortcutsDialog(None, QWidget())


def password() -> QWidget:
    """A new password."""
    return PasswordDialog(None)


def _tasks() -> Tasks:
    return Tasks(nullcontext, nullcontext)


def _refusal() -> SignInError:
    return SignInError(
        _("Login or password is wrong, or the password has expired."),
        _("Mind capital letters and the input method. The administrator can set a new password."),
    )


def _refuse(_profile: Profile, _password: str, _progress: Progress) -> object:
    raise _refusal()
