"""The only place that knows all parts: it builds them in order, and takes them apart when somebody signs out."""

from __future__ import annotations

import logging
import signal
import sys
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QLibraryInfo, QObject, QTimer, QTranslator
from PySide6.QtWidgets import QApplication

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import LANGUAGES, _, language, set_language
from crm_desktop.core.log import set_up_logging
from crm_desktop.core.settings import Options, Profile, load_profiles
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.engine import Gateway
from crm_desktop.models import Base
from crm_desktop.services import administration
from crm_desktop.services.search import search
from crm_desktop.ui import messages
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.import_wizard.page import open_import
from crm_desktop.ui.login import LoginDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.tasks import Session, Tasks
from crm_desktop.ui.theme import apply_theme

log = logging.getLogger(__name__)


def run(address: ConnectionAddress | None) -> int:
    """Open the workbench: signed in at ``address``, else with the sign-in dialog. Returns the exit code."""
    set_up_logging()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)  # between window and sign-in dialog there is a moment without any
    signal.signal(signal.SIGINT, lambda *_signal: app.quit())
    heartbeat = QTimer(app)  # Python hears Ctrl+C only when it is given a turn
    heartbeat.start(500)
    heartbeat.timeout.connect(lambda: None)
    workbench = Workbench(app)
    workbench.start(address)
    code = app.exec()
    workbench.leave()
    return code


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
        apply_theme(app, self._options.theme, self._options.density)
        self._speak(language())
        messages.install_bug_handler()

    def start(self, address: ConnectionAddress | None) -> None:
        """Sign in at once where an address is given; what fails is said in the dialog."""
        if address is None:
            self.show_login()
            return
        try:
            self._enter(Gateway.connect(address), "")
        except KnownError as error:
            self.show_login(error)

    def show_login(self, error: KnownError | None = None) -> None:
        """Ask who is there."""
        dialog = LoginDialog(load_profiles(), self._options.last_profile, _connect, self._signing_in)
        dialog.signed_in.connect(self._enter)
        dialog.language_chosen.connect(self._switch_login_language)
        dialog.rejected.connect(self._app.quit)
        if error is not None:
            dialog.failure.show_error(error)
        self.login = dialog
        dialog.show()

    def leave(self) -> None:
        """Give everything back."""
        if self.signed_in is not None:
            self.signed_in.close()
            self.signed_in = None

    def _enter(self, gateway: Gateway, remark: str) -> None:
        log.info("signed in, building the window")
        self._options = Options.load()  # signing in has noted the profile
        self.signed_in = SignedIn(gateway, self)
        window = self.signed_in.window
        window.language_chosen.connect(self._switch_language)
        window.theme_chosen.connect(self._switch_theme)
        window.sign_out_chosen.connect(self._sign_out)
        window.closed.connect(self._window_closed)
        window.appear()
        if remark:
            window.notices.show_notice(remark)

    def _window_closed(self) -> None:
        if not self._is_signing_out:
            self._app.quit()

    def _sign_out(self) -> None:
        if self.signed_in is None:
            return
        self._is_signing_out = True
        try:
            if self.signed_in.window.close():
                self.leave()
                self.show_login()
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
        if self.login is not None:
            self.login.deleteLater()
        self.show_login()

    def _switch_language(self, language: str) -> None:
        self._keep(language=language)
        self._speak(language)
        self._rebuild()

    def _switch_theme(self, theme: str) -> None:
        self._keep(theme=theme)
        apply_theme(self._app, self._options.theme, self._options.density)
        self._rebuild()

    def _rebuild(self) -> None:
        if self.signed_in is not None:
            self.signed_in.window.rebuild()

    def _keep(self, **changes: Any) -> None:
        self._options = replace(self._options, **changes)
        self._options.save()


class SignedIn:
    """What exists while somebody is signed in: his connections, his window."""

    def __init__(self, gateway: Gateway, parent: QObject) -> None:
        """Begins to listen to changes and builds the window."""
        self._gateway = gateway
        self.bus = Bus(parent)
        self.tasks = Tasks(gateway.read, gateway.write, parent, long_write=gateway.long_write)
        self._listener = ChangeListener(
            gateway.address, self.bus.post, self._anything_changed, self.bus.post_connection
        )
        self.window = MainWindow(
            Context(
                tasks=self.tasks,
                bus=self.bus,
                person=gateway.person,
                server=server_name(gateway.address),
                areas=areas_for(gateway.person),
                search=self._search,
            )
        )
        self.window.file_dropped.connect(lambda path: open_import(self.window, path))
        self.window.password_change_chosen.connect(self._ask_password)
        self._listener.start()

    def close(self) -> None:
        """Stop listening and let running work end."""
        self._listener.stop()
        self.tasks.close()
        self._gateway.close()
        self.window.deleteLater()

    def _ask_password(self) -> None:
        dialog = PasswordDialog(self.window)

        def change(password: str) -> None:
            login = self._gateway.person.login
            self.tasks.command(
                dialog, lambda session: administration.set_password(session, login, password), lambda _none: done()
            )

        def done() -> None:
            dialog.accept()
            messages.notify(self.window, _("Your password is changed."))

        dialog.chosen.connect(change)
        dialog.open()

    def _anything_changed(self) -> None:
        for table in Base.metadata.tables.values():
            self.bus.post(table.name, None)

    def _search(self, typed: str, answer: Any) -> None:
        person = self._gateway.person

        def work(session: Session) -> Any:
            return search(session, typed, person)

        self.tasks.query(self.window, work, answer, key="search")


def server_name(address: ConnectionAddress) -> str:
    """What the status line calls the server; nothing for this computer."""
    host = address.hosts[0]
    here = host.address in {"127.0.0.1", "localhost", "::1"}
    return "" if here else f"{host.address} / {address.database}"


def _connect(profile: Profile, password: str) -> Gateway:
    gateway = Gateway.connect(ConnectionAddress.from_url(profile.url(password)))
    replace(Options.load(), last_profile=profile.name).save()
    return gateway
