"""A small deterministic office: its people, who may do what there, and what each record belongs to, in plain Python.

The tests compare what the database lets somebody do with what is computed here from the same facts in another way.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg2

from crm_desktop.core.access import Function, Grant, Group, Scope, Verb
from crm_desktop.db import server
from crm_desktop.db.scram import scram_verifier
from crm_desktop.entities import ADMINISTERED, ALL_ENTITIES
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services.seed import seed

PASSWORD = "demo 密码"
VERBS: tuple[Verb, ...] = ("read", "create", "update", "delete")

DEPARTMENTS = {"head": None, "sales": "head", "south": "sales", "service": "head"}
NARROW = "narrow"
"""A group of the firm's own, with the scopes that the shipped groups do not use."""
_EVERYTHING = Grant(read=Scope.ALL, create=Scope.ALL, update=Scope.ALL, delete=Scope.ALL)
_NARROW_GRANTS = {
    "customer": Grant(read=Scope.DEPARTMENT, create=Scope.DEPARTMENT, update=Scope.OWN, delete=Scope.OWN),
    "contact": Grant(read=Scope.DEPARTMENT, create=Scope.OWN, update=Scope.TEAM),
}


@dataclass(frozen=True)
class Colleague:
    """Somebody of the office. ``key`` is also his name."""

    key: str
    groups: tuple[str, ...] = ()
    department: str | None = None
    superior: str | None = None
    is_active: bool = True
    is_pool: bool = False


COLLEAGUES = {
    person.key: person
    for person in (
        Colleague("admin", (Group.ADMINISTRATOR,)),
        Colleague("director", (Group.GENERAL_MANAGER,), "head"),
        Colleague("manager", (Group.SALES_MANAGER,), "sales", "director"),
        Colleague("leader", (Group.SALESPERSON,), "sales", "manager"),
        Colleague("seller", (Group.SALESPERSON,), "south", "leader"),
        Colleague("junior", (Group.SALESPERSON,), "south", "seller"),
        Colleague("gone", (Group.SALESPERSON,), "south", "leader", is_active=False),
        Colleague("desk", (Group.SERVICE,), "service", "director"),
        Colleague("clerk", (Group.CLERK,), "head", "director"),
        Colleague("both", (Group.SALESPERSON, Group.SERVICE), "service", "desk"),
        Colleague("narrow", (NARROW,), "south", "leader"),
        Colleague("idle", (), "south", "leader"),
        Colleague("公海", is_pool=True),
    )
}
SIGNED_IN = tuple(key for key, person in COLLEAGUES.items() if not person.is_pool)


def login(key: str) -> str:
    """The role; all databases of a server share one list of roles."""
    return f"office.{key}"


class Office:
    """Ids of the people by key, and what the facts above allow them."""

    def __init__(self, ids: dict[str, int]) -> None:
        self.ids = ids

    def grants(self, key: str, entity: str) -> list[Grant]:
        """What each of the person's groups is granted."""
        person = COLLEAGUES[key]
        if not person.is_active:
            return []
        found = []
        for group in person.groups:
            if group == NARROW:
                found.append(_NARROW_GRANTS.get(entity, Grant()))
            elif entity == "setting":
                found.append(ADMINISTERED[Group(group)])
            elif entity == "import_recipe":
                importer = Function.IMPORT in CUSTOMER.access[Group(group)].functions
                found.append(_EVERYTHING if importer else Grant())
            else:
                found += [spec.access.get(Group(group), Grant()) for spec in ALL_ENTITIES if spec.key == entity]
        return found

    def scope(self, key: str, entity: str, verb: Verb) -> Scope:
        """The widest."""
        scopes = [getattr(grant, verb) for grant in self.grants(key, entity)]
        return max(scopes, default=Scope.NONE)

    def reached(self, key: str, entity: str, verb: Verb) -> set[int]:
        """Ids of everybody whose records the verb reaches."""
        scope, me = self.scope(key, entity, verb), COLLEAGUES[key]
        has_pool = any("pool" in grant.functions for grant in self.grants(key, entity))
        reached = set()
        for other in COLLEAGUES.values():
            if other.is_pool:
                within = scope == Scope.ALL or (has_pool and verb in ("read", "update"))
            else:
                within = (
                    scope == Scope.ALL
                    or (scope >= Scope.OWN and other.key == key)
                    or (scope >= Scope.TEAM and key in _superiors(other))
                    or (scope >= Scope.DEPARTMENT and me.department is not None and other.department == me.department)
                    or (scope >= Scope.DEPARTMENT_TREE and me.department in _departments(other))
                )
            if within:
                reached.add(self.ids[other.key])
        return reached


def _superiors(person: Colleague) -> set[str]:
    found = set()
    while person.superior:
        found.add(person.superior)
        person = COLLEAGUES[person.superior]
    return found


def _departments(person: Colleague) -> set[str]:
    found, department = set(), person.department
    while department:
        found.add(department)
        department = DEPARTMENTS[department]
    return found


