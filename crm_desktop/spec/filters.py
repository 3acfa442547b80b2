"""A filter as plain data, and as JSON for saved views. It knows no entity: ``services.filter_fields`` says what fits.

What cannot be read (a stored filter of a newer program) is kept as it is, so that it can be shown and saved again.
"""

from __future__ import annotations

import datetime
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from crm_desktop.spec.kinds import Ref
from crm_desktop.spec.operators import OPERATORS, PERIODS, Takes

VERSION = 1
MOST_DAYS = 100_000
HOURS = 24
LARGEST = 10**20
"""No column holds larger numbers."""
_DEEPEST, _MOST = 6, 200


@dataclass(frozen=True, slots=True)
class Condition:
    """``field`` is a path of attribute keys such as ``owner.department``; ``value`` is what the operator takes."""

    field: str
    operator: str
    value: Any = None


@dataclass(frozen=True, slots=True)
class Unreadable:
    """What was stored, as JSON."""

    stored: str


@dataclass(frozen=True, slots=True)
class Group:
    """All or any of its items. With ``part`` they are asked of that entity's records: it has some such, or none."""

    items: tuple[Item, ...] = ()
    match: Literal["all", "any"] = "all"
    part: str = ""
    has: Literal["any", "none"] = "any"

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.items or self.part)


Item = Condition | Unreadable | Group
EVERYTHING = Group()


def conditions_of(item: Item) -> Iterator[Condition | Unreadable]:
    """All conditions, from left to right."""
    if isinstance(item, Group):
        for part in item.items:
            yield from conditions_of(part)
    else:
        yield item


def to_json(group: Group) -> dict[str, Any]:
    """As it is stored. Rows are stored by id only: names change, and not everybody may see them."""
    return {"version": VERSION, **_group_to_json(group)}


def _group_to_json(group: Group) -> dict[str, Any]:
    part = {"part": group.part, "has": group.has} if group.part else {}
    return {"match": group.match, **part, "items": [_item_to_json(item) for item in group.items]}


def _item_to_json(item: Item) -> Any:
    match item:
        case Group():
            return _group_to_json(item)
        case Unreadable(stored):
            return json.loads(stored)
        case Condition(field, operator, value):
            plain = {"field": field, "operator": operator}
            return plain if value is None else plain | {"value": _plain(value)}


def _plain(value: Any) -> Any:
    match value:
        case Ref():
            return value.id
        case tuple():
            return [_plain(one) for one in value]
        case Decimal() | datetime.date():
            return str(value)
    return value


def from_json(stored: Any) -> Group:
    """The filter that :func:`to_json` stored; what is not understood becomes ``Unreadable``. Rows have no names yet."""
    if stored is None:
        return EVERYTHING
    try:
        if stored["version"] > VERSION:
            return Group((_unreadable(stored),))
        group = _group_from_json(stored, _DEEPEST)
    except (KeyError, TypeError):
        return Group((_unreadable(stored),))
    if group.part:  # the outermost group is about the records themselves
        group = Group((group,))
    return group if sum(1 for _one in conditions_of(group)) <= _MOST else Group((_unreadable(stored),))


def _unreadable(stored: Any) -> Unreadable:
    return Unreadable(json.dumps(stored, ensure_ascii=False, sort_keys=True))


def _group_from_json(stored: Mapping[str, Any], deepest: int) -> Group:
    return Group(
        tuple(_item_from_json(item, deepest - 1) for item in stored["items"]),
        "any" if stored["match"] == "any" else "all",
        str(stored.get("part", "")),
        "none" if stored.get("has") == "none" else "any",
    )


def _item_from_json(stored: Any, deepest: int) -> Item:
    try:
        if "items" in stored and deepest:
            return _group_from_json(stored, deepest)
        takes = OPERATORS[stored["operator"]].takes
        return Condition(str(stored["field"]), stored["operator"], _value_from_json(stored.get("value"), takes))
    except (KeyError, TypeError, ValueError, InvalidOperation):
        return _unreadable(stored)


def _value_from_json(stored: Any, takes: Takes) -> Any:
    value = _READERS[takes](stored)
    if not is_value(value, takes):
        raise ValueError(stored)
    return value


_READERS: dict[Takes, Callable[[Any], Any]] = {
    Takes.NOTHING: lambda _stored: None,
    Takes.TEXT: lambda stored: stored,
    Takes.NUMBER: Decimal,
    Takes.NUMBERS: lambda stored: tuple(map(Decimal, stored)),
    Takes.DAY: datetime.date.fromisoformat,
    Takes.DAYS: lambda stored: tuple(map(datetime.date.fromisoformat, stored)),
    Takes.COUNT: lambda stored: stored,
    Takes.HOUR: lambda stored: stored,
    Takes.PERIOD: lambda stored: stored,
    Takes.ROWS: lambda stored: tuple(Ref(id_, "") for id_ in stored),
}


def is_value(value: Any, takes: Takes) -> bool:
    """Whether an operator that takes this can work with the value."""
    return _CHECKS[takes](value)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip()) and "\x00" not in value


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_DAYS


def _is_number(value: Any) -> bool:
    is_number = isinstance(value, int | Decimal) and not isinstance(value, bool) and Decimal(value).is_finite()
    return is_number and abs(value) < LARGEST


def _is_day(value: Any) -> bool:
    return isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)


def _is_row(value: Any) -> bool:
    return isinstance(value, Ref) and type(value.id) is int and abs(value.id) < 2**63


def _are_rows(value: Any) -> bool:
    return isinstance(value, tuple) and bool(value) and all(map(_is_row, value))


def _are_two(check: Callable[[Any], bool]) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, tuple) and len(value) == 2 and all(map(check, value))  # noqa: PLR2004


_CHECKS: dict[Takes, Callable[[Any], bool]] = {
    Takes.NOTHING: lambda value: value is None,
    Takes.TEXT: _is_text,
    Takes.NUMBER: _is_number,
    Takes.NUMBERS: _are_two(_is_number),
    Takes.DAY: _is_day,
    Takes.DAYS: _are_two(_is_day),
    Takes.COUNT: _is_count,
    Takes.HOUR: lambda value: _is_count(value) and value < HOURS,
    Takes.PERIOD: lambda value: isinstance(value, str) and value in PERIODS,
    Takes.ROWS: _are_rows,
}
