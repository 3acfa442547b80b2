"""What each operator of a filter is in SQL, for one column. Only those that hold: ``services.filters`` denies.

Days are the server's, in the time zone of the session, at the moment the statement runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    ColumnElement,
    Date,
    Integer,
    Interval,
    Numeric,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    exists,
    false,
    func,
    inspect,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import aliased

from crm_desktop.core.access import Person
from crm_desktop.entities import by_model
from crm_desktop.models import Employee
from crm_desktop.spec import Facts
from crm_desktop.spec.operators import PERIODS

_LINE_END: ColumnElement[str] = literal_column("E'\\n'")
_YEAR_DAYS = 365


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition on one column. ``source`` is the model or alias that has it; ``name`` names its parameter."""

    source: Any
    fact: Facts
    name: str
    value: Any
    person: Person

    @property
    def column(self) -> Any:
        """The SQL column, of a reference the key."""
        return getattr(self.source, self.fact.column if self.fact.target else self.fact.key)

    def parameter(self, type_: Any, ending: str = "") -> Any:
        """The condition's value."""
        return cast(bindparam(f"{self.name}{ending}", type_=type_), type_)


def compare(operator: str, leaf: Leaf) -> ColumnElement[bool]:
    """Whether the condition holds; null where the column is."""
    made: ColumnElement[bool] = (_OF_KIND.get((leaf.fact.kind.name, operator)) or _COMPARISONS[operator])(leaf)
    return made


# Texts


def _text(leaf: Leaf) -> Any:
    """In the form in which ``normalise`` has what is sought. Where that is letters and digits alone, which are stored
    as they are typed, the costly half is left out: brackets and other marks are also written as wide as Chinese.
    """
    has_marks = cast(bindparam(f"{leaf.name}_has_marks", type_=Boolean), Boolean)
    return case((has_marks, _plain(leaf)), else_=func.lower(leaf.column))


def _plain(leaf: Leaf) -> Any:
    return func.lower(func.normalize(leaf.column, literal_column("nfkc")))


def _contains(leaf: Leaf) -> Any:
    """Part of the text; of what a record is found by, also part of its pinyin or of the initials of it."""
    found = func.position(leaf.parameter(Text).op("IN")(_text(leaf))) > 0
    spec = by_model(inspect(leaf.source).mapper.class_)
    if spec is None or spec.search is None or spec.search.name.key != leaf.fact.key:
        return found
    lines = [func.split_part(leaf.source.search_text, _LINE_END, number) for number in (2, 3)]
    pinyin = leaf.parameter(Text, "_pinyin")
    is_chinese = func.octet_length(leaf.column) > func.char_length(leaf.column)
    spelt = or_(*(func.position(pinyin.op("IN")(line)) > 0 for line in lines))
    return or_(found, and_(pinyin != "", is_chinese, spelt))


def _begins(leaf: Leaf) -> Any:
    return func.starts_with(_text(leaf), leaf.parameter(Text))


def _ends(leaf: Leaf) -> Any:
    text = leaf.parameter(Text)
    return func.right(_text(leaf), func.length(text)) == text


def _is(leaf: Leaf) -> Any:
    """However many blanks there are. What does not even hold the first word is not looked at closer, at a fifth of the
    time.
    """
    first_word = leaf.parameter(Text, "_word")
    holds_it = func.position(first_word.op("IN")(_plain(leaf))) > 0
    return and_(holds_it, func.crm.normalise(leaf.column) == leaf.parameter(Text))


def _one_of(leaf: Leaf) -> Any:
    return _text(leaf) == any_(leaf.parameter(ARRAY(Text)))


def _text_filled(leaf: Leaf) -> Any:
    return leaf.column != ""


# Telephone numbers: by their digits, in whatever format; words among them as text


def _phone(column: Any) -> Any:
    return func.regexp_replace(column, literal_column(r"'\D'"), "", "g")


def _any_phone(leaf: Leaf, matches: Callable[[Any, Any], Any]) -> Any:
    phone = func.unnest(leaf.column).column_valued()
    sought, number = leaf.parameter(Text), leaf.parameter(Text, "_digits")
    found = case((number != "", matches(_phone(phone), number)), else_=matches(func.lower(phone), sought))
    return exists(select(literal(1)).where(found))


def _phones_contain(leaf: Leaf) -> Any:
    return _any_phone(leaf, lambda text, part: func.position(part.op("IN")(text)) > 0)


def _phones_begin(leaf: Leaf) -> Any:
    return _any_phone(leaf, func.starts_with)


def _phones_filled(leaf: Leaf) -> Any:
    return func.cardinality(leaf.column) > 0


# Numbers


def _number(symbol: str, leaf: Leaf) -> Any:
    return leaf.column.op(symbol, is_comparison=True, return_type=Boolean())(leaf.parameter(Numeric))


def _between(leaf: Leaf) -> Any:
    return leaf.column.between(leaf.parameter(Numeric), leaf.parameter(Numeric, "_to"))


# Days; of a moment, its day


def _within_days(leaf: Leaf, start: Any = None, end: Any = None) -> Any:
    """From the day ``start`` to before the day ``end``."""
    if leaf.fact.kind.name == "birthday":
        return _returns(leaf, start, end)
    type_ = TIMESTAMP(timezone=True) if leaf.fact.kind.name == "time" else Date()
    after = [leaf.column >= cast(start, type_)] if start is not None else []
    return and_(*after, *([leaf.column < cast(end, type_)] if end is not None else []))


