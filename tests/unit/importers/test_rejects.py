from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from crm_desktop.core.errors import KnownError
from importers.layout import Table, find_tables
from importers.mapping import Guess, guess
from importers.readers import Book, Row, Sheet, read_book
from importers.records import Records, read_records
from importers.rejects import write_rejects
from importers.values.regions import Region
from tests.unit.importers.legacy import LEGACY


def pairs_of(path: Path) -> list[tuple[Table, tuple[Guess, ...]]]:
    return [(table, guess(table)) for table in find_tables(read_book(path))]


def test_rejected_rows_come_back_with_their_cells_and_the_reason(tmp_path: Path) -> None:
    pairs = pairs_of(LEGACY / "客户资料汇总表.xlsx")
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, pairs, read_records(pairs).rejects)
    south, east = read_book(path).sheets
    assert (south.name, len(south.rows), east.name, len(east.rows)) == ("华南区", 3, "华东区", 4)
    assert south.rows[0][3:8] == ["客户名称", "行业", "客户类别", "联系人/姓名", "联系人/职务"]
    assert south.rows[1][6] == "江启明"
    assert south.rows[1][-2:] == [319, "no customer name"]


def test_corrected_rows_can_be_imported_again(tmp_path: Path) -> None:
    pairs = pairs_of(LEGACY / "客户资料汇总表.xlsx")
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, pairs, read_records(pairs).rejects)
    book = openpyxl.load_workbook(path)
    book["华南区"]["D2"] = "佛山某某有限公司"
    book.save(path)
    again = read_records(pairs_of(path))
    (record,) = again.records
    assert record.values == {
        "name": "佛山某某有限公司",
        "region": Region("广东", "佛山", code="4406"),
        "phones": ["0757-55504820"],
        "address": "佛山市地址待查",
    }
    assert record.parts == [{"name": "江启明", "is_main": True}]
    assert len(again.rejects) == 4


def rejected(cells: Row, tmp_path: Path) -> tuple[Path, Records]:
    sheet = Sheet("S", [["客户名称", "电话", "备注"], ["甲公司", "020-55501102", None], cells])
    pairs = [(table, guess(table)) for table in find_tables(Book(Path("list.xlsx"), (sheet,)))]
    found = read_records(pairs)
    path = tmp_path / "rejects.xlsx"
    write_rejects(path, pairs, found.rejects)
    return path, found


def test_formula_in_a_rejected_row_stays_text(tmp_path: Path) -> None:
    path, _found = rejected([None, "020-55501103", "=cmd|'/C calc'!A0"], tmp_path)
    cell = openpyxl.load_workbook(path)["S"]["C2"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=cmd|'/C calc'!A0", "s", True)


def test_long_numbers_keep_their_digits(tmp_path: Path) -> None:
    path, _found = rejected([None, 19900001234567891, "备注\x07"], tmp_path)
    (sheet,) = read_book(path).sheets
    assert sheet.rows[1][1:3] == ["19900001234567891", "备注"]


def test_text_that_only_excel_would_change_comes_back_as_it_was(tmp_path: Path) -> None:
    path, _found = rejected([None, "020-55501103", "＝1+1 _x0041_"], tmp_path)
    cell = openpyxl.load_workbook(path)["S"]["C2"]
    assert cell.quotePrefix
    (sheet,) = read_book(path).sheets
    assert sheet.rows[1][2] == "＝1+1 _x0041_"


def test_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(KnownError, match="nowhere"):
        write_rejects(tmp_path / "missing" / "nowhere.xlsx", [], [])
