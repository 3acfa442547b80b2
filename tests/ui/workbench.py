"""A window with its listener, as the program builds it, whose server can be harmed; and the harms."""

from __future__ import annotations

import signal
from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crm_desktop.db import connection, engine
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.changes import ChangeListener
from crm_desktop.db.engine import Gateway
from crm_desktop.models import Base
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.tasks import Tasks
from tests.db.own_server import OwnServer
from tests.db.proxy import Proxy
from tests.ui.settled import settle, take_turn


def be_impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lose patience with a silent server after a second, where others have a quarter of a minute."""
    monkeypatch.setattr(engine, "DOUBTFUL_SECONDS", 0.5)
    monkeypatch.setattr(connection, "CONNECT_SECONDS", 2)  # libpq knows no less
    monkeypatch.setattr(ChangeListener, "HEARTBEAT_SECONDS", 0.5)
    monkeypatch.setattr(ChangeListener, "ANSWER_SECONDS", 1.0)
    monkeypatch.setattr(ChangeListener, "LONGEST_PAUSE", 0.5)


class Workbench:
    """A window with its listener, as the program builds it, behind a proxy."""

    def __init__(self, qapp: QApplication, qtbot: QtBot, address: ConnectionAddress) -> None:
        self.qtbot = qtbot
        self.gateway = Gateway.connect(address)
        self.tasks = Tasks(self.gateway.read, self.gateway.write, qapp, long_write=self.gateway.long_write)
        self.bus = Bus(qapp)
        self.listener = ChangeListener(address, self.bus.post, self._anything_changed, self.bus.post_connection)
        self.bus.connection_changed.connect(self._connection_changed)
        for wish in (self.bus.retry_wanted, self.tasks.server_missed, self.tasks.server_found):
            wish.connect(self.listener.ask_now)
        person = self.gateway.person
        context = Context(self.tasks, self.bus, person, "here", areas_for(person), lambda _text, answer: answer([]))
        self.state = ""
        self.window = MainWindow(context, "customers")
        self.window.show()
        self.listener.start()
        self.qtbot.waitUntil(lambda: self.state == "connected")
        self.settle()

    def _connection_changed(self, state: str) -> None:
        self.state = state
        if state == "lost":
            self.gateway.doubt()
        elif state == "connected":
            self.tasks.server_is_back()

    def _anything_changed(self) -> None:
        for table in Base.metadata.tables.values():
            self.bus.post(table.name, None)

    def settle(self) -> None:
        settle(self.qtbot, self.tasks)

    def wait_until_everything_is_saved(self) -> None:
        self.qtbot.waitUntil(lambda: self.state == "connected" and not self.tasks.busy and not self.tasks.waiting_count)
        self.settle()

    def close(self) -> None:
        self.listener.stop()
        self.tasks.close()
        self.gateway.close()
        for one in (self.window, self.tasks, self.bus):
            one.deleteLater()
        take_turn()


def restart(own: OwnServer, _proxy: Proxy) -> Callable[[], None]:
    own.stop()
    return own.start


def kill(own: OwnServer, _proxy: Proxy) -> Callable[[], None]:
    own.kill()
    return own.start


def freeze(own: OwnServer, _proxy: Proxy) -> Callable[[], None]:
    own.pause()
    return own.resume


def pull_the_cable(_own: OwnServer, proxy: Proxy) -> Callable[[], None]:
    proxy.swallow()
    return proxy.resume


HARMS = [restart, kill, pull_the_cable, *([freeze] if hasattr(signal, "SIGSTOP") else [])]  # Windows freezes nothing
