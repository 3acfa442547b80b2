"""Records through the services, as ordinary employees in a database of their own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, event, func, select, text

from crm_desktop.core.errors import NoRightError
from crm_desktop.db.engine import Gateway
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.services import journal, listing, lookup, overview, search
from crm_desktop.services.duplicates import find_duplicates
from crm_desktop.services.listing import ListQuery, columns_of
from crm_desktop.services.records import (
    FieldsError,
    Record,
    SaveConflictError,
    create_record,
    delete_records,
    fetch_record,
    new_record,
    save_record,
)
from crm_desktop.spec import EntitySpec, Ref
from tests.db.conftest import SignIn


class Statements:
    """Counts what everybody sends to the server while the test runs."""

    def __init__(self) -> None:
        self.sent: list[str] = []

    def note(self, _connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        self.sent.append(statement)

    def __len__(self) -> int:
        return len(self.sent)


@pytest.fixture
def statements() -> Iterator[Statements]:
    counted = Statements()
    event.listen(Engine, "before_cursor_execute", counted.note)
    yield counted
    event.remove(Engine, "before_cursor_execute", counted.note)


def make_customer(gateway: Gateway, name: str = "广州华工医药有限公司", **values: Any) -> Record:
    with gateway.write() as session:
        return create_record(session, new_record("customer", gateway.person, name=name, **values))


def test_new_customer_gets_number_owner_and_day(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    made = make_customer(seller)
    with seller.read() as session:
        record = fetch_record(session, "customer", made.id)
    assert record.values["code"].startswith("C")
    assert record.values["owner"].id == seller.person.id
    assert record.values["registered_on"] == datetime.date.today()


def test_every_value_comes_back_as_it_was_saved(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        choices = lookup.fetch_choices(session)
    values: dict[str, Any] = {
        "short_name": "华工",
        "level": choices.find("level", "A"),
        "region": choices.find("region", "广东广州天河"),
        "phones": ["020-55501102", 'say "hi" \\ {x}'],
        "email": "a@b.example",
        "is_do_not_contact": True,
        "annual_revenue": Decimal("1234.50"),
        "founded_on": datetime.date(1999, 12, 31),
        "anniversary": "--05-12",
        "remark": "第一行\nzweite\tZeile 'quoted'",
    }
    made = make_customer(seller, **values)
    with seller.read() as session:
        record = fetch_record(session, "customer", made.id)
    assert {key: record.values[key] for key in values} == values


def test_missing_and_overlong_values_are_named_by_field(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with pytest.raises(FieldsError) as caught, seller.write() as session:
        create_record(session, new_record("customer", seller.person, short_name="x" * 101))
    assert set(caught.value.fields) == {"name", "short_name"}


def test_saving_an_edit_takes_at_most_four_statements(sign_in: SignIn, statements: Statements) -> None:
    seller = sign_in("seller")
    base = make_customer(seller)
    statements.sent.clear()
    with seller.write() as session:
        save_record(session, base, {"name": "广州华工医药集团"})
    assert len(statements) == 2
    with seller.write() as session:
        save_record(session, base, {"remark": "stale version, other field"})
    assert len(statements) == 2 + 4


def test_others_edits_of_other_fields_merge_silently(sign_in: SignIn) -> None:
    seller, leader = sign_in("seller"), sign_in("leader")
    base = make_customer(seller)
    with leader.write() as session:
        save_record(session, base, {"phones": ["020-55501235"]})
    with seller.write() as session:
        save_record(session, base, {"remark": "mine"})
    with seller.read() as session:
        now = fetch_record(session, "customer", base.id)
        found = search.search(session, "55501235", seller.person)
    assert (now.values["phones"], now.values["remark"]) == (["020-55501235"], "mine")
    assert [hit.id for hit in found] == [base.id]


def test_the_same_field_asks_and_writes_nothing(sign_in: SignIn) -> None:
    seller, leader = sign_in("seller"), sign_in("leader")
    base = make_customer(seller)
    with leader.write() as session:
        save_record(session, base, {"remark": "theirs"})
    with pytest.raises(SaveConflictError) as caught, seller.write() as session:
        save_record(session, base, {"remark": "mine", "fax": "1"})
    assert caught.value.fields == ("remark",)
    assert caught.value.current.values["remark"] == "theirs"
    with seller.read() as session:
        assert fetch_record(session, "customer", base.id).values["fax"] is None


def test_who_may_only_read_is_told_so(sign_in: SignIn) -> None:
    desk, seller = sign_in("desk"), sign_in("seller")
    made = make_customer(seller)
    with desk.read() as session:
        base = fetch_record(session, "customer", made.id)
    with pytest.raises(NoRightError), desk.write() as session:
        save_record(session, base, {"remark": "x"})


def test_history_shows_before_and_after_in_words(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        choices = lookup.fetch_choices(session)
    base = make_customer(seller)
    with seller.write() as session:
        base = save_record(session, base, {"level": choices.find("level", "A"), "remark": "x"})
    with seller.write() as session:
        save_record(session, base, {"level": choices.find("level", "B")})
    with seller.read() as session:
        changes = journal.fetch_history(session, "customer", base.id)
    texts = [[(f.key, *f.texts(base.spec)) for f in change.fields] for change in changes]
    assert texts == [[("level", "A", "B")], [("level", "", "A"), ("remark", "", "x")], []]
    assert [change.kind for change in changes] == ["edit", "edit", "create"]
    assert {change.who for change in changes} == {"seller"}


def test_deleted_customer_comes_back_with_its_contacts(sign_in: SignIn) -> None:
    manager = sign_in("manager")
    made = make_customer(manager)
    with manager.write() as session:
        customer = Ref(made.id, made.title)
        contact = create_record(session, new_record("contact", manager.person, name="陈立", customer=customer))
    with manager.write() as session:
        deletion = delete_records(session, "customer", [made.id], made.title)
    assert deletion.count == 1
    with (
        pytest.raises(NoRightError, match="The customer of this record is no longer there"),
        manager.write() as session,
    ):
        create_record(session, new_record("contact", manager.person, name="何毅", customer=customer))
    with manager.write() as session:
        result = journal.undo(session, deletion.change_set)
    assert dict(result.brought_back) == {"customer": 1, "contact": 1}
    with manager.read() as session:
        assert fetch_record(session, "contact", contact.id).values["customer"].id == made.id
        assert [hit.id for hit in search.search(session, "hgyy", manager.person)] == [made.id]


def test_list_opens_in_two_statements_and_jumps_in_one(sign_in: SignIn, statements: Statements) -> None:
    director = sign_in("director")
    query = ListQuery(entity="customer", preset="all")
    columns = columns_of(query.spec)
    statements.sent.clear()
    with director.read() as session:
        first = listing.fetch_first_page(session, query, director.person, columns)
        ids = listing.fetch_ids(session, query, director.person)
    assert len(statements) == 2
    assert [row.id for row in first] == list(ids[: len(first)])
    with director.read() as session:
        rows = listing.fetch_rows(session, query.spec, columns, ids[-10:])
    assert len(statements) == 3
    assert set(rows) == set(ids[-10:])


@pytest.mark.parametrize("entity", ["customer", "contact", "activity", "employee", "department", "dictionary_entry"])
def test_every_column_sorts_both_ways_in_a_total_order(sign_in: SignIn, entity: str) -> None:
    director = sign_in("director")
    spec = ListQuery(entity=entity).spec
    with director.read() as session:
        everything = set(listing.fetch_ids(session, ListQuery(entity=entity), director.person))
        for column in spec.table.columns:
            for is_descending in (False, True):
                query = ListQuery(entity=entity, sort=column.key, is_descending=is_descending)
                ids = listing.fetch_ids(session, query, director.person)
                first = listing.fetch_first_page(session, query, director.person, columns_of(spec))
                assert set(ids) == everything
                assert [row.id for row in first] == list(ids[:100])


def test_counts_agree_with_the_lists(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    make_customer(seller)
    with seller.read() as session:
        counts = listing.fetch_counts(session, ["customer", "contact"], seller.person)
        for key, count in counts.items():
            entity, preset = key.split("/")
            query = ListQuery(entity=entity, preset=preset)
            assert len(listing.fetch_ids(session, query, seller.person)) == count
    assert counts["customer/mine"] >= 1


def test_overview_takes_at_most_eight_statements(sign_in: SignIn, statements: Statements) -> None:
    seller = sign_in("seller")
    made = make_customer(seller)
    with seller.read() as session:
        kind = lookup.fetch_choices(session).find("activity_kind", "call")
    with seller.write() as session:
        overview.log_activity(session, made, seller.person, subject="确认报价", kind=kind)
    statements.sent.clear()
    with seller.read() as session:
        page = overview.fetch_overview(session, "customer", made.id, seller.person)
    assert len(statements) <= 8
    assert page.figures is not None
    assert (page.figures.activities, page.figures.days_since_contact) == (1, 0)
    assert [row.values["subject"] for row in page.parts["activity"]] == ["确认报价"]


def test_duplicates_are_found_by_name_core_phone_and_tax_number(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    made = make_customer(seller, phones=["020-5550 1102"], tax_no="510100999845592")
    by_name = {"name": "广州市华工医药股份有限公司"}
    by_phone = {"phones": ["（020）55501102"]}
    by_tax_number = {"tax_no": "510100999845592"}
    with seller.read() as session:
        for values in (by_name, by_phone, by_tax_number):
            assert [found.id for found in find_duplicates(session, "customer", values)] == [made.id], values
        assert find_duplicates(session, "customer", {"name": "广州华工医药有限公司"}, except_id=made.id) == []


def test_duplicate_out_of_sight_tells_only_whose_it_is(sign_in: SignIn) -> None:
    junior, leader = sign_in("junior"), sign_in("leader")
    make_customer(leader)
    with junior.read() as session:
        (found,) = find_duplicates(session, "customer", {"name": "广州华工医药"})
    assert (found.id, found.name, found.code, found.owner) == (None, "", "", "leader")


def test_nobody_finds_what_he_may_not_see(sign_in: SignIn) -> None:
    junior, leader = sign_in("junior"), sign_in("leader")
    make_customer(leader, phones=["020-55501102"])
    with junior.read() as session:
        for typed in ("华工", "hgyy", "55501102"):
            assert search.search(session, typed, junior.person) == []


REFERRED_TO = [spec for spec in ALL_ENTITIES if hasattr(spec.model, spec.model.display[0])]  # type: ignore[attr-defined]


@pytest.mark.parametrize("spec", REFERRED_TO, ids=lambda spec: spec.key)
def test_a_field_offers_records_of_every_entity(sign_in: SignIn, spec: EntitySpec) -> None:
    director = sign_in("director")
    model: Any = spec.model
    with director.read() as session:
        offered = search.find(session, spec.key, "", director.person, limit=1)
        assert bool(offered) == bool(session.scalar(select(func.count()).select_from(model)))
        assert search.find(session, spec.key, "no such words", director.person) == []


@pytest.mark.parametrize("typed", ["'", "%", "\\", "((", '"', "a' or 1=1 --", "  ", "\t", "😀", "𠮷", ":x", "%(x)s"])
def test_any_typed_text_is_only_text(sign_in: SignIn, typed: str) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        assert search.search(session, typed, seller.person) == []
        for entity in ("customer", "activity", "department"):
            ids = listing.fetch_ids(session, ListQuery(entity=entity, typed=typed), seller.person)
            assert len(ids) == 0 or not typed.strip()


def test_region_keeps_its_full_name(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    with seller.read() as session:
        full = session.execute(
            text("select full_name from crm.dictionary_entry where code = :code"), {"code": "440106"}
        ).scalar_one()
    assert full == "广东广州天河"
