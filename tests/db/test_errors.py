"""What the database refuses, in one clear sentence without values of rows."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import psycopg2
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, ProgrammingError
from sqlalchemy.orm import Session

from crm_desktop.core.errors import ConflictError, KnownError, NoRightError
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.db.errors import RefusedValueError, known_errors
from tests.db.firm import Firm

SECRET = "王小明的秘密"


@pytest.fixture(scope="module")
def firm(server: ServerAddress) -> Iterator[Firm]:
    firm = Firm(server.url())
    firm.sql("insert into crm.department (code, name) values ('D1', 'one'), ('D2', 'two')")
    yield firm
    firm.drop()


@pytest.fixture(scope="module")
def boss(firm: Firm) -> Iterator[Gateway]:
    gateway = Gateway.connect(firm.address(firm.boss))
    yield gateway
    gateway.close()


@pytest.fixture(scope="module")
def anna(firm: Firm) -> Iterator[Gateway]:
    gateway = Gateway.connect(firm.address(firm.anna))
    yield gateway
    gateway.close()


def refused(gateway: Gateway, *statements: str) -> KnownError:
    def work() -> None:
        with gateway.write() as session:
            for statement in statements:
                session.execute(text(statement))

    with pytest.raises(KnownError) as caught:
        work()
    assert SECRET not in str(caught.value)
    assert caught.value.hint
    assert caught.value.__suppress_context__  # a logged traceback would show the server's DETAIL
    return caught.value


@pytest.mark.parametrize(
    ("statement", "kind", "table", "columns"),
    [
        ("insert into crm.department (code, name) values ('D1', 'again')", "unique", "department", ("code",)),
        (
            "insert into crm.permission_grant (group_id, entity) select group_id, entity from crm.permission_grant",
            "unique", "permission_grant", ("group_id", "entity"),
        ),
        ("insert into crm.department (code) values ('D3')", "missing", "department", ("name",)),
        ("insert into crm.department (name, parent_id) values ('x', 999)", "unknown", "department", ("parent_id",)),
        ("insert into crm.customer (name, type_id) values ('x', 99999)", "unknown", "customer", ("type_id",)),
        (f"insert into crm.department (name) values (repeat('{SECRET}', 100))", "too_long", "", ()),
        ("update crm.customer set employee_count = 99999999999", "out_of_range", "", ()),
        ("update crm.contact set birthday = 'then'", "check", "contact", ("birthday",)),
    ],
)  # fmt: skip
def test_refused_value_names_table_and_columns(
    boss: Gateway, statement: str, kind: str, table: str, columns: tuple[str, ...]
) -> None:
    with_contact = "insert into crm.contact (customer_id, name) select min(id), 'x' from crm.customer"
    error = refused(boss, with_contact, statement)
    assert isinstance(error, RefusedValueError)
    assert (error.kind, error.table) == (kind, table)
    assert error.columns == columns


@pytest.mark.parametrize(
    "statements",
    [
        ["update crm.department set parent_id = (select id from crm.department where code = 'D1') where code = 'D2'",
         "delete from crm.department where code = 'D1'"],
        ["delete from crm.dictionary_entry e using crm.customer c where e.id = c.type_id"],
    ],
)  # fmt: skip
def test_deleting_what_others_use_is_told_from_referring_to_nothing(
    boss: Gateway, firm: Firm, statements: list[str]
) -> None:
    firm.sql("update crm.customer set type_id = (select min(id) from crm.dictionary_entry)")
    error = refused(boss, *statements)
    assert isinstance(error, RefusedValueError)
    assert error.kind == "used"


def test_table_right_and_row_right_are_told_apart(anna: Gateway, firm: Firm) -> None:
    table = refused(anna, "delete from journal.change")
    bert = firm.sql("select id from crm.employee where login = %s", firm.bert)[0][0]
    row = refused(anna, f"insert into crm.customer (name, owner_id) values ('{SECRET}', {bert})")
    assert isinstance(table, NoRightError)
    assert isinstance(row, NoRightError)
    assert table.message == "You have no right to do this."
    assert "belong to somebody whose records you may not change" in row.message


def test_sentence_of_a_database_function_is_shown_and_translated(anna: Gateway) -> None:
    error = refused(anna, "select crm.create_login('somebody', 'x')")
    assert isinstance(error, NoRightError)
    assert error.message == "You have no right to do this."


def test_function_that_complains_about_the_program_is_a_bug(boss: Gateway) -> None:
    with pytest.raises(DBAPIError), boss.write() as session:
        session.execute(text("select crm.next_number('nonsense')"))


@pytest.mark.parametrize("statement", ["select nonsense", "selct 1", "select 'x'::int", "select 1/0"])
def test_bugs_stay_bugs(boss: Gateway, statement: str) -> None:
    with pytest.raises(DBAPIError), boss.read() as session:
        session.execute(text(statement))


def test_writing_in_a_reading_session_is_a_bug_and_writes_nothing(boss: Gateway, firm: Firm) -> None:
    with pytest.raises(DBAPIError) as caught, boss.read() as session:
        session.execute(text("update crm.customer set remark = 'x'"))
    assert not isinstance(caught.value, ProgrammingError)
    assert firm.sql("select count(*) from crm.customer where remark is not null") == [(0,)]


def test_slow_statement_is_stopped_with_a_sentence(boss: Gateway) -> None:
    error = refused(boss, "set local statement_timeout = 50", "select pg_sleep(10)")
    assert "took too long" in error.message


def test_work_without_limit_may_take_longer(boss: Gateway) -> None:
    with boss.write() as session:
        assert session.execute(text("show statement_timeout")).scalar() == "1min"
    with boss.long_write() as session:
        assert session.execute(text("show statement_timeout")).scalar() == "0"
    with boss.read() as session:
        assert session.execute(text("show statement_timeout")).scalar() == "1min"


def test_waiting_for_a_locked_record_ends_with_a_sentence(boss: Gateway, anna: Gateway) -> None:
    with boss.write() as session:
        session.execute(text("update crm.customer set remark = null where id = 1"))
        error = refused(anna, "set local lock_timeout = 50", "update crm.customer set remark = null where id = 1")
    assert isinstance(error, ConflictError)
    assert "Somebody else is working on the same records" in error.message


def test_deadlock_ends_for_one_with_a_sentence_and_for_the_other_with_success(boss: Gateway, anna: Gateway) -> None:
    change = text("update crm.customer set remark = 'mine' where id = :id")
    both_have_one = threading.Barrier(2)
    errors: list[KnownError] = []

    def work(gateway: Gateway, first: int, second: int) -> None:
        try:
            with gateway.write() as session:
                session.execute(change, {"id": first})
                both_have_one.wait()
                session.execute(change, {"id": second})
        except KnownError as error:
            errors.append(error)

    threads = [threading.Thread(target=work, args=args) for args in ((boss, 1, 2), (anna, 2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [type(error) for error in errors] == [ConflictError]


def test_serialization_failure_is_a_conflict(boss: Gateway, anna: Gateway) -> None:
    change = text("update crm.customer set remark = :remark where id = 3")
    with pytest.raises(ConflictError), boss.write() as session:  # noqa: PT012 - two transactions, one in the other
        session.execute(text("set transaction isolation level repeatable read"))
        session.execute(text("select count(*) from crm.customer"))
        with anna.write() as other:
            other.execute(change, {"remark": "hers"})
        session.execute(change, {"remark": "mine"})


def test_error_inside_a_savepoint_can_be_caught_and_the_rest_is_saved(boss: Gateway, firm: Firm) -> None:
    def try_twice(session: Session) -> None:
        for _attempt in range(2):
            with pytest.raises(RefusedValueError), known_errors(), session.begin_nested():
                session.execute(text("insert into crm.department (code, name) values ('D1', 'again')"))
        session.execute(text("insert into crm.department (code, name) values ('D9', 'nine')"))

    with boss.write() as session:
        try_twice(session)
    assert firm.sql("select name from crm.department where code = 'D9'") == [("nine",)]


def test_errors_of_the_driver_itself_are_translated_too(firm: Firm) -> None:
    connection = psycopg2.connect(firm.url)
    try:
        with pytest.raises(RefusedValueError), known_errors(), connection.cursor() as cursor:
            cursor.execute("insert into crm.department (code, name) values ('D1', 'again')")
    finally:
        connection.close()
