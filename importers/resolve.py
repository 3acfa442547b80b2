"""From what a sheet says to what the database holds: names of choices, regions and colleagues become their rows.

What cannot be found is kept as a line of the remark, so that nothing of the sheet is lost, and warned of.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Text, any_, cast, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise
from crm_desktop.entities import by_key, custom_attrs
from crm_desktop.models import Employee
from crm_desktop.services.lookup import Choices, fetch_choices
from crm_desktop.spec import EntitySpec, Facts, Ref, facts
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

PARENT = "parent"
"""The parent company is found by ``plan`` among all customers, also those of the same file."""


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
        self._named: dict[type[Any], dict[str, Ref | None]] = {}

    def look_up(self, entity: str, records: Iterable[Mapping[str, Any]]) -> None:
        """Find what custom references of these records name, by name or number. One statement for each such field."""
        for attr in custom_attrs(entity):
            target: Any = facts(attr).target
            if target is None or target is Employee or facts(attr).dictionary:
                continue
            texts = sorted({str(values[attr.key]) for values in records if values.get(attr.key)})
            if not texts:
                continue
            name = getattr(target, target.display[0])
            columns = [name, target.code] if hasattr(target, "code") else [name]
            wanted = literal(texts, ARRAY(Text))
            rows = self._session.execute(
                select(target.id, name, *columns).where(or_(*(cast(c, Text) == any_(wanted) for c in columns)))
            )
            known = self._named.setdefault(target, {})
            for id_, label, *words in rows:
                for word in map(normalise, filter(None, map(str, words))):
                    is_other = known.get(word) is not None and known[word] != Ref(id_, label)
                    known[word] = None if is_other else Ref(id_, label)  # two of one name: nobody knows which

    def customer(self, values: Mapping[str, Any]) -> Resolved:
        """The values of a customer. Who has bought something is no prospect, where the sheet does not say."""
        resolved = self._resolve(by_key("customer"), values)
        has_bought = {"first_deal_on", "total_amount"} & resolved.values.keys()
        cycle = self._choices.find("life_cycle", "transaction" if has_bought else "potential")
        if cycle is not None:
            resolved.values.setdefault("life_cycle", cycle)
        return resolved

    def contact(self, values: Mapping[str, Any]) -> Resolved:
        """The values of a contact."""
        return self._resolve(by_key("contact"), values)

    def _resolve(self, spec: EntitySpec, values: Mapping[str, Any]) -> Resolved:
        result = Resolved({})
        unknown: list[str] = []
        for key, value in values.items():
            if value in (None, "", [], ()) or key == PARENT:
                continue
            attr = spec.fields.get(key)
            label = _(spec.labels[attr]) if attr is not None else key
            found = self._value(attr, value) if attr is not None else None
            if found is None:
                unknown.append(f"{label}: {_text(value)}")
                if attr is not None:
                    result.warnings.append(
                        _("{field} “{text}” is not known here; it is kept in the remark.").format(
                            field=label, text=_text(value)
                        )
                    )
            else:
                result.values[key] = self._cut(attr, found, unknown, label)
        if unknown:
            remark = [str(result.values.get("remark") or ""), *unknown]
            result.values["remark"] = "\n".join(filter(None, remark))
        return result

    def _value(self, attr: Any, value: Any) -> Any:
        """The value for the field, None where the text means nothing here."""
        fact = facts(attr)
        if isinstance(value, Region):
            return self._regions.get(value.code)
        if fact.target is not None:
            return self._row(fact, normalise(str(value)))
        if isinstance(value, Month):
            value = value.first_day()
        if fact.kind.name == "phones":
            return [value] if isinstance(value, str) else list(value)
        if fact.kind.name in HELD:
            least, most = HELD[fact.kind.name]
            return value if least <= value <= most else None
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value

    def _row(self, fact: Facts, text: str) -> Ref | None:
        """The choice or colleague that the text names."""
        if fact.dictionary:
            words = (FROM_SHEETS.get(text, text), f"{text}客户", text.removesuffix("客户"))
            found = (self._choices.find(fact.dictionary, word) for word in words)
            return next(filter(None, found), None)
        if fact.target is Employee:
            return self._people.get(text)
        return self._named.get(fact.target, {}).get(text) if fact.target else None

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
