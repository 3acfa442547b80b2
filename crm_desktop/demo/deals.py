"""Opportunities of the sample firm's customers: bought, lost, given up, and those that are under way."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

from crm_desktop.demo.calendar import day_between, office_time, working_day
from crm_desktop.demo.catalog import Ware
from crm_desktop.demo.draw import Dice, Wheel
from crm_desktop.entities.opportunity import OPPORTUNITY
from crm_desktop.services.keys import derived_columns

Row = dict[str, Any]
_YEARS = 3
_FRESH_DAYS = 90  # since the last contact; nothing is under way with whom nobody has talked for longer
_MORE_DEALS = (0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 2)  # beside the first one
_OPEN_SHARE, _LOST_SHARE = {True: 0.3, False: 0.75}, {True: 0.6, False: 0.35}  # of customers, of prospects
_CLOSED_SHARE = 0.12
_STALLED_SHARE = 0.16
_MATE_SHARE = 0.05
_NEXT_STEP_SHARE = 0.85
_DISCOUNTS = ("1", "1", "1", "0.97", "0.95", "0.92", "0.9", "0.85")
_CENT = Decimal("0.01")
_DEAR = 5_000  # yuan; nobody opens an opportunity for a single cheap thing
_LOSING = ("price", "price", "price", "competitor", "competitor", "brand", "product", "relationship", "delivery")
_WINNING = ("service", "service", "price", "relationship", "product", "delivery")
_CLOSING = ("no_budget", "postponed", "postponed", "cancelled", "no_decision")


class Client(NamedTuple):
    """A customer as his opportunities need him."""

    id: int
    owner_id: int
    source_id: int | None
    registered_on: datetime.date
    first_deal_on: datetime.date | None
    last_contact_on: datetime.date
    contacts: Sequence[tuple[int, int]]
    """Ids, with their roles in decisions, 0 where those are not known."""


class Stage(NamedTuple):
    """A stage of the process that opportunities go through, in its order."""

    id: int
    outcome: str
    outcome_id: int
    probability: int
    category_id: int | None
    days_allowed: int | None


class Deal(NamedTuple):
    """An opportunity and what belongs to it. The rows lack the ids that are not given yet."""

    row: Row
    lines: list[Row]
    contacts: list[Row]
    stays: list[Row]


class _End(NamedTuple):
    outcome: str
    day: datetime.date


class Deals:
    """Draws the opportunities of one customer after the other."""

    def __init__(
        self,
        words: Mapping[str, Any],
        wares: Sequence[Ware],
        stages: Sequence[Stage],
        choices: Mapping[tuple[str, str], int],
        mates: Mapping[int, Sequence[int]],
        today: datetime.date,
        dice: Dice,
    ) -> None:
        """``mates`` are the colleagues who step in for an owner."""
        self._words, self._wares, self._choices, self._mates, self._dice = words, wares, choices, mates, dice
        self._today, self._yesterday = today, working_day(today - datetime.timedelta(days=1))
        self._stages = [stage for stage in stages if stage.outcome == "open"]
        self._ends = {stage.outcome: stage for stage in stages if stage.outcome != "open"}
        self._reached = Wheel(
            range(len(self._stages)), [3, 3, 3, 2, *[1] * len(self._stages)][: len(self._stages)], dice
        )
        self._roles = [id for (dictionary, _code), id in choices.items() if dictionary == "contact_role"]

    def draw(self, client: Client) -> Iterator[Deal]:
        """The opportunities of a customer. Who has bought has won ones, a prospect has none."""
        dice, is_customer = self._dice, client.first_deal_on is not None
        for end in self._ends_of(client):
            days = min(200, max(4, int(dice.lognormvariate(3.7, 0.6))))
            opened_on = max(client.registered_on, working_day(end.day - datetime.timedelta(days=days)))
            reached = len(self._stages) if end.outcome == "won" else self._reached.draw() + 1
            days_on = [opened_on, *(day_between(dice, opened_on, end.day) for _ in range(reached - 1)), end.day]
            yield self._deal(client, [*self._stages[:reached], self._ends[end.outcome]], days_on)
        is_fresh = self._today - client.last_contact_on < datetime.timedelta(days=_FRESH_DAYS)
        if is_fresh and dice.chance(_OPEN_SHARE[is_customer]):
            yield self._open_deal(client)

    def _ends_of(self, client: Client) -> Iterator[_End]:
        """When which of the last three years' opportunities ended."""
        dice, is_customer = self._dice, client.first_deal_on is not None
        first = max(self._today - datetime.timedelta(days=_YEARS * 365), client.registered_on)
        last = max(first, client.last_contact_on)
        if client.first_deal_on is not None:
            bought_since = max(first, client.first_deal_on)
            yield _End("won", bought_since if bought_since == client.first_deal_on else day_between(dice, first, last))
            for _more in range(dice.pick(_MORE_DEALS)):
                yield _End("won", day_between(dice, bought_since, max(bought_since, last)))
        if dice.chance(_LOST_SHARE[is_customer]):
            yield _End("lost", day_between(dice, first, last))
        if dice.chance(_CLOSED_SHARE):
            yield _End("closed", day_between(dice, first, last))

    def _open_deal(self, client: Client) -> Deal:
        """One that is in some stage since a while; too long for some."""
        dice, reached = self._dice, self._reached.draw()
        stages = self._stages[: reached + 1]
        allowed = stages[-1].days_allowed or 30
        waited = allowed + dice.randrange(2, 45) if dice.chance(_STALLED_SHARE) else dice.randrange(max(1, allowed - 4))
        since = max(client.registered_on, working_day(self._yesterday - datetime.timedelta(days=waited)))
        before = datetime.timedelta(days=reached * dice.randrange(5, 20))
        opened_on = max(client.registered_on, working_day(since - before))
        days_on = [opened_on, *(day_between(dice, opened_on, since) for _ in stages[2:]), since][-len(stages) :]
        return self._deal(client, stages, days_on)

    def _deal(self, client: Client, stages: Sequence[Stage], days_on: Sequence[datetime.date]) -> Deal:
        """The opportunity that entered these stages on these days."""
        dice, stage = self._dice, stages[-1]
        moments = sorted(office_time(dice, day) for day in days_on)
        moments = [moment + datetime.timedelta(minutes=number) for number, moment in enumerate(moments)]
        owner_id = client.owner_id
        if (mates := self._mates.get(owner_id)) and dice.chance(_MATE_SHARE):
            owner_id = dice.pick(mates)
        lines = self._lines()
        ware = lines[0]["ware"]
        title, need = dice.pick(self._words["deals"][ware.main_category])
        slots = {
            "product": ware.name,
            "floor": dice.randrange(2, 29),
            "users": dice.randrange(3, 60) * 10,
            "pages": f"{dice.randrange(8, 400) * 100:,}",
        }
        probability = stage.probability
        if stage.outcome == "open" and dice.chance(0.12):  # somebody knows better
            probability = max(5, min(95, probability + dice.pick((-10, 10))))
        amount = sum(line["amount"] for line in lines) if _is_offered(stages) or dice.chance(0.85) else None
        row = {
            "name": title.format_map(slots),
            "customer_id": client.id,
            "customer_owner_id": client.owner_id,
            "owner_id": owner_id,
            "stage_id": stage.id,
            "outcome_id": stage.outcome_id,
            "stage_since": moments[-1],
            "stalls_on": _stalls_on(stage, moments[-1].date()),
            "probability": probability,
            "category_id": stage.category_id,
            "amount": amount,
            "weighted_amount": None if amount is None else (amount * probability / 100).quantize(_CENT),
            "opened_on": moments[0].date(),
            "source_id": client.source_id,
            "need": need.format_map(slots) if dice.chance(0.6) else None,
            "created_at": moments[0],
            "updated_at": moments[-1],
        }
        row |= self._plans(len(stages)) if stage.outcome == "open" else self._result(stage.outcome, moments[-1].date())
        row |= (
            self._thoughts() if dice.chance(0.1) else dict.fromkeys(("strengths", "weaknesses", "chances", "threats"))
        )
        made = {"owner_id": owner_id, "created_at": moments[0], "updated_at": moments[0]}
        return Deal(
            row,
            [{key: value for key, value in line.items() if key != "ware"} | made for line in lines],
            [contact | made for contact in self._deciders(client)],
            [
                {
                    "owner_id": owner_id,
                    "stage_id": passed.id,
                    "entered_at": moment,
                    "moved_by_id": owner_id,
                    "note": row["stage_note"] if passed is stage else None,
                }
                for passed, moment in zip(stages, moments, strict=True)
            ],
        )

    def _lines(self) -> list[Row]:
        """A product, and what goes with it."""
        dice = self._dice
        first = dice.pick(self._wares)
        wares = [first]
        if dice.chance(0.45):
            fitting = [ware for ware in self._wares if ware.main_category in (first.main_category, "FW", "HC")]
            wares += [ware for ware in dice.sample(fitting, 2) if ware is not first][: dice.randrange(1, 3)]
        lines = []
        for ware in wares:
            part = dice.random() ** 2 if ware.price > _DEAR else 0.4 + 0.6 * dice.random()
            quantity = max(1, round(ware.most * part))
            price = (ware.price * Decimal(dice.pick(_DISCOUNTS))).quantize(_CENT)
            lines.append({"ware": ware, "product_id": ware.id, "quantity": quantity, "unit_price": price})
            lines[-1]["amount"] = quantity * price
        return lines

    def _deciders(self, client: Client) -> list[Row]:
        dice = self._dice
        known = client.contacts[: dice.randrange(4)]
        return [{"contact_id": id, "role_id": role_id or dice.pick(self._roles)} for id, role_id in known]

    def _plans(self, stage_number: int) -> Row:
        """Of one that is under way: what comes next, and when it is expected."""
        dice = self._dice
        still = 28 * (len(self._stages) - stage_number + 1)
        has_plan = dice.chance(_NEXT_STEP_SHARE)
        steps = self._words["next_steps"][min(stage_number, len(self._words["next_steps"])) - 1]
        expected_on = working_day(self._today + datetime.timedelta(days=dice.randrange(-8, still)))
        next_on = working_day(self._today + datetime.timedelta(days=dice.randrange(-4, 15)))
        return {
            "expected_on": expected_on,
            "closed_on": None,
            "next_step": dice.pick(steps) if has_plan else None,
            "next_on": next_on if has_plan else None,
            "reason_id": None,
            "competitor": dice.pick(self._words["rivals"]) if dice.chance(0.3) else None,
            "stage_note": None,
            "summary": None,
        }

    def _result(self, outcome: str, day: datetime.date) -> Row:
        """Of one that is over: why, against whom, and what was learned."""
        dice, words = self._dice, self._words
        reasons = {"won": _WINNING, "lost": _LOSING, "closed": _CLOSING}[outcome]
        notes = {"won": (), "lost": words["losing_notes"], "closed": words["closing_notes"]}[outcome]
        lessons = {"won": words["lessons_won"], "lost": words["lessons_lost"], "closed": ()}[outcome]
        has_rival = dice.chance({"won": 0.35, "lost": 0.85, "closed": 0.1}[outcome])
        return {
            "expected_on": working_day(day + datetime.timedelta(days=dice.randrange(-20, 25))),
            "closed_on": day,
            "next_step": None,
            "next_on": None,
            "reason_id": self._choices["close_reason", dice.pick(reasons)],
            "competitor": dice.pick(words["rivals"]) if has_rival else None,
            "stage_note": dice.pick(notes) if notes else None,
            "summary": dice.pick(lessons) if lessons and dice.chance(0.4) else None,
        }

    def _thoughts(self) -> Row:
        words, pick = self._words, self._dice.pick
        return {
            "strengths": pick(words["strengths"]),
            "weaknesses": pick(words["weaknesses"]),
            "chances": pick(words["chances"]),
            "threats": pick(words["doubts"]),
        }


def numbered(deals: Sequence[Deal], keys: Sequence[tuple[int, str]]) -> Iterator[Deal]:
    """The deals with their ids and numbers, in the order in which they were opened."""
    in_order = sorted(deals, key=lambda deal: deal.row["created_at"])
    for deal, (id_, code) in zip(in_order, keys, strict=True):
        row = {"id": id_, "code": code, **deal.row}
        parts = ([{"opportunity_id": id_, **part} for part in some] for some in deal[1:])
        yield Deal(row | derived_columns(OPPORTUNITY, row), *parts)


def _is_offered(stages: Sequence[Stage]) -> bool:
    """Whether the amount must be known: it has been offered, or it is over."""
    return len(stages) > 2 or stages[-1].outcome != "open"  # noqa: PLR2004 - contact, needs, offer


def _stalls_on(stage: Stage, since: datetime.date) -> datetime.date | None:
    if stage.outcome != "open" or stage.days_allowed is None:
        return None
    return since + datetime.timedelta(days=stage.days_allowed)
