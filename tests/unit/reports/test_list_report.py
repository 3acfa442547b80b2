from __future__ import annotations

import io
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import set_language
from crm_desktop.reports.engine import MARGIN, Letterhead
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable, text_width
from crm_desktop.reports.lines import wrap
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.reports.table import Column, Group, Row, measure, share

ReadPages = Callable[[io.BytesIO], list[str]]
COLUMNS = (Column("编号"), Column("客户名称"), Column("地址"), Column("累计成交", "right"))


def customers(count: int) -> list[Row]:
    numbers = range(count)
    return [(f"C{1000 + i}", f"深圳金恒机械{i}有限公司", f"南山区科技园{i}号", f"¥{i * 1234:,}.00") for i in numbers]


def report(letterhead: Letterhead, rows: Iterable[Row | Group], columns: tuple[Column, ...] = COLUMNS) -> ListReport:
    return ListReport(letterhead=letterhead, title="我的客户", subtitle="等级 A、B", columns=columns, rows=rows)


def printed(the_report: ListReport) -> io.BytesIO:
    stream = io.BytesIO()
    list_pdf(stream, the_report)
    return stream


def spans(page: pypdfium2.PdfPage) -> list[tuple[float, float]]:
    """Left and right edge of every character."""
    text = page.get_textpage()
    boxes = [text.get_charbox(i) for i in range(text.count_chars()) if text.get_text_range(i, 1).strip()]
    return [(box[0], box[2]) for box in boxes]


def test_every_cell_can_be_read_back(letterhead: Letterhead, read_pages: ReadPages) -> None:
    rows = customers(120)
    text = "".join(read_pages(printed(report(letterhead, rows))))
    missing = [cell for row in rows for cell in row if "".join(cell.split()) not in text]
    assert missing == []


def test_every_page_repeats_the_headings_and_counts_the_pages(letterhead: Letterhead, read_pages: ReadPages) -> None:
    pages = read_pages(printed(report(letterhead, customers(120))))
    assert len(pages) > 2
    for number, text in enumerate(pages, 1):
        assert "编号客户名称地址累计成交" in text
        assert f"Page{number}of{len(pages)}" in text
        assert "林秋" in text
        assert "广州汇才软件有限公司" in text


def test_the_result_tells_the_number_of_pages(letterhead: Letterhead) -> None:
    stream = io.BytesIO()
    count = list_pdf(stream, report(letterhead, customers(90)))
    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        assert len(document) == count


def test_the_words_follow_the_language(letterhead: Letterhead, read_pages: ReadPages) -> None:
    set_language("zh")
    try:
        text = read_pages(printed(report(letterhead, customers(3))))[0]
    finally:
        set_language("en")
    assert "第1页，共1页" in text
    assert "3条记录" in text


def test_the_same_list_gives_the_same_bytes(letterhead: Letterhead) -> None:
    first = printed(report(letterhead, customers(50))).getvalue()
    assert first == printed(report(letterhead, customers(50))).getvalue()
    assert b"D:20261121140500" in first


def test_an_empty_list_says_so(letterhead: Letterhead, read_pages: ReadPages) -> None:
    (page,) = read_pages(printed(report(letterhead, [])))
    assert "Nothingmatchesthisfilter." in page
    assert "0records" in page


def test_totals_stand_at_the_end(letterhead: Letterhead, read_pages: ReadPages) -> None:
    the_report = ListReport(
        letterhead=letterhead, title="T", columns=COLUMNS, rows=customers(60), totals=("合计", "", "", "¥99,999,999.00")
    )
    *others, last = read_pages(printed(the_report))
    assert "合计¥99,999,999.00" in last
    assert not any("合计" in page for page in others)


def test_a_group_heading_never_stands_alone_at_the_foot(letterhead: Letterhead, read_pages: ReadPages) -> None:
    rows: list[Row | Group] = []
    for number, row in enumerate(customers(200)):
        if number % 7 == 0:
            rows.append(Group(f"组{number}", "7 位"))
        rows.append(row)
    for page in read_pages(printed(report(letterhead, rows))):
        last_group = page.rfind("7位")
        assert last_group == -1 or "深圳金恒" in page[last_group:]


def test_long_heads_stay_on_the_paper(letterhead: Letterhead) -> None:
    rows: list[Row | Group] = [Group("很长的组名" * 30, "12 位"), *customers(60)]
    long_names = replace(letterhead, firm="广州汇才软件有限公司" * 12)
    the_report = replace(report(long_names, rows), title="名称很长的视图" * 20)
    with pypdfium2.PdfDocument(printed(the_report).getvalue()) as document:
        assert (
            max(right for page in document for _left, right in spans(page)) < document.get_page_size(0)[0] - MARGIN + 2
        )


