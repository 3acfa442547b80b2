"""Sales processes and their stages."""

from __future__ import annotations

from collections.abc import Mapping

from crm_desktop.core.access import Function, Grant, Group, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import SalesProcess, SalesStage
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_ALL = Grant(
    read=Scope.ALL,
    create=Scope.ALL,
    update=Scope.ALL,
    delete=Scope.ALL,
    functions=frozenset({Function.EXPORT, Function.PRINT, Function.UNDO}),
)
_ACCESS: Mapping[Group, Grant] = {
    group: _ALL if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER, Group.SALES_MANAGER) else Grant(read=Scope.ALL)
    for group in Group
}

SALES_PROCESS = EntitySpec(
    key="sales_process",
    model=SalesProcess,
    label=N_("Sales process"),
    label_plural=N_("Sales processes"),
    icon="path",
    labels={
        SalesProcess.name: N_("Name"),
        SalesProcess.name_en: N_("English name"),
        SalesProcess.is_default: N_("For new opportunities"),
        SalesProcess.is_active: N_("In use"),
        SalesProcess.sort_order: N_("Position in lists"),
    },
    table=TableSpec(
        columns=(
            Column(SalesProcess.name, width=200),
            Column(SalesProcess.name_en, width=200),
            Column(SalesProcess.is_default, width=140),
            Column(SalesProcess.is_active, width=90),
        ),
        sort=SalesProcess.sort_order,
        presets=(Preset(key="all", label=N_("All processes")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    SalesProcess.name,
                    SalesProcess.name_en,
                    SalesProcess.is_default,
                    SalesProcess.is_active,
                    SalesProcess.sort_order,
                ),
            ),
        )
    ),
    access=_ACCESS,
)

SALES_STAGE = EntitySpec(
    key="sales_stage",
    model=SalesStage,
    label=N_("Stage"),
    label_plural=N_("Stages"),
    icon="flag",
    labels={
        SalesStage.process: N_("Sales process"),
        SalesStage.name: N_("Name"),
        SalesStage.name_en: N_("English name"),
        SalesStage.sort_order: N_("Position in lists"),
        SalesStage.outcome: N_("Means"),
        SalesStage.probability: N_("Probability"),
        SalesStage.category: N_("Forecast category"),
        SalesStage.days_allowed: N_("Days allowed"),
        SalesStage.checklist: N_("Checklist"),
        SalesStage.required_fields: N_("Asks for"),
    },
    table=TableSpec(
        columns=(
            Column(SalesStage.process, width=160, shown=False),
            Column(SalesStage.name, width=160),
            Column(SalesStage.outcome, width=90),
            Column(SalesStage.probability, width=100),
            Column(SalesStage.category, width=110),
            Column(SalesStage.days_allowed, width=110),
        ),
        sort=SalesStage.sort_order,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    SalesStage.name,
                    SalesStage.name_en,
                    SalesStage.process,
                    SalesStage.outcome,
                    SalesStage.probability,
                    SalesStage.category,
                    SalesStage.days_allowed,
                    SalesStage.checklist,
                    SalesStage.required_fields,
                ),
            ),
        ),
        required=frozenset({SalesStage.outcome}),
        helps={
            SalesStage.days_allowed: N_("An opportunity that is in this stage for longer counts as stalled."),
            SalesStage.checklist: N_("What is to be done in this stage, a line each."),
            SalesStage.required_fields: N_("An opportunity that enters this stage must have these filled in."),
        },
    ),
    part_of=SalesStage.process,
    subtitle=(SalesStage.process, SalesStage.probability),
    access=_ACCESS,
)
