"""Each group, by raw connection, on every table and every verb: it sees and changes exactly its scope."""

from __future__ import annotations

import pytest

from crm_desktop.core.access import Scope, Verb
from crm_desktop.db.guard import guarded_tables
from tests.db.office import SIGNED_IN, VERBS, Office, login
from tests.db.raw import Raw

REFUSED = "42501"
TRIED_ELSEWHERE = {
    "attachment", "attachment_content", "attachment_piece", "comment", "star", "recent_record", "presence", "share",
    "saved_view", "custom_field",
    "opportunity", "opportunity_contact", "opportunity_line", "opportunity_stay", "product_cost",
    "event", "event_participant", "event_resource", "event_occurrence", "working_time",
    "lead", "lead_follow_up", "task", "reminder", "job", "opportunity_snapshot", "service_request", "service_stay",
    "knowledge_article", "article_vote", "article_use",
    "message", "alert", "announcement_reading", "work_log", "request_escalation",
    "maintenance_request", "service_part", "service_expense",
}  # fmt: skip
"""In test_attached, test_calendar, test_custom_fields, test_jobs, test_knowledge, test_leads, test_maintenance,
test_messages, test_opportunities, test_presence, test_reminders, test_service, test_sharing, test_tasks, test_views,
test_work_logs and test_working_time."""
PRIVATE = {"event", "event_participant", "event_resource", "work_log"}
"""Where minus a person stands for what is his alone."""
GUARDS = {name: guard for name, (_table, guard) in guarded_tables().items() if name not in TRIED_ELSEWHERE}
OWNED = {
    name: (guard.entity, guard.writer_column or guard.owner_column)
    for name, guard in GUARDS.items() if guard.rule == "owned"
}  # fmt: skip
"""Table: entity, column of the one who decides about update and delete."""
COMMON = {name: guard.entity for name, guard in GUARDS.items() if guard.rule == "common"}
NEW_ROW = {
    "department": "(name) values ('x')",
    "dictionary": "(code, name, name_en) values ('x', 'x', 'x')",
    "dictionary_entry": "(dictionary_id, code, name, name_en) select min(id), 'x', 'x', 'x' from crm.dictionary",
    "employee": "(name) values ('x')",
    "employee_skill": "(employee_id) select max(id) from crm.employee",
    "group_member": "(group_id, employee_id) select g.id, e.id from crm.permission_group g, crm.employee e"
    " where g.code = 'clerk' and e.name = 'idle'",
    "import_recipe": "(entity, shape, name, mapping) values ('x', 'x', 'x', '{}')",
    "alert_rule": "(name, kind_id) values ('x', 1)",
    "announcement": "(title) values ('x')",
    "lead_rule": "(name) values ('x')",
    "lead_rule_member": "(rule_id, employee_id) values (1, 2)",
    "permission_grant": "(group_id, entity) select min(id), 'x' from crm.permission_group",
    "permission_group": "(code, name, name_en) values ('x', 'x', 'x')",
    "product": "(name) values ('x')",
    "product_category": "(name) values ('x')",
    "resource": "(name) values ('x')",
    "sales_process": "(name) values ('x')",
    "sales_stage": "(process_id, name) select min(id), 'x' from crm.sales_process",
    "service_target": "(priority_id, response_minutes, solution_minutes)"
    " select max(id), 1, 2 from crm.dictionary_entry",
    "setting": "(key, value) values ('x', '1')",
    "special_day": "(day, name, is_working) values ('2040-02-29', 'x', false)",
}


def test_every_table_is_tried_here() -> None:
    assert {*OWNED, *COMMON, "preference"} == set(GUARDS)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_reads_and_changes_the_rows_of_those_in_scope(raw: Raw, office: Office, key: str) -> None:
    for table, (entity, writer_column) in OWNED.items():
        raw.become(None)
        rows = raw.rows(f"select id, owner_id, {writer_column} from crm.{table}")
        assert rows, f"the office has none of {table} to try with"
        reach: dict[Verb, set[int]] = {verb: office.reached(key, entity, verb) for verb in VERBS}
        readable = {id_ for id_, owner, _writer in rows if owner in reach["read"]}
        raw.become(login(key))
        assert {*raw.column(f"select id from crm.{table}")} == readable, table
        # Without a condition: not even blindly.
        updatable = sum(w in reach["update"] and o in reach["read"] for _id, o, w in rows)
        assert raw.tried(f"update crm.{table} set version = version") == updatable, table
        deletable = {id_ for id_, _owner, writer in rows if writer in reach["delete"]}
        assert {
            id_ for id_, _o, _w in rows if raw.tried(f"delete from crm.{table} where id = %s", id_) != 0
        } == deletable & readable, table


