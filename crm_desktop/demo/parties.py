"""Customers of the sample firm, as rows for their table, in order of registration."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from crm_desktop.demo.calendar import Outline, office_time
from crm_desktop.demo.draw import Dice, Wheel
from crm_desktop.demo.names import Company, Names
from crm_desktop.demo.words import Place, read_places, read_words
from crm_desktop.demo.world import Seller, World
from crm_desktop.entities.customer import CUSTOMER
from crm_desktop.services.keys import derived_columns

Row = dict[str, Any]
_WELL_KNOWN_FIRST, _WELL_KNOWN_EVERY = 40, 37  # where in the order of registration the well-known customers stand
_MAILBOXES = ("office", "info", "xingzheng", "caigou")
_SIZES = {"a": 9.0, "b": 3.0, "c": 1.0, "d": 0.4}
_POOL_SHARE = 0.068
_INDIVIDUAL_SHARE = 0.025
_CHILD_SHARE = 0.2


class Party(NamedTuple):
    """One customer, and what his contacts and activities need to know of him."""

    row: Row
    company: Company
    industry: str
    outline: Outline
    seller: Seller
    """Who works on him, or did before he fell into the pool."""


class _Who(NamedTuple):
    """What the rest of a customer follows from."""

    place: Place
    industry: str
    company: Company
    parent_id: int | None


class _Parent(NamedTuple):
    """A group of companies that still expects daughters."""

    customer_id: int
    brand: str


class Parties:
    """Draws customers one after the other; ids count from 1."""

    def __init__(self, world: World, names: Names, well_known: list[list[str]], dice: Dice) -> None:
        self._world, self._names, self._dice = world, names, dice
        self._words = words = read_words("names")
        self._places = read_places(words["cities"])
        self._cities = Wheel([city[0] for city in words["cities"]], [city[1] for city in words["cities"]], dice)
        weights = words["industry_weights"]
        self._industries = Wheel(list(weights), list(weights.values()), dice)
        self._sellers = Wheel(list(world.sellers), [seller.share for seller in world.sellers], dice)
        sources = [code for dictionary, code in world.choices if dictionary == "source"]
        self._sources = Wheel(sources, [9, 14, 6, 3, 16, 5, 20, 6, 14, 4, 3], dice)
        self._levels = {
            True: Wheel(["a", "b", "c", "d"], [9, 24, 45, 22], dice),
            False: Wheel(["a", "b", "c", "d"], [4, 18, 48, 30], dice),
        }
        channels = {"phone": 30, "mobile": 20, "wechat": 30, "email": 12, "visit": 6, "letter": 2}
        self._channels = Wheel(list(channels), list(channels.values()), dice)
        self._well_known = {_WELL_KNOWN_FIRST + i * _WELL_KNOWN_EVERY: known for i, known in enumerate(well_known)}
        self._parents: list[_Parent] = []

    def draw(self, customer_id: int, outline: Outline) -> Party:
        """The customer of an outline."""
        dice = self._dice
        place, industry, company, parent_id = who = self._who(customer_id)
        seller = self._sellers.draw()
        is_customer = outline.first_deal_on is not None
        is_in_pool = not is_customer and dice.chance(_POOL_SHARE)
        level = self._levels[is_customer].draw()
        created_at = office_time(dice, outline.registered_on)
        row = self._identity(customer_id, who)
        row |= self._classification(industry, level, is_customer=is_customer, is_individual=not company.brand)
        row |= self._invoice(company, place, row) if is_customer and company.brand else _NO_INVOICE
        row |= self._history(outline, level)
        row |= {
            "owner_id": self._world.pool_id if is_in_pool else seller.id,
            "parent_id": parent_id,
            "last_contact_at": None,
            "created_at": created_at,
            "updated_at": created_at,
            **derived_columns(CUSTOMER, row),
        }
        return Party(row, company, industry, outline, seller)

    def _who(self, customer_id: int) -> _Who:
        """A well-known company, a daughter of one that was drawn before, a person, or any company."""
        dice, names = self._dice, self._names
        if customer_id in self._well_known:
            city, brand, trade, industry = self._well_known[customer_id]
            place = dice.pick(self._places[city])
            return _Who(place, industry, names.company(place, industry, brand, trade), None)
        place, industry = dice.pick(self._places[self._cities.draw()]), self._industries.draw()
        if self._parents and dice.chance(_CHILD_SHARE):
            parent = self._parents.pop()
            return _Who(place, industry, names.company(place, industry, parent.brand), parent.customer_id)
        if dice.chance(_INDIVIDUAL_SHARE):
            return _Who(place, "other", names.individual(), None)
        company = names.company(place, industry)
        if industry == "conglomerate":
            self._parents += [_Parent(customer_id, company.brand)] * dice.randrange(2, 5)
        return _Who(place, industry, company, None)

    def _identity(self, customer_id: int, who: _Who) -> Row:
        dice, names, place, company = self._dice, self._names, who.place, who.company
        site = company.domain if company.brand else ""
        landlines = [names.landline(place.area_code)] if site else []
        mobiles = [names.mobile()] if not site or dice.chance(0.15) else []
        return {
            "id": customer_id,
            "code": f"C{customer_id:06}",
            "name": company.name,
            "short_name": company.short_name if company.short_name and dice.chance(0.7) else None,
            "region_id": self._world.choices["region", place.region_code],
            "phones": landlines + mobiles,
            "fax": names.landline(place.area_code) if site and dice.chance(0.3) else None,
            "email": f"{dice.pick(_MAILBOXES)}@{site}" if site and dice.chance(0.6) else None,
            "website": f"www.{site}" if site and self._dice.chance(0.4) else None,
            "address": self._address(place, company.brand),
            "postcode": place.postcode,
            "delivery_address": self._address(place, company.brand) if self._dice.chance(0.08) else None,
        }

    def _classification(self, industry: str, level: str, *, is_customer: bool, is_individual: bool) -> Row:
        if is_individual:
            kind = "individual"
        elif industry == "administration":
            kind = "public_body"
        elif industry == "trade" and self._dice.chance(0.3):
            kind = self._dice.pick(("dealer", "dealer", "agent", "partner"))
        else:
            kind = "direct"
        choices = self._world.choices
        return {
            "type_id": choices["customer_type", kind],
            "life_cycle_id": choices["life_cycle", "transaction" if is_customer else "potential"],
            "level_id": choices["level", level],
            "industry_id": choices["industry", industry],
            "source_id": choices["source", self._sources.draw()],
            "preferred_channel_id": choices["channel", self._channels.draw()] if self._dice.chance(0.6) else None,
            "is_do_not_contact": self._dice.chance(0.01),
        }

    def _invoice(self, company: Company, place: Place, row: Row) -> Row:
        bank, street = self._dice.pick(self._words["banks"]), self._dice.pick(self._words["streets"])
        return {
            "invoice_title": company.name,
            "tax_no": self._names.tax_number(place.region_code),
            "bank_name": f"{bank}{place.city}{street[:2]}支行",
            "bank_account": f"3602{self._dice.randrange(10**11):015}",
            "invoice_address": row["address"],
            "invoice_phone": row["phones"][0],
        }

    def _history(self, outline: Outline, level: str) -> Row:
        dice, words, size = self._dice, self._words, _SIZES[level]
        employees = int(dice.lognormvariate(3.4, 0.8) * size) + 2
        is_customer = outline.first_deal_on is not None
        anniversary = dice.pick(words["anniversaries"]) if is_customer and self._dice.chance(0.1) else None
        return {
            "employee_count": employees if self._dice.chance(0.7) else None,
            "annual_revenue": Decimal(employees * dice.randrange(8, 60) * 10_000) if self._dice.chance(0.35) else None,
            "founded_on": _some_day(dice, outline.registered_on, years=20) if self._dice.chance(0.4) else None,
            "registered_on": outline.registered_on,
            "first_deal_on": outline.first_deal_on,
            "total_amount": Decimal(round(dice.lognormvariate(10.3, 0.7) * size, -2)) if is_customer else None,
            "interests": "、".join(dice.sample(words["interests"], 2)) if dice.chance(0.3) else None,
            "anniversary": f"--{dice.randrange(1, 13):02}-{dice.randrange(1, 29):02}" if anniversary else None,
            "anniversary_name": anniversary,
            "remark": dice.pick(words["remarks"]) if self._dice.chance(0.22) else None,
        }

    def _address(self, place: Place, brand: str) -> str:
        dice, words = self._dice, self._words
        street, number = dice.pick(words["streets"]), dice.randrange(1, 900)
        building = dice.pick(words["buildings"]).format(brand=brand)
        return f"{place.address}{street}{number}号{building}{dice.randrange(1, 32)}楼{dice.randrange(1, 20):02}室"


_NO_INVOICE: Row = dict.fromkeys(
    ("invoice_title", "tax_no", "bank_name", "bank_account", "invoice_address", "invoice_phone")
)


def _some_day(dice: Dice, before: datetime.date, years: int) -> datetime.date:
    return before - datetime.timedelta(days=dice.randrange(200, years * 365))
