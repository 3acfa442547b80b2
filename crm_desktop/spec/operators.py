"""What a filter can ask of a value: the operators, their keys in stored filters, their words and what they take.

Each ``Kind`` names its own; ``services.filters`` turns them into SQL.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from crm_desktop.core.i18n import N_


class Takes(enum.Enum):
    """What stands at the right of an operator."""

    NOTHING = enum.auto()
    TEXT = enum.auto()
    NUMBER = enum.auto()
    NUMBERS = enum.auto()
    DAY = enum.auto()
    DAYS = enum.auto()
    COUNT = enum.auto()
    """A number of days."""
    HOUR = enum.auto()
    """Of the day, 0 to 23."""
    PERIOD = enum.auto()
    ROWS = enum.auto()


@dataclass(frozen=True, slots=True)
class Operator:
    """``denies`` is the key of the operator that holds wherever this one does not, for empty values too."""

    key: str
    label: str
    takes: Takes = Takes.NOTHING
    denies: str = ""


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of the calendar: so many ``unit`` of PostgreSQL's ``date_trunc`` from the present one."""

    unit: str
    offset: int
    label: str


PERIODS = {
    "today": Period("day", 0, N_("today")),
    "yesterday": Period("day", -1, N_("yesterday")),
    "tomorrow": Period("day", 1, N_("tomorrow")),
    "this_week": Period("week", 0, N_("this week")),
    "last_week": Period("week", -1, N_("last week")),
    "next_week": Period("week", 1, N_("next week")),
    "this_month": Period("month", 0, N_("this month")),
    "last_month": Period("month", -1, N_("last month")),
    "next_month": Period("month", 1, N_("next month")),
    "this_quarter": Period("quarter", 0, N_("this quarter")),
    "last_quarter": Period("quarter", -1, N_("last quarter")),
    "next_quarter": Period("quarter", 1, N_("next quarter")),
    "this_year": Period("year", 0, N_("this year")),
    "last_year": Period("year", -1, N_("last year")),
    "next_year": Period("year", 1, N_("next year")),
}

FILLED = Operator("filled", N_("is filled in"))
EMPTY = Operator("empty", N_("is empty"), denies="filled")

CONTAINS = Operator("contains", N_("contains"), Takes.TEXT)
LACKS = Operator("lacks", N_("does not contain"), Takes.TEXT, "contains")
BEGINS = Operator("begins", N_("begins with"), Takes.TEXT)
ENDS = Operator("ends", N_("ends with"), Takes.TEXT)
IS = Operator("is", N_("is"), Takes.TEXT)
IS_NOT = Operator("is_not", N_("is not"), Takes.TEXT, "is")
ONE_OF = Operator("one_of", N_("is one of"), Takes.TEXT)
"""Several texts with commas, semicolons or line ends between them."""

EQUAL = Operator("equal", "=", Takes.NUMBER)
UNEQUAL = Operator("unequal", "≠", Takes.NUMBER, "equal")
LESS = Operator("less", "<", Takes.NUMBER)
AT_MOST = Operator("at_most", "≤", Takes.NUMBER)
MORE = Operator("more", ">", Takes.NUMBER)
AT_LEAST = Operator("at_least", "≥", Takes.NUMBER)
BETWEEN = Operator("between", N_("is between"), Takes.NUMBERS)

ON = Operator("on", N_("is on"), Takes.DAY)
NOT_ON = Operator("not_on", N_("is not on"), Takes.DAY, "on")
BEFORE = Operator("before", N_("is before"), Takes.DAY)
AFTER = Operator("after", N_("is after"), Takes.DAY)
FROM_TO = Operator("from_to", N_("is from … to …"), Takes.DAYS)
PERIOD = Operator("period", N_("falls"), Takes.PERIOD)
NOT_PERIOD = Operator("not_period", N_("does not fall"), Takes.PERIOD, "period")
LAST_DAYS = Operator("last_days", N_("in the last … days"), Takes.COUNT)
NOT_LAST_DAYS = Operator("not_last_days", N_("not in the last … days"), Takes.COUNT, "last_days")
NEXT_DAYS = Operator("next_days", N_("in the next … days"), Takes.COUNT)
LONGER_AGO = Operator("longer_ago", N_("more than … days ago"), Takes.COUNT)
AT_HOUR = Operator("at_hour", N_("in the hour from … o'clock on"), Takes.HOUR)

YES = Operator("yes", N_("yes"))
NO = Operator("no", N_("no"), denies="yes")

ANY_OF = Operator("any_of", N_("is any of"), Takes.ROWS)
NONE_OF = Operator("none_of", N_("is none of"), Takes.ROWS, "any_of")
WITHIN = Operator("within", N_("is, or is below, any of"), Takes.ROWS)
NOT_WITHIN = Operator("not_within", N_("is not, and not below, any of"), Takes.ROWS, "within")
ME = Operator("me", N_("is me"))
NOT_ME = Operator("not_me", N_("is not me"), denies="me")
MY_TEAM = Operator("my_team", N_("is me or a subordinate of mine"))
IN_MY_DEPARTMENT = Operator("in_my_department", N_("is in my department"))
MY_DEPARTMENT = Operator("my_department", N_("is my department"))

FILLING = (FILLED, EMPTY)
OF_TEXT = (CONTAINS, LACKS, IS, IS_NOT, ONE_OF, BEGINS, ENDS, *FILLING)
OF_LONG_TEXT = (CONTAINS, LACKS, *FILLING)
OF_NUMBER = (EQUAL, UNEQUAL, LESS, AT_MOST, MORE, AT_LEAST, BETWEEN, *FILLING)
OF_DAY = (
    PERIOD, NOT_PERIOD, LAST_DAYS, NOT_LAST_DAYS, NEXT_DAYS, LONGER_AGO, ON, NOT_ON, BEFORE, AFTER, FROM_TO, *FILLING,
)  # fmt: skip
OF_TIME = (*OF_DAY[: -len(FILLING)], AT_HOUR, *FILLING)
OF_BIRTHDAY = (PERIOD, NEXT_DAYS, LAST_DAYS, *FILLING)
OF_BOOL = (YES, NO)
OF_ROW = (ANY_OF, NONE_OF, *FILLING)
OF_TREE = (WITHIN, NOT_WITHIN)
OF_EMPLOYEE = (ME, NOT_ME, MY_TEAM, IN_MY_DEPARTMENT)
OF_DEPARTMENT = (MY_DEPARTMENT,)
OF_PHONES = (CONTAINS, LACKS, BEGINS, *FILLING)

OPERATORS = {
    operator.key: operator
    for operator in (
        *OF_TEXT, *OF_NUMBER, *OF_TIME, *OF_BOOL, *OF_ROW, *OF_TREE, *OF_EMPLOYEE, *OF_DEPARTMENT
    )
}  # fmt: skip
"""Every operator by its key."""
