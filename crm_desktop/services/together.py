"""Several selects in one statement: each comes as one value, all its rows as JSON."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from sqlalchemy import Numeric, ScalarSelect, Select, Text, cast, func, select

READ_BACK: Mapping[str, Callable[[str], Any]] = {
    "date": datetime.date.fromisoformat,
    "time": datetime.datetime.fromisoformat,
    "money": Decimal,
    "number": Decimal,
}
"""What JSON has as text, by the name of its kind."""


def in_one_value(rows: Select[Any]) -> ScalarSelect[Any]:
    """All rows in one value, in their order: a list of lists, None where there are none. Amounts come as text."""
    inside = rows.subquery()
    columns = (cast(c, Text) if isinstance(c.type, Numeric) else c for c in inside.c)
    return select(func.json_agg(func.json_build_array(*columns))).scalar_subquery()
