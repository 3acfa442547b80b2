from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from crm_desktop.core.errors import KnownError
from importers.layout import REMARK, REPEATED, SUBTOTAL, TITLE, Table, find_tables
from importers.readers import Book, Row, Sheet, read_book
from tests.unit.importers.legacy import FILES, LEGACY, TABLE_FILES, rows_named


def tables_of(rows: list[Row]) -> tuple[Table, ...]:
    return find_tables(Book(Path("list.xlsx"), (Sheet("S", rows),)))


@pytest.mark.parametrize("name", TABLE_FILES)
def test_tables_lie_where_the_truth_says(name: str) -> None:
    found = [(table.header_rows, table.first_row, table.last_row) for table in find_tables(read_book(LEGACY / name))]
    own = [table for table in FILES[name]["tables"] if table["sheet"] != "contacts.csv"]
    doubtful = len(FILES[name].get("either", []))
    wanted = [(tuple(table["header_rows"]), table["first_row"], table["last_row"] + doubtful) for table in own]
    assert found[-len(wanted) :] == wanted


@pytest.mark.parametrize("name", [name for name in TABLE_FILES if FILES[name]["outcome"] != "ask"])
def test_rows_without_a_record_are_ignored_and_no_others(name: str) -> None:
    found = {table.at(row.number) for table in find_tables(read_book(LEGACY / name)) for row in table.ignored}
    assert found == {at for at in rows_named(name, "ignored") if not at.startswith("说明!")}


def test_two_tables_in_a_sheet_are_both_candidates() -> None:
    upper, lower = find_tables(read_book(LEGACY / "broken/两个表头.xlsx"))
    assert upper.candidates == lower.candidates == (2, 14)
    assert (upper.last_row, lower.title) == (10, "重点客户")


def test_labels_below_a_group_bear_its_name() -> None:
    table = find_tables(read_book(LEGACY / "客户资料汇总表.xlsx"))[0]
    labels = [column.label for column in table.columns]
    assert labels[5:8] == ["客户类别", "联系人/姓名", "联系人/职务"]
    assert labels[17:20] == ["日期/登记", "日期/首次成交", "累计成交额(万元)"]


def test_merged_cells_are_filled_and_marked() -> None:
    table = find_tables(read_book(LEGACY / "客户资料汇总表.xlsx"))[0]
    second = next(row for row in table.rows if row.number == 10)
    assert second.cells[3] == "广州泰安贸易商行"
    assert {1, 3} <= second.merged
    assert 6 not in second.merged


def test_titles_totals_repeated_headers_and_remarks_are_told_apart() -> None:
    (table,) = tables_of(
        [
            ["某某公司客户表", None, None, None],
            [None, None, None, None],
            ["客户名称", "电话", "地址", "备注"],
            ["甲公司", "020-55501102", "广州", None],
            ["小 计", None, 1, None],
            ["客户名称", "电话", "地址", "备注"],
            ["乙公司", "020-55501103", None, None],
            ["总计", None, 2, None],
            ["备注:截至今天", None, None, None],
        ]
    )
    assert [(row.number, row.reason) for row in table.ignored] == [
        (1, TITLE),
        (5, SUBTOTAL),
        (6, REPEATED),
        (8, SUBTOTAL),
        (9, REMARK),
    ]
    assert [row.number for row in table.rows] == [4, 7]
    assert (table.first_row, table.last_row, table.title) == (4, 7, "某某公司客户表")


def test_a_company_that_is_alone_in_its_row_is_no_remark() -> None:
    (table,) = tables_of([["客户名称", "电话", "地址"], ["甲公司", None, None], ["乙公司", "020-55501102", "广州"]])
    assert [row.number for row in table.rows] == [2, 3]


def test_company_alone_in_the_last_row_is_no_remark() -> None:
    rows: list[Row] = [["客户名称", "电话", "地址"], ["甲公司", "020-55501102", None], ["乙公司", None, None]]
    assert [row.number for row in tables_of(rows)[0].rows] == [2, 3]
    rows[2:] = [[None, None, None], ["乙公司", None, None]]
    assert [row.number for row in tables_of(rows)[0].rows] == [2, 4]
    rows[3] = ["谢启明的客户由郑子健接手", None, None]
    assert [row.number for row in tables_of(rows)[0].ignored] == [4]


def test_labels_below_groups_are_found_without_merged_cells() -> None:
    (table,) = tables_of(
        [
            ["客户名称", "联系人", None, None, "日期", None],
            [None, "姓名", "职务", "手机", "登记", "首次成交"],
            ["甲公司", "王海", "经理", "19900001111", "2003-5-6", None],
        ]
    )
    assert table.header_rows == (1, 2)
    assert [column.label for column in table.columns][1:] == [
        "联系人/姓名",
        "联系人/职务",
        "联系人/手机",
        "日期/登记",
        "日期/首次成交",
    ]


def test_filled_column_without_heading_is_a_column_too() -> None:
    (table,) = tables_of([["客户名称", None, "电话"], ["甲公司", "重点", "020-55501102"], ["乙公司", None, None]])
    assert [column.label for column in table.columns] == ["客户名称", "Column B", "电话"]


def test_a_company_called_total_is_no_total() -> None:
    (table,) = tables_of([["company", "phone", "city", "country"], ["Total Energies", "020-1", "Paris", "France"]])
    assert [row.number for row in table.rows] == [2]


def test_header_in_words_we_do_not_know_is_found_by_its_form() -> None:
    (table,) = tables_of(
        [["客户资料", "Wert A", "Wert B", "手机"], ["甲公司", 1, 2, "199"], ["乙公司", 3, date(2003, 1, 1), "199"]]
    )
    assert table.header_rows == (1,)


def test_sheet_without_headings_is_refused() -> None:
    with pytest.raises(KnownError, match="column headings"):
        tables_of([["填表说明"], ["一、本表每季度更新一次"]])


def test_line_separated_by_full_width_commas_is_taken_apart() -> None:
    table = find_tables(read_book(LEGACY / "客户名单_GBK.csv"))[0]
    row = next(row for row in table.rows if row.number == 44)
    assert row.cells[:2] == ["SJ0886", "南宁枫裕医疗器械有限责任公司"]
    assert len(row.cells) == 17
