"""Calendars on paper: everything is on some page, and nothing is beside it."""

from __future__ import annotations

import datetime

import pypdfium2
import pytest

from crm_desktop.core.i18n import set_language
from crm_desktop.reports.calendar import CalendarPaper, calendar_pdf
from crm_desktop.reports.engine import Letterhead
from crm_desktop.services.calendar import Calendar, Details, Occurrence, SpecialDayNote
from crm_desktop.services.calendar_times import Mode, midnight
from crm_desktop.spec import Ref

DAY = datetime.date(2026, 10, 1)
HOUR = datetime.timedelta(hours=1)


def occurrence(number: int, day: datetime.date, hour: float, length: float, person: int = 1) -> Occurrence:
    begin, owner, is_all_day = midnight(day) + hour * HOUR, Ref(person, "林平"), length >= 24
    details = Details(1, f"事{number:03}", None, owner, None, "三楼", is_all_day, False, None, None, "")
    return Occurrence(number, begin, begin + length * HOUR, (person,), (), details)


def words(mode: Mode, occurrences: list[Occurrence], people: int = 1) -> list[str]:
    """The text of every page."""
    set_language("zh")
    letterhead = Letterhead(firm="穗捷", person="林平", printed_at=midnight(DAY))
    calendars = [Calendar(Ref(n + 1, f"员工{n + 1:02}"), is_resource=False, group="") for n in range(people)]
    notes = {DAY: SpecialDayNote("国庆节", is_working=False)}
    paper = CalendarPaper(
        letterhead=letterhead, mode=mode, day=DAY, occurrences=occurrences, calendars=calendars, notes=notes
    )
    document = pypdfium2.PdfDocument(calendar_pdf(paper))
    return [page.get_textpage().get_text_range() for page in document]


@pytest.mark.parametrize("mode", list(Mode))
def test_each_way_prints_what_it_shows(mode: Mode) -> None:
    busy = Occurrence(9, midnight(DAY) + 16 * HOUR, midnight(DAY) + 17 * HOUR, (1,), (), None)
    timed = [occurrence(1, DAY, 9, 1), occurrence(2, DAY, 9.5, 2), occurrence(4, DAY, 5, 1)]
    (page,) = words(mode, [*timed, occurrence(3, DAY, 0, 24), busy])
    for said in ("事001", "事002", "事003", "事004", "忙碌", "国庆节"):
        assert said in page


def test_a_large_team_takes_several_pages_with_the_days_on_each() -> None:
    found = [occurrence(n, DAY, 9, 1, person=n % 60 + 1) for n in range(300)]
    pages = words(Mode.TEAM_WEEK, found, people=60)
    assert len(pages) > 3
    assert all("10月1日" in page for page in pages)
    told = "".join(pages)
    assert all(f"事{n:03}" in told for n in range(300))


def test_a_full_day_of_a_month_says_how_many_more_there_are() -> None:
    (page,) = words(Mode.MONTH, [occurrence(n, DAY, 9, 1) for n in range(40)])
    assert "还有" in page
