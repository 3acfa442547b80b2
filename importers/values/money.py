"""Amounts and counts."""

from __future__ import annotations

import re
from decimal import Decimal

from importers.readers import Cell
from importers.values.cells import UnreadableError, folded

UNITS = {
    "亿": 100_000_000,
    "千万": 10_000_000,
    "百万": 1_000_000,
    "万": 10_000,
    "千": 1_000,
    "million": 1_000_000,
    "millions": 1_000_000,
    "m": 1_000_000,
    "k": 1_000,
    "thousand": 1_000,
    "thousands": 1_000,
}
_AMOUNT = re.compile(
    r"([-(]?)(?:[¥￥$€£]|RMB|CNY|人民币)?([-+]?\d[\d,]*(?:\.\d+)?)\)?(亿|千万|百万|万|千|k|m)?(?:元|圆|整|人|名|CNY|RMB)*",
    re.IGNORECASE,
)
_LABEL_UNIT = re.compile(r"(亿|千万|百万|万|千)(?:元|圆|美元)|\b(millions?|thousands?|k)\b", re.IGNORECASE)


def unit_of(label: str) -> int:
    """By how much the amounts of a column are to be multiplied, as its label says: 万元 is 10000."""
    found = _LABEL_UNIT.search(label)
    return UNITS[(found[1] or found[2]).lower()] if found else 1


_HOURS = re.compile(r"\s*(个?小时|工时|时|hours?|hrs?|h)\s*$", re.IGNORECASE)


def money(cell: Cell, unit: int = 1) -> Decimal | None:
    """The amount in single units of the currency."""
    if isinstance(cell, int | float | Decimal) and not isinstance(cell, bool):
        amount = Decimal(str(cell))
        if not amount.is_finite():
            raise UnreadableError(str(cell))
        return amount * unit
    text = "".join(folded(cell).split())
    if not text:
        return None
    found = _AMOUNT.fullmatch(text)
    if not found:
        raise UnreadableError(text)
    own_unit = UNITS[found[3].lower()] if found[3] else unit
    return Decimal(found[2].replace(",", "")) * own_unit * (-1 if found[1] else 1)


def hours(cell: Cell) -> Decimal | None:
    """Hours, with or without the word behind them."""
    return money(_HOURS.sub("", folded(cell)) if isinstance(cell, str) else cell)


def percent(cell: Cell) -> int | None:
    """Whole percent. A spreadsheet keeps 60 % as the number 0.6."""
    amount = money(cell.replace("%", "").replace("％", "") if isinstance(cell, str) else cell)
    if amount is None:
        return None
    share = round(amount * 100 if isinstance(cell, float) and 0 < amount < 1 else amount)
    if not 0 <= share <= 100:  # noqa: PLR2004 - percent
        raise UnreadableError(str(cell))
    return share


def number(cell: Cell) -> int | None:
    """A whole number."""
    amount = money(cell)
    return int(amount) if amount is not None else None
