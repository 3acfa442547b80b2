"""An event that is dragged: to other people and rooms, and warned of who has no time then."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from crm_desktop.core import clock
from crm_desktop.services.calendar import Span
from crm_desktop.services.calendar_times import Mode, midnight
from crm_desktop.ui.calendar.layout import Cursor
from tests.db.conftest import SignIn
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template
from tests.ui.test_calendar import ALT, HOUR, LEFT, NONE, at, drag, key, make, open_calendar, point

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_on_the_lines_of_a_team_an_event_is_rebooked(sit_down: SitDown) -> None:
    desk = sit_down("admin")
    page = open_calendar(desk, Mode.TEAM)
    lines = [one.ref for one in page.model.shown.calendars]
    room, car = (next(n for n, ref in enumerate(lines) if words in ref.label) for words in ("会议室", "粤"))
    colleague = next(n for n, ref in enumerate(lines) if ref.id != desk.gateway.person.id)
    today = midnight(clock.today()) + 9 * HOUR
    first = make(desk.gateway, today, resources=(lines[room].id,))
    make(desk.gateway, today + HOUR / 2, subject="送货", resources=(lines[car].id,))
    page.model.refresh()
    desk.settle()

    def box(row: int) -> QPoint:
        (found,) = [b for b in page.table._layout.boxes if b.row == row and b.occurrence.event_id == first]
        return page.table._on_viewport(found.rect, is_fixed=False).center()

    def line(row: int) -> int:
        return page.table.point_at(Cursor(Span(today, today + HOUR), is_whole=False, row=row)).y() + 10

    where = page.table.viewport()
    QTest.mousePress(where, LEFT, NONE, box(room))
    QTest.mouseMove(where, box(room) + QPoint(0, 12))
    QTest.mouseMove(where, QPoint(box(room).x(), line(car)))
    drag_ = page.table._drag
    assert drag_ is not None
    wanted = page.table._wanted()
    assert wanted is not None
    assert [one.title for one in drag_.clashing(page.model.shown, wanted)] == ["送货"]
    QTest.mouseRelease(where, LEFT, NONE, QPoint(box(room).x(), line(colleague)))  # people are no rooms
    desk.settle()
    assert "moved" not in desk.notices()
    drag(page, box(room), QPoint(box(room).x(), line(car)))
    desk.settle()
    assert f"is already booked on {today:%Y-%m-%d} 09:00." in desk.notices()
    assert page.table.cursor_span is not None
    assert page.table.cursor_span.row != car  # it is where it was
    mine = next(n for n, ref in enumerate(lines) if ref.id == desk.gateway.person.id)
    page.table.setFocus()
    page.table._choose((first, today))
    page.table.cursor_span = Cursor(Span(today, today + HOUR), is_whole=False, row=mine)
    key(page, Qt.Key.Key_Down if colleague > mine else Qt.Key.Key_Up, held=ALT)
    desk.settle()
    assert desk.value("event", first, "owner_id") == lines[mine + 1].id
    assert page.table.cursor_span.row == mine + 1


def test_dragging_warns_of_whom_and_what_is_not_shown(sit_down: SitDown, sign_in: SignIn) -> None:
    desk = sit_down("seller")
    page = open_calendar(desk)
    room, junior = desk.id_of("resource"), sign_in("junior")
    make(junior, at(2, 11), resources=(room,))
    make(junior, at(2, 15))
    mine = make(desk.gateway, at(2, 9), people=(junior.person.id,), resources=(room,))
    desk.hear("event", mine)
    where = page.table.viewport()
    QTest.mousePress(where, LEFT, NONE, point(page, at(2, 9)) + QPoint(0, 8))
    told = []
    for hour in (10, 11, 15):
        QTest.mouseMove(where, point(page, at(2, hour)) + QPoint(0, 8))
        desk.settle()
        drag_, wanted = page.table._drag, page.table._wanted()
        assert drag_ is not None
        assert wanted is not None
        told.append([drag_.trouble_words(one) for one in drag_.clashing(page.model.shown, wanted)])
    QTest.mouseRelease(where, LEFT, NONE, point(page, at(2, 10)))
    name = desk.value("resource", room, "name")
    assert told == [[], [f"{name}: 周会"], ["junior: 周会"]]
