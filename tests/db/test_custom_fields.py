"""Fields that the administrator adds: each is a column with the rights, the history and the undo of any other."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from crm_desktop.core.access import Scope, Verb
from crm_desktop.core.errors import ConflictError, KnownError, NoRightError
from crm_desktop.core.i18n import _, set_language
from crm_desktop.db import server as servers
from crm_desktop.db.check import check
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key
from crm_desktop.services import custom_fields, journal, listing, records, search
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.records import FieldsError
from crm_desktop.services.seed import seed
from crm_desktop.spec import Ref, facts
from crm_desktop.spec.check import problems
from tests.db.conftest import SignIn
from tests.db.custom import add, admin, change, create, key_of
from tests.db.office import PASSWORD, SIGNED_IN, Office, login
from tests.db.raw import Raw

__all__ = ["admin"]


def test_a_field_of_each_kind_is_saved_listed_and_told(admin: Gateway) -> None:
    other = create(admin, "customer", name="珠海华工医药有限公司")
    given: dict[str, Any] = {
        "text": "甲", "long_text": "一\n二", "number": Decimal("1234.5"), "money": Decimal("99.90"),
        "date": datetime.date(2026, 3, 5), "bool": True, "email": "a@b.cn", "reference": Ref(other.id, other.title),
    }  # fmt: skip
    keys = {
        kind: key_of(add(admin, "customer", kind, f"字段{kind}", target="customer" if kind == "reference" else None))
        for kind in given
    }
    choice = add(admin, "customer", "choice", "等级甲", name_en="Grade", choices=["高", "低", "高"])
    with admin.read() as session:
        entries = session.execute(
            text("select id, name from crm.dictionary_entry where dictionary_id = :id order by sort_order"),
            {"id": choice.values["dictionary"].id},
        ).all()
    assert [name for _id, name in entries] == ["高", "低"]
    values = {keys[kind]: value for kind, value in given.items()} | {key_of(choice): Ref(entries[1][0], "低")}
    assert problems(by_key("customer")) == []
    record = create(admin, "customer", name="广州恒大商贸", **values)
    assert {key: record.values[key] for key in values} == values
    changed = change(admin, record, **dict.fromkeys(values))
    with admin.read() as session:
        history = journal.fetch_history(session, "customer", record.id)
        spec = by_key("customer")
        columns = listing.columns_of(spec, ["name", *values])
        rows = [
            listing.fetch_first_page(
                session, ListQuery(entity="customer", sort=key, is_descending=True), admin.person, columns
            )
            for key in values
        ]
    assert {field.key for field in history[0].fields} == set(values)
    told = {field.key: field.texts(spec)[0] for field in history[0].fields}
    assert told[keys["number"]] == "1,234.5"
    assert told[keys["reference"]] == "珠海华工医药有限公司"
    assert told[key_of(choice)] == "低"
    assert all(record.id in {row.id for row in page} for page in rows)
    with admin.write() as session:
        journal.undo(session, changed.change_set)
    with admin.read() as session:
        again = records.fetch_record(session, "customer", record.id)
    assert {key: again.values[key] for key in values} == values


def test_names_follow_the_language(admin: Gateway) -> None:
    key = key_of(add(admin, "contact", "text", "微信号", name_en="WeChat id"))
    assert _(by_key("contact").label_of(key)) == "WeChat id"
    set_language("zh")
    assert _(by_key("contact").label_of(key)) == "微信号"


def test_two_people_edit_different_custom_fields_of_one_record(admin: Gateway) -> None:
    one, two = (key_of(add(admin, "customer", "text", name)) for name in ("其一", "其二"))
    record = create(admin, "customer", name="广州恒大商贸")
    change(admin, record, **{one: "a"})
    merged = change(admin, record, **{two: "b"})
    assert (merged.values[one], merged.values[two]) == ("a", "b")


def test_custom_texts_are_searched_also_after_an_undo(admin: Gateway) -> None:
    key = key_of(add(admin, "customer", "text", "旧名"))
    record = create(admin, "customer", name="广州恒大商贸", **{key: "紫荆花园"})
    cleared = change(admin, record, **{key: None})

    def found() -> bool:
        with admin.read() as session:
            return record.id in {hit.id for hit in search.find(session, "customer", "zjhy", admin.person)}

    assert not found()
    with admin.write() as session:
        journal.undo(session, cleared.change_set)
    assert found()


def test_an_unused_field_goes_and_comes_back_by_undo(admin: Gateway) -> None:
    field = add(admin, "customer", "choice", "等级甲", choices=["高", "低"])
    with admin.write() as session:
        deleted = custom_fields.delete_field(session, field)
    with admin.read() as session:
        assert custom_fields.load_custom_fields(session) == {"customer"}
        codes = session.execute(text("select code from crm.dictionary where code like 'x\\_%'")).all()
        assert codes == []
    with admin.write() as session:
        journal.undo(session, deleted.change_set)
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
        (back,) = custom_fields.fetch_fields(session, "customer")
        entries = session.execute(
            text("select count(*) from crm.dictionary_entry where dictionary_id = :id"),
            {"id": back.values["dictionary"].id},
        ).scalar_one()
    assert (back.id, entries) == (field.id, 2)
    with admin.write() as session:
        result = journal.undo(session, field.change_set)
    assert result.removed["custom_field"] == 1


def test_a_field_that_holds_data_stays(admin: Gateway) -> None:
    field = add(admin, "customer", "bool", "重点客户甲")
    create(admin, "customer", name="广州恒大商贸", **{key_of(field): True})
    with pytest.raises(ConflictError, match="holds data"), admin.write() as session:
        custom_fields.delete_field(session, field)
    with admin.read() as session:
        (field,) = custom_fields.fetch_fields(session, "customer")
        assert custom_fields.fetch_uses(session, "customer", [field]) == {field.id: 1}


def test_a_field_out_of_use_disappears_and_its_data_come_back_with_it(admin: Gateway) -> None:
    field = add(admin, "customer", "text", "旧名")
    key = key_of(field)
    record = create(admin, "customer", name="广州恒大商贸", **{key: "恒大"})
    for is_active in (False, True):
        with admin.write() as session:
            field = custom_fields.save_field(session, field, {"is_active": is_active})
        with admin.read() as session:
            custom_fields.load_custom_fields(session)
            read = records.fetch_record(session, "customer", record.id)
        assert read.values.get(key) == ("恒大" if is_active else None)
        assert (key in by_key("customer").fields) == is_active


def test_a_text_can_become_a_long_text_and_nothing_else(admin: Gateway) -> None:
    field = add(admin, "customer", "text", "说明甲")
    record = create(admin, "customer", name="广州恒大商贸", **{key_of(field): "短"})
    for wrong in ({"kind": "number"}, {"entity": "contact"}, {"target": "customer"}):
        with pytest.raises(KnownError), admin.write() as session:
            custom_fields.save_field(session, field, wrong)
    with admin.write() as session:
        field = custom_fields.save_field(session, field, {"kind": "long_text"})
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
        record = records.fetch_record(session, "customer", record.id)
    key = key_of(field)
    assert record.values[key] == "短"
    assert facts(by_key("customer").fields[key]).kind.name == "long_text"
    assert change(admin, record, **{key: "长" * 5000}).values[key] == "长" * 5000


def test_names_are_told_apart(admin: Gateway) -> None:
    add(admin, "customer", "text", "旧名", name_en="Former name")
    for values in ({"name": "旧名"}, {"name": "x", "name_en": "former  Name"}, {"name": "y", "name_en": "Level"}):
        with pytest.raises(FieldsError), admin.write() as session:
            custom_fields.add_field(session, {"entity": "customer", "kind": "text", **values})
    for name in ("x" * 10_000, "a\nb", "  "):
        with pytest.raises(KnownError), admin.write() as session:
            custom_fields.add_field(session, {"entity": "customer", "kind": "text", "name": name})
    evil = """'); drop table crm.customer; --"""
    key = key_of(add(admin, "customer", "text", evil))
    assert _(by_key("customer").label_of(key)) == evil


