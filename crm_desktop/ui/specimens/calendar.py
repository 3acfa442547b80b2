"""The calendar of a real database in all its ways, for the gallery."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core import clock
from crm_desktop.services.calendar import Span
from crm_desktop.services.calendar_times import Mode, midnight
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.calendar.event_dialog import EventDialog, EventForm
from crm_desktop.ui.calendar.which import WhichDialog
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.calendar import CalendarPage

HOUR = datetime.timedelta(hours=1)


def calendar_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """Every way to look at it, the dialog of an event, and the question about one that repeats."""
    ways = tuple((f"calendar_{mode.value}", partial(calendar_window, context, mode)) for mode in Mode)
    return (*ways, ("event", partial(event_dialog, context)), ("event_which", which_dialog))


def calendar_window(context: Context, mode: Mode) -> QWidget:
    """The window at the calendar, whatever was chosen there before; of a month the people of the department."""
    window = MainWindow(context)
    view = window.show_area("calendar")
    view.select_page("calendar")
    view.focus_page()
    page = view.current_page()
    assert isinstance(page, CalendarPage)
    context.calendars.load(page, lambda _calendars: page.show_mode(mode))
    return window


def event_dialog(context: Context) -> QWidget:
    """A visit with a colleague, by car."""
    window = MainWindow(context)
    begin = midnight(clock.today()) + 15 * HOUR
    span = Span(begin, begin + 2 * HOUR)
    me = Ref(context.person.id, context.person.name)
    values = {"subject": "拜访华工医药，谈二期设备", "starts_at": span.starts_at, "ends_at": span.ends_at, "owner": me,
              "place": "珠海市香洲区"}  # fmt: skip
    record = Record("event", 0, 0, values)
    form = EventForm(record, "FREQ=WEEKLY;BYDAY=TU", (Ref(0, "林平"), Ref(-1, "谢启明")), (Ref(0, "粤A·5R888 商务车"),))
    return EventDialog(window.show_area("calendar"), form, lambda *_entered: None)


def which_dialog() -> QWidget:
    """Three answers."""
    return WhichDialog(None, "Move event", "部门周会")
