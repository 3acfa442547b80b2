"""The row model over invented rows: what it asks, what it shows meanwhile, what it keeps."""

from __future__ import annotations

import datetime
import threading
from array import array
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QAbstractItemModelTester, QTest
from pytestqt.qtbot import QtBot

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError, ServerLostError
from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.opportunity import OPPORTUNITY
from crm_desktop.services.listing import Ids, Row, RowGroup, columns_of
from crm_desktop.spec import Column, EntitySpec, Ref
from crm_desktop.ui.list_page import list_table
from crm_desktop.ui.list_page.cells import look_of
from crm_desktop.ui.list_page.list_table import ListTable
from crm_desktop.ui.list_page.row_model import KEPT_ROWS, PAGE, RowModel
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.table_view import LOADING
from tests.ui.settled import settle

NAME = 1  # column


def _name(id_: int) -> str:
    return f"Customer {id_}"


@dataclass
class InventedRows:
    """Rows by id, and a note of every statement. ``gate`` holds all answers back while it is not set."""

    ids: Sequence[int]
    spec: EntitySpec = CUSTOMER
    columns: tuple[Column, ...] = field(default_factory=lambda: columns_of(CUSTOMER, ["code", "name", "level"]))
    name_of: Callable[[int], str] = _name
    missing: set[int] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    pages: list[list[int]] = field(default_factory=list)
    error: KnownError | None = None
    gate: threading.Event = field(default_factory=threading.Event)
    groups: tuple[RowGroup, ...] = ()
    is_long: bool = False

    @property
    def is_grouped(self) -> bool:
        return bool(self.groups)

    @property
    def grouping_text(self) -> str:
        return "level" if self.groups else ""

    def heading_of(self, value: Any) -> str:
        return f"Group {value}"

    def __post_init__(self) -> None:
        self.gate.set()

    def fetch_first_page(self, _session: Any) -> list[Row]:
        self._ask("first page")
        return [self.row(id_) for id_ in self.ids[:PAGE]]

    def fetch_headings(self, session: Any) -> Ids:
        if not self.is_long:
            return self.fetch_ids(session)
        self._ask("headings")
        return Ids(array("q", bytes(8 * len(self.ids))), {}, self.groups)

    def fetch_first_of(self, _session: Any, value: Any) -> list[Row]:
        sizes = {group.value: group.size for group in self.groups}
        start = sum(size for other, size in sizes.items() if other < value)
        return [self.row(id_) for id_ in self.ids[start : start + min(PAGE, sizes[value])]]

    def fetch_ids(self, _session: Any) -> Ids:
        self._ask("ids")
        return Ids(array("q", self.ids), {}, self.groups)

    def fetch_rows(self, _session: Any, ids: Sequence[int]) -> Mapping[int, Row]:
        self._ask("rows")
        self.pages.append(list(ids))
        return {id_: self.row(id_) for id_ in ids if id_ not in self.missing}

    def row(self, id_: int) -> Row:
        tone = Ref(1, "A", "violet")
        return Row(id_, 1, {"code": f"C{id_}", "name": self.name_of(id_), "level": tone})

    def _ask(self, what: str) -> None:
        self.gate.wait(60)
        self.asked.append(what)
        if self.error:
            raise self.error


@pytest.fixture
def source() -> InventedRows:
    return InventedRows(range(1, 1001))


@pytest.fixture
def model(tasks: Tasks, source: InventedRows, qtbot: QtBot) -> RowModel:
    made = RowModel(tasks, source, tasks)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    with qtbot.waitSignal(made.counted):
        made.open(source)
    return made


def _text(model: RowModel, row: int, column: int = NAME) -> Any:
    return model.index(row, column).data()


def _table(qtbot: QtBot, model: RowModel) -> ListTable:
    table = ListTable(model)
    qtbot.addWidget(table)
    table.resize(600, 400)
    table.show()
    return table


def test_first_rows_are_there_before_the_ids(tasks: Tasks, source: InventedRows, qtbot: QtBot) -> None:
    model = RowModel(tasks, source, tasks)
    with qtbot.waitSignal(model.opened):
        model.open(source)
    assert (model.rowCount(), _text(model, 0), model.is_counted) == (PAGE, "Customer 1", False)
    qtbot.waitSignal(model.counted).wait()
    assert (model.rowCount(), model.is_counted) == (1000, True)
    assert source.asked == ["first page", "ids"]


