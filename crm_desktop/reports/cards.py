"""The printed card of any record, made from its spec: what it is, what belongs to it."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO, get_args

from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import parts_of
from crm_desktop.reports import table
from crm_desktop.reports.engine import Letterhead
from crm_desktop.reports.record_card import Card, CardTable, Chip, Section, Tone, card_pdf
from crm_desktop.services.firm import fetch_firm
from crm_desktop.services.overview import Overview, fetch_overview
from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec, facts

_MOST_PARTS = 30


def fetch_letterhead(session: Session, person: Person) -> Letterhead:
    """The firm's name, lines and logo from its settings, and who prints now. Two statements."""
    firm, logo = fetch_firm(session)
    return Letterhead(
        firm=firm.firm_name,
        person=person.name,
        printed_at=clock.now(),
        logo=logo,
        lines=tuple(firm.letterhead_lines.splitlines()),
    )


def print_card(session: Session, entity: str, id_: int, person: Person, target: Path | BinaryIO) -> int:
    """Print one record with its parts as a PDF; returns the number of pages."""
    overview = fetch_overview(session, entity, id_, person)
    return card_pdf(target, fetch_letterhead(session, person), card_of(overview))


def card_of(overview: Overview) -> Card:
    """What the card says: fields that hold something, and the newest or first parts of each kind."""
    record = overview.record
    spec = record.spec
    chips = tuple(
        Chip(value.label, value.tone if value.tone in get_args(Tone) else "neutral")
        for attr in spec.form.fields
        if facts(attr).dictionary in {"level", "life_cycle"} and (value := record.values.get(attr.key))
    )
    return Card(
        title=record.title,
        subtitle=" · ".join(filter(None, (facts(a).kind.format(record.values.get(a.key)) for a in spec.subtitle))),
        chips=chips,
        sections=tuple(_sections(spec, record)),
        tables=tuple(_parts(part, overview) for part in parts_of(spec) if part.key in overview.parts),
    )


def _sections(spec: EntitySpec, record: Record) -> list[Section]:
    sections = []
    for section in spec.form.sections:
        pairs = tuple(
            (_(spec.labels[attr]), text)
            for attr in section.fields
            if record.values.get(attr.key) not in (None, False, [], record.title)
            and (text := facts(attr).kind.format(record.values[attr.key]))
        )
        if pairs:
            sections.append(Section(_(section.label), pairs))
    return sections


def _parts(part: EntitySpec, overview: Overview) -> CardTable:
    columns = [c for c in part.table.columns if c.is_shown and c.path[-1] is not part.part_of]
    rows = overview.parts[part.key][:_MOST_PARTS]
    return CardTable(
        label=_(part.label_plural),
        columns=tuple(
            table.Column(_(part.column_label(c)), "right" if c.facts.kind.align == "right" else "left") for c in columns
        ),
        rows=tuple(tuple(c.facts.kind.format(row.values[c.key]) for c in columns) for row in rows),
        empty=_("None"),
    )
