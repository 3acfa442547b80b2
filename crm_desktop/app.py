"""The only place that knows all parts: it builds them in order, and takes them apart when somebody signs out."""

from __future__ import annotations

import logging
import os
import signal
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QLibraryInfo, QObject, Qt, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import LANGUAGES, _, language, set_language
from crm_desktop.core.links import parse_call, parse_link
from crm_desktop.core.log import set_up_logging
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Options, Profile, load_profiles, set_aside_broken
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.opening import Opened, open_profile
from crm_desktop.services.custom_fields import load_custom_fields
from crm_desktop.ui import messages
from crm_desktop.ui.collector import Collector, load_for_good
from crm_desktop.ui.doorbell import Doorbell, ring
from crm_desktop.ui.page import Page
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import apply_theme, system_theme

if TYPE_CHECKING:
    from crm_desktop.signed_in import SignedIn
    from crm_desktop.ui.area_view import AreaView
    from crm_desktop.ui.login import LoginDialog
    from crm_desktop.ui.start.first_start import FirstStart

log = logging.getLogger(__name__)


def run(address: ConnectionAddress | None, link: str = "", superuser_url: str = "") -> int:
    """Open the workbench: signed in at ``address``, else with the sign-in dialog. Returns the exit code.

    Without an address the workbench that runs already is brought to the front. ``link`` is a record to show; with
    ``superuser_url`` the address is of a server that this program started.
    """
    set_up_logging()
    broken = set_aside_broken()
    set_scale(Options.load().scale)
    app = QApplication(sys.argv[:1])
    if address is None and ring(link):
        return 0
    Collector(app)
    app.setQuitOnLastWindowClosed(False)  # between window and sign-in dialog there is a moment without any
    signal.signal(signal.SIGINT, lambda *_signal: app.quit())
    heartbeat = QTimer(app)  # Python hears Ctrl+C only when it is given a turn
    heartbeat.start(500)
    heartbeat.timeout.connect(lambda: None)
    workbench = Workbench(app)
    bell = Doorbell(app)
    if address is None:
        bell.rung.connect(workbench.come_forward)
        bell.listen()
    workbench.start(address, superuser_url)
    workbench.show_link(link)
    for file in broken:
        messages.show_error(None, _unreadable(file))
    code = app.exec()
    workbench.leave()
    return code


def set_scale(scale: str) -> None:
    """Tell Qt, before it starts, how large everything is to be in percent, whatever the system says."""
    if scale != "system":
        os.environ["QT_ENABLE_HIGHDPI_SCALING"] = "0"  # the system's own factor
        os.environ["QT_SCALE_FACTOR"] = str(int(scale) / 100)


