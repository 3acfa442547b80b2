"""What the firm wants to be warned of."""

from __future__ import annotations

from collections.abc import Mapping

from crm_desktop.core.access import Function, Grant, Group, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import AlertRule
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

ALERT_RULE = EntitySpec(
    key="alert_rule",
    model=AlertRule,
    label=N_("Alert rule"),
    label_plural=N_("Alert rules"),
    icon="bell-ringing",
    labels={
        AlertRule.name: N_("Name"),
        AlertRule.name_en: N_("English name"),
        AlertRule.kind: N_("Warns of"),
        AlertRule.days: N_("Days"),
        AlertRule.level: N_("Customer level"),
        AlertRule.warns_owner: N_("Warns the owner"),
        AlertRule.warns_superior: N_("Warns the superior"),
        AlertRule.employee: N_("Warns this person"),
        AlertRule.group: N_("Warns this group"),
        AlertRule.is_active: N_("In use"),
        AlertRule.sort_order: N_("Position in lists"),
    },
    table=TableSpec(
        columns=(
            Column(AlertRule.name, width=220),
            Column(AlertRule.kind, width=160),
            Column(AlertRule.days, width=80, summed=False),
            Column(AlertRule.level, width=120),
            Column(AlertRule.warns_owner, width=90),
            Column(AlertRule.warns_superior, width=90),
            Column(AlertRule.employee, width=120),
            Column(AlertRule.group, width=120),
            Column(AlertRule.is_active, width=80),
        ),
        sort=AlertRule.sort_order,
        presets=(Preset(key="all", label=N_("All rules")),),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    AlertRule.name,
                    AlertRule.name_en,
                    AlertRule.kind,
                    AlertRule.days,
                    AlertRule.level,
                    AlertRule.is_active,
                    AlertRule.sort_order,
                ),
            ),
            Section(
                N_("Who is warned"),
                (AlertRule.warns_owner, AlertRule.warns_superior, AlertRule.employee, AlertRule.group),
            ),
        ),
        helps={
            AlertRule.days: N_(
                "Not contacted: for so many days. Birthdays: so many days before. All others: so many days later."
            ),
            AlertRule.level: N_("Of customers and their contacts; empty: of any level."),
            AlertRule.warns_owner: N_("Whoever owns the customer, opportunity, task and so on."),
            AlertRule.warns_superior: N_("The superior of whoever owns it."),
            AlertRule.employee: N_("Of the records of all, as far as this person may see them."),
            AlertRule.group: N_("Everybody in it, of the records that he may see."),
        },
    ),
    access=_ACCESS,
)
