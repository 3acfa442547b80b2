from __future__ import annotations

import datetime
import io
from collections.abc import Callable
from itertools import pairwise

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reportlab.lib.units import mm

from crm_desktop.core.errors import KnownError
from crm_desktop.reports.addresses import Address, address_lines
from crm_desktop.reports.engine import Letterhead
from crm_desktop.reports.envelopes import (
    BARCODE_FROM,
    BARCODE_HEIGHT,
    BARCODE_TO,
    ENVELOPES,
    SCANNED_DOWN,
    SCANNED_RIGHT,
    Envelope,
    envelopes_pdf,
)
from crm_desktop.reports.labels import LABEL_SHEETS, LabelSheet, labels_pdf

ReadPages = Callable[[io.BytesIO], list[str]]
HOME = Address(name="陈立 先生", organisation="金恒机械", address="深圳市南山区科技园 18 号", postcode="518057")
ABROAD = Address(
    name="Ms Alma Reed",
    organisation="Reed Ltd",
    address="125 Great North Road\nLondon",
    postcode="N1 9GU",
    country="Ireland",
)
FULL = Address(name="王", organisation="部" * 60, address="新疆" * 40, postcode="841000")
SENDER = Address(name="林秋", organisation="广州汇才软件有限公司", address="天河区体育东路 88 号", postcode="510620")


def character_boxes(stream: io.BytesIO, page_number: int = 0) -> list[tuple[str, float, float, float, float]]:
    """Each character of a page with left, top, right, bottom in mm from the top left corner."""
    with pypdfium2.PdfDocument(stream.getvalue()) as document:
        page = document[page_number]
        text, height = page.get_textpage(), page.get_height()
        boxes = []
        for number in range(text.count_chars()):
            left, bottom, right, top = text.get_charbox(number)
            if character := text.get_text_range(number, 1).strip():
                boxes.append((character, left / mm, (height - top) / mm, right / mm, (height - bottom) / mm))
        return boxes


def envelope(letterhead: Letterhead, recipient: Address, form: Envelope, *, is_plain: bool = False) -> io.BytesIO:
    stream = io.BytesIO()
    assert envelopes_pdf(stream, letterhead, [recipient], SENDER, form, is_plain=is_plain) == 1
    return stream


@pytest.mark.parametrize("sheet", LABEL_SHEETS, ids=lambda sheet: sheet.name)
def test_labels_lie_on_the_paper_side_by_side(sheet: LabelSheet) -> None:
    corners = [sheet.corner(position) for position in range(sheet.count)]
    assert len(set(corners)) == sheet.columns * sheet.rows
    assert all(left >= 0 and left + sheet.width <= 210.01 for left, _top in corners)
    assert all(top >= 0 and top + sheet.height <= 297.01 for _left, top in corners)
    assert sheet.step_right >= sheet.width
    assert sheet.step_down >= sheet.height


@pytest.mark.parametrize("sheet", LABEL_SHEETS, ids=lambda sheet: sheet.name)
@pytest.mark.parametrize("start", [1, 6])
def test_each_address_stays_inside_its_label(letterhead: Letterhead, sheet: LabelSheet, start: int) -> None:
    addresses = [Address(name=f"{letter}" * 5, address="Long Street 12, " * 12) for letter in "QWXZV"]
    stream = io.BytesIO()
    labels_pdf(stream, letterhead, addresses, sheet, start=start)
    boxes = character_boxes(stream)
    for number, letter in enumerate("QWXZV"):
        left, top = sheet.corner(start - 1 + number)
        mine = [box for box in boxes if box[0] == letter]
        assert len(mine) == 5
        assert all(box[1] >= left and box[2] >= top for box in mine)
        assert all(box[3] <= left + sheet.width and box[4] <= top + sheet.height for box in mine)


def test_labels_go_on_on_the_next_sheet(letterhead: Letterhead, read_pages: ReadPages) -> None:
    sheet, stream = LABEL_SHEETS[0], io.BytesIO()
    assert labels_pdf(stream, letterhead, [HOME] * 30, sheet, start=20) == 3
    assert [page.count("518057") for page in read_pages(stream)] == [5, 24, 1]