class Workbench(QObject):
    """The program from sign-in to sign-out, as often as its user likes."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._options = Options.load()
        self._signing_in = Tasks(nullcontext, nullcontext, self)
        self._is_signing_out = False
        self._qt_words = QTranslator(self)
        self.signed_in: SignedIn | None = None
        self.login: LoginDialog | None = None
        self.first_start: FirstStart | None = None
        self._link = ""
        self._look()
        app.styleHints().colorSchemeChanged.connect(self._system_theme_changed)
        self._speak(language())
        messages.install_bug_handler()

    def start(self, address: ConnectionAddress | None, superuser_url: str = "") -> None:
        """Sign in at once where an address is given; what fails is said in the dialog."""
        if address is None:
            self.show_login()
            return
        with ThreadPoolExecutor(1) as connecting:
            coming = connecting.submit(_open, address, superuser_url)
            _load_window()
        try:
            self._enter(coming.result(), "")
        except KnownError as error:
            self.show_login(error)

    def show_login(self, error: KnownError | None = None) -> None:
        """Ask who is there; on a computer that knows no place to sign in to, how to begin."""
        profiles = load_profiles()
        if not profiles and error is None:
            self.show_first_start()
            return
        from crm_desktop.ui.login import LoginDialog

        preselected = self._options.default_profile or self._options.last_profile
        dialog = LoginDialog(profiles, preselected, _connect, self._signing_in)
        dialog.signed_in.connect(self._enter)
        dialog.language_chosen.connect(self._switch_login_language)
        dialog.another_chosen.connect(self.show_first_start)
        dialog.profiles_chosen.connect(self._manage_profiles)
        dialog.rejected.connect(self._app.quit)
        if error is not None:
            dialog.failure.show_error(error)
        self.login = dialog
        dialog.show()
        self._signing_in.query(dialog, lambda _session: _load_window(), lambda _none: None, key="load")

    def come_forward(self, link: str = "") -> None:
        """Somebody has started the program again, perhaps to see the record of a link."""
        window = self.signed_in.window if self.signed_in else self.login or self.first_start
        if window is not None:
            window.setWindowState(window.windowState() & ~Qt.WindowState.WindowMinimized)
            window.show()
            window.raise_()
            window.activateWindow()
            self._app.alert(window)
        self.show_link(link)

    def show_link(self, link: str) -> None:
        """Show the record of a link, now or as soon as somebody has signed in."""
        record, number = parse_link(link), parse_call(link)
        if record is None and not number:
            return
        if self.signed_in is None:
            self._link = link
        else:
            self._link = ""
            window = self.signed_in.window
            if number:
                window.take_call(number)
            elif record is not None and window.open_record(*record) is None:
                gone = _("This record is no longer there, or you may no longer see it.")
                messages.notify(window, gone, tone="warn")

    def show_first_start(self) -> None:
        """Offer the ways to begin. Left, it leads back to signing in, or out of the program where nothing is known."""
        from crm_desktop.ui.start.first_start import FirstStart  # once on a computer

        self._close_login()
        dialog = FirstStart(_connect, self._signing_in)
        dialog.signed_in.connect(self._enter)
        dialog.language_chosen.connect(self._switch_first_start_language)
        dialog.rejected.connect(self._leave_first_start)
        self.first_start = dialog
        dialog.show()

    def _leave_first_start(self) -> None:
        if load_profiles():
            self.show_login()
        else:
            self._app.quit()

    def _close_login(self) -> None:
        if self.login is not None:
            self.login.hide()
            self.login.deleteLater()
            self.login = None

    def _manage_profiles(self) -> None:
        from crm_desktop.ui.dialogs.profiles import ProfilesDialog

        dialog = ProfilesDialog(self.login, self._options, load_profiles(), self._signing_in)

        def take() -> None:
            self._options = Options.load()
            self._close_login()
            self.show_login()

        dialog.accepted.connect(take)
        dialog.open()

    def leave(self) -> None:
        """Give everything back."""
        if self.signed_in is not None:
            self.signed_in.close()
            self.signed_in.opened.stop()
            self.signed_in = None

    def _enter(self, opened: Opened, remark: str) -> None:
        log.info("signed in, building the window")
        self._options = Options.load()  # signing in has noted the profile
        from crm_desktop.signed_in import SignedIn
        from crm_desktop.ui.tab_memory import last_area

        place = place_of(opened)
        self.signed_in = SignedIn(opened, self, last_area(place, opened.gateway.person.login))
        window = self.signed_in.window
        if self._keeps_a_firm():
            from crm_desktop.ui.daily_copy import DailyCopy  # brings what sets up and copies whole databases

            self.signed_in.daily_copy = DailyCopy(window, self.signed_in.maintenance, self._backup_folder)
        window.language_chosen.connect(lambda language: self._change(language=language))
        window.theme_chosen.connect(lambda theme: self._change(theme=theme))
        window.settings_chosen.connect(self._show_settings)
        window.sign_out_chosen.connect(self._sign_out)
        window.closed.connect(self._window_closed)
        window.appear()
        window.remember_tabs(place)
        window.remind()
        self.show_link(self._link)
        if remark:
            window.notices.show_notice(remark)
        if clock.is_wrong():
            text = _("The clock of this computer is wrong. Dates and times are those of the server.")
            window.notices.show_notice(text, tone="warn")

    def _window_closed(self) -> None:
        if self._is_signing_out or self.signed_in is None:
            return
        if self.signed_in.daily_copy is not None:
            self.signed_in.daily_copy.make_before_leaving(self._app.quit)
        else:
            self._app.quit()

    def _backup_folder(self) -> Path | None:
        return Path(self._options.backup_folder) if self._options.backup_folder else None

    def _show_settings(self) -> None:
        if self.signed_in is None:
            return
        window = self.signed_in.window

        def build(view: AreaView) -> Page:
            from crm_desktop.ui.pages.settings import SettingsPage

            page = SettingsPage(view, self._options, keeps_data=self._keeps_a_firm())
            page.chosen.connect(lambda changes: self._change(**changes))
            page.password_change_chosen.connect(window.password_change_chosen)
            return page

        window.show_area(window.current_area()).open_tab("settings", build)

    def _keeps_a_firm(self) -> bool:
        """Whether this computer keeps the data that are open, and they are worth a daily copy."""
        profile = self.signed_in.opened.profile if self.signed_in else None
        return profile is not None and profile.kind == "here"

    def _sign_out(self) -> None:
        if self.signed_in is None:
            return
        self._is_signing_out = True
        try:
            if self.signed_in.window.close():
                opened = self.signed_in.opened
                self.signed_in.close()
                self.signed_in = None
                if opened.profile is None or opened.profile.kind == "server":
                    self.show_login()
                else:  # its server takes a moment to stop, and must have stopped before it is started again
                    self._signing_in.query(self, lambda _session: opened.stop(), lambda _none: self.show_login())
        finally:
            self._is_signing_out = False

    def _speak(self, language: str) -> None:
        """Show all further texts in this language, also Qt's own: menus of text fields, file dialogs."""
        set_language(language)
        self._app.removeTranslator(self._qt_words)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._qt_words.load(f"qtbase_{LANGUAGES[language]}", folder):
            self._app.installTranslator(self._qt_words)

    def _switch_login_language(self, language: str) -> None:
        self._keep(language=language)
        self._speak(language)
        self._close_login()
        self.show_login()

    def _switch_first_start_language(self, language: str) -> None:
        self._keep(language=language)
        self._speak(language)
        if self.first_start is not None:
            self.first_start.deleteLater()
        self.show_first_start()

    def _change(self, **changes: Any) -> None:
        """Keep options and show them at once, where the look or the words depend on them with all pages built anew."""
        self._keep(**changes)

        def show() -> None:
            if "language" in changes:
                self._speak(self._options.language)
            if changes.keys() & {"theme", "density"}:
                self._look()

        if changes.keys() & {"language", "theme", "density"}:
            self._build_anew(show)

    def _build_anew(self, change: Callable[[], object]) -> None:
        if self.signed_in is None:
            change()
        else:
            self.signed_in.window.rebuild(change)

    def _look(self) -> None:
        theme = self._options.theme
        apply_theme(self._app, system_theme(self._app) if theme == "system" else theme, self._options.density)

    def _system_theme_changed(self) -> None:
        if self._options.theme == "system":
            self._build_anew(self._look)

    def _keep(self, **changes: Any) -> None:
        self._options = replace(Options.load(), **changes)
        self._options.save()


