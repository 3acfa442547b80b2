"""A second start of the program, and links that come from outside."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator

import pytest
from PySide6.QtNetwork import QLocalSocket
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crm_desktop.app import Workbench
from crm_desktop.core.links import link_to, parse_link
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.ui import doorbell
from crm_desktop.ui.doorbell import Doorbell, ring
from crm_desktop.ui.widgets.notice import notices_of
from tests.db.conftest import own_database, template
from tests.db.office import PASSWORD
from tests.ui.settled import take_turn

__all__ = ["own_database", "template"]


@pytest.fixture
def bell(qapp: QApplication) -> Iterator[Doorbell]:
    made = Doorbell(qapp)
    assert made.listen()
    yield made
    made.close()


def ring_elsewhere(qtbot: QtBot, message: str) -> bool:
    """As another process does, while this one's event loop goes on."""
    act = f"import sys; from crm_desktop.ui.doorbell import ring; sys.exit(not ring({message!r}))"
    with subprocess.Popen([sys.executable, "-c", act]) as process:
        qtbot.waitUntil(lambda: process.poll() is not None)
        return process.returncode == 0


def test_nobody_answers_where_no_workbench_runs() -> None:
    assert not ring("")


def test_nobody_takes_the_place_of_a_bell_before_it_is_there(qapp: QApplication) -> None:
    """Its name changes at every start, so that no other user of the computer knows it beforehand."""
    names = set()
    for _start in range(2):
        bell = Doorbell(qapp)
        assert bell.listen()
        names.add(doorbell._known_name())
        bell.close()
    assert len(names) == 2


def test_the_second_start_hands_its_link_to_the_first(qtbot: QtBot, bell: Doorbell) -> None:
    heard: list[str] = []
    bell.rung.connect(heard.append)
    assert ring_elsewhere(qtbot, "crm://customer/7")
    assert ring_elsewhere(qtbot, "")
    assert heard == ["crm://customer/7", ""]


def test_what_is_no_line_is_not_heard(qtbot: QtBot, bell: Doorbell) -> None:
    heard: list[str] = []
    bell.rung.connect(heard.append)
    socket = QLocalSocket()
    socket.connectToServer(doorbell._known_name())
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.ConnectedState)
    socket.write(b"x" * (doorbell.MOST + 1))
    qtbot.waitUntil(lambda: socket.state() == QLocalSocket.LocalSocketState.UnconnectedState)
    assert heard == []


@pytest.mark.qt_log_ignore("does not support raise")  # without a screen
def test_a_link_is_opened_after_signing_in_and_in_the_running_window(
    qtbot: QtBot, qapp: QApplication, server: ServerAddress, own_database: str
) -> None:
    workbench = Workbench(qapp)
    workbench.show_link(link_to("employee", 1))
    workbench.start(ConnectionAddress.from_url(server.url(own_database, "office.seller", PASSWORD)))
    signed_in = workbench.signed_in
    assert signed_in is not None
    assert [tab.key for tab in signed_in.window.view("administration").open_tabs()] == ["employee/1"]
    workbench.come_forward(link_to("department", 1))
    workbench.come_forward("nonsense")
    workbench.come_forward(link_to("nothing", 1))
    notices = notices_of(signed_in.window)
    assert notices is not None
    assert any("no longer there" in text for text in notices.texts())
    keys = [tab.key for tab in signed_in.window.view("administration").open_tabs()]
    assert keys == ["employee/1", "department/1"]
    qtbot.waitUntil(lambda: not signed_in.tasks.busy)
    workbench.leave()
    take_turn()


@pytest.mark.parametrize(
    ("text", "record"),
    [
        ("crm://customer/12", ("customer", 12)),
        ("crm://contact_relation/1/", ("contact_relation", 1)),
        ("http://customer/12", None),
        ("crm://customer/", None),
        ("crm://customer/x", None),
    ],
)
def test_links_are_read_strictly(text: str, record: tuple[str, int] | None) -> None:
    assert parse_link(text) == record
