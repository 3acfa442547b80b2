"""How an event repeats: the usual ways to choose from, until when, or a rule as it is written."""

from __future__ import annotations

import datetime
from calendar import monthrange
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QWidget

from crm_desktop.core import recurrence
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.recurrence import WEEKDAYS, parts_of, say, written
from crm_desktop.services.drafts import Typed
from crm_desktop.spec.kinds import DATE, RULE
from crm_desktop.ui.fields.line import DateEditor

NEVER = N_("Does not repeat")
WORKDAYS = N_("Every weekday, Mon to Fri")
OTHER = N_("By another rule…")
UNTIL_WIDTH = 150
_ON_THAT_DAY = (
    "FREQ=DAILY", "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=2", "FREQ=MONTHLY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=YEARLY",
)  # fmt: skip
"""Each on the day on which it begins."""


class RepeatsEditor(QWidget):
    """The value is a rule of RFC 5545, or None."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._kept: str | None = None
        self.box = QComboBox()
        self.box.setAccessibleName(_("Repeats"))
        self.until = DateEditor(DATE, _("Until"))
        self.until.hide_heading()
        self.until.line.setPlaceholderText(_("until (for good)"))
        self.until.setFixedWidth(UNTIL_WIDTH)
        self.line = QLineEdit()
        self.line.setPlaceholderText("FREQ=MONTHLY;BYDAY=-1FR")
        self.line.setAccessibleName(_("Rule of RFC 5545"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        line.addWidget(self.box, 1)
        line.addWidget(self.line, 1)
        line.addWidget(self.until)
        self.box.currentIndexChanged.connect(self._follow)
        self.until.changed.connect(self.changed)
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        self.setFocusProxy(self.box)

    def show_rule(self, rule: str | None, day: datetime.date | None = None) -> None:
        """Offer the ways of something that begins on ``day``, or on whatever day, with ``rule`` chosen."""
        parts = parts_of(rule) if rule else {}
        end, base = parts.pop("UNTIL", ""), written(parts)
        offered = _offered(day)
        self.box.blockSignals(True)
        self.box.clear()
        for words, value in offered:
            self.box.addItem(words, value)
        place = next((n for n, (_words, value) in enumerate(offered) if value == base), -1)
        if place < 0:
            self.box.insertItem(1, say(rule or ""), rule)
            place, end = 1, ""
        self.box.addItem(_(OTHER), OTHER)
        self.box.setCurrentIndex(place)
        self.box.blockSignals(False)
        self.until.set_value(datetime.date.fromisoformat(end[:8]) if end else None)
        self._kept = rule
        self._follow()

    def write_other(self, text: str) -> None:
        """Let a rule be written, beginning with ``text``."""
        self.box.setCurrentIndex(self.box.count() - 1)
        self.line.setText(text)

    def value(self) -> str | None:
        """The rule; raises a KnownError where one is written that is none."""
        base = self.box.currentData()
        if base == OTHER:
            rule: str | None = RULE.parse(self.line.text())
            return rule
        if not base:
            return None
        until = self.until.value() if not self.until.isHidden() else None
        if until is None:
            return str(base)
        rule = written(parts_of(base) | {"UNTIL": f"{until:%Y%m%d}"})
        if self._kept and parts_of(self._kept).get("UNTIL", "").startswith(f"{until:%Y%m%d}"):
            kept = parts_of(self._kept)
            return self._kept if written({k: v for k, v in kept.items() if k != "UNTIL"}) == base else rule
        return rule

    def typed(self) -> Any:
        """The rule, or what is written and is none yet."""
        try:
            return self.value()
        except KnownError:
            return Typed(self.line.text())

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""
        if isinstance(typed, Typed):
            self.write_other(typed.text)
        else:
            self.show_rule(typed)

    def _follow(self) -> None:
        base = self.box.currentData()
        self.line.setVisible(base == OTHER)
        self.until.setVisible(bool(base) and base != OTHER and "COUNT" not in base and "UNTIL" not in base)
        self.changed.emit()


def _offered(day: datetime.date | None) -> list[tuple[str, str]]:
    rules = _ON_THAT_DAY if day is None else _rules_of(day)
    offered = [(_(NEVER), ""), *((recurrence.say(rule), rule) for rule in rules)]
    offered.insert(2, (_(WORKDAYS), "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"))
    return offered


def _rules_of(day: datetime.date) -> list[str]:
    name, last = WEEKDAYS[day.weekday()], monthrange(day.year, day.month)[1]
    week, is_last_week = (day.day - 1) // 7 + 1, day.day > last - 7
    places = ([] if week > 4 else [week]) + ([-1] if is_last_week else [])  # noqa: PLR2004 - few months have a fifth
    return [
        "FREQ=DAILY",
        f"FREQ=WEEKLY;BYDAY={name}",
        f"FREQ=WEEKLY;INTERVAL=2;BYDAY={name}",
        f"FREQ=MONTHLY;BYMONTHDAY={day.day}",
        *(["FREQ=MONTHLY;BYMONTHDAY=-1"] if day.day == last else []),
        *(f"FREQ=MONTHLY;BYDAY={place}{name}" for place in places),
        "FREQ=YEARLY",
    ]