def test_only_the_administrator_defines_fields(sign_in: SignIn, admin: Gateway) -> None:
    seller = sign_in("seller")
    field = add(admin, "customer", "text", "旧名")
    with pytest.raises(NoRightError), seller.write() as session:
        custom_fields.add_field(session, {"entity": "customer", "kind": "text", "name": "x"})
    with pytest.raises(KnownError), seller.write() as session:
        custom_fields.save_field(session, field, {"name": "x"})
    with seller.write() as session:
        assert custom_fields.delete_field(session, field).count == 0
    key = key_of(field)
    record = create(seller, "customer", name="广州恒大商贸", **{key: "恒大"})
    assert record.values[key] == "恒大"


@pytest.mark.parametrize("key", SIGNED_IN)
def test_everybody_reads_definitions_and_few_write_them(raw: Raw, office: Office, key: str) -> None:
    new = "insert into crm.custom_field (entity, kind, name) values ('department', 'text', 'x')"
    raw.become(None)
    raw.rows(new.replace("'x'", "'y'"))
    raw.become(login(key))
    verbs: tuple[Verb, ...] = ("create", "update", "delete")
    may = {verb: office.scope(key, "custom_field", verb) > Scope.NONE for verb in verbs}
    assert raw.value("select count(*) from crm.custom_field") == (0 if key == "gone" else 1)
    assert raw.tried(new) == (1 if may["create"] else "42501")
    assert raw.tried("update crm.custom_field set name = 'z'") == int(may["update"])
    assert raw.tried("delete from crm.custom_field") == int(may["delete"])


