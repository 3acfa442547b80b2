"""The areas of the window follow from what somebody may read."""

from __future__ import annotations

from crm_desktop.core.access import Grant, Person, Scope
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.entities.reports import REPORTS
from crm_desktop.ui.areas import areas_for


def _person(**grants: Grant) -> Person:
    return Person(
        id=1,
        login="linqiu",
        name="林秋",
        department_id=None,
        department="",
        groups=(),
        grants=grants,
        owners={},
        server_version=180003,
    )


def test_an_area_without_a_list_is_not_shown() -> None:
    assert [area.key for area in areas_for(_person())] == ["home", "customers"]
    reader = _person(employee=Grant(read=Scope.ALL))
    assert [area.key for area in areas_for(reader)] == ["home", "customers", "administration"]


def test_every_number_of_a_report_has_a_list_to_open() -> None:
    reader = _person(**{spec.key: Grant(read=Scope.ALL) for spec in ALL_ENTITIES})
    lists = {page.key for area in areas_for(reader) for page in area.pages}
    assert {f"{entity}/all" for spec in REPORTS for entity in spec.entities()} <= lists


def test_every_record_has_a_page_in_one_area() -> None:
    reader = _person(**{spec.key: Grant(read=Scope.ALL) for spec in ALL_ENTITIES})
    opened = [entity for area in areas_for(reader) for entity in area.records]
    on_pages_of_their_own = {"dictionary_entry", "custom_field"}
    assert sorted(opened) == sorted({spec.key for spec in ALL_ENTITIES} - on_pages_of_their_own)
