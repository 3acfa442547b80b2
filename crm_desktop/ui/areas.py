"""The areas of the window: which lists each has, and which page shows a record of which entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.entities import by_key, parts_of
from crm_desktop.spec import EntitySpec
from crm_desktop.ui import side_entries as side
from crm_desktop.ui.list_page.entries import first_entry, list_counts, list_entries
from crm_desktop.ui.page import Area, PageEntry
from crm_desktop.ui.pages import build_record

HOME = ("work_log", "announcement")
CUSTOMERS = ("customer", "contact", "activity")
OPPORTUNITIES = ("lead", "opportunity", "sales_target", "product", "product_category")
SERVICE = ("service_request", "installed_product", "knowledge_article", "employee_skill")
CALENDAR = ("event", "task", "memo", "resource")
ADMINISTRATION = (
    "employee", "department", "permission_group", "dictionary", "sales_process", "lead_rule", "service_target",
    "alert_rule", "special_day",
)  # fmt: skip


def areas_for(person: Person) -> tuple[Area, ...]:
    """The areas this person works in: those that have something for him."""
    areas = (
        _home(person),
        _area("customers", N_("Customers"), "buildings", CUSTOMERS, person, side.change_entries(person)),
        _opportunities(person),
        _service(person),
        _calendar(person),
        Area(key="reports", title=N_("Reports"), icon="chart-bar", pages=side.report_entries(person)),
        _area(
            "administration",
            N_("Administration"),
            "gear-six",
            ADMINISTRATION,
            person,
            side.administration_entries(person),
        ),
    )
    return tuple(area for area in areas if area.pages)


def _home(person: Person) -> Area:
    """My day, messages, work logs and announcements."""
    area = _area("home", N_("Home"), "house", HOME, person)
    return replace(area, pages=(side.HOME, *side.message_entries(), *area.pages), first=side.HOME.key)


def _opportunities(person: Person) -> Area:
    """Begins with the board and the funnel."""
    area = _area("opportunities", N_("Opportunities"), "target", OPPORTUNITIES, person)
    if not person.may("read", "opportunity"):
        return area
    board, funnel = side.opportunity_entries()
    return replace(area, pages=(board, funnel, *area.pages), first=board.key)


def _calendar(person: Person) -> Area:
    """Begins with one's week."""
    area = _area("calendar", N_("Calendar"), "calendar-blank", CALENDAR, person)
    if not person.may("read", "event"):
        return replace(area, pages=())
    return replace(area, pages=(side.CALENDAR, *area.pages), first=side.CALENDAR.key)


def _service(person: Person) -> Area:
    """Begins with what is open."""
    area = _area("service", N_("Service"), "headset", SERVICE, person)
    if not person.may("read", "service_request"):
        return area
    return replace(area, pages=(*side.service_entries(person), *area.pages), first="service_request/open")


def _entries(spec: EntitySpec, person: Person) -> tuple[PageEntry, ...]:
    """The departments are a tree, the rest are lists; under that of the groups stands what they may do, above
    that of the categories their tree, above that of the articles the search among them, above those of the tasks their
    board, below those of the work logs who has submitted.
    """
    if spec.key == "department":
        return (side.DEPARTMENTS,)
    entries = list_entries(spec)
    if spec.key == "product_category":
        return (side.CATEGORIES, *entries)
    if spec.key == "task":
        return (side.task_entry(), *entries)
    if spec.key == "knowledge_article":
        return (side.knowledge_entry(), *entries)
    if spec.key == "work_log":
        return (*entries, *side.team_entries(person))
    return (*entries, *side.rights_entries(person)) if spec.key == "permission_group" else entries


def _area(
    key: str, title: str, icon: str, entities: tuple[str, ...], person: Person, more: tuple[PageEntry, ...] = ()
) -> Area:
    listed = [by_key(entity) for entity in entities if person.may("read", entity)]
    return Area(
        key=key,
        title=title,
        icon=icon,
        pages=(*(entry for spec in listed for entry in _entries(spec, person)), *more),
        records={entity: partial(build_record, entity) for entity in _opened(entities)},
        count=list_counts(listed, person),
        tables=frozenset(spec.model.__tablename__ for spec in listed),
        first=first_entry(listed[0], person) if listed else "",
    )


def _opened(entities: tuple[str, ...]) -> Iterator[str]:
    """Whose records have their page here: those listed, and their parts that have no list of their own."""
    for entity in entities:
        yield entity
        yield from _opened(tuple(part.key for part in parts_of(by_key(entity)) if not part.table.presets))
