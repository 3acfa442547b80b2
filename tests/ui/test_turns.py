"""Much that is done in small steps."""

from __future__ import annotations

from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from crm_desktop.ui.turns import Turns


def test_each_step_has_a_turn_and_an_error_holds_back_none(qtbot: QtBot, qapp: QObject) -> None:
    done: list[str] = []
    turns = Turns(qapp)
    with qtbot.captureExceptions() as raised:
        turns.add([lambda: done.append("first"), lambda: 1 // 0, lambda: done.append("last")])
        assert done == []
        qtbot.waitUntil(lambda: turns not in Turns.under_way)
    assert done == ["first", "last"]
    assert [kind for kind, _error, _trace in raised] == [ZeroDivisionError]
    turns.add([lambda: done.append("needed"), lambda: done.append("not yet")])
    turns.finish(lambda: "needed" in done)
    assert not turns.is_done
    turns.drop()
    turns.deleteLater()
