"""Files and comments, by raw connection: everybody meets those of the records he sees, and of no others."""

from __future__ import annotations

import pytest

from tests.db.office import SIGNED_IN, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
ADMIN, SELLER, DESK = map(login, ("admin", "seller", "desk"))
WHOLE = b"x" * (1 << 18)
"""A whole piece; only the last is shorter."""
RECORDS = ("customer", "contact", "activity", "employee", "department", "dictionary_entry", "permission_group")


def attach(raw: Raw, entity: str, record_id: int, *pieces: bytes, name: str = "a.txt") -> int:
    """A file with these pieces; its id."""
    content = raw.value("select crm.begin_content()")
    for position, piece in enumerate(pieces or (b"x",)):
        raw.rows("select crm.add_piece(%s, %s, %s)", content, position, piece)
    return int(
        raw.value(
            "insert into crm.attachment (entity, record_id, name, mime_type, content_id)"
            " values (%s, %s, %s, 'text/plain', %s) returning id",
            entity, record_id, name, content,
        )
    )  # fmt: skip


def attach_everywhere(raw: Raw, office: Office) -> None:
    """By the administrator: a file and a comment at every record of every kind."""
    raw.become(ADMIN)
    for entity in RECORDS:
        content = raw.value("select crm.begin_content()")
        raw.rows("select crm.add_piece(%s, 0, %s)", content, entity.encode())
        first = raw.value(f"select min(id) from crm.{entity}")
        raw.rows(
            "insert into crm.attachment (entity, record_id, name, mime_type, content_id) values (%s, %s, 'a', 'b', %s)",
            entity, first, content,
        )  # fmt: skip
    raw.become(None)
    raw.rows("set role crm_owner")
    admin = office.ids["admin"]
    for entity in RECORDS:
        raw.rows(
            "insert into crm.attachment (entity, record_id, name, mime_type, content_id, added_by_id)"
            f" select a.entity, t.id, 'b', 'b', a.content_id, %s from crm.{entity} t, crm.attachment a"
            " where a.entity = %s and t.id <> a.record_id",
            admin, entity,
        )  # fmt: skip
        raw.rows(
            "insert into crm.comment (entity, record_id, author_id, body) select %s, id, %s, 'x'"
            f" from crm.{entity}",
            entity, admin,
        )  # fmt: skip
    raw.rows("reset role")


@pytest.fixture
def customer(raw: Raw, office: Office) -> int:
    """One of the seller's."""
    id_: int = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["seller"])
    return id_


@pytest.fixture
def foreign(raw: Raw, office: Office) -> int:
    """One that the seller does not see."""
    id_: int = raw.value("select min(id) from crm.customer where owner_id = %s", office.ids["director"])
    return id_


@pytest.mark.parametrize("key", SIGNED_IN)
def test_files_and_comments_are_seen_exactly_with_their_records(raw: Raw, office: Office, key: str) -> None:
    raw.count("delete from crm.attachment")
    attach_everywhere(raw, office)
    raw.become(login(key))
    for entity in RECORDS:
        records = {*raw.column(f"select id from crm.{entity}")}
        for table in ("attachment", "comment"):
            assert {*raw.column(f"select record_id from crm.{table} where entity = %s", entity)} == records, table
        contents = raw.value("select count(*) from crm.attachment_piece where convert_from(bytes, 'UTF8') = %s", entity)
        assert contents == (1 if records else 0)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_files_are_added_renamed_and_removed_by_who_may_change_the_record(raw: Raw, office: Office, key: str) -> None:
    attach_everywhere(raw, office)
    raw.become(login(key))
    for entity in RECORDS:
        changeable = {
            id_
            for id_ in raw.column(f"select id from crm.{entity} limit 40")
            if raw.tried(f"update crm.{entity} set version = version where id = %s", id_) == 1
        }
        for id_ in raw.column(f"select id from crm.{entity} limit 40"):
            may = id_ in changeable
            where = "where entity = %s and record_id = %s"
            assert raw.tried(f"update crm.attachment set name = 'c' {where}", entity, id_) == int(may)
            assert raw.tried(f"delete from crm.attachment {where}", entity, id_) == int(may)
        for id_ in {*sorted(changeable)[:2]}:
            raw.rows("savepoint added")
            attach(raw, entity, id_)
            raw.rows("rollback to savepoint added")


def test_nobody_attaches_to_what_he_may_not_change(raw: Raw, foreign: int) -> None:
    raw.become(SELLER)
    content = raw.value("select crm.begin_content()")
    insert = "insert into crm.attachment (entity, record_id, name, mime_type, content_id) values (%s, %s, 'a', 'b', %s)"
    for entity, record_id in (("customer", foreign), ("permission_group", 1), ("setting", 1), ("nothing", 1)):
        assert raw.tried(insert, entity, record_id, content) == REFUSED


