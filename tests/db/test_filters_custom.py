"""Filters by the fields that the administrator adds."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any

import pytest

from crm_desktop.db.engine import Gateway
from crm_desktop.entities import by_key, take_custom_fields
from crm_desktop.services.filter_fields import fields_of, find_field, problems_of
from crm_desktop.services.listing import ListQuery, fetch_ids
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from tests.db.custom import add, admin, create, key_of

__all__ = ["admin"]
VALUES: tuple[tuple[str, str, Any, Any], ...] = (
    ("text", "contains", "甲乙", "乙"),
    ("number", "more", Decimal("1234.5"), Decimal(1000)),
    ("money", "between", Decimal("99.90"), (Decimal(99), Decimal(100))),
    ("date", "on", datetime.date(2026, 3, 5), datetime.date(2026, 3, 5)),
    ("bool", "yes", True, None),
)


def found(gateway: Gateway, entity: str, *conditions: Condition) -> list[int]:
    with gateway.read() as session:
        query = ListQuery(entity=entity, filter=Group(conditions))
        return list(fetch_ids(session, query, gateway.person))


@pytest.mark.parametrize(("kind", "operator", "value", "asked"), VALUES, ids=[row[0] for row in VALUES])
def test_a_custom_field_is_filtered_as_any_other(
    admin: Gateway, kind: str, operator: str, value: Any, asked: Any
) -> None:
    key = key_of(add(admin, "customer", kind, f"字段{kind}"))
    record = create(admin, "customer", name="广州恒大商贸", **{key: value})
    contact = create(admin, "contact", name="张三", customer=Ref(record.id, record.title))
    assert found(admin, "customer", Condition(key, operator, asked)) == [record.id]
    assert found(admin, "contact", Condition(f"customer.{key}", operator, asked)) == [contact.id]
    assert key in {field.key for field in fields_of(by_key("customer"))}


def test_a_field_that_is_gone_is_told(admin: Gateway) -> None:
    key = key_of(add(admin, "customer", "text", "鞋码"))
    condition = Condition(key, "contains", "42")
    group = Group((condition,))
    assert problems_of("customer", group) == []
    take_custom_fields(())
    assert find_field(by_key("customer"), key) is None
    assert problems_of("customer", group) == [f"There is no field “{key}” any more."]
    assert len(found(admin, "customer", condition)) == 60
