from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PIL import Image

from crm_desktop.reports.engine import Letterhead
from crm_desktop.reports.record_card import Card, CardTable, Chip, Section, card_pdf
from crm_desktop.reports.table import Column

ReadPages = Callable[[io.BytesIO], list[str]]
CARD = Card(
    title="深圳金恒机械有限公司",
    subtitle="C1015 · 工业制造",
    chips=(Chip("A 级", "violet"), Chip("交易客户", "good")),
    sections=(
        Section("基本资料", (("编号", "C1015"), ("电话", "0755-5550 1234\n0755-5550 1235"), ("备注", ""))),
        Section("开票信息", (("税号", "91440300MA5D00000X"),)),
    ),
    tables=(
        CardTable("联系人", (Column("姓名"), Column("职务")), (("陈立", "采购经理"), ("苏敏", "财务"))),
        CardTable("商机", (Column("名称"),), (), empty="没有商机。"),
    ),
)


def printed(letterhead: Letterhead, card: Card) -> io.BytesIO:
    stream = io.BytesIO()
    card_pdf(stream, letterhead, card)
    return stream


def test_every_fact_can_be_read_back(letterhead: Letterhead, read_pages: ReadPages) -> None:
    (page,) = read_pages(printed(letterhead, CARD))
    for text in (
        "深圳金恒机械有限公司", "C1015·工业制造", "A级", "交易客户", "编号C1015", "0755-55501235",
        "税号91440300MA5D00000X", "陈立采购经理", "苏敏财务", "没有商机。",
    ):  # fmt: skip
        assert text in page


def test_an_empty_fact_is_shown_as_empty(letterhead: Letterhead, read_pages: ReadPages) -> None:
    (page,) = read_pages(printed(letterhead, CARD))
    assert "备注—" in page


def test_a_card_of_nothing_but_a_title_is_printed(letterhead: Letterhead, read_pages: ReadPages) -> None:
    (page,) = read_pages(printed(letterhead, Card(title="x")))
    assert "Page1of1" in page


def test_a_long_remark_runs_over_the_page_whole(letterhead: Letterhead, read_pages: ReadPages) -> None:
    remark = "".join(f"第{i}句。" for i in range(2000))
    card = replace(CARD, sections=(Section("备注", (("备注", remark), ("编号", "C1"))),))
    pages = read_pages(printed(letterhead, card))
    assert len(pages) > 3
    text = "".join(pages)
    assert all(f"{i}句" in text for i in range(2000))


def test_a_heading_stays_with_its_rows(letterhead: Letterhead, read_pages: ReadPages) -> None:
    row = ("2026-01-01", "电话")
    tables = tuple(CardTable(f"表{n}号", (Column("时间"), Column("类型")), (row,) * n) for n in range(1, 30))
    pages = read_pages(printed(letterhead, replace(CARD, tables=tables)))
    for number in range(1, 30):
        (page,) = [page for page in pages if f"表{number}号" in page]
        assert page.split(f"表{number}号")[1].startswith("时间类型2026-01-01电话")


def test_the_same_card_gives_the_same_bytes_also_with_a_logo(letterhead: Letterhead, tmp_path: Path) -> None:
    logo = tmp_path / "logo.png"
    Image.new("RGBA", (300, 100), (15, 108, 189, 128)).save(logo)
    with_logo = replace(letterhead, logo=logo.read_bytes(), lines=("电话 0756-3388001", "www.example.com"))
    first = printed(with_logo, CARD).getvalue()
    assert first == printed(with_logo, CARD).getvalue()
    assert b"/Image" in first
