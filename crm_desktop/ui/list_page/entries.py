"""Side entries of an area from the presets of its entities: one page an entity, one entry a preset, with counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from crm_desktop.core.access import Grant, Person, Scope
from crm_desktop.services.listing import fetch_counts
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.page import PageEntry
from crm_desktop.ui.tasks import Session


def list_entries(spec: EntitySpec) -> tuple[PageEntry, ...]:
    """An entry for each preset, under the name of the entity; they share one page."""
    return tuple(
        PageEntry(
            key=f"{spec.key}/{preset.key}",
            title=preset.label,
            build=lambda view: ListPage(view, spec),
            group=spec.label_plural,
            page=spec.key,
            only_if_any=preset.only_if_any,
        )
        for preset in spec.table.presets
    )


def first_entry(spec: EntitySpec, person: Person) -> str:
    """The entry with which a person begins: his own records, the whole where he reads more than his team's."""
    whole = (preset for preset in spec.table.presets if preset.where is None)
    first = next(whole, spec.table.presets[0])
    if person.grants.get(spec.key, Grant()).read <= Scope.TEAM:
        first = spec.table.presets[0]
    return f"{spec.key}/{first.key}"


def list_counts(specs: Sequence[EntitySpec], person: Person) -> Callable[[Session], Mapping[str, int]]:
    """Reads the count of every entry of these entities by its key; one statement."""

    def count(session: Session) -> Mapping[str, int]:
        return fetch_counts(session, [spec.key for spec in specs], person)

    return count
