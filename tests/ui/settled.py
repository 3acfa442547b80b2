"""Waiting for exactly what is under way: no fixed time, on no computer too short."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QEventLoop, QObject, QTimer, QTimerEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog
from pytestqt.qtbot import QtBot

from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.turns import Turns

Answer = Callable[[QDialog], object]
MOMENT_MS = 1000  # what is put off for longer is not waited for: notices that go, the next look at who is there
GIVE_UP_MS = 60_000  # only a test that fails waits that long
MOST_ROUNDS = 50  # of things put off, each by the one before


class PatientBot(QtBot):
    """Waits for a condition as long as a slow computer needs; its own five seconds would be a matter of speed."""

    def waitUntil(self, callback: Any, *, timeout: int = GIVE_UP_MS) -> None:  # noqa: N802 - pytest-qt names it
        super().waitUntil(callback, timeout=timeout)

    def waitSignal(self, signal: Any, *, timeout: int = GIVE_UP_MS, **options: Any) -> Any:  # noqa: N802 - pytest-qt names it
        return super().waitSignal(signal, timeout=timeout, **options)


def take_turn() -> None:
    """Let the event loop do what is due: deliver, lay out, draw and delete."""
    loop = QEventLoop()
    last = QTimer(loop)  # fires after all that was posted and all timers that were due before
    last.timeout.connect(loop.quit)
    last.start(0)
    loop.exec()


def settle(qtbot: QtBot, tasks: Tasks) -> None:
    """Wait until no work is under way and all answers are shown."""
    turns = 0  # that began with nothing under way: one shows an answer, the next what that asked for (places, paint)
    while turns < 2 or tasks.busy or Turns.under_way:
        if tasks.busy:
            qtbot.waitSignal(tasks.became_idle).wait()
            turns = 0
        turns = 0 if tasks.busy else turns + 1
        take_turn()


def settle_all(qtbot: QtBot, tasks: Tasks, *owners: QObject) -> None:
    """Do also at once what these have put off for a moment."""
    settle(qtbot, tasks)
    for _round in range(MOST_ROUNDS):
        timers = _put_off(tasks, *owners)
        if not timers:
            break
        for timer in timers:
            if timer.isActive():  # not stopped by one before it
                QApplication.sendEvent(timer, QTimerEvent(timer.timerId()))
        settle(qtbot, tasks)
    else:
        raise AssertionError("something is put off again and again")
    pressed = [one for owner in owners for one in owner.findChildren(QAbstractButton) if one.isDown()]  # by a key
    if pressed:
        qtbot.waitUntil(lambda: not any(one.isDown() for one in pressed))
        settle_all(qtbot, tasks, *owners)


def _put_off(*owners: QObject) -> list[QTimer]:
    timers = [timer for owner in owners for timer in owner.findChildren(QTimer)]
    soon = [one for one in timers if one.isActive() and one.isSingleShot() and one.interval() < MOMENT_MS]
    return sorted(soon, key=QTimer.remainingTime)
