"""A window with all areas for one person of the office, and a second person who writes past it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot
from sqlalchemy import Engine, event, text

from crm_desktop.db.engine import Gateway
from crm_desktop.services import records
from crm_desktop.services.records import Record
from crm_desktop.ui.areas import areas_for
from crm_desktop.ui.bus import UNKNOWN, Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.notice import notices_of
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.settled import settle, settle_all, take_turn

__all__ = ["Desk", "SitDown", "own_database", "sign_in", "sit_down", "template"]


@dataclass
class Desk:
    """One person's workbench."""

    qtbot: QtBot
    gateway: Gateway
    tasks: Tasks
    bus: Bus
    window: MainWindow
    colleagues: dict[str, Gateway] = field(default_factory=dict)

    def open(self, entity: str, id_: int) -> Any:
        """The page of a record, everything read."""
        page = self.window.open_record(entity, id_)
        assert page is not None
        self.settle()
        return page

    def settle(self) -> None:
        """Wait until nothing is under way."""
        settle(self.qtbot, self.tasks)

    def settle_all(self) -> None:
        """Wait until nothing is under way, and nothing is put off for a moment."""
        settle_all(self.qtbot, self.tasks, self.window, self.bus)

    def hear(self, table: str, *ids: int, change_sets: frozenset[int] = UNKNOWN) -> None:
        """Hear from the server that these rows have changed, and wait for what follows."""
        self.bus.post(table, ids, change_sets)
        self.bus.flush()
        self.settle_all()

    def notices(self) -> str:
        """What the notices say."""
        notices = notices_of(self.window)
        assert notices is not None
        return "\n".join(notices.texts())

    def press_undo(self) -> None:
        """Press "Undo" in the newest notice."""
        notices = notices_of(self.window)
        assert notices is not None
        buttons = [button for button in notices.findChildren(QPushButton) if button.text() == "Undo"]
        buttons[-1].click()
        self.settle()

    def dialog(self, kind: type[Any]) -> Any:
        """The open dialog of a kind."""
        found = [dialog for dialog in self.window.findChildren(kind) if isinstance(dialog, QDialog)]
        assert found, f"no {kind.__name__} is open"
        return found[-1]

    def id_of(self, table: str, where: str = "true", **values: Any) -> int:
        """The first row that this person can see."""
        with self.gateway.read() as session:
            statement = text(f"select id from crm.{table} where {where} order by id limit 1")
            return int(session.execute(statement, values).scalar_one())

    def value(self, table: str, id_: int, column: str) -> Any:
        """What stands in the database."""
        with self.gateway.read() as session:
            return session.execute(text(f"select {column} from crm.{table} where id = :id"), {"id": id_}).scalar_one()

    def customer(self, name: str = "珠海华工医药有限公司", **values: Any) -> Record:
        """A customer of this person's, saved past the window."""
        return create(self.gateway, "customer", name=name, **values)


def create(gateway: Gateway, entity: str, **values: Any) -> Record:
    """A record saved by somebody, as it can be read then."""
    with gateway.write() as session:
        created = records.create_record(session, records.new_record(entity, gateway.person, **values))
        return records.fetch_record(session, entity, created.id)


def change(gateway: Gateway, entity: str, id_: int, **values: Any) -> Record:
    """Somebody saves some fields of a record."""
    with gateway.write() as session:
        return records.save_record(session, records.fetch_record(session, entity, id_), values)


def count_statements(act: Callable[[], object]) -> list[str]:
    """What the whole program asks the database until ``act`` is done."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        act()
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    return asked


def button(owner: QWidget, words: str) -> QPushButton:
    """The visible button with these words."""
    found = [one for one in owner.findChildren(QPushButton) if one.text() == words and one.isVisible()]
    assert found, f"no button “{words}”"
    return found[0]


def write(line: QWidget, words: str) -> None:
    """Type into a line; ``qtbot.keyClicks`` knows no Chinese."""
    for character in words:
        QApplication.sendEvent(line, QKeyEvent(QEvent.Type.KeyPress, 0, Qt.KeyboardModifier.NoModifier, character))


SitDown = Callable[..., Desk]


@pytest.fixture
def sit_down(sign_in: SignIn, qapp: QApplication, qtbot: QtBot) -> Iterator[SitDown]:
    """Opens a window for somebody of the office, at his own server or at an address of the test's."""
    opened: list[Desk] = []

    def build(key: str, gateway: Gateway | None = None) -> Desk:
        gateway = gateway or sign_in(key)
        tasks, bus = Tasks(gateway.read, gateway.write, qapp, interrupt=gateway.interrupt), Bus(qapp)
        areas, identity = areas_for(gateway.person), gateway.identity
        context = Context(tasks, bus, gateway.person, "here", areas, lambda _text, answer: answer([]), identity)
        window = MainWindow(context, "customers")
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        opened.append(Desk(qtbot, gateway, tasks, bus, window))
        opened[-1].settle()
        return opened[-1]

    yield build
    for desk in opened:
        desk.settle()
        desk.tasks.close()
        for one in (desk.window, desk.tasks, desk.bus):  # not closed: what a test left typed must not be asked about
            one.deleteLater()
    take_turn()
