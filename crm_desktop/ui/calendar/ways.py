"""The layout of each way to look at a calendar."""

from __future__ import annotations

from dataclasses import replace

from crm_desktop.services.calendar_times import Mode
from crm_desktop.ui.calendar.agenda import AgendaLayout
from crm_desktop.ui.calendar.hours import HoursLayout
from crm_desktop.ui.calendar.layout import Layout, Shown
from crm_desktop.ui.calendar.month import MonthLayout
from crm_desktop.ui.calendar.team import TeamLayout
from crm_desktop.ui.calendar.team_week import TeamWeekLayout

LAYOUTS: dict[Mode, type[Layout]] = {
    Mode.DAY: HoursLayout,
    Mode.WORK_WEEK: HoursLayout,
    Mode.WEEK: HoursLayout,
    Mode.MONTH: MonthLayout,
    Mode.AGENDA: AgendaLayout,
    Mode.TEAM: TeamLayout,
    Mode.TEAM_WEEK: TeamWeekLayout,
}


def arranged(shown: Shown) -> Shown:
    """With what its layout can know before it has a size. Of thousands of events that takes too long for the window's
    own thread.
    """
    return replace(shown, arranged=LAYOUTS[shown.mode].arrange(shown))
