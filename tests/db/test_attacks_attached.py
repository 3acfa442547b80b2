"""What an employee with psql tries with shares, files, comments and views, which others meet at their records."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep
from typing import Any

import psycopg2
import psycopg2.errors
import pytest
from sqlalchemy import text

from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.stored_json import read_json
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services import listing, views
from crm_desktop.ui.list_page.arrangement import Arrangement
from tests.db.conftest import SignIn
from tests.db.office import PASSWORD, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
SELLER = login("seller")


def customer_of(raw: Raw, owner: int) -> int:
    raw.become(None)
    return int(raw.value("select min(id) from crm.customer where owner_id = %s", owner))


@pytest.mark.parametrize(
    ("position", "piece"), [(1, b"x"), (-1, b"x"), (0, b""), (0, None), (None, b"x"), (0, bytes((1 << 18) + 1))]
)
def test_pieces_come_in_order_and_size(raw: Raw, office: Office, position: int | None, piece: bytes | None) -> None:
    """Who attaches the same bytes later reads these very pieces."""
    del office
    raw.become(SELLER)
    content = raw.value("select crm.begin_content()")
    assert raw.tried("select crm.add_piece(%s, %s, %s)", content, position, piece) == REFUSED


def test_after_a_short_piece_none_comes(raw: Raw, office: Office) -> None:
    del office
    raw.become(SELLER)
    content = raw.value("select crm.begin_content()")
    raw.rows("select crm.add_piece(%s, 0, 'x')", content)
    for position in (0, 1):
        assert raw.tried("select crm.add_piece(%s, %s, 'y')", content, position) == REFUSED


@pytest.mark.parametrize("column", ["created_at", "updated_at"])
@pytest.mark.parametrize(
    ("table", "columns", "values"),
    [
        ("comment", "entity, record_id, body", "'customer', {customer}, 'x'"),
        ("customer", "name", "'x'"),
        ("saved_view", "entity, name, content", "'customer', 'x', '{{}}'"),
    ],
)
def test_nobody_says_when_it_was(raw: Raw, office: Office, table: str, columns: str, values: str, column: str) -> None:
    values = values.format(customer=customer_of(raw, office.ids["seller"]))
    raw.become(SELLER)
    assert raw.tried(f"insert into crm.{table} ({columns}) values ({values})") == 1
    assert raw.tried(f"insert into crm.{table} ({columns}, {column}) values ({values}, now())") == REFUSED
    assert raw.tried(f"update crm.{table} set {column} = now()") == REFUSED


@pytest.fixture
def connect(server: ServerAddress, own_database: str) -> Iterator[Callable[[str], Any]]:
    """Raw connections to one database, by key; closed at the end."""
    opened: list[Any] = []

    def connection_of(key: str) -> Any:
        opened.append(psycopg2.connect(server.url(own_database, login(key), PASSWORD)))
        return opened[-1]

    yield connection_of
    for connection in opened:
        connection.close()


def wait_for(connection: Any, waiting: Any, statement: Future[None]) -> None:
    """Until the statement of ``waiting`` waits for a lock of ``connection``, or has ended without."""
    blocking = "select %s = any (pg_blocking_pids(%s))"
    while not statement.done():
        with connection.cursor() as cursor:
            cursor.execute(blocking, (connection.info.backend_pid, waiting.info.backend_pid))
            if cursor.fetchone()[0]:
                return
        sleep(0.01)


SHARE = "insert into crm.share (entity, record_id, employee_id, may_write) values ('customer', %s, crm.me(), true)"
TAKE = "update crm.customer set owner_id = crm.me() where id = %s"


def test_a_share_made_before_the_record_is_taken_away_and_committed_later_ends(connect: Callable[[str], Any]) -> None:
    seller, director = connect("seller"), connect("director")
    with seller.cursor() as his, director.cursor() as hers, ThreadPoolExecutor(1) as other:
        hers.execute("select crm.me()")  # her transaction is older than his
        his.execute("select min(id) from crm.customer where owner_id = crm.me()")
        (own,) = his.fetchone()
        his.execute(SHARE, (own,))
        taking = other.submit(hers.execute, TAKE, (own,))
        wait_for(seller, director, taking)
        seller.commit()
        taking.result(timeout=60)
        director.commit()
        his.execute("select count(*) from crm.customer where id = %s", (own,))
        assert his.fetchone() == (0,)


def test_a_share_made_while_the_record_is_taken_away_is_refused(connect: Callable[[str], Any]) -> None:
    seller, director = connect("seller"), connect("director")
    with seller.cursor() as his, director.cursor() as hers, ThreadPoolExecutor(1) as other:
        his.execute("select min(id) from crm.customer where owner_id = crm.me()")
        (own,) = his.fetchone()
        hers.execute(TAKE, (own,))
        sharing = other.submit(his.execute, SHARE, (own,))
        wait_for(director, seller, sharing)
        director.commit()
        with pytest.raises(psycopg2.errors.InsufficientPrivilege):
            sharing.result(timeout=60)


def test_who_gives_his_record_away_may_stay_by_a_share_of_the_same_transaction(raw: Raw, office: Office) -> None:
    own = customer_of(raw, office.ids["manager"])
    raw.become(login("manager"))
    raw.rows(SHARE, own)
    assert raw.count("update crm.customer set owner_id = %s where id = %s", office.ids["seller"], own) == 1
    assert raw.value("select count(*) from crm.share where record_id = %s", own) == 1


@pytest.mark.parametrize("body", ["secret", ""])
def test_the_undo_tells_nothing_of_comments_and_files_out_of_sight(raw: Raw, office: Office, body: str) -> None:
    hidden = customer_of(raw, office.ids["director"])
    done = raw.act(login("director"), "comment")
    raw.rows("insert into crm.comment (entity, record_id, body) values ('customer', %s, 'secret')", hidden)
    if not body:
        raw.become(None)
        raw.act(login("admin"), "comment")
        raw.count("delete from crm.comment where record_id = %s", hidden)
    for key in ("seller", "clerk", "idle", "gone"):
        raw.become(login(key))
        seen = raw.column("select id from crm.customer where id = %s", hidden)
        expected = 1 if seen else REFUSED
        assert raw.tried("select journal.undo(%s, true)", done) == expected, key


HOSTILE = {
    "levels": "[" * 5000 + "]" * 5000,
    "some levels": '{"filter": ' + "[" * 950 + "]" * 950 + "}",
    "digits": f'{{"arrangement": {{"columns": [], "widths": {{"name": {"9" * 6000}}}}}}}',
    "null": "null",
    "text": '"x"',
    "sql": """{"sort": "name; drop table crm.customer", "preset": "' or true --"}""",
    "kinds": '{"sort": [1], "preset": {}, "filter": 7, "arrangement": {"columns": [{}], "widths": {"name": 1e400}}}',
    "columns": f'{{"arrangement": {{"columns": {json.dumps(["name"] * 10_000)}, "widths": {{}}}}}}',
}


@pytest.mark.parametrize("content", HOSTILE.values(), ids=HOSTILE.keys())
def test_no_shown_view_breaks_a_colleagues_lists(sign_in: SignIn, content: str) -> None:
    with sign_in("admin").write() as session:
        session.execute(
            text(
                "insert into crm.saved_view (entity, name, icon, is_for_everybody, content)"
                " values ('customer', 'x', 'no-such-icon', true, cast(:content as jsonb))"
            ),
            {"content": content},
        )
    seller = sign_in("seller")
    with seller.read() as session:
        (view,) = [one for one in views.fetch_views(session) if one.name == "x"]
        query, columns = view.query(), listing.columns_of(CUSTOMER, Arrangement.from_stored(view.arrangement).keys)
        assert len(columns) <= len(CUSTOMER.table.columns)
        assert listing.fetch_ids(session, query, seller.person)
        assert listing.fetch_first_page(session, query, seller.person, columns)
        assert views.fetch_view_counts(session, [view], seller.person)[view.id]


def test_ordinary_json_is_read_as_it_is() -> None:
    value = {"remark": '[[[[{"\\' * 200, "n": [1, 2.5, None, True]}
    assert read_json(json.dumps(value)) == value
