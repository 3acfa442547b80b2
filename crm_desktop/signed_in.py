"""What exists while somebody is signed in: his connections, his window, and what goes between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from crm_desktop.core.i18n import _
from crm_desktop.core.settings import password_for, remember_password
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.changes import ChangeListener
from crm_desktop.models import Base
from crm_desktop.opening import Opened, address_as
from crm_desktop.services import administration
from crm_desktop.services.firm import firm_of, forget_old_changes
from crm_desktop.services.preferences import SAMPLE_FIRM, fetch_settings
from crm_desktop.services.search import search
from crm_desktop.services.server_clock import compare_clocks
from crm_desktop.ui import messages
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.job_clock import JobClock
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.maintenance import Maintenance
from crm_desktop.ui.network_watch import NetworkWatch
from crm_desktop.ui.pages import load_pages
from crm_desktop.ui.tasks import Session, Tasks

if TYPE_CHECKING:
    from crm_desktop.ui.daily_copy import DailyCopy


class SignedIn:
    """Lives from sign-in to sign-out."""

    def __init__(self, opened: Opened, parent: QObject, begin: str = "") -> None:
        """Begins to listen to changes and builds the window, which comes up with the area ``begin``."""
        self.opened = opened
        self.daily_copy: DailyCopy | None = None
        self._gateway = gateway = opened.gateway
        self.bus = Bus(parent)
        self.tasks = Tasks(
            gateway.read, gateway.write, parent, long_write=gateway.long_write, interrupt=gateway.interrupt
        )
        self._clock = JobClock(self.tasks)
        self._listener = ChangeListener(
            gateway.address, self.bus.post, self._anything_changed, self.bus.post_connection, self._clock.elect
        )
        self.maintenance = Maintenance(
            lambda login, password: address_as(gateway.address, login, password), opened.superuser_url, parent
        )
        self._context = Context(
            tasks=self.tasks,
            bus=self.bus,
            person=gateway.person,
            server=server_name(gateway.address),
            areas=areas_for(gateway.person),
            search=self._search,
            identity=gateway.identity,
            maintenance=self.maintenance,
        )
        self._network = NetworkWatch(self.bus)
        self.bus.connection_changed.connect(self._connection_changed)
        tasks = self.tasks
        for wish in (self.bus.retry_wanted, tasks.server_missed, tasks.server_found, self._network.changed):
            wish.connect(self._listener.ask_now)
        self._network.changed.connect(self._compare_clocks)
        self._context.presence.announced.connect(self._listener.announce)
        self.window = MainWindow(self._context, begin)
        self.window.import_draft_chosen.connect(lambda draft: self._import(draft=draft))
        self.window.file_dropped.connect(lambda path: self._import(path=path))
        self.window.password_change_chosen.connect(self._ask_password)
        self.tasks.when_idle(self._read_the_rest)

    def close(self) -> None:
        """Stop listening and let running work end."""
        self._context.drafts.close()
        self._listener.stop()
        self.maintenance.tasks.close()
        self.tasks.close()
        self._gateway.close()
        for one in (self.window, self.tasks, self.bus):  # the next sign-in makes its own
            one.deleteLater()

    def _read_the_rest(self) -> None:
        """What can wait for the first list: each connection costs the server a tenth of a second."""
        self._listener.start()
        self.tasks.query(self.window, fetch_settings, self._take_settings, lambda _error: None, key="sample")
        self.tasks.query(self.window, self._gateway.learn, lambda _none: None, lambda _error: None, key="learn")
        self.tasks.query(self.window, lambda _session: load_pages(), lambda _none: None, key="pages")

    def _import(self, **what: Any) -> None:
        from crm_desktop.ui.import_wizard.page import open_import  # with all that reads sheets

        open_import(self.window, **what)

    def _compare_clocks(self) -> None:
        self.tasks.query(self.window, compare_clocks, lambda _none: None, lambda _error: None, key="clock")

    def _remember_instead(self, password: str) -> None:
        """Where the old password is remembered, remember the new one."""
        profile = self.opened.profile
        if profile is not None and password_for(profile) is not None:
            remember_password(profile, password)

    def _take_settings(self, settings: dict[str, Any]) -> None:
        if SAMPLE_FIRM in settings:
            self.window.mark_as_sample()
        months = firm_of(settings).journal_months
        if months and self._gateway.person.grants["setting"].update:
            self.tasks.command(self.window, lambda session: forget_old_changes(session, months), lambda _none: None)

    def _ask_password(self) -> None:
        dialog = PasswordDialog(self.window)

        def change(password: str) -> None:
            login = self._gateway.person.login
            self.tasks.command(
                dialog,
                lambda session: administration.set_password(session, login, password),
                lambda _none: done(password),
            )

        def done(password: str) -> None:
            dialog.accept()
            messages.notify(self.window, _("Your password is changed."))
            self.tasks.query(self.window, lambda _session: self._remember_instead(password), lambda _none: None)

        dialog.chosen.connect(change)
        dialog.open()

    def _connection_changed(self, state: str) -> None:
        if state == "lost":
            self._gateway.doubt()
        elif state == "connected":
            self.tasks.server_is_back()

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
