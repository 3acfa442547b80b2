"""One custom field of each kind at every entity, at once; and what happens at the same moment elsewhere."""

from __future__ import annotations

import datetime
import threading
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from sqlalchemy import text

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.db.backup import backup, restore
from crm_desktop.db.check import check
from crm_desktop.db.embedded import ServerAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key, custom_attrs, take_custom_fields
from crm_desktop.entities.custom_fields import KINDS
from crm_desktop.reports.lists import export_list
from crm_desktop.services import bulk, custom_fields, journal, listing, records
from crm_desktop.services.bulk_steps import Action, Step
from crm_desktop.services.filter_fields import find_field
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.records import Record
from crm_desktop.spec import Attr, Ref, facts
from crm_desktop.spec.check import problems
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.operators import Takes
from tests.db.conftest import SignIn
from tests.db.custom import add, admin, change, create, key_of
from tests.db.office import PASSWORD, login

__all__ = ["admin"]

GIVEN: dict[str, Any] = {
    "text": "甲",
    "long_text": "一\n二",
    "number": Decimal("-0.0001"),
    "money": Decimal("99.90"),
    "date": datetime.date(2026, 3, 5),
    "bool": True,
    "email": "a@b.cn",
}


def fill(gateway: Gateway, attr: Attr) -> Any:
    """A value for a field of any kind."""
    fact = facts(attr)
    if fact.target is None:
        return GIVEN[fact.kind.name]
    with gateway.read() as session:
        if fact.dictionary:
            found = session.execute(
                text(
                    "select e.id from crm.dictionary_entry e join crm.dictionary d on d.id = e.dictionary_id"
                    " where d.code = :code"
                ),
                {"code": fact.dictionary},
            )
            return Ref(found.scalars().first() or 0, "高")
        name = fact.target.__tablename__
        return Ref(
            session.execute(text(f"select id from crm.{name} where login is not null order by id")).scalars().first()
            or 0,
            "",
        )


def some_record(gateway: Gateway, entity: str) -> Record:
    """A record of any entity that the administrator can change, made with what it belongs to."""

    def made(of: str, **values: Any) -> Ref:
        return Ref(create(gateway, of, **values).id, "")

    def customer() -> Ref:
        return made("customer", name="广州恒大商贸")

    def contact(name: str = "李四") -> Ref:
        return made("contact", name=name, customer=customer())

    def opportunity() -> Ref:
        return made("opportunity", name="二期设备", customer=customer())

    def product() -> Ref:
        return made("product", name="控制柜")

    def asked() -> Ref:
        return made("service_request", subject="卡纸", customer=customer())

    values: dict[str, Callable[[], dict[str, Any]]] = {
        "customer": lambda: {"name": "广州恒大商贸"},
        "contact": lambda: {"name": "李四", "customer": customer()},
        "contact_relation": lambda: {"contact": contact(), "other": contact("王五")},
        "activity": lambda: {"customer": customer(), "subject": "电话"},
        "opportunity": lambda: {"name": "二期设备", "customer": customer()},
        "lead": lambda: {"name": "珠海一诺"},
        "announcement": lambda: {"title": "放假通知", "body": "国庆放假"},
        "knowledge_article": lambda: {"name": "清洁辊轴"},
        "service_request": lambda: {"subject": "卡纸", "customer": customer()},
        "service_part": lambda: {"request": asked(), "product": product()},
        "service_expense": lambda: {"request": asked(), "amount": Decimal(80)},
        "event": lambda: {
            "subject": "例会",
            "starts_at": clock.now(),
            "ends_at": clock.now() + datetime.timedelta(hours=1),
        },
        "task": lambda: {"subject": "备份打印机"},
        "work_log": dict,
        "lead_follow_up": lambda: {"lead": made("lead", name="珠海一诺"), "subject": "电话"},
        "opportunity_contact": lambda: {"opportunity": opportunity(), "contact": contact()},
        "opportunity_line": lambda: {"opportunity": opportunity(), "product": product()},
        "product_cost": lambda: {"product": product(), "cost": Decimal(3100)},
    }
    if entity in values:
        return create(gateway, entity, **values[entity]())
    with gateway.read() as session:
        newest = session.execute(text(f"select max(id) from crm.{entity}")).scalar_one()
        return records.fetch_record(session, entity, newest)


