"""Logging a call: who calls, what is known of him at once, which priority fits, and the request as one change."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import insert, select, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _, language
from crm_desktop.core.text import digits
from crm_desktop.entities import by_key
from crm_desktop.models import Contact
from crm_desktop.services import search
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import derived_columns
from crm_desktop.services.records import FieldsError, raise_if_wrong, refused_values, to_columns
from crm_desktop.services.search import Hit
from crm_desktop.spec import Ref

CALLERS = ("customer", "contact")
LEAST_DIGITS = 7
_BY_SEVERITY = {"critical": 0, "major": 1, "minor": 2, "none": 3}
_PRIORITIES = ("urgent", "high", "normal", "low")


def find_callers(session: Session, typed: str, person: Person) -> list[Hit]:
    """Customers and contacts by digits of a telephone number, initials or any part of the name. One statement."""
    return search.search(session, typed, person, only=CALLERS)


def recognise(session: Session, number: str, person: Person) -> tuple[list[Hit], Hit | None]:
    """Whom a telephone number finds, and the one to show where it can be only one customer: him, or the only one of his
    people. What is shorter than a number may be part of anybody's. Two statements.
    """
    hits = find_callers(session, number, person)
    people = [hit for hit in hits if hit.entity == "contact"]
    customers = {hit.id for hit in hits if hit.entity == "customer"}
    customers |= {*session.scalars(select(Contact.customer_id).where(Contact.id.in_([hit.id for hit in people])))}
    if len(customers) != 1 or len(digits(number)) < LEAST_DIGITS:
        return hits, None
    return hits, people[0] if len(people) == 1 else Hit("customer", customers.pop(), "", "")


def suggest_priority(level: str, severity: str) -> str:
    """The code of the priority that fits the level of a customer and the severity of his trouble, by their codes: who
    is of level A comes a step earlier.
    """
    place = _BY_SEVERITY.get(severity, 2) - (level == "a")
    return _PRIORITIES[max(0, place)]


class Machine(NamedTuple):
    """A product that the caller owns. ``name`` is empty where nobody said which product it is."""

    ref: Ref
    name: str
    warranty_until: datetime.date | None


class OpenRequest(NamedTuple):
    """What the caller asked for before and still waits for."""

    ref: Ref
    state: Ref
    engineer: str


@dataclass(frozen=True, slots=True)
class Caller:
    """What is known of who calls. ``level_code`` is empty for a customer without level."""

    customer: Ref
    level: Ref | None
    level_code: str
    owner: str
    phones: tuple[str, ...]
    contact: Ref | None
    """Who of the customer's people was found, if one was."""
    contacts: tuple[Ref, ...]
    machines: tuple[Machine, ...]
    requests: tuple[OpenRequest, ...]


def fetch_caller(session: Session, hit: Hit) -> Caller | None:
    """What is known of a customer, or of a contact's customer; None where it is gone. One statement."""
    asked = {"id": hit.id, "is_contact": hit.entity == "contact", "english": language() == "en"}
    row = session.execute(_CALLER, asked).first()
    if row is None:
        return None
    return Caller(
        Ref(row.id, row.name),
        Ref(row.level_id, row.level, row.level_tone) if row.level_id else None,
        row.level_code or "",
        row.owner or "",
        tuple(row.phones),
        Ref(row.contact_id, row.contact) if row.contact_id else None,
        tuple(Ref(id_, name) for id_, name in row.contacts),
        tuple(
            Machine(Ref(id_, serial), name or "", datetime.date.fromisoformat(until) if until else None)
            for id_, serial, name, until in row.machines
        ),
        tuple(
            OpenRequest(Ref(id_, subject), Ref(state_id, state, tone), engineer)
            for id_, subject, state_id, state, tone, engineer in row.requests
        ),
    )


def fetch_numbers(session: Session, request_id: int) -> list[str]:
    """The telephone numbers of who asked for something: the contact's, then the customer's. One statement."""
    numbers = session.scalar(
        text("""
            select coalesce(k.phones, '{}') || coalesce(c.phones, '{}') from crm.service_request r
            left join crm.customer c on c.id = r.customer_id left join crm.contact k on k.id = r.contact_id
            where r.id = :request
        """),
        {"request": request_id},
    )
    return list(dict.fromkeys(numbers or ()))


