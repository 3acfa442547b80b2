"""What a filter lets through, computed in plain Python from rows read as they are: the other opinion for the tests."""

from __future__ import annotations

import datetime
import operator
import re
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.text import digits, normalise, search_keys
from crm_desktop.entities import ALL_ENTITIES, by_key, by_model, parts_of
from crm_desktop.spec import EntitySpec, facts
from crm_desktop.spec.filters import Condition, Group, Item
from crm_desktop.spec.kinds import Ref

Rows = Mapping[str, Mapping[int, Any]]
DAY = datetime.timedelta(days=1)
NUMBERS: dict[str, Callable[[Any, Any], bool]] = {
    "equal": operator.eq,
    "less": operator.lt,
    "at_most": operator.le,
    "more": operator.gt,
    "at_least": operator.ge,
}
TEXTS: dict[str, Callable[[str, str], bool]] = {
    "contains": operator.contains,
    "is": operator.eq,
    "begins": str.startswith,
    "ends": str.endswith,
    "one_of": lambda text, several: text in [" ".join(one.split()) for one in re.split(r"[,;，；、\n]", several)],
}
DENIALS = {
    "lacks": "contains", "is_not": "is", "unequal": "equal", "empty": "filled", "no": "yes", "none_of": "any_of",
    "not_within": "within", "not_me": "me", "not_period": "period", "not_last_days": "last_days", "not_on": "on",
}  # fmt: skip


def read_rows(session: Session) -> Rows:
    """Every row that the person sees, by table and id."""
    models: list[Any] = [spec.model for spec in ALL_ENTITIES]
    return {m.__tablename__: {row.id: row for row in session.scalars(select(m))} for m in models}


def passes(rows: Rows, spec: EntitySpec, row: Any, item: Item, person: Person) -> bool:
    """Whether a row meets a sound filter."""
    if isinstance(item, Condition):
        denied = DENIALS.get(item.operator)
        holds = _holds(rows, spec, row, item.field.split("."), denied or item.operator, item.value, person)
        return not holds if denied else holds
    assert isinstance(item, Group)
    if item.part:
        part = by_key(item.part)
        assert part in parts_of(spec)
        assert part.part_of is not None
        column = facts(part.part_of).column
        inner = Group(item.items, item.match)
        table = rows[part.model.__tablename__].values()
        found = any(getattr(one, column) == row.id and passes(rows, part, one, inner, person) for one in table)
        return found if item.has == "any" else not found
    answers = [passes(rows, spec, row, one, person) for one in item.items]
    return not answers or (all(answers) if item.match == "all" else any(answers))


def _holds(rows: Rows, spec: EntitySpec, row: Any, path: list[str], asked: str, value: Any, person: Person) -> bool:
    fact = facts(spec.fields[path[0]])
    if len(path) > 1:
        assert fact.target is not None
        related = rows[fact.target.__tablename__].get(getattr(row, fact.column))
        target = by_model(fact.target)
        assert target is not None
        return related is not None and _holds(rows, target, related, path[1:], asked, value, person)
    if fact.target is not None:
        return _row_holds(rows, fact.target.__tablename__, getattr(row, fact.column), asked, value, person)
    held = getattr(row, fact.key)
    if asked == "filled":
        return held not in (None, "", [])
    if held is None:
        return False
    is_name = spec.search is not None and spec.search.name.key == fact.key
    return _value_holds(fact.kind.name, held, asked, value, is_name=is_name)


def _row_holds(rows: Rows, table: str, held: int | None, asked: str, value: Any, person: Person) -> bool:
    if held is None:
        return False
    if asked == "any_of":
        return held in {ref.id for ref in value}
    if asked == "within":
        return bool({held, *_above(rows[table], held, "parent_id")} & {ref.id for ref in value})
    employee = rows["employee"].get(held)
    if asked == "my_team":
        return person.id in {held, *_above(rows["employee"], held, "superior_id")}
    return {
        "filled": True,
        "me": held == person.id,
        "in_my_department": employee is not None and employee.department_id == person.department_id,
        "my_department": held == person.department_id,
    }[asked]