def test_what_a_raw_connection_cannot_do(server: ServerAddress, own_database: str, admin: Gateway) -> None:
    add(admin, "customer", "text", "旧名")

    def raw(key: str) -> Raw:
        connection = psycopg2.connect(server.url(own_database, login(key), PASSWORD))
        connection.autocommit = False
        return Raw(connection)

    new = "insert into crm.custom_field (entity, kind, name) values (%s, %s, %s)"
    seller, boss = raw("seller"), raw("admin")
    try:
        assert seller.tried(new, "customer", "text", "x") == "42501"
        assert seller.tried("delete from crm.custom_field") == 0
        assert seller.tried("update crm.custom_field set name = 'x'") == 0
        for function in ("guard_custom_field", "expect_custom_field"):
            statement = f"select crm.{function}(f) from crm.custom_field f"
            assert {seller.tried(statement), boss.tried(statement)} == {"42501"}
        for entity in ("custom_field", "setting; drop table crm.customer", "pg_class", "preference", "journal.change"):
            assert boss.tried(new, entity, "text", "x") == "P0001"
        assert boss.tried(new, "customer", "text); drop table crm.customer", "x") in ("P0001", "22001")
        assert boss.tried(new, "customer", "serial", "x") == "P0001"
        aimed = "insert into crm.custom_field (entity, kind, name, target) values ('customer', 'reference', 'x', %s)"
        assert boss.tried(aimed, "pg_class") == "P0001"
        named = (
            "insert into crm.custom_field (entity, kind, name, column_name) values ('customer', 'text', 'x', 'name')"
        )
        boss.rows(named + " returning id")
        assert boss.value("select column_name ~ '^x_text_[0-9]+$' from crm.custom_field where name = 'x'")
        assert boss.tried("update crm.custom_field set column_name = 'name'") == "42501"
        assert boss.tried("select crm.name_custom_field()") in ("42501", "0A000")
    finally:
        seller.connection.close()
        boss.connection.close()


def test_there_is_an_end_to_the_number_of_fields(server: ServerAddress, own_database: str, admin: Gateway) -> None:
    with psycopg2.connect(server.url(own_database, login("admin"), PASSWORD)) as connection:
        boss = Raw(connection)
        new = "insert into crm.custom_field (entity, kind, name) select 'department', 'text', 'f' || n "
        boss.rows(new + "from generate_series(1, 60) n")
        assert boss.tried(new + "from generate_series(61, 61) n") == "P0001"
        connection.rollback()
    connection.close()
    with admin.read() as session:
        assert custom_fields.fetch_fields(session, "department") == []


def test_a_busy_table_is_said_and_nothing_stays_behind(
    server: ServerAddress, own_database: str, admin: Gateway, sign_in: SignIn
) -> None:
    create(sign_in("seller"), "customer", name="广州恒大商贸")
    other = psycopg2.connect(server.url(own_database, login("seller"), PASSWORD))
    other.cursor().execute("update crm.customer set remark = 'x'")
    try:
        with pytest.raises(ConflictError, match="Others are writing"):
            add(admin, "customer", "text", "旧名")
    finally:
        other.rollback()
        other.close()
    add(admin, "customer", "text", "旧名")
    with admin.read() as session:
        assert len(custom_fields.fetch_fields(session, "customer")) == 1


