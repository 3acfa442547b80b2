"""Before the window: the ways to begin, each page, a trial of a connection, the list of connections."""

from __future__ import annotations

from contextlib import nullcontext

from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import SignInError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Options, Profile
from crm_desktop.services.connection_trial import STAGES, Trial
from crm_desktop.ui.dialogs.profiles import ProfilesDialog
from crm_desktop.ui.login import LoginDialog
from crm_desktop.ui.start.first_start import FirstStart
from crm_desktop.ui.start.new_firm import NewFirmPage
from crm_desktop.ui.start.office import OfficePage
from crm_desktop.ui.tasks import Tasks

OFFICE = Profile("192.168.1.10", "192.168.1.10", login="linqiu")


def ways() -> QWidget:
    """The first start on a computer."""
    return _first_start()


def sample() -> QWidget:
    """As whom to look at the sample firm."""
    window = _first_start()
    window.show_way("sample")
    return window


def new_firm() -> QWidget:
    """Setting a firm up on this computer, half filled in."""
    window = _first_start()
    page = window.show_way("new_firm")
    assert isinstance(page, NewFirmPage)
    page.firm_name.set_value("珠海金恒贸易有限公司")
    page.admin_name.set_value("林秋")
    page.login.set_value("linqiu")
    return window


def trial() -> QWidget:
    """A connection that ends at the password."""
    window = _first_start()
    page = window.show_way("office")
    assert isinstance(page, OfficePage)
    page.details.set_profile(OFFICE)
    page.login.set_value("linqiu")
    error = SignInError(
        _("Login or password is wrong, or the password has expired."),
        _("Mind capital letters and the input method. The administrator can set a new password."),
    )
    page.trial.show_trials([Trial("192.168.1.10:5432", list(STAGES)[5], error)])
    return window


def sign_in_to_sample() -> QWidget:
    """Signing in where the sample firm is one of several places."""
    profiles = _places()
    return LoginDialog(profiles, profiles[0].name, _connect, _tasks())


def connections() -> QWidget:
    """The list of connections."""
    return ProfilesDialog(None, Options(default_profile=OFFICE.name), _places(), _tasks())


def _places() -> list[Profile]:
    return [Profile(_("Sample firm"), kind="sample", login="salesperson"), OFFICE]


def _first_start() -> FirstStart:
    return FirstStart(_connect, _tasks())


def _tasks() -> Tasks:
    return Tasks(nullcontext, nullcontext)


def _connect(_profile: Profile, _password: str, _progress: Progress) -> object:
    return None