@pytest.mark.parametrize("key", SIGNED_IN)
def test_creates_customers_and_their_parts_only_for_those_in_scope(raw: Raw, office: Office, key: str) -> None:
    customers = raw.rows("select id, owner_id from crm.customer")
    raw.become(login(key))
    for owner in office.ids.values():
        made = raw.tried("insert into crm.customer (name, owner_id) values ('x', %s)", owner)
        assert made == (1 if owner in office.reached(key, "customer", "create") else REFUSED)
    for table, column in (("contact", "name"), ("activity", "subject")):
        reached = office.reached(key, table, "create")
        for customer, owner in customers:
            statement = f"insert into crm.{table} (customer_id, {column}, owner_id) values (%s, 'x', %s)"
            # The owner that the statement names is a lie wherever it is not the customer's.
            made = raw.tried(statement, customer, office.ids[key])
            assert made == (1 if owner in reached else REFUSED)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_gives_customers_only_to_those_in_scope(raw: Raw, office: Office, key: str) -> None:
    reached = office.reached(key, "customer", "update")
    owned = {owner: id_ for id_, owner in raw.rows("select id, owner_id from crm.customer")}
    raw.become(login(key))
    for owner, customer in owned.items():
        for new_owner in office.ids.values():
            moved = raw.tried("update crm.customer set owner_id = %s where id = %s", new_owner, customer)
            if owner not in reached or owner not in office.reached(key, "customer", "read"):
                assert moved == 0
            else:
                assert moved == (1 if new_owner in reached else REFUSED)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_moves_contacts_only_to_customers_in_scope(raw: Raw, office: Office, key: str) -> None:
    reached, seen = office.reached(key, "contact", "update"), office.reached(key, "contact", "read")
    of_owner = {owner: id_ for id_, owner in raw.rows("select id, owner_id from crm.customer")}
    contacts = {owner: id_ for id_, owner in raw.rows("select id, owner_id from crm.contact")}
    raw.become(login(key))
    for owner, contact in contacts.items():
        for new_owner, customer in of_owner.items():
            moved = raw.tried("update crm.contact set customer_id = %s where id = %s", customer, contact)
            if owner not in reached & seen:
                assert moved == 0
            else:
                assert moved == (1 if new_owner in reached & seen else REFUSED)


@pytest.mark.parametrize("key", SIGNED_IN)
def test_everybody_reads_what_is_common_and_few_write_it(raw: Raw, office: Office, key: str) -> None:
    for table, entity in COMMON.items():
        raw.become(None)
        if not raw.value(f"select count(*) from crm.{table}"):  # the office has none to try with
            raw.count(f"insert into crm.{table} {NEW_ROW[table]}")
        everything = raw.value(f"select count(*) from crm.{table}")
        one = raw.value(f"select max(id) from crm.{table}")
        may = {verb: office.scope(key, entity, verb) > Scope.NONE for verb in VERBS}
        raw.become(login(key))
        assert raw.value(f"select count(*) from crm.{table}") == (0 if key == "gone" else everything), table
        # Who sees nothing selects nothing to insert.
        refused = 0 if key == "gone" and table == "group_member" else REFUSED
        assert raw.tried(f"insert into crm.{table} {NEW_ROW[table]}") == (1 if may["create"] else refused), table
        changed = raw.tried(f"update crm.{table} set version = version where id = %s", one)
        assert changed == (1 if may["update"] else 0), table
        deleted = raw.tried(f"delete from crm.{table} where id = %s", one)
        assert deleted in ((1, "23503") if may["delete"] else (0,)), table


@pytest.mark.parametrize("key", SIGNED_IN)
def test_preferences_are_everybodys_own(raw: Raw, office: Office, key: str) -> None:
    other = office.ids["desk" if key != "desk" else "clerk"]
    raw.become(login(key))
    is_in = key != "gone"
    assert raw.column("select employee_id from crm.preference") == ([office.ids[key]] if is_in else [])
    assert raw.tried("update crm.preference set value = '1'") == int(is_in)
    assert raw.tried("delete from crm.preference") == int(is_in)
    assert raw.tried("insert into crm.preference (key, value) values ('x', '1')") == (1 if is_in else REFUSED)
    assert raw.tried("insert into crm.preference (employee_id, key, value) values (%s, 'x', '1')", other) == REFUSED
    if is_in:
        assert raw.tried("update crm.preference set employee_id = %s", other) == REFUSED


@pytest.mark.parametrize("table", [*OWNED, *COMMON, "preference"])
def test_a_login_of_another_database_sees_nothing(raw: Raw, table: str) -> None:
    raw.become(login("stranger"))
    assert raw.value(f"select count(*) from crm.{table}") == 0


@pytest.mark.parametrize("key", SIGNED_IN)
def test_the_program_is_told_the_same_scopes_that_the_policies_apply(raw: Raw, office: Office, key: str) -> None:
    raw.become(login(key))
    told = {(entity, verb): {*owners} for entity, verb, owners in raw.rows("select * from crm.my_scopes()")}
    expected = {
        (entity, verb): reached
        | ({-office.ids[key]} if entity in PRIVATE else set())
        | ({0} if (entity, verb) == ("knowledge_article", "read") else set())
        for entity in {guard.entity for _table, guard in guarded_tables().values() if guard.rule == "owned"}
        for verb in VERBS
        if (reached := office.reached(key, entity, verb))
    }
    assert told == expected


@pytest.mark.parametrize("key", SIGNED_IN)
def test_the_program_is_told_what_all_groups_grant_together(raw: Raw, office: Office, key: str) -> None:
    raw.become(login(key))
    for entity, read, create, update, delete, functions in raw.rows("select * from crm.my_grants()"):
        assert (read, create, update, delete) == tuple(office.scope(key, entity, verb) for verb in VERBS), entity
        assert {*functions} == {f for grant in office.grants(key, entity) for f in grant.functions}, entity