def test_every_entity_takes_every_kind(admin: Gateway, tmp_path: Path, subtests: pytest.Subtests) -> None:
    for spec in custom_fields.customisable():
        with subtests.test(spec.key):
            take_every_kind(spec.key, admin, tmp_path)


def take_every_kind(entity: str, admin: Gateway, tmp_path: Path) -> None:
    for kind in KINDS:
        add(
            admin, entity, kind, f"字段{kind}", choices=["高", "低"] if kind == "choice" else (),
            target="employee" if kind == "reference" else None, is_listed=True,
        )  # fmt: skip
    spec, attrs = by_key(entity), custom_attrs(entity)
    assert problems(spec) == []
    assert [facts(attr).kind.name for attr in attrs] == list(KINDS)
    values = {attr.key: fill(admin, attr) for attr in attrs}
    record = some_record(admin, entity)
    saved = change(admin, record, **values)
    with admin.read() as session:
        read = records.fetch_record(session, entity, record.id)
        history = journal.fetch_history(session, entity, record.id)
        columns = listing.columns_of(spec)
        for attr in attrs:
            query = ListQuery(entity=entity, sort=attr.key, is_descending=True)
            first, *_more = listing.fetch_first_page(session, query, admin.person, columns)
            assert first.id == record.id
    assert {key: records.is_same(read.values[key], value) for key, value in values.items()} == dict.fromkeys(
        values, True
    )
    assert {field.key for field in history[0].fields} == set(values)
    with admin.long_write() as session:
        export_list(
            session, ListQuery(entity=entity), admin.person, columns, tmp_path / "list.csv", lambda *_step: None
        )
    headings = (tmp_path / "list.csv").read_text(encoding="utf-8-sig").splitlines()[0]
    assert all(f"字段{kind}" in headings for kind in KINDS)
    with admin.write() as session:
        journal.undo(session, saved.change_set)
    with admin.read() as session:
        again = records.fetch_record(session, entity, record.id)
    assert {key: again.values[key] or None for key in values} == dict.fromkeys(values)


def test_custom_fields_are_filtered_and_changed_for_many_records(admin: Gateway) -> None:
    for kind in KINDS:
        target = "employee" if kind == "reference" else None
        add(admin, "customer", kind, f"字段{kind}", choices=["高"] if kind == "choice" else (), target=target)
    attrs = custom_attrs("customer")
    values = {attr.key: fill(admin, attr) for attr in attrs}
    filled = create(admin, "customer", name="甲公司")
    empty = create(admin, "customer", name="乙公司")
    ids = [filled.id]
    steps = [Step(key, Action.SET, value) for key, value in values.items()]
    with admin.write() as session:
        rehearsed = bulk.rehearse(session, admin.person, "customer", steps, ids)
        assert list(rehearsed.targets.ids) == ids
        bulk.change_all(session, "customer", steps, rehearsed.targets, "x", lambda *_step: None)

    def found(key: str, operator: str, value: Any = None) -> tuple[bool, bool]:
        query = ListQuery(entity="customer", filter=Group((Condition(key, operator, value),)))
        with admin.read() as session:
            rows = listing.fetch_ids(session, query, admin.person)
        return filled.id in rows, empty.id in rows

    for attr in attrs:
        value = values[attr.key]
        line = str(value).split("\n")[0]
        asked: dict[Takes, Any] = {
            Takes.NOTHING: None, Takes.TEXT: line, Takes.NUMBER: value, Takes.NUMBERS: (value, value),
            Takes.DAY: value, Takes.DAYS: (value, value), Takes.COUNT: 3, Takes.HOUR: 9, Takes.PERIOD: "today",
            Takes.ROWS: (value,),
        }  # fmt: skip
        field = find_field(by_key("customer"), attr.key)
        assert field is not None
        for operator in field.operators:
            is_found, is_other = found(attr.key, operator.key, asked[operator.takes])
            if operator.key in {"filled", "yes", "is", "equal", "on", "any_of", "contains"}:
                assert (is_found, is_other) == (True, False), (attr.key, operator.key)
            if operator.key in {"empty", "no", "is_not", "unequal", "none_of", "lacks"}:
                assert (is_found, is_other) == (False, True), (attr.key, operator.key)


