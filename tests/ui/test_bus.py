"""Change events: gathered from any thread, announced on the UI thread, in batches."""

from __future__ import annotations

import threading

from pytestqt.qtbot import QtBot

from crm_desktop.ui.bus import Bus


def test_changes_of_a_table_arrive_together(qtbot: QtBot, bus: Bus) -> None:
    heard: list[tuple[str, object]] = []
    bus.changed.connect(lambda table, ids: heard.append((table, ids)))

    def listen() -> None:
        bus.post("customer", [1, 2])
        bus.post("contact", [7])
        bus.post("customer", [2, 3])

    thread = threading.Thread(target=listen)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: len(heard) == 2)
    assert dict(heard) == {"customer": frozenset({1, 2, 3}), "contact": frozenset({7})}


def test_unknown_ids_swallow_the_known_ones(bus: Bus) -> None:
    heard: list[object] = []
    bus.changed.connect(lambda _table, ids: heard.append(ids))
    bus.post("customer", [1])
    bus.post("customer", None)
    bus.post("customer", [2])
    bus.flush()
    assert heard == [None]


def test_state_of_the_connection_arrives_from_another_thread(qtbot: QtBot, bus: Bus) -> None:
    with qtbot.waitSignal(bus.connection_changed) as heard:
        threading.Thread(target=lambda: bus.post_connection("lost")).start()
    assert heard.args == ["lost"]