def test_data_does_not_fetch_but_notes_the_page(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    assert [_text(model, row) for row in (700, 701, 750)] == ["…", "…", "…"]
    assert source.pages == []
    qtbot.waitUntil(lambda: _text(model, 700) == "Customer 701")
    assert source.pages == [list(range(701, 801))]


def test_dragging_the_scroll_bar_reads_only_what_was_seen_last(
    model: RowModel, source: InventedRows, qtbot: QtBot
) -> None:
    source.gate.clear()
    _text(model, 100)
    qtbot.waitUntil(lambda: model._is_reading)
    for row in range(200, 1000, 10):
        _text(model, row)
    source.gate.set()
    qtbot.waitUntil(lambda: _text(model, 990) == "Customer 991" and not (model._wanted or model._is_reading))
    read = [page[0] for page in source.pages]
    assert read[:2] == [101, 901]
    assert len(read) == 5


def test_a_million_ids_need_two_statements_and_one_a_page(tasks: Tasks, qtbot: QtBot) -> None:
    source = InventedRows(range(1_000_000))
    model = RowModel(tasks, source, tasks)
    table = _table(qtbot, model)
    with qtbot.waitSignal(model.counted):
        model.open(source)
    table.go_to(700_010)
    qtbot.waitUntil(lambda: _text(model, 700_010) == "Customer 700010")
    assert source.asked[:2] == ["first page", "ids"]
    assert source.asked[2:] in (["rows"], ["rows", "rows"])
    table.selectAll()
    assert table.selected_count() == 1_000_000
    assert len(table.selected_ids()) == 1_000_000
    assert len(source.asked) <= 4


def test_cache_is_bounded(tasks: Tasks, qtbot: QtBot) -> None:
    source = InventedRows(range(1, 2 * KEPT_ROWS + 1))
    model = RowModel(tasks, source, tasks)
    with qtbot.waitSignal(model.counted):
        model.open(source)
    for row in range(0, 2 * KEPT_ROWS, PAGE):
        qtbot.waitUntil(lambda row=row: _text(model, row) != "…")  # type: ignore[misc]
    assert len(model._rows) == KEPT_ROWS


def test_late_answer_of_an_earlier_list_is_dropped(model: RowModel, tasks: Tasks, qtbot: QtBot) -> None:
    late, newest = InventedRows([1, 2, 3]), InventedRows([7, 8])
    late.gate.clear()
    model.open(late)
    with qtbot.waitSignal(model.counted):
        model.open(newest)
    late.gate.set()
    settle(qtbot, tasks)
    assert list(model.ids()) == [7, 8]


def test_old_rows_stay_until_the_new_ones_come(model: RowModel, qtbot: QtBot) -> None:
    other = InventedRows([5], columns=columns_of(CUSTOMER, ["name"]))
    other.gate.clear()
    model.open(other)
    assert (_text(model, 0), model.columnCount()) == ("Customer 1", 3)
    other.gate.set()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    assert (_text(model, 0, 0), model.columnCount()) == ("Customer 5", 1)


def test_row_that_is_gone_is_blank_and_leaves(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    source.missing = {205}
    _text(model, 200)
    qtbot.waitUntil(lambda: _text(model, 200) == "Customer 201")
    assert _text(model, 204) == ""
    source.ids = [i for i in range(1, 1001) if i != 205]
    qtbot.waitUntil(lambda: model.rowCount() == 999)
    assert model.row_of(205) == -1


def test_row_that_was_gone_and_is_back_is_read_again(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    source.missing = {205}
    _text(model, 200)
    qtbot.waitUntil(lambda: _text(model, 204) == "")
    source.missing = set()
    model.note_changes([205])
    qtbot.waitUntil(lambda: _text(model, 204) == "Customer 205")


def test_changed_row_is_read_again_when_seen_and_flashes_once(
    model: RowModel, source: InventedRows, qtbot: QtBot
) -> None:
    source.name_of = lambda id_: f"New {id_}"
    model.note_changes([3, 4, 999])
    assert source.pages == []
    assert _text(model, 2) == "Customer 3"  # readable until the new one is there
    qtbot.waitUntil(lambda: _text(model, 2) == "New 3")
    assert source.pages == [[3, 4]]
    lit = [model.index(row, 0).data(CellRole.LOOK).is_lit for row in range(5)]
    assert lit == [False, False, True, True, False]
    qtbot.waitUntil(lambda: not model.index(2, 0).data(CellRole.LOOK).is_lit)


def test_change_without_ids_rereads_what_is_in_sight(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    source.name_of = lambda id_: f"New {id_}"
    model.note_changes(None)
    qtbot.waitUntil(lambda: _text(model, 0) == "New 1")
    assert len(source.pages) == 1
    assert table.isVisible()


def test_failure_keeps_rows_readable(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    source.error = ServerLostError("lost")
    with qtbot.waitSignal(model.failed):
        _text(model, 500)
    assert (_text(model, 0), model.rowCount()) == ("Customer 1", 1000)
    source.error = None
    qtbot.waitUntil(lambda: _text(model, 500) == "Customer 501")


def test_selection_and_place_survive_other_peoples_work(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    table.select_ids([300, 301, 302, 500])
    table.verticalScrollBar().setValue(table.rowHeight(0) * 290 + 7)
    source.ids = [2000, 2001, *(i for i in range(1, 1001) if i not in {5, 301})]
    model.refresh_soon()
    qtbot.waitUntil(lambda: model.row_of(2000) == 0)
    assert list(table.selected_ids()) == [300, 302, 500]
    assert model.id_at(table.rowAt(0)) == 291
    assert table.rowViewportPosition(table.rowAt(0)) == -7


def test_everything_selected_stays_everything(model: RowModel, source: InventedRows, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    table.selectAll()
    source.ids = range(1001)
    model.refresh_soon()
    qtbot.waitUntil(lambda: model.rowCount() == 1001)
    assert table.selected_count() == 1001


def test_new_list_starts_at_the_top_with_nothing_selected(model: RowModel, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    table.select_ids([3])
    table.verticalScrollBar().setValue(5000)
    with qtbot.waitSignal(model.counted):
        model.open(InventedRows(range(1, 900)))
    assert (table.selected_count(), table.verticalScrollBar().value()) == (0, 0)


def test_choice_is_a_chip_in_its_tone(model: RowModel) -> None:
    look = model.index(0, 2).data(CellRole.LOOK)
    assert (look.text, look.chip) == ("A", "violet")


def test_what_is_stalled_is_marked_in_lists_and_on_cards() -> None:
    row = Row(1, 1, {"stage": Ref(1, "Proposal", "violet"), "stalls_on": clock.today()})
    stage = columns_of(OPPORTUNITY, ["stage"])[0]
    assert look_of(OPPORTUNITY, stage, row, OPPORTUNITY.tone(row.values)).chip == "bad"
    planned = {"next_step": "Call", "next_on": clock.today()}
    for days, words in ((-1, []), (0, ["Stalled"]), (3, ["Stalled 3 days"])):
        card = {"stalls_on": clock.today() - datetime.timedelta(days), **planned}
        assert [flag.text for flag in OPPORTUNITY_BOARD.flags(card)] == words


def test_heading_of_a_number_is_right_aligned(tasks: Tasks) -> None:
    source = InventedRows([], columns=columns_of(CUSTOMER, ["total_amount"]))
    model = RowModel(tasks, source, tasks)
    alignment = model.headerData(0, Qt.Orientation.Horizontal, Qt.ItemDataRole.TextAlignmentRole)
    assert Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight


def test_selection_survives_another_order(model: RowModel, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    table.select_ids([3, 500, 900])
    with qtbot.waitSignal(model.counted):
        model.open(InventedRows(range(1000, 0, -1)), keep_selection=True)
    assert sorted(table.selected_ids()) == [3, 500, 900]
    assert table.verticalScrollBar().value() == 0
    table.selectAll()
    with qtbot.waitSignal(model.counted):
        model.open(InventedRows(range(1, 1001)), keep_selection=True)
    assert table.selected_count() == 1000


def test_selection_of_many_pieces_is_like_any_other(
    model: RowModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_table, "MOST_RUNS", 3)
    table = _table(qtbot, model)
    odd = list(range(1, 1001, 2))
    table.select_ids(odd)
    assert (table.selected_count(), list(table.selected_ids())) == (500, odd)
    assert not table.selectionModel().hasSelection()
    assert [table.is_picked(model.index(row, 0)) for row in (0, 1)] == [True, False]

    def click(row: int, button: Qt.MouseButton, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        QTest.mouseClick(table.viewport(), button, keys, table.visualRect(model.index(row, 0)).center())

    click(0, Qt.MouseButton.RightButton)
    assert (table.selected_count(), table.currentIndex().row()) == (500, 0)
    click(1, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    click(2, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier)
    assert list(table.selected_ids()) == [1, 2, *odd[2:]]
    with qtbot.waitSignal(model.counted):
        model.open(InventedRows(range(1000, 0, -1)), keep_selection=True)
    assert list(table.selected_ids()) == [*reversed(odd[2:]), 2, 1]
    click(5, Qt.MouseButton.LeftButton)
    assert list(table.selected_ids()) == [995]
    table.select_ids(odd)
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert (table.selected_count(), list(table.selected_ids())) == (0, [])


def test_escape_selects_nothing(model: RowModel, qtbot: QtBot) -> None:
    table = _table(qtbot, model)
    table.selectAll()
    QTest.keyClick(table, Qt.Key.Key_Escape)
    assert table.selected_count() == 0


@pytest.fixture
def grouped(tasks: Tasks, qtbot: QtBot) -> RowModel:
    groups = (RowGroup("x", 400, {}), RowGroup("y", 100, {}), RowGroup(None, 500, {}))
    source = InventedRows(range(1, 1001), groups=groups)
    made = RowModel(tasks, source, tasks)
    QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal, made)
    with qtbot.waitSignal(made.counted):
        made.open(source)
    return made


def test_groups_need_one_statement_and_head_their_rows(grouped: RowModel, qtbot: QtBot) -> None:
    source: Any = grouped.source
    assert source.asked == ["ids"]
    assert grouped.rowCount() == 1003
    assert [_text(grouped, row, 0) for row in (0, 401, 502)] == ["Group x (400)", "Group y (100)", "Group None (500)"]
    qtbot.waitUntil(lambda: _text(grouped, 402) == "Customer 401")
    assert source.pages == [list(range(401, 501))]


def test_folded_rows_leave_a_selection_of_many_pieces(
    grouped: RowModel, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_table, "MOST_RUNS", 3)
    table = _table(qtbot, grouped)
    table.select_ids(range(1, 1001, 2))
    grouped.fold(0, folded=True)
    assert list(table.selected_ids()) == list(range(401, 1001, 2))
    table.select_ids(range(1, 1001, 2))
    assert table.selected_count() == 300


def test_headings_of_a_long_list_are_there_before_its_ids(tasks: Tasks, qtbot: QtBot) -> None:
    groups = (RowGroup("x", 400, {}), RowGroup("y", 600, {}))
    source = InventedRows(range(1, 1001), groups=groups, is_long=True)
    model = RowModel(tasks, source, tasks)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    seen: list[Any] = []
    table = _table(qtbot, model)

    def look() -> None:
        source.gate.clear()  # the ids wait
        table.selectAll()
        seen.append((model.rowCount(), model.is_counted, _text(model, 0, 0), _text(model, 401, 0), _text(model, 1)))
        seen.append(list(table.selected_ids()))
        model.fold(0, folded=True)
        source.gate.set()

    model.opened.connect(look)
    with qtbot.waitSignal(model.counted):
        model.open(source)
    assert seen == [(1002, False, "Group x (400)", "Group y (600)", LOADING), []]
    assert source.asked[:2] == ["headings", "ids"]
    assert (model.rowCount(), model.row_of(401), model.row_of(1)) == (602, 2, -1)  # folded as it was
    qtbot.waitUntil(lambda: _text(model, 2) == "Customer 401")


def test_groups_in_sight_begin_before_all_ids_are_known(tasks: Tasks, qtbot: QtBot) -> None:
    groups = (RowGroup("x", 400, {}), RowGroup("y", 600, {}))
    source = InventedRows(range(1, 1001), groups=groups, is_long=True)
    model = RowModel(tasks, source, tasks)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    model.opened.connect(source.gate.clear)  # the ids wait
    with qtbot.waitSignal(model.opened):
        model.open(source)
    for row, name in ((1, "Customer 1"), (402, "Customer 401")):
        qtbot.waitUntil(lambda row=row, name=name: _text(model, row) == name)  # type: ignore[misc]
    assert (_text(model, 399), model.id_at(402), model.is_counted) == (LOADING, 401, False)
    with qtbot.waitSignal(model.counted):
        source.gate.set()
    qtbot.waitUntil(lambda: _text(model, 399) == "Customer 399")


def test_folded_group_hides_its_rows_and_keeps_the_others(grouped: RowModel, qtbot: QtBot) -> None:
    table = _table(qtbot, grouped)
    grouped.fold(0, folded=True)
    assert (grouped.rowCount(), grouped.row_of(1), grouped.row_of(401)) == (603, -1, 2)
    table.selectAll()
    assert table.selected_count() == 600
    with qtbot.waitSignal(grouped.counted):
        grouped.refresh()
    assert grouped.rowCount() == 603
    grouped.fold_all(folded=True)
    assert grouped.rowCount() == 3
    grouped.fold_all(folded=False)
    assert grouped.rowCount() == 1003


def test_headings_fold_by_mouse_and_keys_and_are_never_selected(grouped: RowModel, qtbot: QtBot) -> None:
    table = _table(qtbot, grouped)
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 5))
    assert (grouped.rowCount(), table.selected_count()) == (603, 0)
    for key, expected in ((Qt.Key.Key_Right, 1003), (Qt.Key.Key_Left, 603), (Qt.Key.Key_Return, 1003)):
        QTest.keyClick(table, key)
        assert grouped.rowCount() == expected
    QTest.keyClick(table, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    assert list(table.selected_ids()) == [1]


def test_next_and_previous_go_through_folded_groups(grouped: RowModel) -> None:
    grouped.fold(0, folded=True)
    assert (grouped.neighbour(400, 1), grouped.neighbour(401, -1), grouped.neighbour(1000, 1)) == (401, 400, None)
