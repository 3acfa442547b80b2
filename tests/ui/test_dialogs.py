"""Confirmations, progress, a new password."""

from __future__ import annotations

import sys
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import KnownError
from crm_desktop.core.paths import state_home
from crm_desktop.core.progress import Progress
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.ask_text import ask_text
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.message import MessageDialog
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.dialogs.progress import ProgressDialog
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.notice import Notices
from tests.ui.desk import button
from tests.ui.settled import Answer


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    return window


def test_enter_does_not_destroy(qtbot: QtBot, window: QWidget, answers: list[Answer]) -> None:
    answers.append(lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Return))
    assert not messages.confirm(window, "Delete 3 customers?", "Their contacts go too.", "Delete", danger=True)


def test_enter_presses_the_button_that_has_the_focus(qtbot: QtBot, window: QWidget) -> None:
    dialog = Dialog(window, "Take back?")
    cancel = dialog.add_cancel()
    dialog.add_primary("Take back", dialog.accept)
    dialog.open()
    cancel.setFocus()
    qtbot.keyClick(cancel, Qt.Key.Key_Return)
    assert (dialog.isVisible(), dialog.result()) == (False, Dialog.DialogCode.Rejected)


def test_the_word_on_the_button_confirms(qtbot: QtBot, window: QWidget, answers: list[Answer]) -> None:
    answers.append(lambda dialog: qtbot.mouseClick(button(dialog, "Delete 3 customers"), Qt.MouseButton.LeftButton))
    assert messages.confirm(window, "Delete?", "Their contacts go too.", "Delete 3 customers", danger=True)


def test_error_without_a_place_for_notices_becomes_a_dialog(qtbot: QtBot, window: QWidget) -> None:
    messages.show_error(window, KnownError("The row is locked.", "Try again."))
    (dialog,) = window.findChildren(MessageDialog)
    texts = [label.text() for label in dialog.findChildren(QLabel)]
    assert "The row is locked." in texts
    assert "Try again." in texts
    with qtbot.waitSignal(dialog.destroyed):
        qtbot.keyClick(dialog, Qt.Key.Key_Return)


def test_progress_dialog_stops_the_work_and_closes_with_it(qtbot: QtBot, window: QWidget, tasks: Tasks) -> None:
    running = threading.Event()
    errors: list[KnownError] = []

    def work(_session: str, progress: Progress) -> None:
        while True:
            progress(3, 10, "Row 3 of 10")
            running.set()

    long_work = tasks.long_command(window, work, lambda _answer: None, errors.append)
    dialog = ProgressDialog(window, "Importing", long_work)
    dialog.open_quietly()
    running.wait()
    with qtbot.waitSignal(dialog.finished):
        qtbot.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible(), "it stays until the work has stopped"
    qtbot.waitUntil(lambda: not tasks.busy)
    assert [error.message for error in errors] == ["Cancelled. Nothing was changed."]


def test_new_password_must_be_typed_twice_and_be_long_enough(qtbot: QtBot, window: QWidget) -> None:
    dialog = PasswordDialog(window)
    qtbot.addWidget(dialog)
    press = dialog.findChildren(QPushButton)[-1].click
    dialog.first.line.setText("short")
    press()
    assert dialog.first.error() == "At least 8 characters."
    dialog.first.line.setText("long enough")
    press()
    assert dialog.second.error() == "The two are not the same."
    dialog.second.line.setText("long enough")
    with qtbot.waitSignal(dialog.chosen) as chosen:
        press()
    assert chosen.args == ["long enough"]


def test_a_name_is_asked_for(qtbot: QtBot, window: QWidget, answers: list[Answer]) -> None:
    focused: list[bool] = []

    def answer(dialog: QDialog) -> None:
        line = dialog.findChild(QLineEdit)
        assert isinstance(line, QLineEdit)
        focused.append(dialog.focusWidget() is line)
        qtbot.keyClicks(line, "Foshan")
        qtbot.keyClick(line, Qt.Key.Key_Return)

    answers.append(answer)
    assert ask_text(window, "Save the view", "Name", "Save", "old") == "Foshan"
    assert focused == [True]
    answers.append(lambda dialog: qtbot.keyClick(dialog, Qt.Key.Key_Escape))
    assert ask_text(window, "Save the view", "Name", "Save") is None


@pytest.mark.expects_log
def test_error_that_reaches_qt_is_reported_once_in_a_dialog(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    messages.install_bug_handler()
    for _each in range(2):
        sys.excepthook(ValueError, ValueError("13800001234"), None)
    assert len(list((state_home() / "reports").iterdir())) == 2
    dialogs = [one for one in QApplication.topLevelWidgets() if isinstance(one, MessageDialog) and one.isVisible()]
    assert len(dialogs) == 1, "a report for each, one dialog for all"
    with qtbot.waitSignal(dialogs[0].destroyed):
        dialogs[0].reject()


def test_known_error_that_reaches_qt_is_shown_as_it_is(
    qtbot: QtBot, window: QWidget, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    messages.install_bug_handler()
    notices = Notices(window)
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    sys.excepthook(KnownError, KnownError("The row is locked."), None)
    assert notices.texts() == ["The row is locked."]
    assert not (state_home() / "reports").exists()