_CALLER = text("""
    select c.id, c.name, c.level_id, l.tone as level_tone, l.code as level_code, c.phones, e.name as owner,
           case when :english then coalesce(l.name_en, l.name) else l.name end as level,
           k.id as contact_id, k.name as contact,
           (select coalesce(json_agg(json_build_array(p.id, p.name) order by p.is_main desc, p.id), '[]')
            from (select p.id, p.name, p.is_main from crm.contact p
                  where p.customer_id = c.id and not p.has_left order by p.is_main desc, p.id limit 50) p) as contacts,
           (select coalesce(json_agg(json_build_array(m.id, m.serial, m.name, m.warranty_until)), '[]')
            from (select m.id, m.serial, p.name, m.warranty_until from crm.installed_product m
                  left join crm.product p on p.id = m.product_id
                  where m.customer_id = c.id order by m.delivered_on desc nulls last, m.id limit 50) m) as machines,
           (select coalesce(json_agg(json_build_array(r.id, r.subject, r.state_id, r.state, r.tone, r.engineer)), '[]')
            from (select r.id, r.subject, r.state_id, s.tone, w.name as engineer,
                         case when :english then coalesce(s.name_en, s.name) else s.name end as state
                  from crm.service_request r join crm.dictionary_entry s on s.id = r.state_id
                  join crm.employee w on w.id = r.owner_id
                  where r.customer_id = c.id and r.solved_at is null and r.closed_at is null
                  order by r.reported_at desc limit 20) r) as requests
    from crm.customer c
    left join crm.contact k on :is_contact and k.id = :id
    left join crm.dictionary_entry l on l.id = c.level_id
    left join crm.employee e on e.id = c.owner_id
    where c.id = case when :is_contact then k.customer_id else :id end
""")


@dataclass(frozen=True, slots=True)
class Call:
    """What was typed: a customer, or the name of a new one with his number and who called."""

    customer: Ref | None
    values: Mapping[str, Any]
    """Of the request, by field key."""
    new_name: str = ""
    new_phone: str = ""
    new_contact: str = ""


@dataclass(frozen=True, slots=True)
class Logged:
    """The request, and the change set by which all of it goes back."""

    id: int
    code: str
    change_set: int


def log_call(session: Session, person: Person, call: Call) -> Logged:
    """Save a request, and before it the customer and contact that were new. Two statements, four with a new customer
    and contact. Raises FieldsError.
    """
    spec = by_key("service_request")
    values = dict(call.values)
    if call.customer is None and not call.new_name:
        raise FieldsError({"customer": _("{field} is needed.").format(field=_(spec.label_of("customer")))})
    values["customer"] = call.customer or Ref(0, call.new_name)
    raise_if_wrong(spec, values)
    change_set = begin_change(session, "create", str(values["subject"]), "service_request")
    if call.customer is None:
        phones = [call.new_phone] if digits(call.new_phone) else []
        customer = {"name": call.new_name, "phones": phones, "owner": Ref(person.id, "")}
        values["customer"] = Ref(_insert(session, "customer", customer, "id").id, call.new_name)
        if call.new_contact:
            contact = {"name": call.new_contact, "customer": values["customer"], "phones": phones}
            values["contact"] = Ref(_insert(session, "contact", contact, "id").id, call.new_contact)
    made = _insert(session, "service_request", values, "id", "code")
    return Logged(made.id, made.code, change_set)


def _insert(session: Session, entity: str, values: Mapping[str, Any], *returned: str) -> Any:
    """The new row's columns that are asked for."""
    model: Any = by_key(entity).model
    statement = insert(model).values(**_columns(entity, values)).returning(*(getattr(model, key) for key in returned))
    with refused_values(by_key(entity)):
        return session.execute(statement).one()


def _columns(entity: str, values: Mapping[str, Any]) -> dict[str, Any]:
    spec = by_key(entity)
    given = {key: value for key, value in values.items() if value not in (None, "", [])}
    return to_columns(spec, given) | derived_columns(spec, values)
