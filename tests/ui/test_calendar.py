"""The calendar in a window: by mouse, by keys, by one line, live, and what others may not see."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from crm_desktop.core import clock
from crm_desktop.core.i18n import set_language
from crm_desktop.db.engine import Gateway
from crm_desktop.services import events
from crm_desktop.services.calendar import Occurrence, Span
from crm_desktop.services.calendar_places import columns_of, lanes_of
from crm_desktop.services.calendar_times import DAY, Mode, days_shown, midnight, stepped, title_of
from crm_desktop.services.events import Attendance
from crm_desktop.services.icalendar_files import write_calendar
from crm_desktop.services.records import new_record
from crm_desktop.services.reminders import Wish, fetch_wishes
from crm_desktop.spec import Ref
from crm_desktop.ui.calendar.event_dialog import EventDialog
from crm_desktop.ui.calendar.layout import Cursor, Shown
from crm_desktop.ui.calendar.month import MonthLayout
from crm_desktop.ui.calendar.times_editor import TimesEditor
from crm_desktop.ui.calendar.ways import arranged
from crm_desktop.ui.calendar.which import WhichDialog
from crm_desktop.ui.dialogs.print_preview import PrintPreview
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.pages.calendar import CalendarPage
from tests.db.conftest import SignIn
from tests.ui.desk import Desk, SitDown, button, count_statements, own_database, sign_in, sit_down, template, write

__all__ = ["own_database", "sign_in", "sit_down", "template"]

HOUR = datetime.timedelta(hours=1)
LEFT = Qt.MouseButton.LeftButton
NONE, ALT, SHIFT, CONTROL = (
    Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)  # fmt: skip


def open_calendar(desk: Desk, mode: Mode = Mode.WEEK) -> CalendarPage:
    desk.window.resize(1366, 768)
    desk.window.show()
    view = desk.window.show_area("calendar")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, CalendarPage)
    page.show_mode(mode)
    desk.settle()
    return page


def at(day: int, hour: int) -> datetime.datetime:
    """A moment of this week, of which Monday is day 0."""
    monday = clock.today() - clock.today().weekday() * DAY
    return midnight(monday + day * DAY) + hour * HOUR


def make(gateway: Gateway, begin: datetime.datetime, *, rule: str | None = None, people: tuple[int, ...] = (),
         resources: tuple[int, ...] = (), **values: Any) -> int:  # fmt: skip
    with gateway.write() as session:
        given: dict[str, Any] = {"subject": "周会", "starts_at": begin, "ends_at": begin + HOUR} | values
        record = new_record("event", gateway.person, **given)
        return events.create(session, record, rule, Attendance(people, resources)).event_id


def starts(page: CalendarPage) -> list[str]:
    return [f"{one.starts_at.weekday()}.{one.starts_at:%H:%M}-{one.ends_at:%H:%M} {one.title}"
            for one in page.model.shown.occurrences]  # fmt: skip


def point(page: CalendarPage, begin: datetime.datetime) -> QPoint:
    """Where a time is drawn, with the morning in sight."""
    page.table.verticalScrollBar().setValue(7 * 48)
    return page.table.point_at(Cursor(Span(begin, begin + HOUR / 2), is_whole=False))


def drag(page: CalendarPage, begin: QPoint, end: QPoint, held: Qt.KeyboardModifier = NONE) -> None:
    where = page.table.viewport()
    QTest.mousePress(where, LEFT, held, begin)
    QTest.mouseMove(where, begin + QPoint(0, 12))
    QTest.mouseMove(where, end)
    QTest.mouseRelease(where, LEFT, held, end)


def key(page: CalendarPage, *keys: Qt.Key, held: Qt.KeyboardModifier = NONE) -> None:
    for one in keys:
        QTest.keyClick(page.table, one, held)


def test_week_and_team_are_read_in_two_statements(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    for day in range(5):
        make(desk.gateway, at(day, 9))
    page = open_calendar(desk)
    for mode in (Mode.MONTH, Mode.TEAM, Mode.TEAM_WEEK, Mode.WEEK):

        def turn(mode: Mode = mode) -> None:
            page.model.go_to(clock.today(), mode)
            desk.settle()

        asked = count_statements(turn)
        assert len([one for one in asked if "crm." in one]) == 2, asked
    assert len(page.model.shown.occurrences) == 5
    assert page.model.shown.working != []


def test_dragging_over_empty_time_asks_for_an_event_then(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_calendar(desk)
    begin = point(page, at(2, 9))
    drag(page, begin, begin + QPoint(0, 80))
    desk.settle()
    dialog = desk.dialog(EventDialog)
    dialog.editors["subject"].set_value("拜访华工")
    assert dialog.reminders.wishes == [Wish(15)]
    dialog.reminders.add(Wish(1440))
    dialog.save()
    desk.settle()
    assert starts(page) == ["2.09:00-11:00 拜访华工"]
    with desk.gateway.read() as session:
        made = page.model.shown.occurrences[0].event_id
        assert fetch_wishes(session, "event", made) == [Wish(1440), Wish(15)]
    assert "拜访华工" in desk.notices()
    desk.press_undo()
    assert starts(page) == [], desk.notices()


def test_an_event_is_moved_copied_and_stretched_by_the_mouse(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    make(desk.gateway, at(1, 9))
    page = open_calendar(desk)
    grip = point(page, at(1, 9)) + QPoint(0, 20)
    drag(page, grip, point(page, at(3, 10)) + QPoint(0, 20))
    desk.settle()
    assert starts(page) == ["3.10:00-11:00 周会"]
    grip = point(page, at(3, 10)) + QPoint(0, 20)
    drag(page, grip, point(page, at(4, 8)) + QPoint(0, 20), CONTROL)
    desk.settle()
    assert starts(page) == ["3.10:00-11:00 周会", "4.08:00-09:00 周会"]
    (copied,) = [one for one in page.model.shown.occurrences if one.starts_at == at(4, 8)]
    edge = page.table.rect_of(copied)
    drag(page, QPoint(edge.center().x(), edge.bottom() - 2), QPoint(edge.center().x(), edge.bottom() + 46))
    desk.settle()
    assert starts(page)[1] == "4.08:00-10:00 周会"


def test_everything_goes_by_keys_too(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    first = make(desk.gateway, at(1, 9))
    page = open_calendar(desk)
    page.table.setFocus()
    page.table.go_to(first, at(1, 9))
    key(page, Qt.Key.Key_Right, held=ALT)
    desk.settle()
    assert starts(page) == ["2.09:00-10:00 周会"]
    key(page, Qt.Key.Key_Down, held=ALT | SHIFT)  # it is still chosen
    desk.settle()
    assert starts(page) == ["2.09:00-10:15 周会"]
    key(page, Qt.Key.Key_C, held=CONTROL)
    key(page, Qt.Key.Key_Right)
    assert page.table.current is None
    key(page, Qt.Key.Key_V, held=CONTROL)
    desk.settle()
    assert starts(page) == ["2.09:00-10:15 周会", "3.09:00-10:15 周会"]
    page.table.go_to(first, at(2, 9))
    key(page, Qt.Key.Key_Delete)
    desk.settle()
    assert starts(page) == ["3.09:00-10:15 周会"]
    for _day in range(7):
        key(page, Qt.Key.Key_Right)
        desk.settle()
    assert page.model.day > clock.today() - clock.today().weekday() * DAY + 6 * DAY
    key(page, Qt.Key.Key_PageUp)
    desk.settle()
    key(page, Qt.Key.Key_Down, held=CONTROL)
    assert page.table.current is not None
    key(page, Qt.Key.Key_Return)
    desk.settle()
    dialog = desk.dialog(EventDialog)
    assert dialog.editors["subject"].value() == "周会"
    write(dialog.editors["place"].line, "三楼")
    one = page.table.current
    with desk.gateway.write() as session:
        events.move(session, one.event_id, one.starts_at, Span(at(4, 9), at(4, 10)), "all")
    dialog.save()
    desk.settle()
    assert not desk.window.findChildren(EventDialog)
    assert "moved this event" in desk.notices()
    (draft,) = desk.window.context.drafts.waiting()
    assert (draft.record_id, draft.content["words"]) == (one.event_id, "三楼"), "offered where it is opened anew"


def test_who_cannot_take_over_an_event_can_be_invited_to_it(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_calendar(desk, Mode.TEAM)
    today = midnight(clock.today()) + 9 * HOUR
    mine = make(desk.gateway, today)
    page.model.refresh()
    desk.settle()
    row, other = next((n, one.ref.id) for n, one in enumerate(page.model.shown.calendars) if one.ref.label == "desk")
    place = page.table._on_viewport(page.table._layout.boxes[0].rect, is_fixed=False).center()
    drag(page, place, page.table.point_at(Cursor(Span(today, today + HOUR), is_whole=False, row=row)) + QPoint(5, 10))
    desk.settle()
    button(desk.window, "Invite").click()
    desk.settle()
    assert desk.value("event", mine, "owner_id") == desk.gateway.person.id
    assert desk.value("event_participant", desk.id_of("event_participant"), "employee_id") == other


def test_of_a_series_one_is_asked_which_are_meant(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    series = make(desk.gateway, at(0, 9), rule="FREQ=DAILY;COUNT=3")
    page = open_calendar(desk)
    page.table.setFocus()
    page.table.go_to(series, at(1, 9))
    key(page, Qt.Key.Key_Down, held=ALT)
    button(desk.dialog(WhichDialog), "This one").click()
    desk.settle()
    assert starts(page) == ["0.09:00-10:00 周会", "1.09:30-10:30 周会", "2.09:00-10:00 周会"]
    page.table.go_to(series, at(2, 9))
    key(page, Qt.Key.Key_Delete)
    button(desk.dialog(WhichDialog), "All").click()
    desk.settle()
    assert starts(page) == []
    desk.press_undo()
    assert len(starts(page)) == 3


def test_every_weekday_said_on_a_sunday_begins_on_monday(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    page = open_calendar(desk)
    page.actions_.create(Cursor(Span(at(6, 9), at(6, 10)), is_whole=False))
    desk.settle()
    dialog = desk.dialog(EventDialog)
    dialog.editors["subject"].set_value("站会")
    box = dialog.repeats.box
    dialog.repeats.show_rule(None, datetime.date(2027, 2, 28))
    offered = {box.itemData(place) for place in range(box.count())}
    assert {"FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;BYDAY=4SU", "FREQ=MONTHLY;BYDAY=-1SU"} <= offered
    dialog.repeats.show_rule("FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", at(6, 9).date())
    dialog.save()
    desk.settle()
    assert page.table.current is not None
    assert page.table.current.starts_at == at(7, 9)
    assert len(starts(page)) == 5


def test_one_line_makes_an_event_at_the_customer_it_names(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    customer = desk.customer("珠海华工医药有限公司")
    page = open_calendar(desk)
    page.line.setText("明天下午3点 回访 华工医药")
    page.line.enter()
    page.line.enter()  # twice is once
    desk.settle()
    assert len(starts(page)) == 1
    found = page.table.current
    assert found is not None
    assert found.details is not None
    assert found.starts_at == midnight(clock.today() + DAY) + 15 * HOUR
    assert found.details.subject == "回访 华工医药"
    assert (
        desk.value("event", found.event_id, "(select code from crm.dictionary_entry k where k.id = kind_id)") == "visit"
    )
    assert found.details.customer == Ref(customer.id, "珠海华工医药有限公司")
    assert page.line.text() == ""
    for typed, is_of_the_line in (("明", True), ("", False)):
        page.line.setText(typed)
        claim = QKeyEvent(QEvent.Type.ShortcutOverride, Qt.Key.Key_Z, CONTROL)
        claim.ignore()
        QApplication.sendEvent(page.line, claim)
        assert claim.isAccepted() == is_of_the_line  # else it is the window's, which undoes


def test_of_others_one_sees_that_they_are_busy_and_no_more(sit_down: SitDown, sign_in: SignIn) -> None:
    desk, director = sit_down("junior"), sign_in("director")
    make(director, at(1, 9), subject="薪酬", people=())
    page = open_calendar(desk)
    page.side.calendars_wanted.emit({(False, director.person.id)})
    desk.settle()
    assert starts(page) == ["1.09:00-10:00 Busy"]
    one = page.model.shown.occurrences[0]
    assert "薪酬" not in page.table.words(one)
    page.actions_.open(one)
    assert "not why" in desk.notices()
    menu = QMenu()
    page.fill_menu(menu, one)
    assert menu.isEmpty()


def test_invitations_are_told_and_answered_and_what_others_do_shows_at_once(sit_down: SitDown, sign_in: SignIn) -> None:
    desk = sit_down("junior")
    page = open_calendar(desk)
    page.go_to(at(8, 9).date())  # what is over asks nobody any more
    desk.settle()
    director = sign_in("director")
    asked = make(director, at(8, 9), subject="面谈", people=(desk.gateway.person.id,))
    desk.hear("event_participant", asked)
    assert starts(page) == ["1.09:00-10:00 面谈"]
    assert "面谈" in page.bar.texts()[0]
    page.actions_.answer(page.model.shown.occurrences[0], "accepted")
    desk.settle()
    assert page.bar.texts() == []
    page.table.setFocus()
    page.table.go_to(asked, at(8, 9))
    key(page, Qt.Key.Key_Delete)
    assert "not change it" in desk.notices()
    key(page, Qt.Key.Key_Right, held=ALT)
    desk.settle()
    assert starts(page) == ["1.09:00-10:00 面谈"]
    page.actions_.open(page.model.shown.occurrences[0])
    desk.settle()
    assert isinstance(desk.window.show_area("calendar").current_page(), FormPage)


def test_the_dialog_warns_of_clashes_and_offers_free_times(sit_down: SitDown, sign_in: SignIn) -> None:
    desk = sit_down("seller")
    director = sign_in("director")
    make(director, at(1, 9), subject="面谈")
    page = open_calendar(desk)
    page.actions_.create(Cursor(Span(at(1, 9), at(1, 10)), is_whole=False))
    desk.settle()
    dialog = desk.dialog(EventDialog)
    dialog.people.set_value([Ref(director.person.id, director.person.name)])
    dialog._check_clashes()
    desk.settle()
    assert "director: Busy" in dialog.clash.texts()[0]
    dialog.resources.adder.line.setText("nothing of that name")
    dialog.save()
    assert dialog.save_button.isEnabled()  # it was not saved without the room
    dialog.resources.adder.set_value(None)
    offered: list[list[Span]] = []
    dialog._offer_free = offered.append
    dialog.find_free()
    desk.settle()
    assert len(offered[0]) == 8
    dialog._take_free(offered[0][0])
    dialog._check_clashes()
    desk.settle()
    assert dialog.clash.texts() == []
    dialog.reject()


def test_a_calendar_goes_out_as_a_file_comes_in_and_is_printed(
    sit_down: SitDown, sign_in: SignIn, tmp_path: Path
) -> None:
    director = sign_in("director")
    make(director, at(1, 9), rule="FREQ=DAILY;COUNT=2")
    file = tmp_path / "calendar.ics"
    with director.read() as session:
        file.write_bytes(write_calendar(session, director.person, at(0, 0)))
    desk = sit_down("seller")
    page = open_calendar(desk)
    page.files.bring_in_from(file)
    desk.settle()
    assert starts(page) == ["1.09:00-10:00 周会", "2.09:00-10:00 周会"]
    page.files.export_to(tmp_path / "mine.ics")
    desk.settle()
    assert b"RRULE:FREQ=DAILY;COUNT=2" in (tmp_path / "mine.ics").read_bytes()
    page.files.print()
    desk.settle()
    assert desk.dialog(PrintPreview).pages.count() == 1
    file.write_text("nonsense", encoding="utf-8")
    page.files.bring_in_from(file)
    desk.settle()
    assert "no calendar file" in desk.notices()


def test_an_hour_alone_is_one_of_the_day_that_stands_there(qtbot: QtBot) -> None:
    editor = TimesEditor()
    qtbot.addWidget(editor)
    begin = datetime.datetime(2027, 3, 1, 10).astimezone()
    editor.show_span(Span(begin, begin + HOUR), is_whole=False)
    for line, typed in ((editor.starts_at.line, "15:00"), (editor.ends_at.line, "17：30")):
        line.clear()
        write(line, typed)
        line.editingFinished.emit()
    assert editor.span() == Span(begin + 5 * HOUR, begin + 7.5 * HOUR)
    assert editor.ends_at.line.text() == "2027-03-01 17:30"


def test_all_ways_draw_what_there_is(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    make(desk.gateway, at(1, 9))
    make(desk.gateway, at(0, 0), subject="出差", ends_at=at(3, 0), is_all_day=True)
    make(desk.gateway, at(1, 9) + HOUR / 2, subject="电话", is_private=True)
    for _more in range(6):
        make(desk.gateway, at(2, 0), subject="全天", ends_at=at(3, 0), is_all_day=True)
    page = open_calendar(desk)
    for mode in Mode:
        page.show_mode(mode)
        page.go_to(clock.today() - clock.today().weekday() * DAY + 2 * DAY)
        desk.settle()
        assert not page.grab().isNull()
        boxes = page.table._layout.boxes
        assert boxes or mode is Mode.TEAM
    page.show_mode(Mode.AGENDA)
    desk.settle()
    page.table.setFocus()
    shown = page.model.shown.occurrences
    key(page, *[Qt.Key.Key_Up] * len(shown))
    seen = [page.table.current]
    for _line in shown[1:]:
        key(page, Qt.Key.Key_Down)
        seen.append(page.table.current)
    assert seen == [*shown]
    page.show_mode(Mode.WEEK)
    desk.settle()
    assert page.table.cursor_span is not None
    assert (page.table.current, page.table.cursor_span.span.starts_at) == (shown[-1], shown[-1].starts_at)
    assert [(day - at(0, 0).date()).days for _rect, day, _many, _head in page.table._layout.rests] == [2]


spans = st.lists(st.tuples(st.integers(0, 100), st.integers(1, 30)).map(lambda t: (t[0], t[0] + t[1])), max_size=25)


@given(spans)
def test_no_two_share_a_column_at_one_time(found: list[tuple[int, int]]) -> None:
    items = [(float(begin), float(end), number) for number, (begin, end) in enumerate(found)]
    placed = {number: (column, columns) for number, column, columns in columns_of(items)}
    assert placed.keys() == {*range(len(found))}
    for begin, end, one in items:
        assert placed[one][0] < placed[one][1]
        for other_begin, other_end, other in items:
            if one != other and begin < other_end and other_begin < end:
                assert placed[one][0] != placed[other][0]
                assert placed[one][1] == placed[other][1]


@given(spans)
def test_no_two_share_a_lane_on_one_day(found: list[tuple[int, int]]) -> None:
    placed = lanes_of((begin, end, number) for number, (begin, end) in enumerate(found))
    taken = [(day, lane) for _number, first, last, lane in placed for day in range(first, last + 1)]
    assert len(taken) == len({*taken})


def test_of_each_day_of_a_month_all_are_drawn_or_counted() -> None:
    days = days_shown(Mode.MONTH, datetime.date(2026, 11, 22))
    begins = [midnight(days[n % len(days)]) + n % 20 * HOUR for n in range(2000)]
    found = [Occurrence(n, at, at + (n % 70 + 1) * HOUR, (1,), (), None) for n, at in enumerate(begins)]
    layout = MonthLayout(arranged(Shown(Mode.MONTH, days[9], days, found)), 1000, 700)
    assert len(layout.boxes) < 200
    for number, day in enumerate(days):
        of_day = {one.event_id for one in found if one.starts_at.date() <= day <= one.last_day}
        drawn = [box for box in layout.boxes if layout.cell(number).intersects(box.rect)]
        assert len(of_day) - len(drawn) == sum(many for _rect, of, many, _head in layout.rests if of == day)


@given(st.dates(datetime.date(2000, 1, 1), datetime.date(2090, 1, 1)), st.sampled_from(list(Mode)))
def test_pages_of_a_calendar_follow_each_other(day: datetime.date, mode: Mode) -> None:
    days = days_shown(mode, day)
    assert day - day.weekday() * DAY in days or day in days
    assert stepped(mode, stepped(mode, day, 1), -1) <= day
    following = days_shown(mode, stepped(mode, day, 1))
    assert days[0] < following[0] <= days[-1] + 3 * DAY


def test_titles_in_both_languages() -> None:
    day = datetime.date(2026, 11, 22)
    assert [title_of(mode, day) for mode in (Mode.MONTH, Mode.WEEK)] == [
        "November 2026",
        "16 Nov 2026 – 22 Nov, week 47",
    ]
    set_language("zh")
    assert [title_of(mode, day) for mode in (Mode.MONTH, Mode.DAY)] == ["2026年11月", "2026年11月22日 周日"]


def test_what_lasts_a_whole_day_stands_above_the_hours() -> None:
    begin = midnight(datetime.date(2026, 11, 22))
    assert Occurrence(1, begin, begin + DAY, (), (), None).is_whole_days
    assert not Occurrence(1, begin, begin + 23 * HOUR, (), (), None).is_whole_days
    assert Occurrence(1, begin, begin + DAY, (), (), None).last_day == begin.date()
