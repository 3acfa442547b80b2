"""The definitions of custom fields, as the administrator's page lists them."""

from __future__ import annotations

from crm_desktop.core.i18n import N_
from crm_desktop.entities.organisation import ADMINISTERED
from crm_desktop.models import CustomField
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

CUSTOM_FIELD = EntitySpec(
    key="custom_field",
    model=CustomField,
    label=N_("Custom field"),
    label_plural=N_("Custom fields"),
    icon="list-plus",
    labels={
        CustomField.name: N_("Name"),
        CustomField.name_en: N_("English name"),
        CustomField.entity: N_("Kind of record"),
        CustomField.kind: N_("Kind"),
        CustomField.target: N_("Refers to"),
        CustomField.help: N_("Help"),
        CustomField.section: N_("Part of the form"),
        CustomField.position: N_("Position in lists"),
        CustomField.is_required: N_("Needed"),
        CustomField.is_listed: N_("Column of the list"),
        CustomField.is_active: N_("In use"),
        CustomField.column_name: N_("Column in the database"),
        CustomField.dictionary: N_("Dictionary"),
    },
    table=TableSpec(
        columns=(
            Column(CustomField.name, width=160),
            Column(CustomField.entity, width=120),
            Column(CustomField.kind, width=120),
            Column(CustomField.is_active, width=80),
            Column(CustomField.column_name, width=140),
        ),
        sort=CustomField.position,
        presets=(Preset(key="all", label=N_("Custom fields")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    CustomField.name,
                    CustomField.name_en,
                    CustomField.entity,
                    CustomField.kind,
                    CustomField.target,
                    CustomField.help,
                    CustomField.section,
                    CustomField.is_required,
                    CustomField.is_listed,
                    CustomField.is_active,
                ),
            ),
        )
    ),
    access=ADMINISTERED,
)