def make_office(superuser_url: str, database: str) -> None:
    """The database with its people, 60 customers, 90 contacts, 120 activities, and a few of everything else."""
    server.init(
        superuser_url,
        admin_login="office.admin",
        admin_name="admin",
        admin_password=PASSWORD,
        database=database,
        seed=seed,
    )
    url = superuser_url.rpartition("/")[0] + f"/{database}"
    with psycopg2.connect(url) as connection, connection.cursor() as cursor:
        _insert_people(cursor)
        _insert_records(cursor)
    connection.close()


def read_ids(cursor: Any) -> dict[str, int]:
    """Employees by key."""
    cursor.execute("select name, id from crm.employee")
    return dict(cursor.fetchall())


def _insert_people(cursor: Any) -> None:
    for name, parent in DEPARTMENTS.items():
        cursor.execute(
            "insert into crm.department (name, parent_id) values (%s, (select id from crm.department where name = %s))",
            (name, parent),
        )
    cursor.execute("insert into crm.permission_group (code, name, name_en) values (%s, '窄', 'Narrow')", (NARROW,))
    for entity, grant in _NARROW_GRANTS.items():
        cursor.execute(
            "insert into crm.permission_grant (group_id, entity, read_scope, create_scope, update_scope, delete_scope)"
            " select id, %s, %s, %s, %s, %s from crm.permission_group where code = %s",
            (entity, *(int(getattr(grant, verb)) for verb in VERBS), NARROW),
        )
    for person in COLLEAGUES.values():
        if person.is_pool or person.key == "admin":
            continue
        cursor.execute(
            "insert into crm.employee (login, name, department_id, superior_id, is_active)"
            " values (%s, %s, (select id from crm.department where name = %s),"
            " (select id from crm.employee where name = %s), %s)",
            (f"office.{person.key}", person.key, person.department, person.superior, person.is_active),
        )
        for group in person.groups:
            cursor.execute(
                "insert into crm.group_member (employee_id, group_id) select e.id, g.id"
                " from crm.employee e, crm.permission_group g where e.name = %s and g.code = %s",
                (person.key, group),
            )
        _create_login(cursor, f"office.{person.key}")
    _create_login(cursor, "office.stranger")  # of another database on the same server


def _create_login(cursor: Any, login: str) -> None:
    cursor.execute("select exists (select from pg_roles where rolname = %s)", (login,))
    if not cursor.fetchone()[0]:
        cursor.execute("select crm.create_login(%s, %s)", (login, scram_verifier(PASSWORD)))


def _insert_records(cursor: Any) -> None:
    cursor.execute("insert into crm.product_category (name) values ('硬件')")
    cursor.execute("insert into crm.product (name, category_id) select 'GTX 1', id from crm.product_category")
    cursor.execute("insert into crm.employee_skill (employee_id) select min(id) from crm.employee")
    cursor.execute("insert into crm.resource (name) values ('大会议室'), ('粤A-88888')")
    cursor.execute("insert into crm.lead_rule (name, is_active) values ('不用', false)")
    cursor.execute("insert into crm.lead_rule_member (rule_id, employee_id) select r.id, 1 from crm.lead_rule r")
    cursor.execute("select array_agg(id order by id) from crm.employee")
    everybody = cursor.fetchone()[0]
    cursor.execute(
        "insert into crm.customer (name, phones, owner_id)"
        " select '客户' || n, array['020-888000' || n], (%(all)s::bigint[])[1 + n %% cardinality(%(all)s)]"
        " from generate_series(1, 60) n",
        {"all": everybody},
    )
    cursor.execute(
        "insert into crm.contact (customer_id, name) select c.id, '联系人' || c.id || '-' || n"
        " from crm.customer c, generate_series(1, 2) n where n = 1 or c.id % 2 = 0 order by 1, 2"
    )
    cursor.execute(
        "insert into crm.activity (customer_id, contact_id, subject, happened_at, done_by_id)"
        " select c.id, (select min(k.id) from crm.contact k where k.customer_id = c.id), '电话' || n,"
        " timestamptz '2026-01-01 08:00+8' + c.id * interval '1 day' + n * interval '1 hour',"
        " (%(all)s::bigint[])[1 + (c.id + n) %% cardinality(%(all)s)] from crm.customer c, generate_series(1, 2) n",
        {"all": everybody},
    )
    cursor.execute(
        "insert into crm.contact_relation (contact_id, other_id)"
        " select k.id, (select max(x.id) from crm.contact x) - k.id from crm.contact k where k.id % 4 = 0 and k.id < 40"
    )
    cursor.execute("insert into crm.installed_product (customer_id, serial) select id, 'SN' || id from crm.customer")
    cursor.execute("insert into crm.memo (subject, owner_id) select '备忘', id from crm.employee")
    cursor.execute(
        "insert into crm.sales_target (owner_id, year, month, amount)"
        " select id, 2001, 1, 1000 from crm.employee where is_active"
    )
    cursor.execute("insert into crm.preference (employee_id, key, value) select id, 'list', '{}' from crm.employee")
    cursor.execute("insert into crm.import_recipe (entity, shape, name, mapping) values ('customer', 'a', 'b', '{}')")
