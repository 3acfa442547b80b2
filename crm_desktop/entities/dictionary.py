"""Dictionaries: every choice list of the program and its entries."""

from __future__ import annotations

from typing import Any

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.entities.organisation import ADMINISTERED
from crm_desktop.models import Dictionary, DictionaryEntry
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

DICTIONARY = EntitySpec(
    key="dictionary",
    model=Dictionary,
    label=N_("Dictionary"),
    label_plural=N_("Dictionaries"),
    icon="book-open",
    labels={
        Dictionary.name: N_("Name"),
        Dictionary.name_en: N_("English name"),
        Dictionary.code: N_("Code"),
        Dictionary.is_fixed: N_("Fixed"),
    },
    table=TableSpec(
        columns=(
            Column(Dictionary.name, width=180),
            Column(Dictionary.name_en, width=180),
            Column(Dictionary.code, width=160),
        ),
        sort=Dictionary.code,
        presets=(Preset(key="all", label=N_("Dictionaries")),),
    ),
    form=FormSpec(
        sections=(Section(N_("General"), (Dictionary.name, Dictionary.name_en, Dictionary.code)),),
        read_only=frozenset({Dictionary.code}),
    ),
    found_by=(Dictionary.name, Dictionary.name_en),
    access=ADMINISTERED,
)


def _in_use(person: Person) -> Any:
    del person
    return DictionaryEntry.is_active


DICTIONARY_ENTRY = EntitySpec(
    key="dictionary_entry",
    model=DictionaryEntry,
    label=N_("Dictionary entry"),
    label_plural=N_("Dictionary entries"),
    icon="list-bullets",
    labels={
        DictionaryEntry.dictionary: N_("Dictionary"),
        DictionaryEntry.name: N_("Name"),
        DictionaryEntry.name_en: N_("English name"),
        DictionaryEntry.code: N_("Code"),
        DictionaryEntry.parent: N_("Part of"),
        DictionaryEntry.sort_order: N_("Position in lists"),
        DictionaryEntry.tone: N_("Colour"),
        DictionaryEntry.is_active: N_("In use"),
    },
    table=TableSpec(
        columns=(
            Column(DictionaryEntry.dictionary, width=140),
            Column(DictionaryEntry.name, width=180),
            Column(DictionaryEntry.name_en, width=180),
            Column(DictionaryEntry.code, width=140),
            Column(DictionaryEntry.parent, width=120),
            Column(DictionaryEntry.sort_order, width=120),
            Column(DictionaryEntry.is_active, width=90),
        ),
        sort=DictionaryEntry.sort_order,
        presets=(Preset(key="all", label=N_("All entries")), Preset(key="in_use", label=N_("In use"), where=_in_use)),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    DictionaryEntry.name,
                    DictionaryEntry.name_en,
                    DictionaryEntry.dictionary,
                    DictionaryEntry.code,
                    DictionaryEntry.parent,
                    DictionaryEntry.sort_order,
                    DictionaryEntry.tone,
                    DictionaryEntry.is_active,
                ),
            ),
        )
    ),
    part_of=DictionaryEntry.dictionary,
    subtitle=(DictionaryEntry.dictionary, DictionaryEntry.code),
    access=ADMINISTERED,
)
