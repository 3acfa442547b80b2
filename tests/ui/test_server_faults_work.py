"""The server fails in the middle of work with many records: that is told, nothing is half or twice, and it goes on."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from sqlalchemy import Engine, event

from crm_desktop.db import server
from crm_desktop.db.address import Host
from crm_desktop.services.attachments import NewFile
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.form_page.attachments_card import AttachmentsCard
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.import_wizard.page import open_import
from crm_desktop.ui.list_page.actions import ListActions
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.sharing.share_dialog import ShareDialog
from crm_desktop.ui.widgets.notice import Notice, notices_of
from tests.db.firm import PASSWORD, Firm
from tests.db.own_server import OwnServer
from tests.db.proxy import Proxy
from tests.ui.desk import write
from tests.ui.settled import PatientBot
from tests.ui.workbench import HARMS, Workbench, be_impatient

CONTENT = bytes(range(256)) * 4096  # 1 MB: several pieces
ROWS = 30


@pytest.fixture(scope="module")
def own(firm_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    server = OwnServer(tmp_path_factory.mktemp("faults"), data=firm_data)
    server.start()
    yield server
    server.remove()


@pytest.fixture(scope="module")
def firm(own: OwnServer) -> Firm:
    made = Firm(own.url(), "crm", is_there=True)
    server.add_user(made.url, "crm.chief", name="chief", password=PASSWORD, groups=["general_manager"])
    return made


@dataclass
class Desk:
    """One window for all the faults of this module, as it would stay open on a bad day."""

    bench: Workbench
    firm: Firm
    own: OwnServer
    proxy: Proxy
    folder: Path
    list: ListPage
    editor: Any
    """Of a record in which something is typed and never saved."""

    def sql(self, statement: str, *values: Any) -> Any:
        return self.firm.sql(statement, *values)[0][0]

    def notices(self) -> str:
        found = notices_of(self.bench.window)
        assert found is not None
        return "\n".join(found.texts())

    def wait(self, holds: Callable[[], object]) -> None:
        self.bench.qtbot.waitUntil(lambda: bool(holds()))


@pytest.fixture(scope="module")
def desk(
    qapp: QApplication,
    own: OwnServer,
    firm: Firm,
    tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Desk]:
    patient = pytest.MonkeyPatch()
    be_impatient(patient)
    folder = tmp_path_factory.mktemp("desk")
    patient.setenv("CRM_HOME", str(folder / "home"))
    with Proxy(("127.0.0.1", own.port)) as proxy:
        address = replace(firm.address("crm.chief"), hosts=(Host("127.0.0.1", proxy.port),))
        bench = Workbench(qapp, PatientBot(request), address)
        page: Any = bench.window.open_record("customer", 0)
        bench.settle()
        write(page.editor.form.editors["name"].line, "never saved")
        view = bench.window.view("customers")
        view.select_page("customer/all")
        bench.settle()
        shown: Any = view.current_page()
        yield Desk(bench, firm, own, proxy, folder, shown, page.editor)
        proxy.resume()
        bench.close()
    patient.undo()


class Middle:
    """Stops the background once, at the first statement that holds a word, until the harm is done."""

    def __init__(self) -> None:
        self.word, self.arrived, self.done = "", threading.Event(), threading.Event()

    def note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if self.word and self.word in statement.lower():
            self.word = ""
            self.arrived.set()
            self.done.wait()

    @contextmanager
    def of(self, word: str) -> Iterator[Middle]:
        self.arrived.clear()
        self.done.clear()
        self.word = word
        try:
            yield self
        finally:
            self.word = ""
            self.done.set()


@pytest.fixture(scope="module")
def middle() -> Iterator[Middle]:
    made = Middle()
    event.listen(Engine, "before_cursor_execute", made.note)
    yield made
    event.remove(Engine, "before_cursor_execute", made.note)


class Work:
    """What somebody does: ``prepare`` without hurry, ``start`` in the middle of which the server fails, ``is_done``.

    ``word`` is in the statement before which it fails. What ``waits`` is done by itself when the server is back; the
    rest is told to have failed, and started again.
    """

    word = ""
    waits = False

    def __init__(self, desk: Desk, name: str) -> None:
        self.desk, self.name = desk, name

    def prepare(self) -> None:
        """Come to where one press begins it."""

    def start(self) -> None:
        raise NotImplementedError

    def is_done(self) -> bool:
        raise NotImplementedError

    def check(self) -> None:
        """Nothing half, nothing twice."""


class BulkEdit(Work):
    word, waits = "update crm.customer", True

    def prepare(self) -> None:
        desk = self.desk
        self.before = desk.sql("select max(id) from journal.change_set")
        ids = [id_ for (id_,) in desk.firm.sql("select id from crm.customer where name like '客户%' order by id")]
        self.dialog = desk.list.commands.bulk.edit(ids)
        self.dialog.lines[0].choose("fax")
        target = self.dialog.lines[0].editors[0].focusProxy()
        assert target is not None
        write(target, self.name)
        desk.wait(self.dialog.apply.isEnabled)

    def start(self) -> None:
        self.dialog.apply.click()

    def is_done(self) -> bool:
        return f"{ROWS} customers changed" in self.desk.notices()

    def check(self) -> None:
        assert self.desk.sql("select count(*) from crm.customer where fax = %s", self.name) == ROWS
        assert _change_sets(self.desk, self.before, "bulk") == 1


class Import(Work):
    word, waits = "crm.next_numbers", True

    def prepare(self) -> None:
        desk = self.desk
        self.before = desk.sql("select max(id) from journal.change_set")
        path = desk.folder / f"{self.name}.csv"
        lines = [f"{self.name} {number}有限公司,{number}" for number in range(40)]
        path.write_text("\n".join(["客户名称,传真", *lines]) + "\n", encoding="utf-8")
        self.page = open_import(desk.bench.window, path)
        assert self.page is not None
        draft = self.page.draft
        desk.wait(lambda: draft.file is not None)
        for step in (Step.COLUMNS, Step.MATCHING, Step.PREVIEW):
            self.page.go_on()
            assert draft.step is step
        desk.wait(lambda: draft.rehearsal is not None)

    def start(self) -> None:
        assert self.page is not None
        self.page.next_button.click()

    def is_done(self) -> bool:
        return self.page is not None and self.page.draft.result is not None

    def check(self) -> None:
        assert self.desk.sql("select count(*) from crm.customer where name like %s", f"{self.name} %") == 40
        assert _change_sets(self.desk, self.before, "import") == 1
        assert self.page is not None
        self.page.close()


class AttachmentUp(Work):
    word, waits = "add_piece", True

    def prepare(self) -> None:
        self.card = _card(self.desk)

    def start(self) -> None:
        self.card.add([NewFile.of(f"{self.name}.bin", CONTENT)])

    def is_done(self) -> bool:
        return "1 file was added." in self.desk.notices()

    def check(self) -> None:
        assert self.desk.sql("select count(*) from crm.attachment where name like %s", f"{self.name}%") == 1
        assert self.desk.sql("select size from crm.attachment where name = %s", f"{self.name}.bin") == len(CONTENT)


class AttachmentDown(Work):
    word, waits = "attachment_piece", True

    def prepare(self) -> None:
        desk = self.desk
        self.card = _card(desk)
        self.card.add([NewFile.of(f"{self.name}.bin", CONTENT)])
        desk.bench.settle()
        desk.wait(lambda: self.card.table.files.files)
        self.file = self.card.table.files.files[0]
        self.target = desk.folder / f"{self.name}.bin"

    def start(self) -> None:
        self.card.save_to(self.file, self.target)

    def is_done(self) -> bool:
        return self.target.exists()

    def check(self) -> None:
        assert self.target.read_bytes()[:512] == CONTENT[:512]
        assert self.target.stat().st_size == self.file.size


class Export(Work):
    word, waits = "customer", True

    def prepare(self) -> None:
        self.target = self.desk.folder / f"{self.name}.csv"
        self.actions: ListActions = self.desk.list.row_actions
        self.actions._ask_for_file = lambda _name: self.target  # type: ignore[method-assign, assignment]

    def start(self) -> None:
        self.actions.export(None)

    def is_done(self) -> bool:
        return self.target.exists()

    def check(self) -> None:
        lines = self.target.read_text(encoding="utf-8-sig").splitlines()
        assert len(lines) == self.desk.sql("select count(*) from crm.customer") + 1


class Print(Work):
    word, waits = "customer", True

    def start(self) -> None:
        self.desk.list.row_actions.print(None)

    def is_done(self) -> bool:
        return bool(self._previews())

    def check(self) -> None:
        for preview in self._previews():
            preview.close()
            preview.deleteLater()
        self.desk.wait(lambda: not self._previews())

    def _previews(self) -> list[PrintPreview]:
        return list(self.desk.bench.window.findChildren(PrintPreview))


class FilterCount(Work):
    word = "customer"

    def prepare(self) -> None:
        self.desk.bench.window.view("customers").select_page("customer/all")

    def start(self) -> None:
        self.desk.list.set_filter(Group((Condition("name", "contains", "客户1"),)))

    def is_done(self) -> bool:
        model = self.desk.list.model
        return model.is_counted and model.rowCount() == 11

    def check(self) -> None:
        self.desk.list.set_filter(Group())
        self.desk.bench.settle()


class Undo(Work):
    word, waits = "journal.undo", True

    def prepare(self) -> None:
        bulk = BulkEdit(self.desk, self.name)
        bulk.prepare()
        bulk.start()
        self.desk.wait(bulk.is_done)
        self.change_set = self.desk.sql("select max(id) from journal.change_set")

    def start(self) -> None:
        view = self.desk.bench.window.view("customers")
        undo(view, view, self.change_set)

    def is_done(self) -> bool:
        return "Taken back:" in self.desk.notices()

    def check(self) -> None:
        assert self.desk.sql("select count(*) from crm.customer where fax = %s", self.name) == 0


class Share(Work):
    word, waits = "insert into crm.share", True

    def prepare(self) -> None:
        desk = self.desk
        desk.firm.sql("delete from crm.share")
        self.dialog: ShareDialog = desk.list.commands.sharing.share([desk.sql("select min(id) from crm.customer")])
        desk.bench.settle()
        bert = desk.sql("select id from crm.employee where login = %s", desk.firm.bert)
        self.dialog.whom.people.set_value([Ref(bert, "bert")])
        self.dialog.whom.people.changed.emit()
        desk.wait(self.dialog.apply.isEnabled)
        self.is_prepared = True

    def start(self) -> None:
        if not self.is_prepared:
            self.prepare()
        self.is_prepared = False
        self.dialog.apply.click()

    def is_done(self) -> bool:
        return "shared with bert" in self.desk.notices()

    def check(self) -> None:
        assert self.desk.sql("select count(*) from crm.share") == 1


def _change_sets(desk: Desk, before: int | None, kind: str) -> Any:
    return desk.sql("select count(*) from journal.change_set where id > %s and kind = %s", before or 0, kind)


def _card(desk: Desk) -> AttachmentsCard:
    customer = desk.sql(
        "insert into crm.customer (name, owner_id) select '有附件' || count(*), max(owner_id) from crm.customer"
        " returning id"
    )
    page: Any = desk.bench.window.open_record("customer", customer)
    desk.bench.settle()
    card: AttachmentsCard = page.attached.files
    desk.wait(lambda: card.record is not None and card.may_change)
    return card


WORKS = [BulkEdit, Import, AttachmentUp, AttachmentDown, Export, Print, FilterCount, Undo, Share]


LOSABLE = [BulkEdit, Import, AttachmentUp, Undo, Share]
CASES = [
    (kind, harm)
    for place, kind in enumerate(WORKS)
    for number, harm in enumerate(HARMS)
    if os.environ.get("ALL_FAULTS") or number == place % len(HARMS)  # each kind and each fault, not all together
]


@pytest.mark.parametrize(("kind", "harm"), CASES)
def test_server_fails_in_the_middle(desk: Desk, middle: Middle, kind: type[Work], harm: Callable[..., Any]) -> None:
    work = _prepared(desk, kind, f"{kind.__name__}{harm.__name__}")
    with middle.of(work.word):
        work.start()
        desk.wait(middle.arrived.is_set)
        heal = harm(desk.own, desk.proxy)
    try:
        _is_told(desk, work)
    finally:
        heal()
    desk.bench.wait_until_everything_is_saved()
    if not work.waits and not work.is_done():
        work.start()
    desk.wait(work.is_done)
    work.check()
    assert desk.editor.form.value_of("name") == "never saved"
    assert list(desk.folder.glob(".*")) == [], "no half file is left"


def _is_told(desk: Desk, work: Work) -> None:
    desk.wait(lambda: "connection lost since" in desk.bench.window.status.text())
    rows = desk.list.model.rowCount()
    assert rows >= ROWS, "what was read stays readable"
    if not work.waits:
        desk.wait(lambda: not desk.bench.tasks.busy)
    assert not work.is_done()


@pytest.mark.parametrize("arrives", [True, False])
@pytest.mark.parametrize("kind", LOSABLE if os.environ.get("ALL_FAULTS") else [BulkEdit, Undo])
def test_commit_whose_answer_was_lost_is_asked_about_and_done_once(
    desk: Desk, kind: type[Work], *, arrives: bool
) -> None:
    work = _prepared(desk, kind, f"{kind.__name__}{arrives}")
    desk.proxy.break_at(b"COMMIT", arrives=arrives)
    work.start()
    desk.wait(work.is_done)
    work.check()
    desk.wait(lambda: desk.bench.window.status.text().count("saved when") == 0)


def _prepared(desk: Desk, kind: type[Work], name: str) -> Work:
    for notice in desk.bench.window.findChildren(Notice):
        notice.dismiss()
    work = kind(desk, name)
    work.prepare()
    desk.bench.wait_until_everything_is_saved()
    return work