def _unreadable(file: Path) -> KnownError:
    return KnownError(
        _("Settings of this computer could not be read. The program has started with the defaults."),
        _("What was there is kept in {file}.").format(file=file),
    )


def place_of(opened: Opened) -> str:
    """Names the firm somebody works in, the same at every sign-in: tabs of one firm are not opened in another."""
    profile = opened.profile
    if profile is not None and profile.kind != "server":
        return profile.kind  # its port is another one at every start
    address = opened.gateway.address
    return f"{','.join(map(str, address.hosts))}/{address.database}"


def _load_window() -> None:
    """All that the window is made of, while the server or a person at the sign-in dialog takes his time."""
    load_for_good("crm_desktop.signed_in")


def _open(address: ConnectionAddress, superuser_url: str) -> Opened:
    opened = Opened(Gateway.connect(address, learns_later=True), superuser_url=superuser_url)
    _read_fields(opened)
    return opened


def _connect(profile: Profile, password: str, progress: Progress) -> Opened:
    opened = open_profile(profile, password, progress)
    _read_fields(opened)
    replace(Options.load(), last_profile=profile.name).save()
    return opened


def _read_fields(opened: Opened) -> None:
    """Before anything is built of them: what the administrator added to the entities."""
    with opened.gateway.read() as session:
        load_custom_fields(session)
