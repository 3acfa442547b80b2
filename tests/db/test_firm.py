"""The firm's settings: saved as one change set, taken as they are of the right kind, printed at the head of pages."""

from __future__ import annotations

import datetime
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from PIL import Image

from crm_desktop.core.errors import NoRightError
from crm_desktop.reports.cards import fetch_letterhead, print_card
from crm_desktop.services.firm import (
    Firm,
    KeptMonth,
    dropped_by,
    fetch_firm,
    fetch_kept_months,
    firm_of,
    forget_old_changes,
    save_firm,
)
from crm_desktop.services.journal import fetch_change_sets
from crm_desktop.services.preferences import fetch_settings
from crm_desktop.services.records import create_record, new_record
from tests.db.conftest import SignIn


def png() -> bytes:
    stream = BytesIO()
    Image.new("RGB", (300, 100), (15, 108, 189)).save(stream, "PNG")
    return stream.getvalue()


def test_settings_are_kept_and_only_what_differs_is_written(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    with admin.read() as session:
        before, logo = fetch_firm(session)
    assert logo == b""
    firm = replace(
        before, firm_name="珠海一家公司", working_days=(1, 2, 3, 4, 5, 6), letterhead_lines="电话 0756\nwww.a.cn"
    )
    with admin.write() as session:
        save_firm(session, before, firm, png())
    with sign_in("seller").read() as session:
        assert fetch_firm(session) == (firm, png()), "everybody prints with it"
        assert "firm_logo" not in fetch_settings(session), "what is read often leaves it out"
    with admin.read() as session:
        newest = fetch_change_sets(session, everybodys=True)[0]
        assert newest.rows == 4


def test_others_may_not_change_them(sign_in: SignIn) -> None:
    with pytest.raises(NoRightError), sign_in("seller").write() as session:
        save_firm(session, Firm(), Firm(firm_name="mine"))
    with pytest.raises(NoRightError), sign_in("manager").write() as session:
        forget_old_changes(session, 12)


def test_changes_of_this_month_are_kept(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    with admin.write() as session:
        save_firm(session, Firm(), Firm(firm_phone="1"))
    with admin.write() as session:
        forget_old_changes(session, 1)
    with admin.read() as session:
        assert fetch_change_sets(session, everybodys=True)


def test_what_another_program_wrote_is_the_default() -> None:
    settings = {"firm_name": 7, "working_days": [1, 9, "x"], "attachment_limit_mb": True, "journal_months": 12}
    assert firm_of(settings) == Firm(working_days=(1,), journal_months=12)


def test_letterhead_is_printed_on_a_card(sign_in: SignIn) -> None:
    with sign_in("admin").write() as session:
        save_firm(session, Firm(), Firm(firm_name="珠海一家公司", letterhead_lines="电话 0756-3388001"), png())
    seller = sign_in("seller")
    with seller.write() as session:
        assert fetch_letterhead(session, seller.person).logo == png()
        made = create_record(session, new_record("customer", seller.person, name="甲有限公司"))
        stream = BytesIO()
        print_card(session, "customer", made.id, seller.person, stream)
    page = pypdfium2.PdfDocument(stream.getvalue())[0]
    words = page.get_textpage().get_text_range()
    assert "珠海一家公司" in words
    assert "0756-3388001" in words
    assert len(list(page.get_objects([pypdfium2.raw.FPDF_PAGEOBJ_IMAGE]))) == 1


def test_journal_says_what_it_holds(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    with admin.read() as session:
        before = fetch_kept_months(session)
    with admin.write() as session:
        save_firm(session, Firm(), Firm(firm_phone="1"))
    with admin.read() as session:
        after = fetch_kept_months(session)
    assert sum(one.changes for one in after) == sum(one.changes for one in before) + 1
    assert after[-1].size > 0
    with pytest.raises(NoRightError), sign_in("clerk").read() as session:
        fetch_kept_months(session)


def test_months_that_would_be_dropped_are_those_the_database_drops() -> None:
    kept = [KeptMonth(datetime.date(2025, month, 1), 100, 10) for month in (10, 11, 12)]
    kept.append(KeptMonth(datetime.date(2026, 1, 1), 100, 10))
    assert [one.month.month for one in dropped_by(kept, 2, datetime.date(2026, 1, 31))] == [10]
    assert dropped_by(kept, 12, datetime.date(2026, 1, 31)) == []
    assert dropped_by(kept, 0, datetime.date(2036, 1, 31)) == []
