"""Is a record of the sheet already in the database? A customer by code, tax number, the core of its name, telephone or
e-mail; anything else by its number, or by its name and what it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, get_args

from sqlalchemy import Table, UniqueConstraint, any_, func, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from crm_desktop.core.names import name_core
from crm_desktop.core.text import email_token, phone_token
from crm_desktop.models import Contact, Customer
from crm_desktop.services.records import fetch_records
from crm_desktop.spec import Attr, EntitySpec, Ref, facts

MatchKey = Literal["code", "tax_no", "name", "phone", "email"]
MATCH_KEYS: tuple[MatchKey, ...] = get_args(MatchKey)
DEFAULT_KEYS: tuple[MatchKey, ...] = ("code", "tax_no", "name")
"""Telephone and e-mail are shared by sister companies too often to decide without a person."""

NAMES = {"name", "serial"}
"""The fields by which one means a record; a subject is none."""

Values = Mapping[str, Any]
Found = tuple[int, MatchKey]
"""The id of a record of the database, and by what it was found."""


def match_keys(spec: EntitySpec) -> tuple[MatchKey, ...]:
    """By what records of this kind can be found again. Of one subject are many: the same happens again and again."""
    if spec.key == "customer":
        return MATCH_KEYS
    by_code: tuple[MatchKey, ...] = ("code",) if "code" in spec.fields else ()
    return (*by_code, "name") if natural_key(spec) or name_key(spec) in NAMES else by_code


def name_key(spec: EntitySpec) -> str:
    """The field that names a record."""
    if spec.search is not None:
        return spec.search.name.key
    return spec.story.title.key if spec.story is not None else "name"


def natural_key(spec: EntitySpec) -> tuple[Attr, ...]:
    """The fields of which no two records have all alike, where no single one names a record: whose, and of when."""
    table = spec.model.__table__
    assert isinstance(table, Table)
    for constraint in table.constraints:
        if isinstance(constraint, UniqueConstraint) and len(constraint.columns) > 1:
            keys = {column.key for column in constraint.columns}
            return tuple(attr for attr in spec.fields.values() if facts(attr).column in keys)
    return ()


class CustomerMatcher:
    """Finds the customers of many records at once: one statement for each key that the records have."""

    def __init__(self, session: Session, records: Sequence[Values], keys: Iterable[MatchKey]) -> None:
        """``records`` are values by field key."""
        self._found: dict[MatchKey, dict[str, int]] = {}
        for key in keys:
            wanted = sorted({value for record in records for value in key_values(record, key)})
            if wanted:
                self._found[key] = _fetch_customers(session, key, wanted)

    def match(self, values: Values) -> Found | None:
        """The customer these values mean; the surest key decides."""
        for key in MATCH_KEYS:
            for value in key_values(values, key):
                if found := self._found.get(key, {}).get(value):
                    return found, key
        return None


def key_values(values: Values, key: MatchKey) -> list[str]:
    """What is looked up for one key; empty where the record says nothing."""
    if key == "name":
        return [name_core(values["name"])] if values.get("name") else []
    if key == "phone":
        return [token for phone in values.get("phones") or () if (token := phone_token(phone))]
    if key == "email":
        return [email_token(values["email"])] if values.get("email") else []
    return [values[key]] if values.get(key) else []


def _fetch_customers(session: Session, key: MatchKey, wanted: list[str]) -> dict[str, int]:
    """Id by key value; the oldest customer wins where several have it."""
    if key in {"phone", "email"}:
        rows: Any = session.execute(
            text(
                "select w.token, c.id from unnest(cast(:tokens as text[])) w (token) "
                "join crm.customer c on crm.owned_grams(c.search_grams, c.owner_id) operator(crm.@>>) array[w.token] "
                "order by c.id desc"
            ),
            {"tokens": wanted},
        )
    else:
        column: Any = {"code": Customer.code, "tax_no": Customer.tax_no, "name": Customer.name_core}[key]
        rows = session.execute(select(column, Customer.id).where(column == _any(wanted)).order_by(Customer.id.desc()))
    return dict(rows.all())


Key = tuple[MatchKey, str, int]
"""By what a record is known: its number, or its name and what it belongs to."""


class Matcher:
    """Finds records of any other kind. A number alone decides: two products may have one name."""

    def __init__(self, session: Session, spec: EntitySpec, records: Sequence[Values], keys: Iterable[MatchKey]) -> None:
        """``records`` are values by field key. One statement for numbers, one for names."""
        self._spec = spec
        self._natural = natural_key(spec)
        self._keys = [key for key in match_keys(spec) if key in keys]
        self._found: dict[Key, int] = {}
        wanted = [known for values in records if (known := self.key(values))]
        model: Any = spec.model
        above = getattr(model, facts(spec.part_of).column) if spec.part_of is not None else literal(0)
        for by in dict.fromkeys(known[0] for known in wanted):
            word = model.code if by == "code" else self._name(model)
            parent = func.coalesce(above, 0) if by == "name" else literal(0)
            words = _any([text for kind, text, _above in wanted if kind == by])
            rows = session.execute(select(word, parent, model.id).where(word == words).order_by(model.id.desc()))
            self._found.update({(by, text, parent): id_ for text, parent, id_ in rows})

    def key(self, values: Values) -> Key | None:
        """By what this record is known, if by anything."""
        if values.get("code") and "code" in self._keys:
            return "code", str(values["code"]), 0
        if "name" not in self._keys:
            return None
        if self._natural:
            named = [values.get(attr.key) for attr in self._natural]
            words = (str(value.id if isinstance(value, Ref) else value) for value in named)
            return None if None in named else ("name", "|".join(words), 0)
        name = values.get(name_key(self._spec))
        if not name:
            return None
        above = values.get(self._spec.part_of.key) if self._spec.part_of is not None else None
        return "name", str(name).lower(), above.id if above else 0

    def _name(self, model: Any) -> Any:
        """What the rows of the database are called, as ``key`` writes it."""
        if self._natural:
            return func.concat_ws("|", *(getattr(model, facts(attr).column) for attr in self._natural))
        return func.lower(getattr(model, name_key(self._spec)))

    def match(self, values: Values) -> Found | None:
        """The oldest record that these values mean."""
        known = self.key(values)
        return (self._found[known], known[0]) if known in self._found else None


def _any(texts: list[str]) -> Any:
    return any_(literal(texts, ARRAY(Text)))


def fetch_contacts(session: Session, customers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The contacts of these customers: id and fields, by customer. Two statements."""
    wanted = literal(list(customers), ARRAY(Customer.id.type))
    ids = session.scalars(select(Contact.id).where(Contact.customer_id == any_(wanted)).order_by(Contact.id)).all()
    found: dict[int, list[dict[str, Any]]] = {}
    for record in fetch_records(session, "contact", ids).values():
        found.setdefault(record.values["customer"].id, []).append({"id": record.id, **record.values})
    return found