def together(*acts: Callable[[], object]) -> list[KnownError]:
    """What each says that was refused, when all begin at once."""
    refused: list[KnownError] = []
    begin = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> None:
        begin.wait()
        try:
            act()
        except KnownError as error:
            refused.append(error)

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return refused


def test_two_administrators_at_once(admin: Gateway, sign_in: SignIn) -> None:
    other = sign_in("admin")
    refused = together(lambda: add(admin, "customer", "text", "同名"), lambda: add(other, "customer", "number", "同名"))
    assert len(refused) == 1
    assert together(lambda: add(admin, "customer", "text", "甲"), lambda: add(other, "customer", "text", "乙")) == []
    with admin.read() as session:
        assert {field.title for field in custom_fields.fetch_fields(session, "customer")} == {"同名", "甲", "乙"}


def test_others_go_on_working_while_fields_come_and_go(admin: Gateway, sign_in: SignIn) -> None:
    seller = sign_in("seller")
    record = create(seller, "customer", name="广州恒大商贸")
    stopped, failures = threading.Event(), []

    def work() -> None:
        count = 0
        while not stopped.is_set():
            count += 1
            try:
                with seller.write() as session:
                    now = records.fetch_record(session, "customer", record.id)
                    records.save_record(session, now, {"remark": f"{count}"})
                with seller.read() as session:
                    query = ListQuery(entity="customer")
                    listing.fetch_first_page(session, query, seller.person, listing.columns_of(query.spec))
            except KnownError as error:
                failures.append(error)  # said in a clear sentence; the next attempt works

    worker = threading.Thread(target=work)
    worker.start()
    try:
        for number in range(4):
            field = add(admin, "customer", "text", f"字段{number}", is_listed=True)
            with admin.write() as session:
                custom_fields.delete_field(session, field)
            with admin.read() as session:
                custom_fields.load_custom_fields(session)
    finally:
        stopped.set()
        worker.join()
    assert all("just changed the fields" in error.message for error in failures)
    change(seller, record, address="天河")


def test_a_backup_carries_fields_and_their_values(
    server: ServerAddress, own_database: str, admin: Gateway, tmp_path: Path
) -> None:
    field = add(admin, "customer", "choice", "等级甲", choices=["高"])
    day = add(admin, "customer", "date", "签约日期")
    add(admin, "customer", "text", "旧名")
    record = create(admin, "customer", name="广州恒大商贸", **{key_of(day): datetime.date(2026, 3, 5)})
    again = f"{own_database}_again"
    backup(server.url(own_database), tmp_path / "backup", lambda *_step: None)
    take_custom_fields(())
    try:
        restore(server.url(), tmp_path / "backup", again, lambda *_step: None)
        assert [finding.text for finding in check(server.url(again)) if not finding.is_ok] == []
        gateway = Gateway.connect(type(admin.address).from_url(server.url(again, login("admin"), PASSWORD)))
        with gateway.read() as session:
            custom_fields.load_custom_fields(session)
            assert records.fetch_record(session, "customer", record.id).values[key_of(day)] == datetime.date(2026, 3, 5)
        add(gateway, "customer", "bool", "新的")
        assert key_of(field) in by_key("customer").fields
        gateway.close()
    finally:
        connection = psycopg2.connect(server.url())
        connection.autocommit = True
        connection.cursor().execute(f"drop database if exists {again} with (force)")
        connection.close()
