"""Labels and envelopes for chosen customers: to the main contact where there is one, at the customer's address."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import any_, literal, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.models import Contact, Customer
from crm_desktop.reports.addresses import Address
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.envelopes import Envelope, envelopes_pdf
from crm_desktop.reports.labels import LabelSheet, labels_pdf
from crm_desktop.services.preferences import fetch_settings


def print_labels(
    session: Session,
    person: Person,
    customers: Sequence[int],
    sheet: LabelSheet,
    target: Path | BinaryIO,
    *,
    start: int = 1,
) -> int:
    """One label a customer; the number of sheets."""
    addresses = fetch_addresses(session, person, customers)
    return labels_pdf(target, fetch_letterhead(session, person), addresses, sheet, start=start)


def print_envelopes(
    session: Session, person: Person, customers: Sequence[int], envelope: Envelope, target: Path | BinaryIO
) -> int:
    """One envelope a customer, from the firm; the number of envelopes."""
    settings = fetch_settings(session)
    sender = Address(
        organisation=str(settings.get("firm_name") or ""),
        address=str(settings.get("firm_address") or ""),
        postcode=str(settings.get("firm_postcode") or ""),
    )
    addresses = fetch_addresses(session, person, customers)
    return envelopes_pdf(target, fetch_letterhead(session, person), addresses, sender, envelope)


def fetch_addresses(session: Session, person: Person, customers: Sequence[int]) -> list[Address]:
    """Where post reaches these customers, in their order; those without an address and those who want no post are left
    out. One statement. Raises NoRightError without the right to print, KnownError where nobody is left.
    """
    if not person.may_use(Function.PRINT, "customer"):
        raise NoRightError(_("You have no right to print this list."), _("Ask the administrator if you need it."))
    main = (
        select(Contact.name)
        .where(Contact.customer_id == Customer.id, Contact.has_left.is_(False))
        .order_by(Contact.is_main.desc(), Contact.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = session.execute(
        select(Customer.id, Customer.name, Customer.address, Customer.postcode, main.label("contact")).where(
            Customer.id == any_(literal(list(customers), ARRAY(BigInteger))),
            Customer.address.is_not(None),
            Customer.is_do_not_contact.is_(False),
        )
    )
    found = {
        row.id: Address(
            name=row.contact if row.contact and row.contact != row.name else "",
            organisation=row.name,
            address=row.address,
            postcode=row.postcode or "",
        )
        for row in rows
    }
    if not found:
        raise KnownError(
            _("None of these customers has an address and wants post."), _("Fill in the address of at least one.")
        )
    return [found[id_] for id_ in customers if id_ in found]
