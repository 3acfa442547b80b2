from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path

import psycopg2
import pytest
from sqlalchemy import Connection, NullPool, create_engine, make_url, text

from crm_desktop.core.access import Group
from crm_desktop.core.settings import Profile
from crm_desktop.db import server as servers
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress
from crm_desktop.demo import prepare
from crm_desktop.demo.prepare import Demo, ensure_database
from crm_desktop.entities.catalog import PRODUCT
from crm_desktop.entities.contact import CONTACT
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.entities.knowledge import KNOWLEDGE_ARTICLE
from crm_desktop.entities.lead import LEAD
from crm_desktop.entities.opportunity import OPPORTUNITY
from crm_desktop.entities.organisation import EMPLOYEE
from crm_desktop.opening import open_profile
from crm_desktop.services.keys import derived_columns
from crm_desktop.spec import EntitySpec
from tests.db.firm import copy_blank

PARTS = {
    "contact": ("customer", "customer_id"),
    "activity": ("customer", "customer_id"),
    "contact_relation": ("contact", "contact_id"),
    "opportunity_line": ("opportunity", "opportunity_id"),
    "opportunity_contact": ("opportunity", "opportunity_id"),
    "opportunity_stay": ("opportunity", "opportunity_id"),
    "lead_follow_up": ("lead", "lead_id"),
    "installed_product": ("customer", "customer_id"),
    "service_stay": ("service_request", "request_id"),
    "service_part": ("service_request", "request_id"),
    "service_expense": ("service_request", "request_id"),
    "article_use": ("service_request", "request_id"),
}


class StoppedError(Exception):
    pass


def no_progress(done: int, total: int) -> None:
    assert done <= total


@pytest.fixture(scope="module")
def database(server: ServerAddress, worker_id: str) -> Iterator[str]:
    name = f"test_demo_{worker_id}"
    ensure_database(server, name, "office", progress=no_progress)
    yield name
    with superuser(server, "postgres") as connection:
        connection.execute(text(f"drop database {name} with (force)"))


def superuser(server: ServerAddress, database: str) -> Connection:
    url = make_url(server.url(database)).set(drivername="postgresql+psycopg2")
    return create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT").connect()


@pytest.fixture
def connection(server: ServerAddress, database: str) -> Iterator[Connection]:
    with superuser(server, database) as connection:
        yield connection


def test_nothing_was_deleted_in_the_sample_firm(connection: Connection) -> None:
    assert connection.execute(text("select count(*) from journal.change where operation = 'D'")).scalar() == 0


