"""The areas of the window: which lists each has, and which page shows a record of which entity."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_
from crm_desktop.entities import by_key, parts_of
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.list_page.entries import first_entry, list_counts, list_entries
from crm_desktop.ui.page import Area, PageEntry
from crm_desktop.ui.pages import build_record
from crm_desktop.ui.pages.administration import administration_entries, rights_entries
from crm_desktop.ui.pages.board import board_entry
from crm_desktop.ui.pages.calendar import calendar_entry
from crm_desktop.ui.pages.changes import changes_entries
from crm_desktop.ui.pages.custom_fields import custom_fields_entries
from crm_desktop.ui.pages.departments import departments_entry
from crm_desktop.ui.pages.find_knowledge import find_knowledge_entry
from crm_desktop.ui.pages.funnel import funnel_entry
from crm_desktop.ui.pages.home import home_entry
from crm_desktop.ui.pages.log_call import log_call_entry
from crm_desktop.ui.pages.messages import message_entries
from crm_desktop.ui.pages.report import report_entries
from crm_desktop.ui.pages.service_board import board_entries
from crm_desktop.ui.pages.task_board import task_board_entry
from crm_desktop.ui.pages.wallboard import wallboard_entry

HOME = ("announcement",)
CUSTOMERS = ("customer", "contact", "activity")
OPPORTUNITIES = ("lead", "opportunity", "product", "product_category")
SERVICE = ("service_request", "installed_product", "knowledge_article")
CALENDAR = ("event", "task", "resource")
ADMINISTRATION = (
    "employee", "department", "permission_group", "dictionary", "sales_process", "lead_rule", "service_target",
    "alert_rule", "special_day",
)  # fmt: skip


def areas_for(person: Person) -> tuple[Area, ...]:
    """The areas this person works in: those that have something for him."""
    areas = (
        _home(person),
        _area("customers", N_("Customers"), "buildings", CUSTOMERS, person, changes_entries(person)),
        _opportunities(person),
        _service(person),
        _calendar(person),
        Area(key="reports", title=N_("Reports"), icon="chart-bar", pages=report_entries(person)),
        _area(
            "administration",
            N_("Administration"),
            "gear-six",
            ADMINISTRATION,
            person,
            (*custom_fields_entries(person), *administration_entries(person)),
        ),
    )
    return tuple(area for area in areas if area.pages)


def _home(person: Person) -> Area:
    """My day, messages and announcements."""
    area = _area("home", N_("Home"), "house", HOME, person)
    home = home_entry()
    return replace(area, pages=(home, *message_entries(), *area.pages), first=home.key)


def _opportunities(person: Person) -> Area:
    """Begins with the board and the funnel."""
    area = _area("opportunities", N_("Opportunities"), "target", OPPORTUNITIES, person)
    if not person.may("read", "opportunity"):
        return area
    board = board_entry()
    return replace(area, pages=(board, funnel_entry(), *area.pages), first=board.key)


def _calendar(person: Person) -> Area:
    """Begins with one's week."""
    area = _area("calendar", N_("Calendar"), "calendar-blank", CALENDAR, person)
    if not person.may("read", "event"):
        return replace(area, pages=())
    page = calendar_entry()
    return replace(area, pages=(page, *area.pages), first=page.key)


def _service(person: Person) -> Area:
    """Begins with logging a call, for who may."""
    area = _area("service", N_("Service"), "headset", SERVICE, person)
    if not person.may("read", "service_request"):
        return area
    log = (log_call_entry(),) if person.may("create", "service_request") else ()
    return replace(area, pages=(*log, *board_entries(), wallboard_entry(), *area.pages))


def _entries(spec: EntitySpec, person: Person) -> tuple[PageEntry, ...]:
    """The departments are a tree, the rest are lists; under that of the groups stands what they may do, above
    that of the articles the search among them, above those of the tasks their board.
    """
    if spec.key == "department":
        return (departments_entry(),)
    entries = list_entries(spec, _open_import if spec.key == "customer" else None)  # the wizard knows no others
    if spec.key == "task":
        return (task_board_entry(), *entries)
    if spec.key == "knowledge_article":
        return (find_knowledge_entry(), *entries)
    return (*entries, *rights_entries(person)) if spec.key == "permission_group" else entries


def _open_import(view: AreaView, _spec: EntitySpec) -> None:
    from crm_desktop.ui.import_wizard.page import open_import  # with all that reads sheets, which few do in the morning

    open_import(view)


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
