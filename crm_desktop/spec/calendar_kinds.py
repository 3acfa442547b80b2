"""Years and months by their numbers."""

from __future__ import annotations

from typing import Any, ClassVar

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise
from crm_desktop.spec.kinds import BadValueError, Integer


class Year(Integer):
    """A year of the calendar: neither grouped nor added up."""

    name = "year"
    span: ClassVar[tuple[int, int]] = (1900, 2999)
    sign: ClassVar[str] = "年"

    def parse(self, text: str) -> int | None:
        """An int within ``span``; ``sign`` may stand behind it."""
        value = super().parse(normalise(text).removesuffix(self.sign))
        first, last = self.span
        if value is not None and not first <= value <= last:
            words = _("“{text}” is not a number from {first} to {last}.")
            raise BadValueError(words.format(text=text, first=first, last=last))
        return value

    def format(self, value: Any) -> str:
        """``2026``."""
        return "" if value is None else f"{value}"


class Month(Year):
    """A month by its number."""

    name = "month"
    span = (1, 12)
    sign = "月"


YEAR, MONTH = Year(), Month()