def _above(table: Mapping[int, Any], id_: int, parent: str) -> set[int]:
    found: set[int] = set()
    above = getattr(table[id_], parent)
    while above is not None and above not in found:
        found.add(above)
        above = getattr(table[above], parent)
    return found


def _value_holds(kind: str, held: Any, asked: str, value: Any, *, is_name: bool) -> bool:  # noqa: PLR0911 - a kind each
    if kind == "bool":
        return bool(held)
    if kind in {"integer", "money", "number"}:
        if asked == "between":
            return bool(min(value) <= Decimal(held) <= max(value))
        return NUMBERS[asked](Decimal(held), Decimal(value))
    if asked == "at_hour":
        return bool(held.astimezone().hour == value)
    if kind in {"date", "time"}:
        first, last = days_of(asked, value)
        day: datetime.date = held.astimezone().date() if kind == "time" else held
        return first <= day <= last
    if kind == "birthday":
        return _returns(held, *days_of(asked, value))
    if kind == "phones":
        number = digits(value)
        parts = [digits_only(one) if number else one.lower() for one in held]
        sought = number or normalise(value)
        return any(TEXTS[asked](one, sought) for one in parts)
    return _text_holds(held, asked, normalise(value), is_name=is_name)


def digits_only(text: str) -> str:
    return "".join(c for c in text if c.isdecimal())


def _text_holds(held: str, asked: str, sought: str, *, is_name: bool) -> bool:
    text = unicodedata.normalize("NFKC", held).lower()
    if asked == "contains" and is_name and not text.isascii() and sought.isascii():
        spelt = search_keys(held).search_text.split("\n")[1:]
        if any(c.isalpha() for c in sought) and any(sought.replace(" ", "") in line for line in spelt):
            return True
    return TEXTS[asked](text, sought)


def _returns(held: str, first: datetime.date, last: datetime.date) -> bool:
    """Every day of the stretch is tried."""
    span = (last - first).days
    days = {f"{first + n * DAY:%m-%d}" for n in range(min(span, 365) + 1)}
    return span >= 364 or held[-5:] in days


def days_of(asked: str, value: Any) -> tuple[datetime.date, datetime.date]:  # noqa: PLR0911 - an operator each
    """The first and the last day that an operator means."""
    today = datetime.date.today()
    match asked:
        case "on":
            return value, value
        case "before":
            return datetime.date.min, value - DAY
        case "after":
            return value + DAY, datetime.date.max
        case "from_to":
            return min(value), max(value)
        case "last_days":
            return today - value * DAY, today
        case "next_days":
            return today, today + value * DAY
        case "longer_ago":
            return datetime.date.min, today - (value + 1) * DAY
    return _period(value, today)


def _period(key: str, today: datetime.date) -> tuple[datetime.date, datetime.date]:
    if key in {"today", "yesterday", "tomorrow"}:
        day = today + {"today": 0, "yesterday": -1, "tomorrow": 1}[key] * DAY
        return day, day
    when, unit = key.split("_")
    step = {"this": 0, "last": -1, "next": 1}[when]
    if unit == "week":
        monday = today - today.weekday() * DAY + 7 * step * DAY
        return monday, monday + 6 * DAY
    months = {"month": 1, "quarter": 3, "year": 12}[unit]
    number = (today.year * 12 + today.month - 1) // months + step
    return _month(number * months), _month((number + 1) * months) - DAY


def _month(number: int) -> datetime.date:
    return datetime.date(number // 12, number % 12 + 1, 1)


def any_rows(rows: Rows, table: str, numbers: list[int]) -> tuple[Ref, ...]:
    """Some rows of a table, as a filter names them."""
    ids = sorted(rows[table])
    return tuple(dict.fromkeys(Ref(ids[number % len(ids)], "") for number in numbers))
