"""What the tests of the UI share: the look applied once, patience, no question without an answer, and tasks whose
session is a plain word."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QDrag
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from crm_desktop.services import marks, views
from crm_desktop.ui import soon
from crm_desktop.ui.board import model
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import apply_theme
from tests.db.conftest import firm_data, own_copy, template
from tests.ui.settled import Answer, PatientBot

__all__ = ["firm_data", "own_copy", "template"]


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> Iterator[QApplication]:
    apply_theme(qapp, "light")
    gc.freeze()  # what is loaded stays: no need to look through it again and again
    yield qapp
    qapp.clipboard().clear()  # what Python put there is gone when Qt, without a screen, gives it back at the end


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> QtBot:
    del qapp
    return PatientBot(request)


@pytest.fixture(autouse=True)
def answers(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Answer]]:
    """What a test does with the next dialogs that wait for their user. One that no test expects fails at once: without
    a user it would wait for ever.
    """
    expected: list[Answer] = []
    wait_for_user = QDialog.exec

    def ask(dialog: QDialog) -> int:
        assert expected, f"{type(dialog).__name__} waits for its user"
        answer = expected.pop(0)

        def act() -> None:
            try:
                answer(dialog)
            finally:
                if dialog.isVisible():
                    dialog.reject()

        QTimer.singleShot(0, dialog, act)
        return wait_for_user(dialog)

    def refuse(*_arguments: object) -> None:
        raise AssertionError("a menu, a drag or a dialog of the system waits for its user")

    monkeypatch.setattr(QDialog, "exec", ask)
    for kind, name in (
        (QMenu, "exec"),
        (QDrag, "exec"),
        (QPrintDialog, "exec"),
        (QFileDialog, "getOpenFileName"),
        (QFileDialog, "getOpenFileNames"),
        (QFileDialog, "getSaveFileName"),
        (QFileDialog, "getExistingDirectory"),
    ):
        monkeypatch.setattr(kind, name, refuse)
    yield expected
    assert not expected, "a dialog that should have come did not"


@pytest.fixture(autouse=True)
def every_read_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read again soon is so after the same moment, and counted in full, however slow the computer."""
    monkeypatch.setattr(soon, "MOST_MS", soon.LEAST_MS)
    monkeypatch.setattr(views, "PATIENCE_MS", 60_000)
    monkeypatch.setattr(model, "SLOW_SECONDS", 600)


@contextmanager
def _session() -> Iterator[str]:
    yield "session"


@pytest.fixture
def tasks(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tasks]:
    monkeypatch.setattr(marks, "fetch_marked", lambda *_all: marks.Marked((), ()))  # asked by the empty search box
    made = Tasks(_session, _session, qapp)
    yield made
    made.close()
    made.deleteLater()


@pytest.fixture
def bus(qapp: QApplication) -> Iterator[Bus]:
    made = Bus(qapp)
    yield made
    made.deleteLater()
