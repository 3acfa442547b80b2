from __future__ import annotations

import csv
import datetime
import tempfile
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.excel_text import MOST_CHARACTERS
from crm_desktop.reports import excel
from crm_desktop.reports.excel import Value, write_csv, write_xlsx

DANGEROUS = [
    "=1+1",
    "+86 755",
    "-2+3",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    "＝1+1",
    '=HYPERLINK("http://x.example","y")',
]


def written(path: Path, *values: Value) -> tuple[Any, ...]:
    """The cells of one row, written and opened again."""
    write_xlsx(path, "客户", [f"列{i}" for i in range(len(values))], [values])
    return tuple(openpyxl.load_workbook(path).active[2])


def test_numbers_and_dates_are_real(tmp_path: Path) -> None:
    time = datetime.datetime(2026, 1, 2, 3, 4).astimezone()
    values = (12, Decimal("1234.50"), datetime.date(2026, 1, 2), time, datetime.time(9, 30))
    cells = written(tmp_path / "a.xlsx", *values)
    assert [cell.data_type for cell in cells] == ["n", "n", "d", "d", "d"]
    assert [cell.value for cell in cells[:2]] == [12, 1234.5]
    assert cells[2].number_format == "yyyy-mm-dd"
    assert cells[3].value == time.replace(tzinfo=None)
    assert cells[3].number_format == "yyyy-mm-dd hh:mm"


def test_the_header_is_frozen_and_filters(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    assert write_xlsx(path, "客户/清单", ["编号", "名称"], [("C1", "金恒"), ("C2", "华工")]) == 2
    sheet = openpyxl.load_workbook(path).active
    assert sheet.title == "客户 清单"
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert [[cell.value for cell in row] for row in sheet.rows] == [["编号", "名称"], ["C1", "金恒"], ["C2", "华工"]]


def test_columns_are_as_wide_as_their_content(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    write_xlsx(path, "x", ["a", "b"], [("深圳金恒机械有限公司", "c"), ("", "d" * 500)])
    widths = openpyxl.load_workbook(path).active.column_dimensions
    assert 20 < widths["A"].width < 30
    assert widths["B"].width == 60


@pytest.mark.parametrize("text", DANGEROUS)
def test_no_text_becomes_a_formula(tmp_path: Path, text: str) -> None:
    (cell,) = written(tmp_path / "a.xlsx", text)
    assert cell.data_type == "s"
    assert cell.quotePrefix
    path = tmp_path / "a.csv"
    write_csv(path, [text], [(text,)])
    with path.open(encoding="utf-8-sig", newline="") as stream:
        assert list(csv.reader(stream)) == [["'" + text], ["'" + text]]


def test_negative_numbers_stay_numbers_in_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    write_csv(path, ["金额"], [(Decimal("-12.50"),), (-3,)])
    assert path.read_bytes() == "\ufeff金额\r\n-12.50\r\n-3\r\n".encode()


@given(st.text(max_size=40))
@settings(deadline=None, max_examples=60)
def test_any_text_opens_again(text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        write_xlsx(path, text, [text], [(text,), ("end",)])
        rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
    assert rows[-1] == ["end"]


def test_text_that_looks_like_an_escape_stays_as_it_is(tmp_path: Path) -> None:
    written(tmp_path / "a.xlsx", "_x0041_\x0b", "a\nb")
    row = CalamineWorkbook.from_path(tmp_path / "a.xlsx").get_sheet_by_index(0).to_python()[1]
    assert row == ["_x0041_", "a\nb"]


def test_numbers_too_long_for_excel_keep_their_digits_as_text(tmp_path: Path) -> None:
    cells = written(tmp_path / "a.xlsx", 12345678901234567, Decimal("0.1234567890123456789"), float("nan"), 10**15)
    assert [cell.value for cell in cells] == ["12345678901234567", "0.1234567890123456789", "nan", 10**15]


def test_a_text_too_long_for_a_cell_says_that_it_is_cut(tmp_path: Path) -> None:
    (cell, whole) = written(tmp_path / "a.xlsx", "𠮷" * 20_000, "x" * MOST_CHARACTERS)
    assert len(cell.value.encode("utf-16-le")) // 2 <= MOST_CHARACTERS
    assert cell.value.endswith("(cut: Excel holds no longer text in a cell)")
    assert whole.value == "x" * MOST_CHARACTERS


def test_times_of_other_zones_become_local(tmp_path: Path) -> None:
    time = datetime.datetime(2026, 5, 6, 7, 8, tzinfo=datetime.UTC)
    (cell,) = written(tmp_path / "a.xlsx", time)
    assert cell.value == time.astimezone().replace(tzinfo=None)


def test_more_rows_than_a_sheet_holds_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(excel, "MOST_ROWS", 11)
    assert write_xlsx(tmp_path / "a.xlsx", "x", ["a"], [(n,) for n in range(10)]) == 10
    with pytest.raises(KnownError, match="10 rows"):
        write_xlsx(tmp_path / "b.xlsx", "x", ["a"], [(n,) for n in range(11)])
    assert not (tmp_path / "b.xlsx").exists()


@pytest.mark.parametrize("name", ["a.xlsx", "a.csv"])
def test_a_cancelled_export_leaves_the_old_file(tmp_path: Path, name: str) -> None:
    def cancel(done: int, _total: int) -> None:
        if done:
            raise CancelledError("stopped")

    path = tmp_path / name
    path.write_bytes(b"old")
    rows = [(n,) for n in range(3000)]
    with pytest.raises(CancelledError):
        write_csv(path, ["a"], rows, cancel) if name.endswith("csv") else write_xlsx(path, "x", ["a"], rows, cancel)
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_open_in_excel_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "客户.xlsx"
    path.write_bytes(b"old")

    def refuse(_self: Path, _target: Path) -> None:
        raise PermissionError(13, "The process cannot access the file")

    monkeypatch.setattr(Path, "replace", refuse)  # what Windows answers while Excel has the file open
    with pytest.raises(KnownError, match=r"客户\.xlsx") as refusal:
        write_xlsx(path, "x", ["a"], [("b",)])
    assert "Close it" in refusal.value.hint
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]