def test_nobody_attaches_a_content_that_he_did_not_just_write(raw: Raw, customer: int, foreign: int) -> None:
    raw.become(ADMIN)
    secret = raw.value("select content_id from crm.attachment where id = %s", attach(raw, "customer", foreign, b"s"))
    raw.become(SELLER)
    insert = "insert into crm.attachment (entity, record_id, name, mime_type, content_id) values (%s, %s, 'a', 'b', %s)"
    assert raw.tried(insert, "customer", customer, secret) == REFUSED
    mine = attach(raw, "customer", customer)
    assert raw.tried("update crm.attachment set content_id = %s where id = %s", secret, mine) == REFUSED
    assert raw.tried("select crm.add_piece(%s, 9, 'x')", secret) == REFUSED
    assert raw.tried("update crm.attachment set record_id = %s where id = %s", foreign, mine) == REFUSED


def test_the_same_bytes_are_kept_once_and_nobody_is_told(raw: Raw, customer: int, foreign: int) -> None:
    raw.become(ADMIN)
    attach(raw, "customer", foreign, WHOLE, b"two")
    raw.become(SELLER)
    mine = attach(raw, "customer", customer, WHOLE, b"two")
    assert raw.rows("select size, added_by_id = crm.me() from crm.attachment where id = %s", mine) == [
        (len(WHOLE) + 3, True)
    ]
    content = raw.value("select content_id from crm.attachment where id = %s", mine)
    pieces = raw.column("select bytes from crm.attachment_piece where content_id = %s order by position", content)
    assert [bytes(piece) for piece in pieces] == [WHOLE, b"two"]
    assert raw.tried("select hash from crm.attachment_content") == REFUSED
    assert raw.value("select count(*) from crm.attachment where content_id = %s", content) == 1
    raw.become(None)
    assert raw.value("select count(*) from crm.attachment where content_id = %s", content) == 2


def test_a_file_beyond_the_limit_is_refused(raw: Raw, customer: int) -> None:
    raw.count("insert into crm.setting (key, value) values ('attachment_limit_mb', '1')")
    raw.become(SELLER)
    content = raw.value("select crm.begin_content()")
    for position in range(4):
        raw.rows("select crm.add_piece(%s, %s, %s)", content, position, WHOLE)
    assert raw.tried("select crm.add_piece(%s, 4, 'x')", content) == "P0001"
    assert attach(raw, "customer", customer)


def test_comments_are_written_by_whoever_sees_the_record_and_belong_to_their_authors(
    raw: Raw, customer: int, foreign: int
) -> None:
    insert = "insert into crm.comment (entity, record_id, body) values ('customer', %s, 'x')"
    raw.become(SELLER)
    assert raw.tried(insert, foreign) == REFUSED
    assert raw.tried("insert into crm.comment (entity, record_id, author_id, body) values ('customer', %s, 1, 'x')",
                     customer) == REFUSED  # fmt: skip
    assert raw.count(insert, customer) == 1
    raw.become(ADMIN)
    assert raw.value("select count(*) from crm.comment where record_id = %s", customer) == 1
    assert raw.tried("update crm.comment set body = 'y'") == 0
    assert raw.tried("delete from crm.comment") == 0
    raw.become(SELLER)
    assert raw.tried("update crm.comment set body = 'y'") == 1
    assert raw.tried("update crm.comment set record_id = 1") == REFUSED
    assert raw.tried("delete from crm.comment") == 1


def test_what_hangs_on_a_record_goes_and_comes_back_with_it(raw: Raw, customer: int) -> None:
    raw.become(SELLER)
    file = attach(raw, "customer", customer, b"bytes")
    comment = raw.value(
        "insert into crm.comment (entity, record_id, body) values ('customer', %s, 'x') returning id", customer
    )
    change = raw.act(ADMIN, "delete")
    assert raw.count("delete from crm.customer where id = %s", customer) == 1
    raw.become(None)
    assert raw.value("select count(*) from crm.attachment where id = %s", file) == 0
    raw.become(ADMIN)
    result = raw.value("select journal.undo(%s)", change)
    assert result["brought_back"]["attachment"] == result["brought_back"]["comment"] == 1
    raw.become(SELLER)
    assert raw.column("select name from crm.attachment where id = %s", file) == ["a.txt"]
    assert raw.column("select body from crm.comment where id = %s", comment) == ["x"]
    assert bytes(raw.value("select p.bytes from crm.attachment_piece p join crm.attachment a using (content_id)"
                           " where a.id = %s", file)) == b"bytes"  # fmt: skip


def test_a_record_that_is_brought_back_alone_has_its_files_comments_and_shares(raw: Raw, customer: int) -> None:
    raw.become(ADMIN)
    other = raw.value("insert into crm.customer (name) values ('x') returning id")
    for record in (customer, other):
        attach(raw, "customer", record)
        raw.rows("insert into crm.comment (entity, record_id, body) values ('customer', %s, 'x')", record)
        raw.rows("insert into crm.share (entity, record_id, employee_id) values ('customer', %s, crm.me())", record)
    change = raw.act(ADMIN, "delete")
    raw.count("delete from crm.customer where id in (%s, %s)", customer, other)
    raw.value("select journal.undo(%s, false, 'customer', array[%s]::bigint[])", change, customer)
    for table in ("attachment", "comment", "share"):
        assert raw.column(f"select record_id from crm.{table} where record_id in (%s, %s)", customer, other) == [
            customer
        ]
    raw.value("select journal.undo(%s)", change)
    for table in ("attachment", "comment", "share"):
        assert raw.value(f"select count(*) from crm.{table} where record_id = %s", other) == 1


