"""What the sample firm sells: its tree of categories, products, and what they cost."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import insert
from sqlalchemy.orm import Session

from crm_desktop.demo.calendar import working_day
from crm_desktop.demo.draw import Dice
from crm_desktop.entities.catalog import PRODUCT
from crm_desktop.models import Product, ProductCategory, ProductCost
from crm_desktop.services.keys import derived_columns

Choices = Mapping[tuple[str, str], int]
_CHEAPER = Decimal("0.96")
_DEARER_SHARE = 0.3


class Ware(NamedTuple):
    """A product as opportunities need it. ``most`` is how many one deal has at most."""

    id: int
    name: str
    main_category: str
    price: Decimal
    most: int


def add_catalog(
    session: Session, words: Mapping[str, Any], choices: Choices, buyer_id: int, today: datetime.date, dice: Dice
) -> list[Ware]:
    """All products that are sold; ``buyer_id`` is who entered their costs."""
    categories: dict[str, int] = {}
    for order, (code, name, above) in enumerate(words["categories"]):
        values = {"name": name, "parent_id": categories.get(above), "sort_order": order}
        categories[code] = session.scalars(insert(ProductCategory).values(values).returning(ProductCategory.id)).one()
    wares, costs = [], []
    for code, category, name, model, specification, unit, price, cost, most in words["products"]:
        values = {
            "code": code,
            "name": name,
            "category_id": categories[category],
            "specification": specification,
            "product_model": model,
            "unit_id": choices["unit", unit],
            "list_price": Decimal(price),
            "is_active": code not in words["no_longer_sold"],
        }
        values |= derived_columns(PRODUCT, values)
        id_ = session.scalars(insert(Product).values(values).returning(Product.id)).one()
        if values["is_active"]:
            wares.append(Ware(id_, name, category[:2], Decimal(price), most))
        costs += _costs(id_, Decimal(price) * cost / 100, buyer_id, today, dice)
    session.execute(insert(ProductCost), costs)
    return wares


def _costs(product_id: int, cost: Decimal, buyer_id: int, today: datetime.date, dice: Dice) -> list[dict[str, Any]]:
    """What it costs since two years ago; some have become dearer since."""
    first = working_day(today - datetime.timedelta(days=dice.randrange(700, 900)))
    row = {"product_id": product_id, "owner_id": buyer_id, "valid_from": first, "cost": cost, "remark": None}
    if not dice.chance(_DEARER_SHARE):
        return [row]
    later = working_day(today - datetime.timedelta(days=dice.randrange(60, 400)))
    before = (cost * _CHEAPER).quantize(Decimal("0.01"))
    return [row | {"cost": before}, row | {"valid_from": later, "remark": "供应商调价"}]