def test_check_upgrade_and_guards_know_custom_columns(
    server: ServerAddress, own_database: str, admin: Gateway, sign_in: SignIn
) -> None:
    for number, kind in enumerate(("text", "number", "date", "bool", "choice", "reference")):
        target = "customer" if kind == "reference" else None
        field = add(admin, "contact", kind, f"字段{number}", target=target)
        if kind == "text":
            with admin.write() as session:
                custom_fields.save_field(session, field, {"kind": "long_text"})
    add(admin, "contact", "text", "微信号码")
    url = server.url(own_database)
    assert [finding.text for finding in check(url) if not finding.is_ok] == []
    gone = add(admin, "contact", "date", "多余")
    with admin.write() as session:
        custom_fields.delete_field(session, gone)
    assert [finding.text for finding in check(url) if not finding.is_ok] == []
    with psycopg2.connect(url) as connection:
        column = Raw(connection).value("select column_name from crm.custom_field where kind = 'date'")
        connection.cursor().execute(f"revoke insert ({column}) on crm.contact from crm_user")
    connection.close()
    assert [finding.text for finding in check(url) if not finding.is_ok] == [f"Altered: column crm.contact.{column}."]
    servers.upgrade(url, seed=seed)
    assert [finding.text for finding in check(url) if not finding.is_ok] == []
    seller = sign_in("seller")
    with seller.read() as session:
        custom_fields.load_custom_fields(session)
    key = next(key for key in by_key("contact").fields if key == column)
    customer = create(seller, "customer", name="广州恒大商贸")
    contact = create(seller, "contact", name="李四", customer=Ref(customer.id, ""), **{key: datetime.date(2026, 3, 5)})
    assert contact.values[key] == datetime.date(2026, 3, 5)


def test_undo_brings_back_records_that_refer_to_each_other_through_custom_fields(admin: Gateway) -> None:
    key = key_of(add(admin, "customer", "reference", "首选联系人", target="contact"))
    customer = create(admin, "customer", name="广州恒大商贸")
    contact = create(admin, "contact", name="李四", customer=Ref(customer.id, ""))
    change(admin, customer, **{key: Ref(contact.id, "李四")})
    with admin.write() as session:
        deleted = records.delete_records(session, "customer", [customer.id], "x")
    with admin.write() as session:
        result = journal.undo(session, deleted.change_set)
    assert dict(result.brought_back) == {"customer": 1, "contact": 1}
    with admin.read() as session:
        assert records.fetch_record(session, "customer", customer.id).values[key].id == contact.id


def test_an_edit_of_a_field_that_is_gone_can_still_be_undone(admin: Gateway) -> None:
    field = add(admin, "customer", "text", "旧名")
    key = key_of(field)
    record = create(admin, "customer", name="广州恒大商贸", **{key: "恒大"})
    cleared = change(admin, record, **{key: None, "remark": "新"})
    with admin.write() as session:
        custom_fields.delete_field(session, field)
    with pytest.raises(ConflictError, match="has just changed the fields"), admin.read() as session:
        records.fetch_record(session, "customer", record.id)
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
    with admin.write() as session:
        journal.undo(session, cleared.change_set)
    with admin.read() as session:
        assert records.fetch_record(session, "customer", record.id).values["remark"] is None
        assert journal.fetch_history(session, "customer", record.id)


def test_the_order_is_kept(admin: Gateway) -> None:
    fields = [add(admin, "activity", "text", name) for name in ("甲", "乙", "丙")]
    wanted = [fields[2].id, fields[0].id, fields[1].id]
    with admin.write() as session:
        custom_fields.save_field_order(session, "activity", wanted)
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
        assert [field.id for field in custom_fields.fetch_fields(session, "activity")] == wanted
    labels = [label for label in by_key("activity").labels.values() if label in {"甲", "乙", "丙"}]
    assert labels == ["丙", "甲", "乙"]


def test_what_is_typed_into_a_field_that_is_taken_out_of_use_is_saved(admin: Gateway) -> None:
    field = add(admin, "customer", "text", "旧名")
    key = key_of(field)
    record = create(admin, "customer", name="广州恒大商贸", **{key: "恒大"})
    with admin.write() as session:
        field = custom_fields.save_field(session, field, {"is_active": False})
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
    change(admin, records.Record("customer", record.id, record.version, record.values), remark="新")
    change(admin, record, **{key: "恒大地产"})
    with admin.write() as session:
        custom_fields.save_field(session, field, {"is_active": True})
    with admin.read() as session:
        custom_fields.load_custom_fields(session)
        read = records.fetch_record(session, "customer", record.id)
    assert (read.values[key], read.values["remark"]) == ("恒大地产", "新")


def test_a_list_without_search_of_its_own_looks_into_a_new_text_at_once(admin: Gateway) -> None:
    def found(typed: str) -> int:
        with admin.read() as session:
            return len(listing.fetch_ids(session, ListQuery(entity="department", typed=typed), admin.person))

    assert found("珠江边") == 0
    key = key_of(add(admin, "department", "text", "地点"))
    with admin.read() as session:
        (id_, *_more) = listing.fetch_ids(session, ListQuery(entity="department"), admin.person)
        department = records.fetch_record(session, "department", id_)
    change(admin, department, **{key: "珠江边上"})
    assert found("珠江边") == 1
