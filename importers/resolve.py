"""From what a sheet says to what the database holds: names of choices, regions and colleagues become their rows.

What cannot be found is kept as a line of the remark, so that nothing of the sheet is lost, and warned of.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise
from crm_desktop.models import Contact, Employee
from crm_desktop.services.lookup import Choices, fetch_choices
from crm_desktop.spec import Attr, EntitySpec, Facts, Ref, facts
from importers.references import References
from importers.values.days import Month
from importers.values.regions import Region

FROM_SHEETS = {"retailer": "dealer", "reseller": "dealer", "customer": "direct", "end customer": "direct"}
"""English words of exports for our own customer types."""

HELD: Mapping[str, tuple[Any, Any]] = {
    "integer": (-(2**31), 2**31 - 1),
    "money": (-(10**16) + 1, 10**16 - 1),
    "number": (-(10**14) + 1, 10**14 - 1),
    "date": (datetime.date(1, 1, 2), datetime.date(9999, 12, 30)),
}
"""What the columns of a kind hold, from and to: one value beyond it would make the database refuse the whole import."""

_MORNING = datetime.time(9)
"""When it was, of what a sheet knows the day only."""


def remark_key(spec: EntitySpec) -> str:
    """The field that keeps what has no field of its own; empty where there is none."""
    return next((key for key in ("remark", "description", "details") if key in spec.fields), "")


@dataclass(slots=True)
class Resolved:
    """One record ready for the database: values by field key, references as ``Ref``."""

    values: dict[str, Any]
    warnings: list[str] = field(default_factory=list)


class Resolver:
    """Knows all choices and colleagues of the firm; made once an import. Two statements."""

    def __init__(self, session: Session) -> None:
        """Reads the dictionaries and the employees."""
        self._choices: Choices = fetch_choices(session)
        self._regions = {entry.code: entry.ref for entry in self._choices.of("region")}
        employees = session.execute(select(Employee.id, Employee.name, Employee.login).order_by(Employee.is_active))
        self._people: dict[str, Ref] = {}
        for id_, name, login in employees:
            self._people.update({normalise(n): Ref(id_, name) for n in (login, name) if n})
        self._session = session
        self._references: dict[type[Any], References] = {}
        self._told: set[tuple[str, str]] = set()

    def look_up(self, attrs: Iterable[Attr], records: Sequence[Mapping[str, Any]]) -> None:
        """Find what these fields of the records name, by name or number. One statement for each table that is named."""
        texts: dict[type[Any], set[str]] = {}
        for attr in attrs:
            fact = facts(attr)
            if fact.target is None or fact.target is Employee or fact.dictionary:
                continue
            if named := {str(values[attr.key]) for values in records if values.get(attr.key)}:
                texts.setdefault(fact.target, set()).update(named)
        for target, wanted in texts.items():
            self._references[target] = References(self._session, target, wanted)

    def choice(self, dictionary: str, word: str) -> Ref | None:
        """The entry of a dictionary that the word names."""
        return self._choices.find(dictionary, word)

    def resolve(self, spec: EntitySpec, values: Mapping[str, Any]) -> Resolved:
        """The values of a record of any kind; a field that is none of its is unknown."""
        result = Resolved({})
        fields = spec.fields
        kept_in = remark_key(spec)
        unknown: list[str] = []
        for key, value in values.items():
            if value in (None, "", [], ()):
                continue
            attr = fields.get(key)
            label = _(spec.labels[attr]) if attr is not None else key
            found = self.value(attr, value) if attr is not None else None
            if found is None:
                unknown.append(f"{label}: {_text(value)}")
                if attr is not None:
                    words = _("{field} “{text}” is not known here: enter it first, or it is kept in the remark.")
                    if not kept_in:
                        words = _("{field} “{text}” is not known here: enter it first, or it is left out.")
                    result.warnings.append(words.format(field=label, text=_text(value)))
            else:
                if attr is not None and isinstance(found, Ref) and self._is_near(attr, str(value)):
                    words = _("{field} “{text}” is taken for “{found}”, in all rows.")
                    result.warnings.append(words.format(field=label, text=value, found=found.label))
                result.values[key] = self._cut(attr, found, unknown, label)
        if unknown and kept_in:
            remark = [str(result.values.get(kept_in) or ""), *unknown]
            result.values[kept_in] = "\n".join(filter(None, remark))
        return result

    def _is_near(self, attr: Attr, text: str) -> bool:
        """Whether the name is written otherwise than ours; said once for all rows."""
        references = self._references.get(facts(attr).target or Employee)
        if references is None or not references.is_near(text) or (attr.key, text) in self._told:
            return False
        self._told.add((attr.key, text))
        return True

    def value(self, attr: Any, value: Any) -> Any:
        """The value for the field, None where the text means nothing here."""
        fact = facts(attr)
        if isinstance(value, Region):
            return self._regions.get(value.code)
        if fact.target is not None:
            return self._row(fact, str(value))
        if isinstance(value, Month):
            value = value.first_day()
        if fact.kind.name == "phones":
            return [value] if isinstance(value, str) else list(value)
        if fact.kind.name == "time" and not isinstance(value, datetime.datetime):
            return datetime.datetime.combine(value, _MORNING).astimezone()
        if fact.kind.name in HELD:
            least, most = HELD[fact.kind.name]
            return value if least <= value <= most else None
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def _row(self, fact: Facts, text: str) -> Ref | None:
        """The choice or colleague that the text names."""
        if fact.dictionary:
            text = normalise(text)
            words = (FROM_SHEETS.get(text, text), f"{text}客户", text.removesuffix("客户"))
            found = (self._choices.find(fact.dictionary, word) for word in words)
            return next(filter(None, found), None)
        if fact.target is Contact:  # of which customer, a name does not say: somebody else may be called the same
            return None
        if fact.target is Employee:
            return self._people.get(normalise(text))
        return self._references[fact.target].find(text) if fact.target in self._references else None

    @staticmethod
    def _cut(attr: Any, value: Any, unknown: list[str], label: str) -> Any:
        """A text longer than its column is cut there and kept whole in the remark."""
        length = facts(attr).max_length
        if length and isinstance(value, str) and len(value) > length:
            unknown.append(f"{label}: {value}")
            return value[:length]
        return value


def _text(value: Any) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
