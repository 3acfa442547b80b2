"""What becomes of a lead: taken up, dropped, given by rule, or made a customer with a contact and an opportunity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, cast

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.models import Contact
from crm_desktop.services import journal, records
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record, new_record
from crm_desktop.spec import Ref

State = Literal["new", "working", "converted", "dropped"]
SHARED_WITH_CUSTOMER = ("phones", "email", "address", "region", "industry", "source")
"""What a lead and a customer call by the same name."""


@dataclass(frozen=True, slots=True)
class Conversion:
    """What a lead becomes. Each is there already, or a new record that is yet to be saved (its id is 0)."""

    customer: Record
    contact: Record | None
    opportunity: Record | None


def state_of(lead: Record, choices: Choices) -> State | None:
    """Where a lead stands; None for one that is not saved yet."""
    state = lead.values.get("state")
    codes = {entry.ref.id: entry.code for entry in choices.of("lead_state")}
    return cast("State", codes[state.id]) if lead.id and state is not None and state.id in codes else None


def proposed(lead: Record, person: Person, choices: Choices) -> Conversion:
    """What a lead would become if nothing it names were there yet: owned by the lead's owner, or by the person where
    nobody has it.
    """
    owner = lead.values["owner"]
    owner = Ref(person.id, person.name) if owner.id == person.pool_id else owner
    known = {key: value for key in SHARED_WITH_CUSTOMER if (value := lead.values.get(key))}
    customer = new_record("customer", person, choices, name=lead.values["name"], owner=owner, **known)
    contact = None
    if name := lead.values.get("contact_name"):
        reached = {key: value for key in ("title", "phones", "email") if (value := lead.values.get(key))}
        contact = new_record("contact", person, choices, name=name, **reached)
    opportunity = new_record(
        "opportunity", person, choices,
        name=_("{customer}: first deal").format(customer=lead.values["name"]), owner=owner,
        source=lead.values.get("source"), need=lead.values.get("need"),
        next_step=lead.values.get("next_step"), next_on=lead.values.get("next_on"),
    )  # fmt: skip
    return Conversion(customer, contact, opportunity)


def convert(session: Session, lead: Record, conversion: Conversion) -> Record:
    """Make a lead what ``conversion`` says, as one change set.

    What was done about it becomes activities of the customer. A person of the same name or number who is known there
    already is the contact. Eight statements at most; the lead as it is then. Raises FieldsError, and SaveConflictError
    where somebody else has changed it meanwhile.
    """
    change_set = journal.begin_change(session, "convert", lead.title, "lead")
    customer = _saved(session, conversion.customer, change_set)
    contact = conversion.contact
    if contact is not None and not contact.id:
        known = _known_contact(session, customer.id, contact)
        is_main = customer is not conversion.customer  # a known customer has its own
        of = Ref(customer.id, customer.title)
        contact = known or _saved(session, contact, change_set, customer=of, is_main=is_main)
    opportunity = conversion.opportunity
    if opportunity is not None:
        opportunity = _saved(session, opportunity, change_set, customer=Ref(customer.id, customer.title))
    session.execute(
        text("""
            insert into crm.activity (customer_id, contact_id, kind_id, happened_at, done_by_id, subject, details,
                                      result, next_step, next_on)
            select :customer, :contact, f.kind_id, f.happened_at, f.done_by_id, f.subject, f.details, f.result,
                   f.next_step, f.next_on
            from crm.lead_follow_up f where f.lead_id = :lead order by f.id
        """),
        {"customer": customer.id, "contact": contact.id if contact else None, "lead": lead.id},
    )
    became = {"customer": customer, "contact": contact, "opportunity": opportunity}
    changes = {key: Ref(record.id, record.title) for key, record in became.items() if record is not None}
    changes["state"] = _state(session, "converted")
    return records.save_record(session, lead, changes, change_set=change_set)


def follow_up(session: Session, lead: Record, person: Person, **values: Any) -> tuple[Record, Record]:
    """Note what was just done about a lead: at least ``subject`` and ``kind``. The lead and the follow-up.

    It is taken up by that where it is new, and its next step becomes the lead's, in one change set. Seven statements at
    most.
    """
    change_set = journal.begin_change(session, "create", lead.title, "lead_follow_up")
    changes = {key: value for key in ("next_step", "next_on") if (value := values.get(key))}
    new = _state(session, "new")
    if lead.values["state"].id == new.id:
        changes["state"] = _state(session, "working")
    written = records.save_record(session, lead, changes, change_set=change_set)
    made = new_record("lead_follow_up", person, lead=Ref(lead.id, lead.title), **values)
    logged = records.create_record(session, made, change_set)
    return records.reread(session, written), logged


def take_up(session: Session, lead: Record) -> Record:
    """Somebody takes care of it from now on, also of one that was dropped. Three statements."""
    return records.save_record(session, lead, {"state": _state(session, "working")})


def drop(session: Session, lead: Record, reason: Ref | None) -> Record:
    """It comes to nothing. Three statements; raises FieldsError without a reason."""
    if reason is None:
        raise FieldsError({"reason": _("Say why the lead is dropped.")})
    return records.save_record(session, lead, {"state": _state(session, "dropped"), "reason": reason})


def give_by_rule(session: Session, ids: Sequence[int], label: str) -> tuple[int, dict[str, int]]:
    """Give those of the leads that nobody owns to people by the firm's rules; the change set, and how many each got.

    Two statements.
    """
    change_set = journal.begin_change(session, "assign", label, "lead")
    rows = session.execute(
        text("""
            select e.name, count(*) as got
            from unnest(crm.assign_leads_by_rule(:ids)) with ordinality as given (employee_id, place)
            join crm.employee e on e.id = given.employee_id
            group by e.id, e.name order by got desc, min(place)
        """),
        {"ids": list(ids)},
    )
    return change_set, {row.name: row.got for row in rows}


def _state(session: Session, code: State) -> Ref:
    return Ref(session.execute(text("select crm.choice('lead_state', :code)"), {"code": code}).scalar_one(), code)


def _saved(session: Session, record: Record, change_set: int, **values: Any) -> Record:
    if record.id:
        return record
    return records.create_record(session, Record(record.entity, 0, 0, {**record.values, **values}), change_set)


def _known_contact(session: Session, customer_id: int, contact: Record) -> Record | None:
    values: Mapping[str, Any] = contact.values
    same = (Contact.name == values["name"]) | Contact.phones.overlap(values.get("phones") or [])
    found = session.execute(
        select(Contact.id, Contact.name).where(Contact.customer_id == customer_id, same).order_by(Contact.id).limit(1)
    ).first()
    return Record("contact", found.id, 0, {"name": found.name}) if found else None
