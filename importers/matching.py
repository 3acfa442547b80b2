"""Is a record of the sheet already in the database? By code, tax number, the core of its name, telephone or e-mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from sqlalchemy import any_, literal, select, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import Text

from crm_desktop.core.names import name_core
from crm_desktop.core.text import email_token, phone_token
from crm_desktop.models import Contact, Customer
from crm_desktop.services.records import fetch_records

MatchKey = Literal["code", "tax_no", "name", "phone", "email"]
MATCH_KEYS: tuple[MatchKey, ...] = get_args(MatchKey)
DEFAULT_KEYS: tuple[MatchKey, ...] = ("code", "tax_no", "name")
"""Telephone and e-mail are shared by sister companies too often to decide without a person."""


@dataclass(frozen=True, slots=True)
class Match:
    """A customer of the database, and by what it was found."""

    id: int
    by: MatchKey
    name: str


class Matcher:
    """Finds the customers of many records at once: one statement for each key that the records have."""

    def __init__(self, session: Session, records: Sequence[dict[str, Any]], keys: Iterable[MatchKey]) -> None:
        """``records`` are values by field key."""
        self._found: dict[MatchKey, dict[str, tuple[int, str]]] = {}
        for key in keys:
            wanted = sorted({value for record in records for value in key_values(record, key)})
            if wanted:
                self._found[key] = _fetch(session, key, wanted)

    def match(self, values: dict[str, Any]) -> Match | None:
        """The customer these values mean; the surest key decides."""
        for key in MATCH_KEYS:
            for value in key_values(values, key):
                if found := self._found.get(key, {}).get(value):
                    return Match(found[0], key, found[1])
        return None


def key_values(values: dict[str, Any], key: MatchKey) -> list[str]:
    """What is looked up for one key; empty where the record says nothing."""
    if key == "name":
        return [name_core(values["name"])] if values.get("name") else []
    if key == "phone":
        return [token for phone in values.get("phones") or () if (token := phone_token(phone))]
    if key == "email":
        return [email_token(values["email"])] if values.get("email") else []
    return [values[key]] if values.get(key) else []


def _fetch(session: Session, key: MatchKey, wanted: list[str]) -> dict[str, tuple[int, str]]:
    """Id and name by key value; the oldest customer wins where several have it."""
    if key in {"phone", "email"}:
        rows: Any = session.execute(
            text(
                "select w.token, c.id, c.name from unnest(cast(:tokens as text[])) w (token) "
                "join crm.customer c on crm.owned_grams(c.search_grams, c.owner_id) operator(crm.@>>) array[w.token] "
                "order by c.id desc"
            ),
            {"tokens": wanted},
        )
    else:
        column: Any = {"code": Customer.code, "tax_no": Customer.tax_no, "name": Customer.name_core}[key]
        rows = session.execute(
            select(column, Customer.id, Customer.name)
            .where(column == any_(literal(wanted, ARRAY(Text))))
            .order_by(Customer.id.desc())
        )
    return {value: (id_, name) for value, id_, name in rows}


def fetch_contacts(session: Session, customers: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """The contacts of these customers: id and fields, by customer. Two statements."""
    wanted = literal(list(customers), ARRAY(Customer.id.type))
    ids = session.scalars(select(Contact.id).where(Contact.customer_id == any_(wanted)).order_by(Contact.id)).all()
    found: dict[int, list[dict[str, Any]]] = {}
    for record in fetch_records(session, "contact", ids).values():
        found.setdefault(record.values["customer"].id, []).append({"id": record.id, **record.values})
    return found
