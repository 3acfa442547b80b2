from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, NullPool, create_engine, make_url, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Group
from crm_desktop.db import server as database_server
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.fingerprint import SQL
from crm_desktop.db.install import run_script
from crm_desktop.db.person import MIGRATIONS
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services.seed import seed
from tests.db.firm import copy_blank

DATABASE = "test_seed"


@pytest.fixture(scope="module")
def engine(server: ServerAddress, worker_id: str) -> Iterator[Engine]:
    database = f"{DATABASE}_{worker_id}"
    copy_blank(server.url(), database)
    url = make_url(server.url(database)).set(drivername="postgresql+psycopg2")
    yield create_engine(url, poolclass=NullPool)
    postgres = create_engine(url.set(database="postgres"), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with postgres.connect() as connection:
        connection.execute(text(f"drop database {database} with (force)"))


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    with Session(engine) as session:
        yield session


def entries(session: Session, dictionary: str) -> list[str]:
    return list(
        session.scalars(
            text("""
                select e.name from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id
                where d.code = :dictionary order by e.sort_order
            """),
            {"dictionary": dictionary},
        )
    )


def test_shipped_lists_are_complete_and_in_order(session: Session) -> None:
    assert entries(session, "source") == [
        "员工推介", "客户推介", "合作伙伴推介", "其他推介", "上门拜访", "商业展示", "互联网信息", "广告反馈",
        "电话咨询", "上门咨询", "其他反馈",
    ]  # fmt: skip
    assert entries(session, "industry") == [
        "工业制造", "商业贸易", "金融保险", "公用事业", "行政事业", "建筑施工", "旅游服务", "新经济", "综合性集团",
        "其他",
    ]  # fmt: skip
    assert len(entries(session, "customer_type")) == 6
    assert len(entries(session, "life_cycle")) == 4


def test_every_choice_has_a_name_in_both_languages(session: Session) -> None:
    assert session.scalar(text("select count(*) from crm.dictionary_entry where name = '' or name_en = ''")) == 0


def test_regions_know_their_full_names(session: Session) -> None:
    codes = "code in ('440106', '310106', '44') order by code"
    rows = session.execute(text(f"select full_name, full_name_en from crm.dictionary_entry where {codes}")).all()
    assert [tuple(row) for row in rows] == [
        ("上海静安", "Jing'an, Shanghai"),
        ("广东", "Guangdong"),
        ("广东广州天河", "Tianhe, Guangzhou, Guangdong"),
    ]


def test_groups_have_the_grants_of_the_entities(session: Session) -> None:
    groups = set(session.scalars(text("select code from crm.permission_group where is_builtin")))
    assert groups == set(Group)
    granted = session.execute(
        text("""
            select g.code, p.entity, p.read_scope, p.create_scope, p.update_scope, p.delete_scope, p.functions
            from crm.permission_grant p join crm.permission_group g on g.id = p.group_id
        """)
    )
    found = {(code, entity): tuple(scopes) for code, entity, *scopes in granted}
    for spec in ALL_ENTITIES:
        for group, grant in spec.access.items():
            expected = (grant.read, grant.create, grant.update, grant.delete, sorted(grant.functions))
            assert found[group, spec.key] == expected
    assert found["salesperson", "setting"][2] == 0
    assert found["administrator", "setting"][2] == 5


def test_there_is_one_pool_owner_without_login(session: Session) -> None:
    pool = session.execute(text("select name, login from crm.employee where is_pool")).all()
    assert [tuple(row) for row in pool] == [("公海", None)]


def test_a_second_run_adds_nothing_and_keeps_what_the_firm_changed(session: Session) -> None:
    counts = text("""
        select (select count(*) from crm.dictionary_entry), (select count(*) from crm.permission_grant),
               (select count(*) from crm.employee), (select count(*) from crm.setting)
    """)
    before = session.execute(counts).one()
    session.execute(
        text("update crm.dictionary_entry set name = '电话营销', tone = 'bad' where code = 'phone_enquiry'")
    )
    session.execute(text("update crm.permission_grant set read_scope = 1 where entity = 'customer'"))
    session.execute(text("""update crm.setting set value = '"我的公司"' where key = 'firm_name'"""))
    seed(session)
    assert session.execute(counts).one() == before
    assert "电话营销" in entries(session, "source")
    assert set(session.scalars(text("select read_scope from crm.permission_grant where entity = 'customer'"))) == {1}
    assert session.scalar(text("select value from crm.setting where key = 'firm_name'")) == "我的公司"
    session.rollback()


def test_what_is_missing_comes_back(session: Session) -> None:
    session.execute(text("delete from crm.dictionary_entry where code = 'other_referral'"))
    seed(session)
    assert "其他推介" in entries(session, "source")
    session.rollback()


def test_rights_that_were_taken_away_are_not_given_again(session: Session) -> None:
    session.execute(text("delete from crm.permission_grant where entity = 'contact'"))
    session.execute(text("update crm.permission_grant set functions = '{}' where entity = 'customer'"))
    seed(session)
    assert session.scalar(text("select count(*) from crm.permission_grant where entity = 'contact'")) == 0
    assert (
        session.scalar(text("select max(cardinality(functions)) from crm.permission_grant where entity = 'customer'"))
        == 0
    )
    session.rollback()


def go_back(connection: Connection, revision: str) -> None:
    """The tables of an older program, empty, in place of all that is there."""
    connection.execute(text("drop schema crm, journal cascade"))
    for schema in ("crm", "journal"):
        connection.execute(text(f"create schema {schema} authorization crm_owner"))
    for name in ("operator_class", "defaults"):
        run_script(connection, (SQL / "before" / f"{name}.sql").read_text(encoding="utf-8"))
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def test_an_older_firm_is_given_what_is_new_to_it_once(server: ServerAddress, own_database: str) -> None:
    """A firm that knows neither activities nor bulk edits, and whose sales managers shall not export customers."""
    address = ConnectionAddress.from_url(server.url(own_database))
    with database_server.superuser(address) as connection:
        go_back(connection, "0007")
        connection.execute(text("insert into crm.permission_group (code, name) values ('sales_manager', '经理')"))
        connection.execute(
            text("""
                insert into crm.permission_grant (group_id, entity, read_scope, functions)
                select id, entity, 2, functions from crm.permission_group,
                  (values ('customer', array['print', 'undo']), ('contact', array['export'])) as had (entity, functions)
            """)
        )
    grants = text("""
        select g.entity, g.read_scope, g.functions from crm.permission_grant g
        join crm.permission_group p on p.id = g.group_id where p.code = 'sales_manager'
    """)
    database_server.upgrade(server.url(own_database), seed=seed)
    with database_server.superuser(address) as connection:
        granted: dict[str, Any] = {entity: (scope, {*names}) for entity, scope, names in connection.execute(grants)}
        connection.execute(text("delete from crm.permission_grant where entity = 'activity'"))
    shipped = CUSTOMER.access[Group.SALES_MANAGER]
    assert granted["activity"] == (shipped.read, shipped.functions)
    assert granted["customer"] == (2, shipped.functions - {"export"})
    database_server.upgrade(server.url(own_database), seed=seed)
    with database_server.superuser(address) as connection:
        assert "activity" not in {entity for entity, *_rest in connection.execute(grants)}
