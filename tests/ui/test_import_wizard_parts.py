"""The parts of the import wizard that need no database: meanings of columns, kinds and fates of rows, the long list."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication

from crm_desktop.core.errors import CancelledError
from crm_desktop.core.i18n import set_language
from crm_desktop.ui.import_wizard import fate_model, targets, work
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.fate_model import FateModel
from crm_desktop.ui.import_wizard.fates import FateRow, Outcome
from crm_desktop.ui.import_wizard.row_kinds import RECORD, TOTAL, RowKinds
from crm_desktop.ui.import_wizard.sheet_grid import FIRST_CELL, KIND, NUMBER, SheetModel
from crm_desktop.ui.import_wizard.work import FileRead, Stoppable
from importers.kinds import KINDS
from importers.layout import find_tables
from importers.mapping import guess
from importers.plan import Fate, PlannedRow
from importers.readers import read_book
from importers.records import read_records
from importers.run import Opened

LEGACY = Path(__file__).parents[1] / "data" / "legacy"


def read(path: Path) -> FileRead:
    book = read_book(path)
    tables = find_tables(book)
    guesses = tuple(map(guess, tables))
    samples = tuple(map(work.sample_columns, tables))
    records = read_records(zip(tables, guesses, strict=True))
    return FileRead(book, Opened(path, tables, guesses), samples, records, has_recipe=False, likely="customer")


def draft_of(name: str) -> ImportDraft:
    draft = ImportDraft(path=LEGACY / name)
    draft.take_file(read(LEGACY / name))
    return draft


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_meaning_has_words_of_its_own(language: str) -> None:
    set_language(language)
    for kind in KINDS:
        words = [choice.ref.label for choice in targets.all_choices(kind)]
        assert len(set(words)) == len(words)
        assert all(words)


def test_chosen_row_gives_back_its_target() -> None:
    (first, *_rest) = draft_of("客户资料汇总表.xlsx").guesses[0]
    for person in range(targets.MOST_PEOPLE):
        for target in targets.choosable("customer"):
            chosen = targets.chosen_guess("customer", first, targets.ref_of("customer", target, person))
            assert (chosen.target, chosen.person) == (target, person)
    assert targets.chosen_guess("customer", first, targets.ref_of("customer", None)).target is None


def test_choice_holds_for_all_sheets_of_one_shape() -> None:
    draft = draft_of("客户资料汇总表.xlsx")
    (shape,) = draft.shapes()
    assert shape.names == ("华南区", "华东区")
    remark, _sample = list(draft.columns(shape))[-1]
    draft.set_guess(shape, targets.chosen_guess("customer", remark, targets.ref_of("customer", None)))
    assert [guesses[-1].target for guesses in draft.guesses] == [None, None]
    assert draft.is_touched


def test_samples_are_different_values() -> None:
    draft = draft_of("客户资料汇总表.xlsx")
    assert draft.file is not None
    assert draft.file.samples[0][1] == ("广州天河", "广州越秀", "广州海珠")


def test_sheet_of_two_tables_takes_none_by_itself() -> None:
    draft = draft_of("broken/两个表头.xlsx")
    assert draft.included == set()
    assert draft.undecided_sheets() == ["Sheet1"]
    draft.choose_table("Sheet1", 1)
    assert draft.undecided_sheets() == []
    assert draft.chosen_table("Sheet1") == 1


def test_every_row_of_a_table_has_a_kind() -> None:
    draft = draft_of("准客户登记.xls")
    assert draft.file is not None
    table = draft.tables[0]
    kinds = RowKinds([table], table, draft.file.records)
    assert all(kinds.kind(row.number) for row in table.rows)
    assert all(kinds.kind(row.number) for row in table.ignored)
    assert sum(kinds.counts().values()) == len(table.rows) + len(table.ignored) + len(table.header_rows)
    last = kinds.numbers(RECORD)[-1]
    assert kinds.next_row(RECORD, last) == kinds.numbers(RECORD)[0]
    assert kinds.numbers(TOTAL) == [1018]


def test_grid_shows_the_sheet_as_it_is(qapp: QApplication) -> None:
    del qapp
    draft = draft_of("客户资料汇总表.xlsx")
    assert draft.file is not None
    sheet = draft.file.book.sheets[0]
    model = SheetModel(sheet, RowKinds([draft.tables[0]], draft.tables[0], draft.file.records))
    assert model.rowCount() == len(sheet.rows)
    assert model.headerData(FIRST_CELL + 27, Qt.Orientation.Horizontal) == "AB"
    assert [model.index(0, place).data() for place in (NUMBER, KIND)] == ["1", "title"]
    assert model.index(4, FIRST_CELL + 3).data() == "广州润源装饰工程有限公司"


def test_hundred_thousand_rows_are_filtered(qapp: QApplication) -> None:
    model = FateModel(QObject(qapp))
    planned = PlannedRow("1", "甲", Fate.CREATE, warnings=("so",))
    rows = [
        FateRow(
            "",
            number,
            list(Outcome)[number % 5],
            f"客户{number}",
            "",
            f"客户{number}",
            planned if number < 10 else None,
        )
        for number in range(100_000)
    ]
    model.show_rows(rows)
    assert model.rowCount() == 100_000
    model.filter_rows(Outcome.REJECT, only_warned=False, typed="")
    assert model.rowCount() == 20_000
    assert model.index(19_999, fate_model.TITLE).data() == "客户99999"
    model.filter_rows(None, only_warned=True, typed="")
    assert model.rowCount() == 10
    model.filter_rows(None, only_warned=False, typed="客户9999")
    assert model.rowCount() == 11


def test_stopped_work_ends_at_its_next_report() -> None:
    progress = Stoppable()
    progress.report(1, 4, "reading")
    assert progress.state == (1, 4, "reading")
    progress.stop()
    with pytest.raises(CancelledError):
        progress.report(2, 4, "reading")
