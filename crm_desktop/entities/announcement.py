"""Announcements, and who has read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, or_

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.models import Announcement, AnnouncementReading, Employee
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, Section, TableSpec

_ALL = Grant(
    read=Scope.ALL,
    create=Scope.ALL,
    update=Scope.ALL,
    delete=Scope.ALL,
    functions=frozenset({Function.EXPORT, Function.PRINT, Function.UNDO}),
)
_ACCESS: Mapping[Group, Grant] = {
    group: Grant(read=Scope.ALL, functions=frozenset({Function.PRINT}))
    if group in (Group.SALESPERSON, Group.SERVICE)
    else _ALL
    for group in Group
}


def is_valid() -> Any:
    """Of announcements that hold today, as SQL."""
    today = func.current_date()
    return (Announcement.valid_from <= today) & or_(
        Announcement.valid_until.is_(None), Announcement.valid_until >= today
    )


def _valid(person: Person) -> Any:
    del person
    return is_valid()


ANNOUNCEMENT = EntitySpec(
    key="announcement",
    model=Announcement,
    label=N_("Announcement"),
    label_plural=N_("Announcements"),
    icon="megaphone-simple",
    labels={
        Announcement.title: N_("Title"),
        Announcement.body: N_("Text"),
        Announcement.is_important: N_("Important"),
        Announcement.department: N_("For the department"),
        Announcement.valid_from: N_("Valid from"),
        Announcement.valid_until: N_("Valid until"),
        Announcement.author: N_("Published by"),
        Announcement.created_at: N_("Created"),
        Announcement.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(Announcement.title, width=320),
            Column(Announcement.is_important, width=80),
            Column(Announcement.department, width=140),
            Column(Announcement.valid_from, width=110),
            Column(Announcement.valid_until, width=110),
            Column(Announcement.author, width=100),
            Column(Announcement.updated_at, width=104, shown=False),
        ),
        sort=Announcement.valid_from,
        is_descending=True,
        presets=(
            Preset(key="valid", label=N_("Valid announcements"), where=_valid),
            Preset(key="all", label=N_("All announcements")),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(N_("Text"), (Announcement.title, Announcement.is_important, Announcement.body)),
            Section(
                N_("For whom, and until when"),
                (Announcement.department, Announcement.valid_from, Announcement.valid_until),
            ),
        ),
        helps={
            Announcement.department: N_("With those below it. Empty: for everybody."),
            Announcement.valid_until: N_("It stands on home pages until then."),
        },
    ),
    subtitle=(Announcement.author, Announcement.valid_from),
    access=_ACCESS,
)

ANNOUNCEMENT_READING = EntitySpec(
    key="announcement_reading",
    model=AnnouncementReading,
    label=N_("Reader"),
    label_plural=N_("Read by"),
    icon="eye",
    labels={
        AnnouncementReading.announcement: N_("Announcement"),
        AnnouncementReading.employee: N_("Employee"),
        AnnouncementReading.read_at: N_("Read at"),
    },
    table=TableSpec(
        columns=(
            Column(AnnouncementReading.employee, width=120),
            Column(AnnouncementReading.employee, Employee.department, label=N_("Department"), width=140),
            Column(AnnouncementReading.read_at, width=140),
        ),
        sort=AnnouncementReading.read_at,
        is_descending=True,
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (AnnouncementReading.announcement, AnnouncementReading.employee, AnnouncementReading.read_at),
            ),
        )
    ),
    part_of=AnnouncementReading.announcement,
    access={group: Grant(read=Scope.ALL) for group in Group},
)
