"""The command ``report`` gives the rows of the screen, as text, JSON, PDF and sheet."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pypdfium2
import pytest
from sqlalchemy import text

from crm_desktop.db.embedded import ServerAddress
from tests.db.conftest import SignIn
from tests.db.office import PASSWORD
from tests.e2e.conftest import Crm, crm

__all__ = ["crm"]

MOVES = """
    insert into crm.opportunity (name, owner_id, stage_id, amount, opened_on, closed_on)
    select '商机', e.id, s.id, n * 1000, '2025-01-01', '2025-03-01'
    from crm.employee e, crm.sales_stage s, generate_series(1, 3) n
    where (e.name, s.name_en) in (('seller', 'Won'), ('junior', 'Won'), ('junior', 'Lost'))
"""


@pytest.fixture
def report(sign_in: SignIn, server: ServerAddress, own_database: str, crm: Crm) -> Crm:
    """The command, as the director unless it says otherwise."""
    with sign_in("director").write() as session:
        session.execute(text(MOVES))
    return lambda *arguments: crm("report", *arguments, "--url", server.url(own_database, "office.director", PASSWORD))


def test_rows_are_those_of_the_screen(report: Crm) -> None:
    found = report("people", "--param", "period=any", "--json").json
    assert [(row["label"], row["won"], row["won_amount"], row["rate"]) for row in found["rows"]] == [
        ("junior", 3, "6000.00", "50.00"),
        ("seller", 3, "6000.00", "100.00"),
    ]
    assert (found["total"]["won"], found["total"]["rate"]) == (6, "66.67")
    months = report(
        "won", "--from", "2025-03-01", "--to", "2025-03-01", "--param", "person=office.junior", "--json"
    ).json
    assert [(row["label"], row["keys"], row["count"]) for row in months["rows"]] == [("2025-03", ["2025-03-01"], 3)]
    assert months["parameters"]["period"] == ["2025-03-01", "2025-03-01"]
    words = report("won", "--param", "by=department", "--param", "then=owner", "--param", "period=any")
    assert words.out.splitlines() == [
        "Department › Owner\tOpportunities\tAmount\tAverage amount\tDays to close",
        "south\t6\t¥12,000\t¥2,000\t59.0",
        "  junior\t3\t¥6,000\t¥2,000\t59.0",
        "  seller\t3\t¥6,000\t¥2,000\t59.0",
        "Total\t6\t¥12,000\t¥2,000\t59.0",
    ]
    assert words.err == "Won opportunities: Any time\n"


def test_files_hold_chart_and_numbers(report: Crm, tmp_path: Path) -> None:
    pdf, sheet = tmp_path / "a.pdf", tmp_path / "a.xlsx"
    asked = ("departments", "--param", "period=any", "--param", "department=south")
    assert report(*asked, "--pdf", pdf, "--xlsx", sheet).out == ""
    with pypdfium2.PdfDocument(pdf) as document:
        words = document[0].get_textpage().get_text_bounded()
    assert "Opportunities by department" in words
    assert "66.7%" in words
    rows = list(openpyxl.load_workbook(sheet).active.iter_rows(values_only=True))
    assert rows[0][:6] == ("Department", "Owner", "Amount won", "Won", "Lost", "Win rate (%)")
    assert [row[:6] for row in rows[1:]] == [
        ("south", None, 12000, 6, 3, 66.67),
        ("south", "junior", 6000, 3, 3, 50),
        ("south", "seller", 6000, 3, 0, 100),
        ("Total", None, 12000, 6, 3, 66.67),
    ]


def test_what_cannot_be_asked_is_said(report: Crm) -> None:
    assert "won\tR3\tWon opportunities" in report().out.splitlines()
    for asked, words in (
        (("nothing",), "There is no report “nothing”. There are: tracking, forecast"),
        (("won", "--param", "colour=red"), "“colour=red” is no parameter."),
        (("won", "--param", "by=colour"), "“colour” is no by. There are: month, quarter"),
        (("won", "--param", "period=soon"), "“soon” is no period. There are: any, today"),
        (("won", "--from", "2026-13-01"), "“2026-13-01” is not a day. Write it as 2026-03-05."),
    ):
        answer = report(*asked)
        assert answer.code == 2
        assert words in answer.err
    answer = report("won", "--param", "department=none")
    assert (answer.code, answer.err) == (1, "There is no Department “none”, or you may not see it.\n")
