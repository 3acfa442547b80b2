"""Holidays and make-up days, which the firm's working time follows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import SpecialDay
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_ALL = Grant(
    read=Scope.ALL,
    create=Scope.ALL,
    update=Scope.ALL,
    delete=Scope.ALL,
    functions=frozenset({Function.EXPORT, Function.PRINT, Function.UNDO, Function.BULK_EDIT}),
)
_ACCESS: Mapping[Group, Grant] = {
    group: _ALL if group in (Group.ADMINISTRATOR, Group.GENERAL_MANAGER) else Grant(read=Scope.ALL) for group in Group
}


def _this_year(person: Person) -> Any:
    del person
    return func.date_trunc("year", SpecialDay.day) == func.date_trunc("year", func.current_date())


def _make_up(person: Person) -> Any:
    del person
    return SpecialDay.is_working


SPECIAL_DAY = EntitySpec(
    key="special_day",
    model=SpecialDay,
    label=N_("Special day"),
    label_plural=N_("Holidays and make-up days"),
    icon="calendar-x",
    labels={
        SpecialDay.day: N_("Date"),
        SpecialDay.name: N_("Name"),
        SpecialDay.name_en: N_("English name"),
        SpecialDay.is_working: N_("Worked"),
    },
    table=TableSpec(
        columns=(
            Column(SpecialDay.day, width=120),
            Column(SpecialDay.name, width=220),
            Column(SpecialDay.name_en, width=260),
            Column(SpecialDay.is_working, width=90),
        ),
        sort=SpecialDay.day,
        presets=(
            Preset(key="this_year", label=N_("This year"), where=_this_year),
            Preset(key="make_up", label=N_("Make-up days"), where=_make_up),
            Preset(key="all", label=N_("All special days")),
        ),
    ),
    form=FormSpec(
        sections=(Section(N_("General"), (SpecialDay.day, SpecialDay.is_working, SpecialDay.name, SpecialDay.name_en)),)
    ),
    access=_ACCESS,
)
