"""The server fails in the middle of a list, a search and a save: nothing is lost or written twice, and all goes on."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from sqlalchemy import text

from crm_desktop.db.address import Host
from crm_desktop.services.search import search
from tests.db.firm import Firm
from tests.db.own_server import OwnServer
from tests.db.proxy import Proxy
from tests.ui.desk import write
from tests.ui.workbench import HARMS, Workbench, be_impatient


@pytest.fixture(scope="module")
def own(firm_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path_factory.mktemp("faults"), data=firm_data)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def firm(own: OwnServer) -> Firm:
    return Firm(own.url(), "crm", is_there=True)


@pytest.fixture
def workbench(
    own: OwnServer, firm: Firm, qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Workbench, Proxy]]:
    """One for each test, behind a proxy."""
    be_impatient(monkeypatch)
    with Proxy(("127.0.0.1", own.port)) as proxy:
        made = Workbench(qapp, qtbot, replace(firm.address(firm.anna), hosts=(Host("127.0.0.1", proxy.port),)))
        yield made, proxy
        proxy.resume()
        made.close()


class Held:
    """The last session of a command waits, before it is committed, until the harm is done."""

    def __init__(self, bench: Workbench) -> None:
        self.arrived, self.done = threading.Event(), threading.Event()
        self._write = bench.gateway.write
        bench.tasks._write = self._session

    @contextmanager
    def _session(self) -> Iterator[Any]:
        with self._write() as session:
            yield session
            self.arrived.set()
            self.done.wait()


@pytest.mark.parametrize("harm", HARMS)
def test_save_in_the_middle_of_which_the_server_fails_is_written_once(
    workbench: tuple[Workbench, Proxy], own: OwnServer, firm: Firm, harm: Callable[..., Any]
) -> None:
    bench, proxy = workbench
    page: Any = bench.window.open_record("customer", 0)
    bench.settle()
    write(page.editor.form.editors["name"].line, harm.__name__)
    held = Held(bench)
    page.editor.save()
    bench.qtbot.waitUntil(held.arrived.is_set)
    heal = harm(own, proxy)
    held.done.set()
    bench.qtbot.waitUntil(lambda: bench.state != "connected")
    write(page.editor.form.editors["website"].line, "w")
    heal()
    bench.wait_until_everything_is_saved()
    assert firm.sql("select count(*) from crm.customer where name = %s", harm.__name__) == [(1,)]
    assert page.id > 0
    assert page.editor.form.value_of("website") == "w"


@pytest.mark.parametrize("harm", HARMS)
def test_save_that_was_committed_when_the_server_failed_is_not_repeated(
    workbench: tuple[Workbench, Proxy], own: OwnServer, firm: Firm, harm: Callable[..., Any]
) -> None:
    bench, proxy = workbench
    page: Any = bench.window.open_record("customer", 0)
    bench.settle()
    name = f"committed {harm.__name__}"
    write(page.editor.form.editors["name"].line, name)
    proxy.break_at(b"COMMIT", arrives=True)
    page.editor.save()
    bench.qtbot.waitUntil(lambda: firm.sql("select 1 from crm.customer where name = %s", name) == [(1,)])
    heal = harm(own, proxy)
    heal_at = threading.Timer(2, heal)
    heal_at.start()
    bench.wait_until_everything_is_saved()
    heal_at.join()
    bench.wait_until_everything_is_saved()
    assert firm.sql("select count(*) from crm.customer where name = %s", name) == [(1,)]
    assert page.id > 0


@pytest.mark.parametrize("harm", HARMS)
def test_list_and_search_go_on_after_the_server_failed(
    workbench: tuple[Workbench, Proxy], own: OwnServer, harm: Callable[..., Any]
) -> None:
    bench, proxy = workbench
    view = bench.window.view("customers")
    view.select_page("customer/all")
    bench.settle()
    shown: Any = view.current_page()
    rows = shown.model.rowCount()
    assert rows >= 30
    heal = harm(own, proxy)
    hits: list[Any] = []
    person = bench.gateway.person
    shown.model.refresh()
    bench.tasks.query(bench.window, lambda session: search(session, "客户7", person), hits.extend)
    bench.qtbot.waitUntil(lambda: bench.state != "connected")
    assert shown.model.rowCount() == rows, "what was read stays readable"
    heal()
    bench.wait_until_everything_is_saved()
    bench.tasks.query(bench.window, lambda session: search(session, "客户7", person), hits.extend)
    shown.model.refresh()
    bench.settle()
    assert hits
    assert shown.model.rowCount() >= rows
    with bench.gateway.read() as session:
        assert session.execute(text("select 1")).scalar_one() == 1