def test_many_columns_turn_the_paper_then_make_strips(letterhead: Letterhead, read_pages: ReadPages) -> None:
    def page_width(count: int) -> float:
        columns = tuple(Column(f"字段名称{i}") for i in range(count))
        stream = printed(report(letterhead, [tuple(f"内容内容{i}" for i in range(count))], columns))
        with pypdfium2.PdfDocument(stream.getvalue()) as document:
            return float(document.get_page_size(0)[0])

    assert page_width(5) < 600
    assert page_width(14) > 800
    columns = tuple(Column(f"字段{i:02}号") for i in range(30))
    pages = read_pages(printed(report(letterhead, [tuple(f"第{i:02}项内容" for i in range(30))], columns)))
    assert len(pages) > 1
    assert all("第00项内容第01项内容" in page for page in pages)
    assert all(any(f"第{i:02}项内容" in page for page in pages) for i in range(30))


def test_nothing_is_drawn_outside_the_margins(letterhead: Letterhead) -> None:
    rows = [*customers(10), ("C1", "A" * 300, "很长的地址" * 100, "¥" + "9" * 60)]
    with pypdfium2.PdfDocument(printed(report(letterhead, rows)).getvalue()) as document:
        for page in document:
            assert min(left for left, _right in spans(page)) > MARGIN - 2
            assert max(right for _left, right in spans(page)) < page.get_width() - MARGIN + 2


def test_a_cell_longer_than_a_page_runs_on(letterhead: Letterhead, read_pages: ReadPages) -> None:
    note = "".join(chr(0x4E00 + i) for i in range(6000))
    pages = read_pages(printed(report(letterhead, [("C1", note, "", ""), *customers(2)])))
    assert len(pages) > 2
    text = "".join(pages)
    assert all(character in text for character in note if printable(character) == character)
    assert "C1001" in text


@pytest.mark.parametrize("width", [300.0, 504.0, 750.0, 2000.0])
def test_numbers_keep_their_line_and_columns_fill_the_paper(width: float) -> None:
    rows: list[Row] = [*customers(40), ("C9", "很长的名称" * 30, "地址" * 40, "¥12,345,678.00")]
    widths = share(measure(COLUMNS, rows), width, 9)
    assert sum(widths) <= width
    assert all(len(wrap(row[3], REGULAR, 9, widths[3])) == 1 for row in rows)


def test_totals_keep_their_line_in_their_weight() -> None:
    rows: list[Row] = [*customers(5), ("", "", "", "¥9,999,999,999.00")]
    for width in range(300, 800, 50):
        widths = share(measure(COLUMNS, rows), width, 9)
        assert len(wrap("¥9,999,999,999.00", MEDIUM, 9, widths[3])) == 1


def test_one_freak_does_not_widen_the_column() -> None:
    usual, freak = customers(100), ("C1", "长" * 39, "", "")
    (_code, name, *_rest) = measure(COLUMNS, [*usual, freak])
    assert name.natural < text_width("长" * 20, REGULAR, 1)


def test_rare_characters_do_not_stop_the_print(letterhead: Letterhead, read_pages: ReadPages) -> None:
    (page,) = read_pages(printed(report(letterhead, [("👍", "𠮷野\ud83d家", "\x00", "-1")])))
    assert "〓野〓家" in page


def test_ten_thousand_rows_report_their_progress(letterhead: Letterhead) -> None:
    seen: list[tuple[int, int]] = []
    list_pdf(io.BytesIO(), report(letterhead, customers(1000)), lambda done, total: seen.append((done, total)))
    assert seen[0] == (0, 1000)
    assert seen == sorted(seen)
    assert len(seen) > 3


def test_a_cancelled_print_leaves_the_old_file(letterhead: Letterhead, tmp_path: Path) -> None:
    def cancel(done: int, _total: int) -> None:
        if done:
            raise CancelledError("stopped")

    target = tmp_path / "list.pdf"
    target.write_bytes(b"old")
    with pytest.raises(CancelledError):
        list_pdf(target, report(letterhead, customers(1000)), cancel)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_missing_folder_is_named(letterhead: Letterhead, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"list\.pdf"):
        list_pdf(tmp_path / "nowhere" / "list.pdf", report(letterhead, customers(1)))
