"""The elected workstation has done what is due, every minute; the others look seldom, but they look."""

from __future__ import annotations

from sqlalchemy import text

from crm_desktop.ui.job_clock import MINUTE_MS, OTHERS_MS, JobClock
from tests.ui.desk import SitDown, count_statements, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]


def test_who_is_elected_has_done_what_is_due(sit_down: SitDown) -> None:
    desk = sit_down("seller")
    with desk.gateway.write() as session:
        session.execute(text("insert into crm.opportunity (name) values ('商机')"))
    clock = JobClock(desk.tasks)
    assert clock.interval_ms == OTHERS_MS
    clock.elect(True)
    desk.settle()
    assert clock.interval_ms == MINUTE_MS
    assert desk.id_of("opportunity_snapshot") > 0

    def a_minute_later() -> None:
        clock.work()
        desk.settle()

    assert len(count_statements(a_minute_later)) <= 2  # a minute may have passed
    clock.elect(False)
    desk.settle()
    assert clock.interval_ms == OTHERS_MS