def test_whoever_opens_the_sample_firm_may_back_it_up_without_being_told_a_password(
    server: ServerAddress, database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sample = Demo(EmbeddedServer(tmp_path), server, database, [])
    monkeypatch.setattr(prepare, "prepare_demo", lambda *_arguments, **_more: sample)
    opened = open_profile(Profile("Sample firm", kind="sample"), "", lambda *_step: None)
    opened.gateway.close()
    with servers.superuser(ConnectionAddress.from_url(opened.superuser_url)) as owner:
        assert owner.scalar(text("select current_database()")) == database


def test_counts_are_those_of_the_sample_firm(connection: Connection) -> None:
    by_life_cycle = connection.execute(
        text("""
            select e.code, count(*) from crm.customer c
            join crm.dictionary_entry e on e.id = c.life_cycle_id group by 1
        """)
    )
    assert dict(by_life_cycle.all()) == {"transaction": 900, "potential": 1_400}
    assert connection.scalar(text("select count(*) from crm.contact")) == 2_600
    assert connection.scalar(text("select count(*) from crm.activity")) == 20_000
    assert connection.scalar(text("select count(*) from crm.opportunity")) == 350
    assert connection.scalar(text("select count(*) from crm.product")) == 60
    assert connection.scalar(text("select count(*) from crm.employee where not is_pool")) == 28
    assert connection.scalar(text("select count(*) from crm.department")) == 4
    assert connection.scalar(text("select count(distinct group_id) from crm.group_member")) == 6


def test_every_foreign_key_holds(connection: Connection) -> None:
    keys = connection.execute(
        text("""
            select conrelid::regclass::text, confrelid::regclass::text, a.attname
            from pg_constraint k join pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
            where k.contype = 'f' and k.connamespace = 'crm'::regnamespace
        """)
    ).all()
    assert len(keys) > 20
    for table, parent, column in keys:
        lost = f"select count(*) from {table} t where not exists (select from {parent} p where p.id = t.{column})"
        lost += f" and {column} is not null"
        assert connection.scalar(text(lost)) == 0, (table, column)


SEARCHED = (CUSTOMER, CONTACT, EMPLOYEE, PRODUCT, OPPORTUNITY, LEAD, KNOWLEDGE_ARTICLE)


@pytest.mark.parametrize("spec", SEARCHED, ids=lambda spec: spec.key)
def test_search_columns_are_what_the_program_would_write(connection: Connection, spec: EntitySpec) -> None:
    rows = connection.execute(text(f"select * from crm.{spec.key} where id % 7 = 0 or id < 30")).mappings().all()
    for row in rows:
        expected = derived_columns(spec, dict(row))
        assert {key: row[key] for key in expected} == expected


@pytest.mark.parametrize("part", PARTS)
def test_parts_carry_the_owner_the_trigger_would_give(connection: Connection, part: str) -> None:
    parent, column = PARTS[part]
    wrong = f"select count(*) from crm.{part} t join crm.{parent} p on p.id = t.{column} where p.owner_id <> t.owner_id"
    assert connection.scalar(text(wrong)) == 0


def test_latest_contacts_are_what_the_trigger_would_give(connection: Connection) -> None:
    wrong = connection.scalar(
        text("""
            select count(*) from crm.customer c
            where c.last_contact_at is distinct from
                (select max(a.happened_at) from crm.activity a where a.customer_id = c.id)
        """)
    )
    assert wrong == 0


def test_leads_are_as_the_triggers_would_keep_them(connection: Connection) -> None:
    count = connection.scalar(text("select count(*) from crm.lead"))
    wrong = connection.scalar(
        text("""
            select count(*) from crm.lead l join crm.dictionary_entry s on s.id = l.state_id
              join crm.employee e on e.id = l.owner_id left join crm.customer c on c.id = l.customer_id
            where (s.code = 'new') <> (l.responded_at is null)
              or (l.responded_at is null) <> (l.is_in_time is null)
              or (l.responded_at is not null and l.respond_by is not null)
              or (s.code in ('converted', 'dropped')) <> (l.ended_at is not null)
              or (s.code = 'converted') <> (l.customer_id is not null)
              or (s.code = 'dropped') <> (l.reason_id is not null)
              or e.is_pool <> (l.assigned_at is null) or c.owner_id is distinct from l.customer_owner_id
              or l.ended_at < l.created_at or l.responded_at < l.created_at or l.last_contact_at < l.created_at
              or l.last_contact_at is distinct from
                   (select max(f.happened_at) from crm.lead_follow_up f where f.lead_id = l.id)
        """)
    )
    assert (count, wrong) == (175, 0)


def test_articles_are_as_the_triggers_would_keep_them(connection: Connection) -> None:
    count = connection.scalar(text("select count(*) from crm.knowledge_article"))
    wrong = connection.scalar(
        text("""
            select count(*) from crm.knowledge_article a join crm.dictionary_entry s on s.id = a.state_id
            where a.audience_id <> case s.code when 'published' then 0 else a.owner_id end
              or (s.code in ('published', 'withdrawn')) <> (a.edition > 0 and a.published_at is not null)
              or (s.code = 'in_review') <> (a.handed_in_at is not null) or a.published_at < a.created_at
              or a.used_count <> (select count(*) from crm.article_use u where u.article_id = a.id)
              or (a.useful_count, a.useless_count) <> (
                   select count(*) filter (where v.is_useful), count(*) filter (where not v.is_useful)
                   from crm.article_vote v where v.article_id = a.id)
        """)
    )
    assert (count, wrong) == (61, 0)


def test_tasks_are_as_the_triggers_would_keep_them(connection: Connection) -> None:
    count = connection.scalar(text("select count(*) from crm.task"))
    wrong = connection.scalar(
        text("""
            select count(*) from crm.task t join crm.dictionary_entry s on s.id = t.state_id
              left join crm.customer c on c.id = t.customer_id
            where (s.code = 'done') <> (t.done_at is not null) or (s.code = 'done') <> (t.progress = 100)
              or (s.code in ('open', 'working')) <> (t.due_at is not null) or s.code = 'open' and t.progress > 0
              or t.told_at <> coalesce(t.done_at, t.due_on + coalesce(t.due_time, '00:00')::time)
              or t.due_at <> t.due_on + coalesce(t.due_time, '24:00')::interval or t.done_at < t.created_at
              or c.owner_id is distinct from t.customer_owner_id or t.owner_id = crm.pool_owner()
              or not array(select unnest(t.checked)) <@ string_to_array(coalesce(t.checklist, ''), e'\n')
        """)
    )
    assert wrong == 0
    assert count > 233  # two for three deals, and the weekly reports


def test_opportunities_are_as_the_triggers_would_keep_them(connection: Connection) -> None:
    with connection.engine.execution_options(isolation_level="READ COMMITTED").connect() as transaction:
        transaction.execute(text("create temp table told on commit drop as select * from crm.opportunity"))
        transaction.execute(text("create temp table wanted on commit drop as select * from crm.opportunity_line"))
        transaction.execute(text("delete from crm.opportunity"))
        transaction.execute(
            text("""
                insert into crm.opportunity (id, name, customer_id, owner_id, stage_id, probability, amount, opened_on,
                                             closed_on, stage_note)
                    overriding system value
                    select id, name, customer_id, owner_id, stage_id, probability, amount,
                           case when closed_on is null then stage_since::date else opened_on end, closed_on, stage_note
                    from told
            """)
        )
        transaction.execute(
            text("""
                insert into crm.opportunity_line (id, opportunity_id, product_id, quantity, unit_price)
                    overriding system value select id, opportunity_id, product_id, quantity, unit_price from wanted
            """)
        )
        same = "(outcome_id, stage_since::date, stalls_on, closed_on, weighted_amount, customer_owner_id, category_id)"
        same = ", ".join(f"{{0}}.{column}" for column in same[1:-1].split(", "))
        compared = f"({same.format('kept')}) is distinct from ({same.format('told')})"
        wrong = f"select count(*) from told join crm.opportunity kept using (id) where {compared}"
        assert transaction.scalar(text(wrong)) == 0
        wrong = (
            "select count(*) from wanted join crm.opportunity_line kept using (id) where kept.amount <> wanted.amount"
        )
        assert transaction.scalar(text(wrong)) == 0
        transaction.rollback()


def test_stages_gone_through_lead_to_where_an_opportunity_is(connection: Connection) -> None:
    paths = connection.execute(
        text("""
            select o.stage_id, o.stage_since, o.opened_on, o.stage_note,
                   array_agg(y.stage_id order by y.entered_at) as stages, max(y.entered_at) as last,
                   min(y.entered_at)::date as first, (array_agg(y.note order by y.entered_at desc))[1] as note,
                   array_agg(s.sort_order order by y.entered_at) = array_agg(s.sort_order order by s.sort_order)
                        as forward
            from crm.opportunity o join crm.opportunity_stay y on y.opportunity_id = o.id
            join crm.sales_stage s on s.id = y.stage_id group by o.id
        """)
    ).all()
    assert len(paths) == 350
    for path in paths:
        assert (path.stages[-1], path.last, path.first, path.note, path.forward) == (
            path.stage_id, path.stage_since, path.opened_on, path.stage_note, True,
        )  # fmt: skip


def test_opportunities_fit_their_customers(connection: Connection) -> None:
    won_by_prospects = """
        select count(*) from crm.opportunity o join crm.customer c on c.id = o.customer_id
        where o.outcome_id = crm.choice('outcome', 'won')
          and (c.first_deal_on is null or o.closed_on < c.first_deal_on or o.opened_on < c.registered_on)
    """
    assert connection.scalar(text(won_by_prospects)) == 0
    outcomes = connection.execute(
        text("""
            select e.code, count(*) as deals, count(*) filter (where o.owner_id <> c.owner_id) as others,
                   count(*) filter (where o.stalls_on <= current_date) as stalled,
                   count(*) filter (where o.next_step is null) as unplanned, count(o.reason_id) as reasons
            from crm.opportunity o join crm.customer c on c.id = o.customer_id
            join crm.dictionary_entry e on e.id = o.outcome_id group by 1
        """)
    )
    by_code = {row.code: row for row in outcomes}
    assert by_code["open"].deals > 80
    assert 5 < by_code["open"].stalled < by_code["open"].deals / 3
    assert 5 < by_code["open"].unplanned < by_code["open"].deals / 3
    assert by_code["won"].deals > by_code["lost"].deals > 40
    assert sum(row.others for row in by_code.values()) > 5
    assert all(row.reasons == row.deals for code, row in by_code.items() if code != "open")


def test_a_firm_made_earlier_gets_what_came_since(server: ServerAddress, database: str, connection: Connection) -> None:
    def told() -> list[object]:
        same = "select name, customer_id, owner_id, amount, opened_on, stage_since from crm.opportunity order by id"
        return [
            connection.execute(text(same)).all(),
            connection.execute(
                text("select subject, owner_id, customer_id, starts_at from crm.event order by id")
            ).all(),
            connection.scalar(text("select sum(xmin::text::int8) from crm.customer")),
        ]

    before = told()
    connection.execute(text("truncate crm.knowledge_article cascade"))  # nobody deletes what is published
    tables = (
        "employee_skill",
        "memo",
        "task",
        "event",
        "resource",
        "service_request",
        "installed_product",
        "sales_target",
        "opportunity",
        "product",
    )
    for table in tables:
        connection.execute(text(f"delete from crm.{table}"))
    connection.execute(text("delete from crm.product_category"))
    connection.execute(text("update crm.setting set value = value - 'chapters' where key = 'sample_firm'"))
    ensure_database(server, database, "office", progress=no_progress)
    assert told() == before


def test_requests_are_due_as_the_triggers_would_keep_them(connection: Connection) -> None:
    wrong = text("""
        select count(*) from crm.service_request r cross join lateral crm.with_targets(r) t
        where (r.response_due_at, r.solution_due_at, r.due_at, r.warn_at, r.was_late)
              is distinct from (t.response_due_at, t.solution_due_at, t.due_at, t.warn_at, t.was_late)
    """)
    assert connection.scalar(wrong) == 0
    odd = text("""
        select count(*) from crm.service_request r join crm.dictionary_entry s on s.id = r.state_id
        where (r.owner_id = crm.pool_owner()) <> (s.code in ('new', 'refused'))
           or (r.solved_at is not null) <> (s.code in ('solved', 'closed'))
           or r.state_id <> (
               select g.state_id from crm.service_stay g where g.request_id = r.id order by g.id desc limit 1)
    """)
    assert connection.scalar(odd) == 0
    shown = text(
        "select count(distinct crm.target_state(due_at, warn_at, waiting_since, solved_at, was_late))"
        " from crm.service_request"
    )
    assert connection.scalar(shown) >= 4


def test_the_last_weeks_have_snapshots(connection: Connection) -> None:
    weeks = connection.execute(text("select week, count(*) from crm.opportunity_snapshot group by 1 order by 1")).all()
    assert len(weeks) == 11
    assert all(week.weekday() == 0 and count > 20 for week, count in weeks)


def test_calendars_are_as_triggers_would_have_kept_them(connection: Connection) -> None:
    facts = connection.execute(
        text("""
            select count(*), count(*) filter (where is_private), count(*) filter (where rule is not null),
                   count(*) filter (where abs(reader_id) <> owner_id or is_private <> (reader_id < 0)),
                   count(*) filter (where not exists (select from crm.event_occurrence o where o.event_id = e.id)),
                   count(*) filter (where starts_at > now())
            from crm.event e
        """)
    ).one()
    events, private, series, wrong, never, coming = facts
    assert (events > 500, private > 5, series > 3, wrong, never, coming > 100) == (True, True, True, 0, 0, True)


def test_new_rows_get_keys_and_numbers_after_the_last(connection: Connection) -> None:
    with connection.engine.execution_options(isolation_level="READ COMMITTED").connect() as transaction:
        owner = transaction.scalar(text("select id from crm.employee where login = 'linping'"))
        made = transaction.execute(
            text("insert into crm.customer (name, owner_id) values ('新客户', :owner) returning id, code"),
            {"owner": owner},
        ).one()
        assert tuple(made) == (2_301, "C002301")
        transaction.rollback()


def test_dates_are_relative_to_today(connection: Connection) -> None:
    latest = connection.scalar(text("select max(happened_at) from crm.activity"))
    assert datetime.timedelta() < datetime.datetime.now(datetime.UTC) - latest < datetime.timedelta(days=6)
    this_month = text("select count(*) from crm.customer where registered_on >= date_trunc('month', current_date - 1)")
    assert connection.scalar(this_month) >= 10


def test_everybody_signs_in_and_sees_his_scope(server: ServerAddress, database: str, connection: Connection) -> None:
    people = connection.execute(
        text("""
            select e.login, g.code from crm.employee e join crm.group_member m on m.employee_id = e.id
            join crm.permission_group g on g.id = m.group_id
        """)
    ).all()
    seen: dict[str, set[int]] = {group: set() for group in Group}
    for login, group in people:
        session = psycopg2.connect(server.url(database, login, "demo"))
        with session, session.cursor() as cursor:
            cursor.execute("select count(*) from crm.customer")
            seen[group].add(cursor.fetchone()[0])
        session.close()
    assert len(people) == 28
    assert seen[Group.GENERAL_MANAGER] == seen[Group.ADMINISTRATOR] == seen[Group.CLERK] == {2_300}
    assert all(100 < count < 1_700 for count in seen[Group.SALES_MANAGER])
    assert all(50 < count < 1_000 for count in seen[Group.SALESPERSON])


def test_an_unfilled_database_is_made_again_and_a_whole_one_only_on_reset(
    server: ServerAddress, worker_id: str
) -> None:
    name = f"test_half_{worker_id}"

    def stop(_done: int, _total: int) -> None:
        raise StoppedError

    def name_of_the_department() -> str:
        with superuser(server, name) as connection:
            return str(connection.scalar(text("select name from crm.department where code = 'XS1'")))

    with pytest.raises(StoppedError):
        ensure_database(server, name, "office", progress=stop)
    with superuser(server, "postgres") as connection:
        here = connection.scalar(text("select true from pg_database where datname = :name"), {"name": name})
        assert here is None, "what was stopped leaves nothing behind"
    copy_blank(server.url(), name)  # killed before it was filled
    ensure_database(server, name, "empty", progress=no_progress)
    with superuser(server, name) as connection:
        assert connection.scalar(text("select count(*) from crm.customer")) == 0
        assert connection.scalar(text("select count(*) from crm.employee where not is_pool")) == 28
        assert connection.scalar(text("select crm.next_number('customer')")) == "C000001"
        connection.execute(text("update crm.department set name = '销售中心' where code = 'XS1'"))
    ensure_database(server, name, "empty", progress=no_progress)
    assert name_of_the_department() == "销售中心"
    ensure_database(server, name, "empty", reset=True, progress=no_progress)
    assert name_of_the_department() == "销售一部"
    with superuser(server, "postgres") as connection:
        connection.execute(text(f"drop database {name} with (force)"))