def _returns(leaf: Leaf, start: Any, end: Any) -> Any:
    """A birthday lies in these days of any year; in a stretch over New Year, at either side of it. Lunar ones lie where
    the calendar of these days has them.
    """
    day = func.right(leaf.column, 5)
    first, last = func.to_char(start, "MM-DD"), func.to_char(end - 1, "MM-DD")
    by_sun = case(
        (end - start >= _YEAR_DAYS, day != ""),
        (first <= last, day.between(first, last)),
        else_=or_(day >= first, day <= last),
    )
    is_lunar = getattr(leaf.source, "is_birthday_lunar", None)
    if is_lunar is None:
        return by_sun
    by_moon = day.in_(select(func.unnest(func.crm.lunar_birthdays(start, end - 1))))
    return case((is_lunar, by_moon), else_=by_sun)


def _on(leaf: Leaf) -> Any:
    day = leaf.parameter(Date)
    return _within_days(leaf, day, day + 1)


def _before(leaf: Leaf) -> Any:
    return _within_days(leaf, end=leaf.parameter(Date))


def _after(leaf: Leaf) -> Any:
    return _within_days(leaf, start=leaf.parameter(Date) + 1)


def _from_to(leaf: Leaf) -> Any:
    return _within_days(leaf, leaf.parameter(Date), leaf.parameter(Date, "_to") + 1)


def _today() -> Any:
    return cast(func.current_date(), Date)


def _period(leaf: Leaf) -> Any:
    period = PERIODS[leaf.value]
    months = {"month": 1, "quarter": 3, "year": 12}.get(period.unit, 0)
    days = {"day": 1, "week": 7}.get(period.unit, 0)
    began = func.date_trunc(period.unit, cast(_today(), TIMESTAMP))

    def day(number: int) -> Any:
        return cast(began + func.make_interval(0, months * number, 0, days * number, type_=Interval), Date)

    return _within_days(leaf, day(period.offset), day(period.offset + 1))


def _last_days(leaf: Leaf) -> Any:
    return _within_days(leaf, _today() - leaf.parameter(Integer), _today() + 1)


def _next_days(leaf: Leaf) -> Any:
    return _within_days(leaf, _today(), _today() + leaf.parameter(Integer) + 1)


def _longer_ago(leaf: Leaf) -> Any:
    return _within_days(leaf, end=_today() - leaf.parameter(Integer))


def _at_hour(leaf: Leaf) -> Any:
    return func.extract("hour", leaf.column) == leaf.parameter(Integer)


# Rows of other tables


def _any_of(leaf: Leaf) -> Any:
    return leaf.column == any_(leaf.parameter(ARRAY(BigInteger)))


def _all_below(model: Any, parent: str, first: Any) -> Any:
    """The ids of ``first`` (a select of one column) and of all rows below them, as an array found once a statement."""
    branch = first.cte(recursive=True)
    branch = branch.union(select(model.id).join(branch, getattr(model, parent) == branch.c.id))
    return func.array(select(branch.c.id).scalar_subquery())


def _within(leaf: Leaf) -> Any:
    chosen = select(func.unnest(leaf.parameter(ARRAY(BigInteger))).label("id"))
    tree: Any = leaf.fact.target
    return leaf.column == any_(_all_below(aliased(tree), "parent_id", chosen))


def _me(leaf: Leaf) -> Any:
    return leaf.column == leaf.person.id


def _my_team(leaf: Leaf) -> Any:
    me = select(cast(literal(leaf.person.id), BigInteger).label("id"))
    return leaf.column == any_(_all_below(aliased(Employee), "superior_id", me))


def _in_my_department(leaf: Leaf) -> Any:
    if leaf.person.department_id is None:
        return false()
    colleagues = select(Employee.id).where(Employee.department_id == leaf.person.department_id)
    return leaf.column == any_(func.array(colleagues.scalar_subquery()))


def _my_department(leaf: Leaf) -> Any:
    return leaf.column == leaf.person.department_id if leaf.person.department_id is not None else false()


def _filled(leaf: Leaf) -> Any:
    return leaf.column.is_not(None)


def _yes(leaf: Leaf) -> Any:
    return leaf.column.is_(true())


_Comparison = Callable[[Leaf], Any]
_COMPARISONS: dict[str, _Comparison] = {
    "filled": _filled, "contains": _contains, "begins": _begins, "ends": _ends, "is": _is, "one_of": _one_of,
    "yes": _yes,
    "equal": partial(_number, "="), "less": partial(_number, "<"), "at_most": partial(_number, "<="),
    "more": partial(_number, ">"), "at_least": partial(_number, ">="), "between": _between,
    "on": _on, "before": _before, "after": _after, "from_to": _from_to, "period": _period,
    "last_days": _last_days, "next_days": _next_days, "longer_ago": _longer_ago,
    "at_hour": _at_hour, "any_of": _any_of, "within": _within, "me": _me, "my_team": _my_team,
    "in_my_department": _in_my_department, "my_department": _my_department,
}  # fmt: skip
_OF_KIND: dict[tuple[str, str], _Comparison] = {
    ("phones", "contains"): _phones_contain,
    ("phones", "begins"): _phones_begin,
    ("phones", "filled"): _phones_filled,
    **{(kind, "filled"): _text_filled for kind in ("text", "long_text", "email", "website", "birthday")},
}
