from __future__ import annotations

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from sqlalchemy import text

from crm_desktop.core.access import Grant
from crm_desktop.core.errors import CancelledError, KnownError, NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.reports import lists
from crm_desktop.reports.lists import export_list, print_list
from crm_desktop.services import journal, listing, prepared
from crm_desktop.services.grouping import Grouping
from crm_desktop.services.listing import ListQuery, columns_of, fetch_ids, fetch_ids_and_sums
from crm_desktop.services.totals import Total
from tests.db.conftest import SignIn

ACTIVITIES = ListQuery(entity="activity", preset="all")
CUSTOMERS = ListQuery(entity="customer", preset="all", sort="name")
Steps = list[tuple[int, int]]


def note(steps: Steps) -> Callable[[int, int, str], None]:
    return lambda done, total, _what: steps.append((done, total))


def export(gateway: Gateway, query: ListQuery, target: Path, keys: tuple[str, ...] = ()) -> Steps:
    steps: Steps = []
    with gateway.write() as session:
        export_list(session, query, gateway.person, columns_of(query.spec, keys), target, note(steps))
    return steps


def test_export_holds_what_the_list_shows_in_its_order(sign_in: SignIn, tmp_path: Path) -> None:
    director = sign_in("director")
    target = tmp_path / "customers.csv"
    steps = export(director, CUSTOMERS, target, ("name", "owner", "phones"))
    with director.read() as session:
        count = len(fetch_ids(session, CUSTOMERS, director.person))
        names = list(session.scalars(text("select name from crm.customer order by sort_key, id")))
    rows = list(csv.reader(io.StringIO(target.read_text(encoding="utf-8-sig"))))
    assert rows[0] == ["Customer name", "Owner", "Phones"]
    assert [row[0] for row in rows[1:]] == names
    assert steps[0] == (0, count)


def test_export_reads_long_lists_page_by_page(sign_in: SignIn, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "_PAGE", 50)
    target = tmp_path / "activities.csv"
    export(sign_in("director"), ACTIVITIES, target)
    assert len(target.read_text(encoding="utf-8-sig").splitlines()) == 121


def test_salesperson_exports_nothing(sign_in: SignIn, tmp_path: Path) -> None:
    with pytest.raises(NoRightError):
        export(sign_in("seller"), CUSTOMERS, tmp_path / "mine.xlsx")
    assert list(tmp_path.glob("*.xlsx")) == []


def test_who_exported_what_is_known_to_those_who_may_know(sign_in: SignIn, tmp_path: Path) -> None:
    export(sign_in("clerk"), CUSTOMERS, tmp_path / "customers.xlsx")
    with sign_in("director").read() as session:
        newest = journal.fetch_change_sets(session, 1, everybodys=True)[0]
    assert (newest.who, journal.describe(newest.kind, newest.label)) == ("clerk", "Export: Customer All customers (60)")
    with sign_in("seller").read() as session:
        assert journal.fetch_change_sets(session, 1) == []


def test_cancelled_export_leaves_neither_file_nor_note(sign_in: SignIn, tmp_path: Path) -> None:
    clerk = sign_in("clerk")

    def cancel(*_progress: object) -> None:
        raise CancelledError("stopped")

    with pytest.raises(CancelledError), clerk.write() as session:
        export_list(session, CUSTOMERS, clerk.person, columns_of(CUSTOMERS.spec), tmp_path / "c.csv", cancel)
    assert list(tmp_path.glob("*.csv")) == []
    with clerk.read() as session:
        assert journal.fetch_change_sets(session) == []


def test_other_kinds_of_files_are_refused(sign_in: SignIn, tmp_path: Path) -> None:
    with pytest.raises(KnownError, match=r"customers\.txt"):
        export(sign_in("clerk"), CUSTOMERS, tmp_path / "customers.txt")


def test_printed_list_has_heading_rows_and_sum(sign_in: SignIn) -> None:
    director = sign_in("director")
    pdf = io.BytesIO()
    with director.write() as session:
        session.execute(text("update crm.customer set total_amount = 1000"))
    with director.read() as session:
        ids = fetch_ids(session, CUSTOMERS, director.person)[:3]
        count = print_list(
            session, CUSTOMERS, director.person, columns_of(CUSTOMERS.spec), pdf, note([]), part=lists.Part(list(ids))
        )
    words = pypdfium2.PdfDocument(pdf.getvalue())[0].get_textpage().get_text_range()
    assert count == 3
    assert "All customers" in words
    assert "¥3,000" in words


def test_nobody_prints_a_million_rows(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lists, "MOST_PRINTED", 50)
    director = sign_in("director")
    with director.read() as session, pytest.raises(KnownError, match="60 rows"):
        print_list(session, CUSTOMERS, director.person, columns_of(CUSTOMERS.spec), io.BytesIO(), note([]))


def test_printing_needs_the_right_to(sign_in: SignIn) -> None:
    director = sign_in("director")
    nobody = replace(director.person, grants={"customer": Grant()})
    with director.read() as session, pytest.raises(NoRightError):
        print_list(session, CUSTOMERS, nobody, columns_of(CUSTOMERS.spec), io.BytesIO(), note([]))


def test_sums_are_those_of_the_rows_shown(sign_in: SignIn, monkeypatch: pytest.MonkeyPatch) -> None:
    seller = sign_in("seller")
    with sign_in("director").write() as session:
        session.execute(text("update crm.customer set total_amount = id"))
    with seller.read() as session:
        ids, sums, _groups = fetch_ids_and_sums(session, CUSTOMERS, seller.person, columns_of(CUSTOMERS.spec))
        assert ids == fetch_ids(session, CUSTOMERS, seller.person)
        assert sums == {"total_amount": sum(ids)}
        typed = replace(CUSTOMERS, typed="客户1")
        ids, sums, _groups = fetch_ids_and_sums(session, typed, seller.person, columns_of(CUSTOMERS.spec))
        assert sums == {"total_amount": sum(ids)}
        assert 0 < len(ids) < 60
    monkeypatch.setattr(listing, "SUMMED_AT_ONCE", 3)
    prepared._compiled.clear()
    with seller.read() as session:
        ids, sums, _groups = fetch_ids_and_sums(session, CUSTOMERS, seller.person, columns_of(CUSTOMERS.spec))
        assert (len(ids) > 3, sums) == (True, {})
    prepared._compiled.clear()


def test_groups_are_printed_with_their_numbers_and_totals(sign_in: SignIn) -> None:
    director = sign_in("director")
    pdf = io.BytesIO()
    part = lists.Part(grouping=Grouping("owner"), totals={"total_amount": Total.AVERAGE})
    with director.write() as session:
        session.execute(text("update crm.customer set total_amount = 1000"))
    with director.read() as session:
        columns = columns_of(CUSTOMERS.spec)
        count = print_list(session, CUSTOMERS, director.person, columns, pdf, note([]), part=part)
    pages = pypdfium2.PdfDocument(pdf.getvalue())
    words = "".join(pages[number].get_textpage().get_text_range() for number in range(len(pages)))
    assert count == 60
    assert words.count("Average: ¥1,000") == 1 + 13
    assert "5 records · Average: ¥1,000" in words
