"""An old service log, its day written once for several calls, becomes requests that are over, with all it says."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any

from sqlalchemy import text

from crm_desktop.core.names import name_core
from crm_desktop.services import journal
from importers import run
from importers.plan import Fate, MatchRule, OnMatch
from tests.db.conftest import SignIn

LEGACY = Path(__file__).parents[1] / "data" / "legacy"
LOG = LEGACY / "服务记录2004.xls"
EXPECTED: list[dict[str, Any]] = json.loads((LEGACY / "expected" / f"{LOG.name}.json").read_text(encoding="utf-8"))
MISSPELT = "7-12月!39"
"""A branch whose firm is named without 有限: whether it is the same, a person says."""
REQUESTS = text("""
    select c.name, (r.reported_at at time zone :zone)::date as day, r.subject, e.name as engineer, r.solution, r.hours,
           s.code, r.was_late, r.description
    from crm.service_request r join crm.customer c on c.id = r.customer_id join crm.employee e on e.id = r.owner_id
    join crm.dictionary_entry s on s.id = r.state_id
""")


def test_every_call_of_the_log_becomes_a_request_that_is_over(sign_in: SignIn) -> None:
    admin = sign_in("admin")
    unknown, *known = EXPECTED
    engineers = {one["engineer"] for customer in EXPECTED for one in customer["services"]}
    with admin.write() as session:
        add = text("insert into crm.customer (name, name_core) select * from unnest(:names, :cores) as n (name, core)")
        names = [customer["name"] for customer in known]
        session.execute(add, {"names": names, "cores": list(map(name_core, names))})
        session.execute(text("insert into crm.employee (name) select unnest(:names)"), {"names": sorted(engineers)})
    clerk = sign_in("clerk")
    source = run.open_file(LOG, "service_request").chosen()
    with clerk.long_write() as session:
        done = run.import_records(session, clerk.person, source.read(), source, MatchRule(OnMatch.FILL))
        zone = session.scalar(text("show timezone"))
    rejected = [row for row in done.plan.rows if row.fate is Fate.REJECT]
    not_known = {one["at"] for one in unknown["services"]} | {MISSPELT}
    assert {row.at for row in rejected} == not_known
    with clerk.read() as session:
        found = session.execute(REQUESTS, {"zone": zone}).all()
    wanted = sorted(
        (
            customer["name"], datetime.date.fromisoformat(one["on"]), one["problem"], one["engineer"], one["result"],
            None if one.get("hours") is None else round(float(one["hours"]), 2),
        )
        for customer in known
        for one in customer["services"]
        if one["at"] not in not_known
    )  # fmt: skip
    rows = sorted((r.name, r.day, r.subject, r.engineer, r.solution, r.hours and float(r.hours)) for r in found)
    assert [tuple(map(str, row)) for row in rows] == [tuple(map(str, row)) for row in wanted]
    assert {(r.code, r.was_late) for r in found} == {("closed", False)}
    assert sum("张" in (r.description or "") or bool(r.description) for r in found) > 500, "who called is kept in words"
    assert done.written.change_set is not None
    with clerk.write() as session:
        journal.undo(session, done.written.change_set)
        assert session.scalar(text("select count(*) from crm.service_request")) == 0