def test_a_label_that_the_sheet_has_not_is_refused(letterhead: Letterhead) -> None:
    with pytest.raises(KnownError, match="25"):
        labels_pdf(io.BytesIO(), letterhead, [HOME], LABEL_SHEETS[0], start=25)


def test_the_order_of_lines_follows_the_language_of_the_address() -> None:
    home = [line.text for line in address_lines(HOME)]
    assert home == ["518057", "深圳市南山区科技园 18 号", "金恒机械", "陈立 先生　收"]
    abroad = [line.text for line in address_lines(ABROAD)]
    assert abroad == ["Ms Alma Reed", "Reed Ltd", "125 Great North Road\nLondon", "N1 9GU", "IRELAND"]


def test_a_firm_without_a_person_receives_itself() -> None:
    assert address_lines(Address(organisation="金恒机械", address="深圳市"))[-1].text == "金恒机械　收"


@pytest.mark.parametrize("form", ENVELOPES, ids=lambda form: form.code)
def test_an_envelope_has_the_size_of_the_standard(letterhead: Letterhead, form: Envelope) -> None:
    with pypdfium2.PdfDocument(envelope(letterhead, HOME, form).getvalue()) as document:
        width, height = document.get_page_size(0)
    assert (round(width / mm), round(height / mm)) == (form.width, form.height)


@pytest.mark.parametrize("form", ENVELOPES, ids=lambda form: form.code)
@pytest.mark.parametrize("recipient", [HOME, FULL], ids=["short", "long"])
def test_zones_of_the_sorting_machines_stay_clear(letterhead: Letterhead, form: Envelope, recipient: Address) -> None:
    boxes = character_boxes(envelope(letterhead, recipient, form))
    scanned = [box[0] for box in boxes if box[1] < SCANNED_RIGHT and box[2] < SCANNED_DOWN]
    assert "".join(scanned) == recipient.postcode
    low = [box for box in boxes if box[4] > form.height - BARCODE_HEIGHT]
    assert low
    assert [box[0] for box in low if box[3] > form.width - BARCODE_TO and box[1] < form.width - BARCODE_FROM] == []


def test_the_digits_stand_one_in_each_box(letterhead: Letterhead) -> None:
    digits = [box for box in character_boxes(envelope(letterhead, HOME, ENVELOPES[0])) if box[2] < SCANNED_DOWN]
    middles = [(left + right) / 2 for _character, left, _top, right, _bottom in digits]
    assert len(middles) == 6
    assert all(abs(after - before - 10) < 1 for before, after in pairwise(middles))


def test_boxes_and_stamp_are_printed_on_plain_paper_only(letterhead: Letterhead, read_pages: ReadPages) -> None:
    assert "贴邮票处" in read_pages(envelope(letterhead, HOME, ENVELOPES[0], is_plain=True))[0]
    assert "贴邮票处" not in read_pages(envelope(letterhead, HOME, ENVELOPES[0]))[0]


def test_a_letter_abroad_has_no_boxes_and_names_both_countries(letterhead: Letterhead, read_pages: ReadPages) -> None:
    stream = envelope(letterhead, ABROAD, ENVELOPES[0])
    (page,) = read_pages(stream)
    assert page.endswith("IRELAND")
    assert "P.R.CHINA" in page
    assert "收" not in page


def test_a_postcode_that_does_not_fit_the_boxes_is_written_out(letterhead: Letterhead, read_pages: ReadPages) -> None:
    odd = Address(name="陈生", address="香港中环", postcode="999077-1")
    assert "999077-1" in read_pages(envelope(letterhead, odd, ENVELOPES[0]))[0]


@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=20))
@settings(deadline=None, max_examples=30)
def test_any_address_can_be_printed(name: str, address: str, postcode: str) -> None:
    letterhead = Letterhead(firm="F", person="P", printed_at=datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    recipient = Address(name=name, address=address, postcode=postcode)
    assert labels_pdf(io.BytesIO(), letterhead, [recipient], LABEL_SHEETS[0]) == 1
    assert envelopes_pdf(io.BytesIO(), letterhead, [recipient], SENDER, ENVELOPES[0]) == 1
