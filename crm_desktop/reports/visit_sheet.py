"""The sheet an engineer takes to a customer: where, what, which machine; room for times, work, parts and signatures."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.record_card import Blank, Card, CardTable, Section, card_pdf
from crm_desktop.reports.table import Column, Head
from crm_desktop.services.listing import Row
from crm_desktop.services.parts import fetch_parts
from crm_desktop.services.records import Record, fetch_records
from crm_desktop.services.visits import Visit, fetch_visits
from crm_desktop.spec import Ref, facts
from crm_desktop.spec.kinds import MONEY, NUMBER, TIME

_MOST = 1000  # all of them: a sum of some would be none


def print_visit_sheet(session: Session, request_id: int, person: Person, target: Path | BinaryIO) -> int:
    """Print it for the next visit, else the last one with what is known of it, or without one; returns the number of
    pages.
    """
    request = fetch_records(session, "service_request", [request_id])[request_id]
    around = {key: _around(session, key, request) for key in ("customer", "contact", "installed_product")}
    asked = tuple(_pairs(request, "code", "type", "priority", "reported_at", "description"))
    visits = fetch_visits(session, request_id)
    visit = next((one for one in visits if one.departed_at is None), visits[-1] if visits else None)
    if visit is not None:
        asked = (*_known(visit), *asked)
    costs = [by_key(key) for key in ("service_part", "service_expense")]
    parts, expenses = fetch_parts(session, [(one, one.table.columns) for one in costs], request_id, person, _MOST)
    sections = [
        Section(_("Customer"), tuple(_pairs(around["customer"], "name", "address", "phones"))),
        Section(_("Contact"), tuple(_pairs(around["contact"], "name", "phones"))),
        Section(_("Service request"), asked),
        Section(
            _("Installed product"),
            tuple(_pairs(around["installed_product"], "product", "serial", "place", "warranty_until")),
        ),
    ]
    card = Card(
        title=_("Visit sheet"),
        subtitle=f"{request.values['code']} · {request.title}",
        sections=tuple(section for section in sections if section.pairs),
        tables=(*_parts_used(parts.own), *_expenses(expenses.own)),
        blanks=(
            *_still_open(visit),
            *(() if parts.own else (Blank(_("Parts and materials"), 2),)),
            Blank(_("What the customer said"), 1),
            Blank(_("Signatures"), 1, (_("Customer"), _("Engineer"), _("Date"))),
        ),
    )
    return card_pdf(target, fetch_letterhead(session, person), card)


def _known(visit: Visit) -> Iterator[tuple[str, str]]:
    yield _("Planned for"), f"{TIME.format(visit.starts_at)} – {visit.ends_at.astimezone():%H:%M}"
    yield _("Engineer"), visit.engineer
    if visit.arrived_at:
        yield _("Arrived"), TIME.format(visit.arrived_at)
    if visit.departed_at:
        yield _("Left again"), TIME.format(visit.departed_at)
    if visit.outcome:
        yield _("Work done"), visit.outcome


def _parts_used(rows: Sequence[Row]) -> Iterator[CardTable]:
    if rows:
        columns = (_("Part used"), _("Quantity"), _("Unit price"), _("Amount"))
        lines = [
            (
                row.values["product"].label if row.values["product"] else row.values["description"],
                NUMBER.format(row.values["quantity"]),
                MONEY.format(row.values["unit_price"]),
                MONEY.format(row.values["amount"]),
            )
            for row in rows
        ]
        total = Head((_("Total"), "", "", _sum(rows)))
        yield CardTable(_("Parts used"), _with_numbers(columns, 1), (*lines, total))


def _expenses(rows: Sequence[Row]) -> Iterator[CardTable]:
    if rows:
        columns = (_("Expense"), _("Remark"), _("Amount"))
        lines = [
            (row.values["kind"].label, row.values["remark"] or "", MONEY.format(row.values["amount"])) for row in rows
        ]
        total = Head((_("Total"), "", _sum(rows)))
        yield CardTable(_("Expenses"), _with_numbers(columns, 2), (*lines, total))


def _with_numbers(labels: Sequence[str], first: int) -> tuple[Column, ...]:
    """Columns of which those from ``first`` on hold numbers."""
    return tuple(Column(label, "right" if place >= first else "left") for place, label in enumerate(labels))


def _sum(rows: Sequence[Row]) -> str:
    return MONEY.format(sum((row.values["amount"] or Decimal(0) for row in rows), Decimal(0)))


def _still_open(visit: Visit | None) -> Iterator[Blank]:
    if visit is None or not visit.departed_at:
        yield Blank(_("Times"), 1, (_("Arrived"), _("Left again"), _("Hours of work")))
    if visit is None or not visit.outcome:
        yield Blank(_("Work done"), 3)


def _around(session: Session, key: str, request: Record) -> Record | None:
    """The record that a field of the request names, as far as this person sees it."""
    ref = request.values.get(key)
    return fetch_records(session, key, [ref.id]).get(ref.id) if isinstance(ref, Ref) else None


def _pairs(record: Record | None, *keys: str) -> Iterator[tuple[str, str]]:
    for key in keys if record is not None else ():
        assert record is not None
        attr = record.spec.fields[key]
        if words := facts(attr).kind.format(record.values.get(key)):
            yield _(record.spec.labels[attr]), words
