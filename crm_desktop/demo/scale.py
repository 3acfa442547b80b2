"""How large the sample firm is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """Exact numbers of what is generated. ``more_departments`` of sales come on top of the firm's own four."""

    transaction_customers: int
    prospects: int
    contacts: int
    activities: int
    opportunities: int
    requests: int = 0
    calendar_weeks: int = 0
    """For so many weeks back the calendars are filled."""
    full_weeks: int = 0
    """For so many weeks back everybody has appointments and tasks all day, beside what is in the calendars."""
    articles: int = 0
    more_departments: int = 0

    @property
    def customers(self) -> int:
        """Of both kinds."""
        return self.transaction_customers + self.prospects


SCALES = {
    "empty": Scale(transaction_customers=0, prospects=0, contacts=0, activities=0, opportunities=0),
    "office": Scale(
        transaction_customers=900,
        prospects=1_400,
        contacts=2_600,
        activities=20_000,
        opportunities=350,
        requests=600,
        calendar_weeks=6,
        articles=61,
    ),
    "100k": Scale(
        transaction_customers=39_000,
        prospects=61_000,
        contacts=113_000,
        activities=200_000,
        opportunities=30_000,
        requests=200_000,
        calendar_weeks=26,
        full_weeks=240,
        articles=50_000,
        more_departments=3,
    ),
    "1m": Scale(
        transaction_customers=390_000,
        prospects=610_000,
        contacts=1_100_000,
        activities=2_000_000,
        opportunities=30_000,
        requests=200_000,
        calendar_weeks=104,
        articles=50_000,
        more_departments=16,
    ),
}


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in proportion to ``weights``, whose sum is exactly ``total``; 0 where the weight is 0."""
    so_far = list(accumulate(weights))
    due = [0, *(round(total * weight / so_far[-1]) for weight in so_far)]
    return [after - before for before, after in pairwise(due)]