def test_removing_a_file_is_undone_by_who_did_it_and_not_by_who_may_not_change_the_record(
    raw: Raw, customer: int
) -> None:
    raw.become(SELLER)
    file = attach(raw, "customer", customer)
    change = raw.act(SELLER, "delete")
    raw.count("delete from crm.attachment where id = %s", file)
    raw.become(DESK)
    kept = raw.value("select journal.undo(%s)", change)["kept"]
    assert [(row["table"], row["why"]) for row in kept] == [("attachment", "no_right")]
    raw.become(SELLER)
    assert raw.value("select journal.undo(%s)", change)["brought_back"] == {"attachment": 1}


def test_a_new_record_with_somebodys_comment_is_not_taken_back(raw: Raw) -> None:
    change = raw.act(SELLER, "create")
    made = raw.value("insert into crm.customer (name) values ('x') returning id")
    raw.act(ADMIN, "comment")
    raw.count("insert into crm.comment (entity, record_id, body) values ('customer', %s, 'x')", made)
    raw.become(SELLER)
    kept = raw.value("select journal.undo(%s)", change)["kept"]
    assert [(row["table"], row["why"], row["who"]) for row in kept] == [("customer", "built_on", "admin")]


def test_history_and_recycle_bin_tell_nobody_of_files_he_may_not_see(raw: Raw, customer: int, foreign: int) -> None:
    raw.become(ADMIN)
    file = attach(raw, "customer", foreign, name="geheim.txt")
    raw.count("delete from crm.attachment where id = %s", file)
    content = raw.value("select crm.begin_content()")
    raw.become(SELLER)
    mine = attach(raw, "customer", customer)
    assert raw.value("select count(*) from journal.history('attachment', %s)", file) == 0
    assert raw.value("select count(*) from journal.history('attachment', %s)", mine) == 1
    assert raw.value("select count(*) from journal.deleted('attachment')") == 0
    assert raw.value("select count(*) from journal.history('attachment_content', %s)", content) == 0


def test_contents_are_kept_as_long_as_the_journal_can_bring_them_back(raw: Raw, customer: int) -> None:
    raw.become(SELLER)
    kept, lost = attach(raw, "customer", customer, b"k"), attach(raw, "customer", customer, b"l")
    assert raw.tried("select crm.forget_contents()") == REFUSED
    raw.count("delete from crm.attachment where id in (%s, %s)", kept, lost)
    raw.become(None)
    raw.count("delete from journal.change where table_name = 'attachment' and row_id = %s", lost)
    before = raw.value("select count(*) from crm.attachment_content")
    raw.become(ADMIN)
    assert raw.value("select crm.forget_contents()") == 1
    raw.become(None)
    assert raw.value("select count(*) from crm.attachment_content") == before - 1
    assert raw.column("select convert_from(bytes, 'UTF8') from crm.attachment_piece") == ["k"]


@pytest.mark.parametrize("table", ["star", "recent_record"])
def test_stars_and_recent_records_are_everybodys_own(raw: Raw, office: Office, table: str) -> None:
    insert = f"insert into crm.{table} (entity, record_id) values ('customer', 1)"
    raw.become(ADMIN)
    assert raw.count(insert) == 1
    raw.become(SELLER)
    assert raw.value(f"select count(*) from crm.{table}") == 0
    assert raw.count(insert) == 1
    other = f"insert into crm.{table} (employee_id, entity, record_id) values (%s, 'customer', 2)"
    assert raw.tried(other, office.ids["admin"]) == REFUSED
    assert raw.tried(f"delete from crm.{table}") == 1


@pytest.mark.parametrize("may_write", [False, True])
def test_a_share_of_the_record_lends_its_files_and_comments_too(
    raw: Raw, office: Office, foreign: int, *, may_write: bool
) -> None:
    raw.become(ADMIN)
    file = attach(raw, "customer", foreign)
    raw.rows(
        "insert into crm.share (entity, record_id, employee_id, may_write) values ('customer', %s, %s, %s)",
        foreign, office.ids["seller"], may_write,
    )  # fmt: skip
    raw.become(SELLER)
    assert raw.column("select id from crm.attachment where record_id = %s", foreign) == [file]
    assert raw.value("select count(*) from crm.attachment_piece") == 1
    assert raw.tried("update crm.attachment set name = 'c' where id = %s", file) == int(may_write)
    assert raw.tried("insert into crm.comment (entity, record_id, body) values ('customer', %s, 'x')", foreign) == 1
    assert raw.value("select count(*) from journal.history('attachment', %s)", file) == 1
