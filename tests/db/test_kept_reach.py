"""What journal.reach keeps is what would be worked out now; that this is right, tests/db/test_policies.py proves."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg2
import psycopg2.errors
import pytest

from crm_desktop.db.embedded import ServerAddress
from tests.db.office import Office
from tests.db.raw import Raw

KEPT = "select employee_id, entity, verb, owner_ids from journal.reach order by 1, 2, 3"
SERVICE = "(select id from crm.department where name = 'service')"
CHANGES = (
    "update crm.employee set superior_id = {narrow} where id = {junior}",
    f"update crm.employee set department_id = {SERVICE} where id = {{seller}}",
    f"update crm.department set parent_id = {SERVICE} where name = 'sales'",
    "update crm.employee set is_pool = false where is_pool",
    "delete from crm.group_member where employee_id = {seller}",
    "insert into crm.group_member (group_id, employee_id) select id, {idle} from crm.permission_group",
    "update crm.permission_grant set read_scope = 3, functions = '{{}}' where entity = 'customer' and read_scope = 2",
    "delete from crm.permission_grant where entity = 'lead'",
    "insert into crm.employee (name, superior_id) values ('new', {leader})",
    "delete from crm.employee where name = 'new'",
)


def test_every_change_of_rights_is_kept(raw: Raw, office: Office) -> None:
    before = raw.rows(KEPT)
    for change in CHANGES:
        raw.cursor.execute(change.format(**office.ids))
        kept = raw.rows(KEPT)
        raw.cursor.execute("delete from journal.reach; select crm.refresh_reach()")
        assert raw.rows(KEPT) == kept != before, change
        before = kept


def test_two_who_change_rights_at_once_wait_for_each_other(server: ServerAddress, own_database: str) -> None:
    """Neither change alone says that idle reaches the leader's customers."""
    first, second = (psycopg2.connect(server.url(own_database)) for _number in range(2))
    mine, other = first.cursor(), second.cursor()
    mine.execute(
        "insert into crm.group_member (group_id, employee_id) select g.id, e.id"
        " from crm.permission_group g, crm.employee e where g.code = 'salesperson' and e.name = 'idle'"
    )
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(
            other.execute,
            "update crm.employee e set superior_id = i.id from crm.employee i"
            " where i.name = 'idle' and e.name = 'leader'",
        )
        watcher = psycopg2.connect(server.url(own_database))
        watcher.autocommit = True
        while not _is_waiting(watcher, second):
            assert not waiting.done()
        first.commit()
        waiting.result()
    second.commit()
    mine.execute(KEPT)
    kept = mine.fetchall()
    mine.execute("delete from journal.reach")
    mine.execute("select crm.refresh_reach()")
    mine.execute(KEPT)
    assert mine.fetchall() == kept
    for connection in (first, second, watcher):
        connection.close()


def _is_waiting(watcher: Any, connection: Any) -> bool:
    cursor = watcher.cursor()
    cursor.execute(
        "select wait_event_type = 'Lock' from pg_stat_activity where pid = %s", (connection.info.backend_pid,)
    )
    return bool(cursor.fetchone()[0])


def test_rights_do_not_change_by_a_snapshot_that_may_be_old(server: ServerAddress, own_database: str) -> None:
    with psycopg2.connect(server.url(own_database)) as connection, connection.cursor() as cursor:
        cursor.execute("set transaction isolation level repeatable read")
        with pytest.raises(psycopg2.errors.FeatureNotSupported):
            cursor.execute("delete from crm.group_member")
    connection.close()
