"""Memos are nobody else's business, whatever else somebody may see."""

from __future__ import annotations

from tests.db.office import Office, login
from tests.db.raw import Raw


def test_one_reads_and_writes_ones_own_and_reads_what_is_shared(raw: Raw, office: Office) -> None:
    for key in ("admin", "director", "manager", "clerk", "desk", "seller"):
        raw.act(login(key))
        assert raw.column("select owner_id from crm.memo") == [office.ids[key]]
        assert raw.tried("update crm.memo set body = 'x'") == 1
        other = office.ids["seller" if key != "seller" else "junior"]
        assert raw.tried("insert into crm.memo (subject, owner_id) values ('x', %s)", other) == "42501"
    raw.act(login("seller"))
    id_ = raw.value("select id from crm.memo")
    raw.count("insert into crm.share (entity, record_id, employee_id) values ('memo', %s, %s)", id_, office.ids["desk"])
    raw.become(login("desk"))
    assert id_ in raw.column("select id from crm.memo")
    assert raw.tried("update crm.memo set body = 'x' where id = %s", id_) == 0
