"""Fields that the administrator added: mapped on the models, and put into the specs of their entities.

A model gets an attribute for each meaning it ever meets and never loses one, so that one process can work with several
databases. What a database has, and how it is called there, is in the specs alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, Numeric, String, Text, text
from sqlalchemy.orm import DeclarativeBase, column_property, foreign, relationship, remote
from sqlalchemy.types import TypeEngine

from crm_desktop.core.i18n import N_, Named
from crm_desktop.models import CUSTOM
from crm_desktop.spec import Attr, EntitySpec, Section
from crm_desktop.spec import Column as ListColumn
from crm_desktop.spec.kinds import NAMED

KINDS: Mapping[str, str] = {
    "text": N_("Text"),
    "long_text": N_("Long text"),
    "number": N_("Number with decimals"),
    "money": N_("Amount of money"),
    "date": N_("Date"),
    "choice": N_("Choice from a list"),
    "bool": N_("Yes or no"),
    "reference": N_("Reference to a record"),
    "email": N_("E-mail"),
}
"""What a field can hold, and the words for it."""
SECTION = N_("Custom fields")
"""The part of the form for fields that are nowhere else."""
_LENGTHS = {"text": 300, "email": 200}
_WIDTHS = {"text": 140, "long_text": 200, "email": 180, "bool": 90, "reference": 160}
_TYPES: Mapping[str, TypeEngine[Any]] = {
    "text": Text(),
    "long_text": Text(),
    "email": String(200),
    "number": Numeric(18, 4),
    "money": Numeric(18, 2),
    "date": Date(),
    "bool": Boolean(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDefinition:
    """One field as the administrator defined it; ``crm_desktop.models.CustomField`` says what each means."""

    entity: str
    column: str
    kind: str
    name: str
    name_en: str | None = None
    help: str | None = None
    section: str | None = None
    target: str | None = None
    dictionary: str | None = None
    is_required: bool = False
    is_listed: bool = False

    @property
    def label(self) -> str:
        """What the field is called, in both languages."""
        return Named(self.name, self.name_en)


def extended(spec: EntitySpec, definitions: Sequence[FieldDefinition], models: Mapping[str, Any]) -> EntitySpec:
    """The shipped ``spec`` with these fields; ``models`` by entity key are what references can refer to.

    A field that this program does not understand, since a newer one made it, is left out.
    """
    known = [d for d in definitions if d.kind in KINDS and (d.kind != "reference" or d.target in models)]
    attrs = {_attribute(spec.model, definition, models): definition for definition in known}
    if not attrs:
        return spec
    search = spec.search
    if search is not None:
        texts = tuple(attr for attr, definition in attrs.items() if definition.kind == "text")
        search = replace(search, texts=(*search.texts, *texts))
    columns = tuple(ListColumn(a, width=_WIDTHS.get(d.kind, 110), shown=d.is_listed) for a, d in attrs.items())
    return replace(
        spec,
        labels={**spec.labels, **{attr: definition.label for attr, definition in attrs.items()}},
        table=replace(spec.table, columns=(*spec.table.columns, *columns)),
        form=replace(
            spec.form,
            sections=_sections(spec.form.sections, attrs),
            required=frozenset(attr for attr, d in attrs.items() if d.is_required and d.kind != "bool"),
            helps={attr: definition.help for attr, definition in attrs.items() if definition.help},
        ),
        search=search,
    )


def _sections(shipped: Sequence[Section], attrs: Mapping[Attr, FieldDefinition]) -> tuple[Section, ...]:
    names = {section.label for section in shipped}
    sections = [
        Section(section.label, (*section.fields, *(a for a, d in attrs.items() if d.section == section.label)))
        for section in shipped
    ]
    others = tuple(attr for attr, definition in attrs.items() if definition.section not in names)
    return (*sections, Section(SECTION, others)) if others else tuple(sections)


def _attribute(model: type[DeclarativeBase], definition: FieldDefinition, models: Mapping[str, Any]) -> Attr:
    """The mapped attribute of a field, made where the model has none that means the same."""
    kind = definition.kind
    # A text that became a long one keeps its column, and is another attribute on it.
    key = f"{definition.column}_long" if kind == "long_text" else definition.column.removesuffix("_id")
    if not hasattr(model, key):
        column = _column(model, definition)
        if kind in {"choice", "reference"}:
            target = models["dictionary_entry" if kind == "choice" else str(definition.target)]
            to_row = foreign(column) == remote(target.__table__.c.id)
            setattr(model, key, relationship(target, primaryjoin=to_row, viewonly=True))
        else:
            info = {"max_length": _LENGTHS.get(kind)} | ({"kind": kind} if kind in NAMED else {})
            setattr(model, key, column_property(column, deferred=True, info=info))
    found: Attr = getattr(model, key)
    return found


def _column(model: type[DeclarativeBase], definition: FieldDefinition) -> Column[Any]:
    """The table's column. It says nothing of foreign keys, so that the order of the tables stays as it is."""
    table: Any = model.__table__
    name, kind = definition.column, definition.kind
    if name not in table.c:
        info = {CUSTOM: True} | ({"dictionary": definition.dictionary} if kind == "choice" else {})
        if kind == "bool":
            column: Column[Any] = Column(name, Boolean(), nullable=False, server_default=text("false"), info=info)
        else:
            column = Column(name, _TYPES.get(kind, BigInteger()), info=info)
        if kind not in {"choice", "reference"}:
            return column
        setattr(model, name, column_property(column, deferred=True))
    found: Column[Any] = table.c[name]
    return found
