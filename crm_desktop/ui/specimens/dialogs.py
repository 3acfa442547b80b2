"""Signing in, a question, the keys, a new password."""

from __future__ import annotations

from contextlib import nullcontext

from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import SignInError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile
from crm_desktop.ui.dialogs.message import MessageDialog
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from crm_desktop.ui.login import LoginDialog
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
