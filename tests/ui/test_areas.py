"""The areas of the window follow from what somebody may read."""

from __future__ import annotations

from crm_desktop.core.access import Grant, Person, Scope
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
    assert [area.key for area in areas_for(_person())] == ["customers"]
    reader = _person(employee=Grant(read=Scope.ALL))
    assert [area.key for area in areas_for(reader)] == ["customers", "administration"]
