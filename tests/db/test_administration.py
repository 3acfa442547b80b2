"""What an administrator does beside saving records, and that the database refuses it to everybody else."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Grant, Group, Scope
from crm_desktop.core.errors import KnownError, NoRightError, SignInError
from crm_desktop.core.i18n import set_language
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.services import administration, grants, journal, trees
from crm_desktop.services.administrators import OwnRightsError
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.services.records import Record, create_record, delete_records, fetch_record, new_record
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn

PASSWORD = "long enough 密码"


def find(gateway: Gateway, table: str, where: str) -> int:
    with gateway.read() as session:
        return int(session.execute(text(f"select id from crm.{table} where {where}")).scalar_one())


def fetch(gateway: Gateway, entity: str, where: str) -> Record:
    with gateway.read() as session:
        return fetch_record(session, entity, find(gateway, entity, where))


def connect(gateway: Gateway, login: str, password: str) -> Gateway:
    return Gateway.connect(replace(gateway.address, login=login, password=password))


@pytest.fixture
def admin(sign_in: SignIn) -> Gateway:
    return sign_in("admin")


@pytest.fixture
def newcomer(admin: Gateway) -> Record:
    with admin.write() as session:
        made = create_record(session, new_record("employee", admin.person, name="何毅"))
        return fetch_record(session, "employee", made.id)


def drop(admin: Gateway, login: str) -> None:
    """Roles belong to the server, not to the database that is thrown away."""
    with admin.write() as session:
        session.execute(text("select crm.drop_login(:login)"), {"login": login})


def test_login_is_suggested_in_pinyin() -> None:
    assert administration.suggest_login("何毅") == "heyi"
    assert administration.suggest_login("Zoë Müller") == "zomller"


def test_new_login_signs_in_with_its_password(admin: Gateway, newcomer: Record) -> None:
    with admin.write() as session:
        administration.create_login(session, newcomer, "office.heyi", PASSWORD)
    try:
        gateway = connect(admin, "office.heyi", PASSWORD)
        assert gateway.person.name == "何毅"
        gateway.close()
    finally:
        drop(admin, "office.heyi")


def test_other_password_replaces_the_old_one(admin: Gateway, newcomer: Record) -> None:
    with admin.write() as session:
        administration.create_login(session, newcomer, "office.heyi", PASSWORD)
    try:
        with admin.write() as session:
            administration.set_password(session, "office.heyi", "another password")
        with pytest.raises(SignInError):
            connect(admin, "office.heyi", PASSWORD)
        connect(admin, "office.heyi", "another password").close()
    finally:
        drop(admin, "office.heyi")


def test_everybody_may_change_his_own_password(admin: Gateway, newcomer: Record) -> None:
    with admin.write() as session:
        administration.create_login(session, newcomer, "office.heyi", PASSWORD)
    try:
        gateway = connect(admin, "office.heyi", PASSWORD)
        with gateway.write() as session:
            administration.set_password(session, "office.heyi", "another password")
        gateway.close()
        again = connect(admin, "office.heyi", "another password")
        assert again.person.login == "office.heyi"
        again.close()
    finally:
        drop(admin, "office.heyi")


def test_short_password_is_refused_before_anything_is_written(admin: Gateway, newcomer: Record) -> None:
    with pytest.raises(KnownError, match="too short"), admin.write() as session:
        administration.create_login(session, newcomer, "office.heyi", "short")
    assert fetch(admin, "employee", f"id = {newcomer.id}").values["login"] is None


def test_login_that_exists_is_refused_and_nothing_stays(admin: Gateway, newcomer: Record) -> None:
    with pytest.raises(KnownError, match="exists already"), admin.write() as session:
        administration.create_login(session, newcomer, "office.stranger", PASSWORD)
    assert fetch(admin, "employee", f"id = {newcomer.id}").values["login"] is None


def test_locked_employee_cannot_sign_in_until_he_is_unlocked(admin: Gateway, newcomer: Record) -> None:
    with admin.write() as session:
        employee = administration.create_login(session, newcomer, "office.heyi", PASSWORD)
    try:
        with admin.write() as session:
            employee = administration.set_active(session, employee, is_active=False)
        with pytest.raises(SignInError):
            connect(admin, "office.heyi", PASSWORD)
        with admin.write() as session:
            administration.set_active(session, employee, is_active=True)
        connect(admin, "office.heyi", PASSWORD).close()
    finally:
        drop(admin, "office.heyi")


def test_groups_of_an_employee_are_kept_exactly_and_undone(admin: Gateway, newcomer: Record) -> None:
    sales, service = (find(admin, "permission_group", f"code = '{code}'") for code in ("salesperson", "service"))
    with admin.write() as session:
        administration.save_groups_of(session, newcomer, {sales})
    with admin.write() as session:
        change_set = administration.save_groups_of(session, newcomer, {service})
    with admin.write() as session:
        assert administration.fetch_groups_of(session, newcomer.id) == {service}
        journal.undo(session, change_set)
    with admin.read() as session:
        assert administration.fetch_groups_of(session, newcomer.id) == {sales}


def test_members_of_a_group_are_kept_exactly(admin: Gateway, newcomer: Record) -> None:
    group = fetch(admin, "permission_group", "code = 'clerk'")
    with admin.write() as session:
        administration.save_members(session, group, {newcomer.id})
    with admin.read() as session:
        assert [ref.label for ref in administration.fetch_members(session, group.id)] == ["何毅"]


def test_last_administrator_can_neither_leave_nor_be_locked(admin: Gateway) -> None:
    myself = fetch(admin, "employee", "name = 'admin'")
    group = fetch(admin, "permission_group", "code = 'administrator'")
    acts: tuple[Callable[[Session], object], ...] = (
        lambda session: administration.save_groups_of(session, myself, ()),
        lambda session: administration.save_members(session, group, ()),
        lambda session: administration.set_active(session, myself, is_active=False),
        lambda session: grants.save_grants(session, group, {"permission_group": Grant(read=Scope.ALL)}),
    )
    for act in acts:
        with pytest.raises(KnownError, match="Nobody could administer"), admin.write() as session:
            act(session)
    with admin.read() as session:
        assert administration.fetch_groups_of(session, myself.id) == {group.id}


def test_undo_leaves_somebody_who_administers(admin: Gateway, sign_in: SignIn) -> None:
    group = fetch(admin, "permission_group", "code = 'administrator'")
    director = fetch(admin, "employee", "name = 'director'")
    with admin.write() as session:
        made = administration.save_members(session, group, {admin.person.id, director.id})
    other = sign_in("director")
    with other.write() as session:
        administration.save_members(session, group, {director.id})
    with pytest.raises(KnownError, match="Nobody could administer"), other.write() as session:
        journal.undo(session, made)
    with other.read() as session:
        assert administration.fetch_groups_of(session, director.id) >= {group.id}


@pytest.mark.parametrize(
    ("table", "where"), [("permission_group", "code = 'administrator'"), ("employee", "name = 'admin'")]
)
def test_deleting_leaves_somebody_who_administers(admin: Gateway, table: str, where: str) -> None:
    record = fetch(admin, table, where)
    with pytest.raises(KnownError), admin.write() as session:
        delete_records(session, table, [record.id], "")
    with admin.read() as session:
        assert session.scalar(text("select crm.may('permission_group', 'update')"))


def test_who_takes_his_own_rights_must_say_so(admin: Gateway) -> None:
    group = fetch(admin, "permission_group", "code = 'administrator'")
    director = fetch(admin, "employee", "name = 'director'")
    with pytest.raises(OwnRightsError), admin.write() as session:
        administration.save_members(session, group, {director.id})
    with admin.write() as session:
        administration.save_members(session, group, {director.id}, may_lose_own=True)
    with admin.read() as session:
        assert [ref.id for ref in administration.fetch_members(session, group.id)] == [director.id]


def test_records_of_an_employee_are_counted_for_administrators_only(admin: Gateway, sign_in: SignIn) -> None:
    junior = fetch(admin, "employee", "name = 'junior'")
    with admin.read() as session:
        ids = administration.fetch_owned_ids(session, "customer", junior.id)
        assert administration.fetch_owned(session, junior.id)["customer"] == len(ids) > 0
    with pytest.raises(NoRightError), sign_in("manager").read() as session:
        administration.fetch_owned(session, junior.id)


def test_grants_are_in_force_at_once_and_can_be_taken_back(admin: Gateway, sign_in: SignIn) -> None:
    group = fetch(admin, "permission_group", "code = 'salesperson'")
    junior = sign_in("junior")
    count = text("select count(*) from crm.customer")
    with junior.read() as session:
        before = session.scalar(count)
    everything = Grant(read=Scope.ALL, functions=frozenset({Function.PRINT}))
    with admin.write() as session:
        change_set = grants.save_grants(session, group, {"customer": everything})
    with junior.read() as session, admin.read() as above:
        assert session.scalar(count) == above.scalar(count)
    with admin.read() as session:
        assert grants.fetch_grants(session, group.id)["customer"] == everything
    with admin.write() as session:
        journal.undo(session, change_set)
    with junior.read() as session:
        assert session.scalar(count) == before


def test_entries_follow_the_grants_of_their_dictionary(admin: Gateway) -> None:
    group = fetch(admin, "permission_group", "code = 'clerk'")
    may_edit = Grant(read=Scope.ALL, update=Scope.ALL)
    with admin.write() as session:
        grants.save_grants(session, group, {"dictionary": may_edit})
        saved = grants.fetch_grants(session, group.id)
    assert saved["dictionary_entry"] == saved["dictionary"] == may_edit
    assert "dictionary_entry" not in {subject.key for subject in grants.subjects()}


def test_grant_is_said_in_words_of_either_language() -> None:
    customer, department = (one for one in grants.subjects() if one.key in ("customer", "department"))
    seller = by_key("customer").access[Group.SALESPERSON]
    assert grants.describe_grant(customer, seller) == (
        "see, create, change: Own and subordinates'; not: delete; also: Print, Public pool"
    )
    assert grants.describe_grant(department, Grant(read=Scope.ALL)) == "see; not: create, change, delete"
    set_language("zh")
    assert grants.describe_grant(customer, seller) == "查看、新建、修改：本人及下属；不可删除；另可打印、公海"


def test_entries_of_a_dictionary_are_put_in_order(admin: Gateway) -> None:
    dictionary = fetch(admin, "dictionary", "code = 'level'")
    with admin.write() as session:
        entries = administration.fetch_ordered(session, "dictionary_entry", dictionary.id)
        assert [entry.values["code"] for entry in entries] == ["a", "b", "c", "d"]
        change_set = administration.save_order(
            session, dictionary, "dictionary_entry", [entry.id for entry in reversed(entries)]
        )
    with admin.read() as session:
        turned = administration.fetch_ordered(session, "dictionary_entry", dictionary.id)
    assert [entry.values["code"] for entry in turned] == ["d", "c", "b", "a"]
    with admin.write() as session:
        journal.undo(session, change_set)
        assert [e.values["code"] for e in administration.fetch_ordered(session, "dictionary_entry", dictionary.id)] == [
            "a",
            "b",
            "c",
            "d",
        ]


def test_departments_and_categories_are_trees_that_count_what_is_in_them(admin: Gateway) -> None:
    with admin.write() as session:
        nodes = {node.name: node for node in trees.fetch(session, "department")}
        assert nodes["south"].parent_id == nodes["sales"].id
        assert nodes["head"].parent_id is None
        assert nodes["south"].held == 4

        devices, printers = (
            create_record(session, new_record("product_category", admin.person, name=name))
            for name in ("设备", "打印机")
        )
        printers = trees.move(session, "product_category", printers.id, Ref(devices.id, "设备"))
        of = Ref(printers.id, "打印机")
        create_record(session, new_record("product", admin.person, name="激光打印机", category=of))
        by_id = {node.id: node for node in trees.fetch(session, "product_category")}
        assert (by_id[printers.id].parent_id, by_id[printers.id].held, by_id[devices.id].held) == (devices.id, 1, 0)
        with pytest.raises(KnownError, match="part of itself"):
            trees.move(session, "product_category", devices.id, of)


def test_public_pool_is_nobodys_colleague(admin: Gateway) -> None:
    person = replace(admin.person, department_id=None)
    with admin.read() as session:
        pool = session.execute(text("select id from crm.employee where is_pool")).scalar_one()
        assert pool not in fetch_ids(session, ListQuery(entity="employee", preset="department"), person)


@pytest.mark.parametrize("key", ["director", "manager", "seller", "desk", "clerk"])
def test_database_refuses_administration_to_everybody_else(sign_in: SignIn, key: str) -> None:
    person = sign_in(key)
    colleague = fetch(person, "employee", "name = 'junior'")
    group = fetch(person, "permission_group", "code = 'clerk'")
    level = fetch(person, "dictionary", "code = 'level'")
    with person.read() as session:
        entries = [entry.id for entry in administration.fetch_ordered(session, "dictionary_entry", level.id)]
    acts: tuple[Callable[[Session], object], ...] = (
        lambda session: administration.set_password(session, "office.admin", PASSWORD),
        lambda session: administration.save_groups_of(session, colleague, {group.id}),
        lambda session: administration.save_members(session, group, {colleague.id}),
        lambda session: grants.save_grants(session, group, {"customer": Grant(read=Scope.ALL)}),
        lambda session: administration.set_active(session, colleague, is_active=False),
        lambda session: administration.create_login(session, colleague, "office.other", PASSWORD),
    )
    for act in acts:
        with pytest.raises(NoRightError), person.write() as session:
            act(session)
    with person.write() as session:
        administration.save_order(session, level, "dictionary_entry", entries[::-1])
        delete_records(session, "dictionary_entry", entries, "")
    with person.read() as session:
        assert [entry.id for entry in administration.fetch_ordered(session, "dictionary_entry", level.id)] == entries
