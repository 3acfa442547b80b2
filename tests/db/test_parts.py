"""What belongs to a record, also when it was entered on another one."""

from __future__ import annotations

import pytest

from crm_desktop.entities.contact import CONTACT_RELATION
from crm_desktop.services import lookup, records
from crm_desktop.services.parts import PartRows, fetch_parts
from crm_desktop.spec import Ref
from tests.db.conftest import SignIn


@pytest.fixture
def relation(sign_in: SignIn) -> tuple[Ref, Ref]:
    """陈立 has 周敏 as assistant; it was entered on his page."""
    seller = sign_in("seller")
    with seller.write() as session:
        choices = lookup.fetch_choices(session)
        customer = records.create_record(session, records.new_record("customer", seller.person, name="华工医药"))
        ends = []
        for name in ("陈立", "周敏"):
            contact = records.new_record("contact", seller.person, name=name, customer=Ref(customer.id, "华工医药"))
            ends.append(Ref(records.create_record(session, contact).id, name))
        kind = choices.find("contact_relation", "assistant")
        joined = records.new_record("contact_relation", seller.person, contact=ends[0], other=ends[1], kind=kind)
        records.create_record(session, joined)
    return ends[0], ends[1]


def _of(sign_in: SignIn, key: str, contact: Ref) -> PartRows:
    reader = sign_in(key)
    with reader.read() as session:
        asked = [(CONTACT_RELATION, CONTACT_RELATION.table.columns)]
        return fetch_parts(session, asked, contact.id, reader.person, 10)[0]


def test_a_relation_is_read_from_both_ends(sign_in: SignIn, relation: tuple[Ref, Ref]) -> None:
    first, second = relation
    (row,) = _of(sign_in, "seller", first).own
    assert (row.values["kind"].label, row.values["other"].label) == ("Assistant", "周敏")
    assert _of(sign_in, "seller", first).mirrored == []
    parts = _of(sign_in, "seller", second)
    (turned,) = parts.mirrored
    assert parts.own == []
    assert (turned.id, turned.values["kind"].label, turned.values["other"]) == (row.id, "Assistant to", first)


def test_whoever_may_not_see_a_relation_does_not_see_it_from_the_other_end(
    sign_in: SignIn, relation: tuple[Ref, Ref]
) -> None:
    assert _of(sign_in, "junior", relation[1]) == PartRows([], [])
