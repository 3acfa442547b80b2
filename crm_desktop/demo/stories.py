"""What happened with each customer of the sample firm: from the first call to the order and the service after it."""

from __future__ import annotations

import datetime
import itertools
from typing import Any

from crm_desktop.demo.calendar import day_between, office_time, working_day
from crm_desktop.demo.draw import Dice, Wheel
from crm_desktop.demo.parties import Party, Row
from crm_desktop.demo.world import World

_BEFORE = ("first_call", "need", "materials", "demo", "quote", "bargain")
_AFTER = ("install", "payment")
_ALWAYS = {"usage": 26, "consumables": 24, "maintenance": 16, "fault": 16, "care": 8, "more": 10}
_LONGEST_COURTSHIP = 7
_EXTRA_SHARE = 0.3
_NAMED_SHARE = 0.9
_MATE_SHARE = 0.08
_FORMS_OF_ADDRESS = ("经理", "主任", "科长", "主管", "校长", "院长", "总监", "厂长", "老师", "秘书长")


class Stories:
    """Tells the activities of customers; ids count from 1."""

    def __init__(self, world: World, words: dict[str, Any], dice: Dice) -> None:
        self._world, self._words, self._dice = world, words, dice
        self._steps: dict[str, list[list[Any]]] = words["steps"]
        self._always = Wheel(list(_ALWAYS), list(_ALWAYS.values()), dice)
        self._kinds = {code: id for (dictionary, code), id in world.choices.items() if dictionary == "activity_kind"}
        self._ids = itertools.count(1)

    def tell(self, party: Party, contacts: list[Row]) -> list[Row]:
        """The activities of a customer in order of time; the last one falls on the day of his last contact."""
        plan = self._plan(party)
        scene = self._scene(party)
        return [self._activity(party, contacts, scene, step, moment) for step, moment in plan]

    def _plan(self, party: Party) -> list[tuple[str, datetime.datetime]]:
        """Steps and when they happen."""
        outline, dice = party.outline, self._dice
        deal = outline.first_deal_on
        count = outline.activities
        if deal is None:
            steps = self._courtship(count)
            days = _days(dice, outline.registered_on, outline.last_contact_on, count)
        else:
            before = min(count, dice.randrange(1, _LONGEST_COURTSHIP + 1))
            after = count - before
            steps = [*self._courtship(before - 1), "sign"] if before else []
            steps += [*_AFTER[:after], *(self._always.draw() for _ in range(after - len(_AFTER)))]
            end = deal if after else outline.last_contact_on
            days = _days(dice, min(outline.registered_on, end), end, before)
            days += _days(dice, deal, outline.last_contact_on, after)
        moments = sorted(office_time(dice, day) for day in days)
        return list(zip(steps, moments, strict=True))

    def _courtship(self, count: int) -> list[str]:
        """Steps towards an order, in their order; what is too many is keeping in touch."""
        chosen = sorted(self._dice.sample(range(1, len(_BEFORE)), min(max(count - 1, 0), len(_BEFORE) - 1)))
        steps = [_BEFORE[0], *(_BEFORE[i] for i in chosen)][:count]
        while len(steps) < count:
            steps.insert(self._dice.randrange(1, len(steps) + 1), "warm")
        return steps

    def _scene(self, party: Party) -> dict[str, Any]:
        """What stays the same in all that is told of one customer."""
        dice, words = self._dice, self._words
        product, other = dice.sample(words["products"], 2)
        return {
            "product": product,
            "other": other,
            "model": dice.pick(words["models"]),
            "floor": dice.randrange(2, 29),
            "users": dice.randrange(6, 160),
            "pages": f"{dice.randrange(8, 400) * 100:,}",
            "serial": f"{party.row['id']:04}",
            "last": None,
            "price": 3_000 * dice.lognormvariate(2.0, 0.8),
        }

    def _activity(
        self, party: Party, contacts: list[Row], scene: dict[str, Any], step: str, moment: datetime.datetime
    ) -> Row:
        dice, words, customer = self._dice, self._words, party.row
        contact = dice.pick(contacts) if contacts and dice.chance(_NAMED_SHARE) else None
        day = moment.date()
        slots = scene | {
            "person": _called(contact) if contact else "客户",
            "n": dice.randrange(2, 9),
            "money": f"¥{round(scene['price'] * (0.7 + dice.random()), -2):,.0f}",
            "rival": dice.pick(words["rivals"]),
            "week": dice.pick(words["days"]),
            "quote": f"BJ-{day.year}-{scene['serial']}",
            "contract": f"HT-{day.year}-{scene['serial']}",
            "year": day.year + 1,
            "month": day.month % 12 + 1,
        }
        note = dice.pick(self._steps[step])
        if note is scene["last"]:  # nobody writes the same thing twice in a row
            note = dice.pick(self._steps[step])
        scene["last"] = note
        kind, subject, details, result, following, days = note
        if dice.chance(_EXTRA_SHARE):
            details += dice.pick(words["extras"])
        next_on = working_day(day + datetime.timedelta(days=days)) if days else None
        return {
            "id": next(self._ids),
            "customer_id": customer["id"],
            "owner_id": customer["owner_id"],
            "contact_id": contact["id"] if contact else None,
            "kind_id": self._kinds[kind],
            "happened_at": moment,
            "done_by_id": self._done_by(party, kind),
            "subject": subject.format_map(slots),
            "details": details.format_map(slots),
            "result": result or None,
            "next_step": following.format_map(slots) or None,
            "next_on": next_on,
            "created_at": moment,
            "updated_at": moment,
        }

    def _done_by(self, party: Party, kind: str) -> int:
        """Mostly the owner; a colleague steps in now and then, engineers do the service."""
        if kind == "service" and self._world.engineers:
            return self._dice.pick(self._world.engineers)
        if party.seller.mates and self._dice.chance(_MATE_SHARE):
            return self._dice.pick(party.seller.mates)
        return party.seller.id


def _days(dice: Dice, first: datetime.date, last: datetime.date, count: int) -> list[datetime.date]:
    """So many working days from ``first`` to ``last``, which is one of them."""
    days = [day_between(dice, first, last) for _ in range(count - 1)]
    return [*days, last][:count]


def _called(contact: Row) -> str:
    """How a contact is spoken of: 陈经理, or the name."""
    name, title = contact["name"], contact["title"] or ""
    ending = next((ending for ending in _FORMS_OF_ADDRESS if title.endswith(ending)), "")
    return f"{name[0]}{ending}" if ending else str(name)
