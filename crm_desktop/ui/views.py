"""The saved views of one window: read once, followed live, listed below the presets of each list with their counts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.access import Person
from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import tables_of_filter
from crm_desktop.services.views import MOST_COUNTED, View, fetch_view_counts, fetch_views
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.icons import is_icon
from crm_desktop.ui.page import PageEntry
from crm_desktop.ui.preferences import Preferences
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.tasks import Tasks

if TYPE_CHECKING:
    from crm_desktop.ui.area_view import AreaView

TABLE = "saved_view"
ORDER = "views/order"
"""Preference: ids of views in the order of the person's side lists; others follow by name."""
START = "views/start"
"""Preference: key of the side entry with which a list begins, by entity."""
_KEY = "view:"


def entry_key(view: View) -> str:
    """The side entry of a view: ``customer/view:12``."""
    return f"{view.entity}/{_KEY}{view.id}"


def view_id(key: str) -> int:
    """The view of a side entry, 0 for a preset's."""
    name = key.partition("/")[2]
    return int(name.removeprefix(_KEY)) if name.startswith(_KEY) else 0


class Views(QObject):
    """One for all areas of a window. ``changed`` tells that views came, went or are others than before."""

    changed = Signal()

    def __init__(self, tasks: Tasks, bus: Bus, person: Person, preferences: Preferences) -> None:
        super().__init__(tasks)
        self._tasks, self._person, self._preferences = tasks, person, preferences
        self._views: dict[int, View] = {}
        self._order: list[int] = []
        self._starts: dict[str, str] = {}
        self._followed: dict[AreaView, Follower] = {}
        self._wishes: dict[AreaView, str] = {}
        self._slow: set[tuple[int, int]] = set()
        self._counts: dict[int, int | None] = {}
        self._is_begun = False
        bus.changed.connect(self._note_change)

    def follow(self, area: AreaView) -> None:
        """List the views of this area's entities in its side list, now and whenever they change."""
        if not any(entry.page for entry in area.area.pages):
            return  # it has no lists
        self._followed[area] = Follower(area, partial(self._count, area))
        area.destroyed.connect(partial(self._forget_area, area))
        if self._views:
            self._show(area)
        self._go_to_start(area)
        if not self._is_begun:
            self._is_begun = True
            self._preferences.load(self, self._take_preferences, lambda _error: self.read())

    def go_to(self, area: AreaView, key: str) -> None:
        """Show the view of a side entry once it is known, where the person has not gone elsewhere by then."""
        if area.has_page(key):
            area.select_page(key)
        else:
            self._wishes[area] = key

    def read(self) -> None:
        """Read them again."""
        self._tasks.query(self, fetch_views, self._take, lambda _error: None, key="views")

    def get(self, id_: int) -> View | None:
        """A view by its id, None where it is gone or not shown to this person any more."""
        return self._views.get(id_)

    def of(self, entity: str) -> list[View]:
        """The views of a list in the person's order."""
        places = {id_: place for place, id_ in enumerate(self._order)}
        found = [view for view in self._views.values() if view.entity == entity]
        return sorted(found, key=lambda view: places.get(view.id, len(places)))

    def keep(self, view: View) -> None:
        """Know a view that was just saved, before the server tells of it."""
        self._views[view.id] = view
        self._announce()

    def forget(self, view: View) -> None:
        """A view was just deleted."""
        self._views.pop(view.id, None)
        self._announce()

    def move(self, view: View, step: int) -> None:
        """Move a view up or down among those of its list."""
        ids = [one.id for one in self.of(view.entity)]
        place = ids.index(view.id)
        target = max(0, min(len(ids) - 1, place + step))
        ids.insert(target, ids.pop(place))
        self._order = [*ids, *(id_ for id_ in self._order if id_ not in ids)]
        self._preferences.save(ORDER, self._order)
        self._announce()

    def start_of(self, entity: str) -> str:
        """The side entry with which the person wants to begin a list; empty where he has chosen none."""
        return self._starts.get(entity, "")

    def begin_with(self, entity: str, key: str) -> None:
        """Begin a list with this side entry from now on; without a key, as the program does."""
        self._starts[entity] = key
        self._preferences.save(START, self._starts)

    def note_count(self, view: View, count: int) -> None:
        """An open list knows how many rows its view has."""
        self._counts[view.id] = count
        self._show_counts()

    def _take_preferences(self, stored: Mapping[str, Any]) -> None:
        order, starts = stored.get(ORDER), stored.get(START)
        self._order = [id_ for id_ in order if isinstance(id_, int)] if isinstance(order, list) else []
        self._starts = {str(k): str(v) for k, v in starts.items()} if isinstance(starts, dict) else {}
        for area in self._followed:
            self._go_to_start(area)
        self.read()

    def _take(self, views: Sequence[View]) -> None:
        before = self._views
        self._views = {view.id: self._named(view) for view in views}
        if self._views != before:
            self._announce()
            if not before:
                for area in self._followed:
                    self._go_to_start(area)

    def _named(self, view: View) -> View:
        """Keep what is known of an unchanged view: names of rows were looked up for it."""
        if not is_icon(view.icon):
            view = replace(view, icon=View.icon)
        known = self._views.get(view.id)
        return known if known is not None and known.version == view.version and known.owner == view.owner else view

    def _go_to_start(self, area: AreaView) -> None:
        """Only where the person has not gone elsewhere since the area was opened."""
        first = area.area.first.partition("/")[0]
        wanted = self._wishes.get(area) or self.start_of(first)
        if wanted and area.side.current_key() == area.area.first and area.has_page(wanted):
            area.select_page(wanted)

    def _announce(self) -> None:
        self.changed.emit()  # first: a page tells that its view is gone before another one is shown
        for area, follower in self._followed.items():
            self._show(area)
            follower.note()

    def _forget_area(self, area: AreaView, _gone: object = None) -> None:
        self._followed.pop(area, None)
        self._wishes.pop(area, None)

    def _show(self, area: AreaView) -> None:
        area.set_pages(self.entries(area.area.pages))
        self._show_counts()

    def entries(self, pages: Sequence[PageEntry]) -> list[PageEntry]:
        """The side entries of an area, the views of each list behind its presets."""
        found: list[PageEntry] = []
        for number, entry in enumerate(pages):
            found.append(entry)
            is_last = number + 1 == len(pages) or pages[number + 1].page != entry.page
            if entry.page and is_last:
                found += [
                    replace(entry, key=entry_key(view), title=view.name, icon=view.icon) for view in self.of(entry.page)
                ]
        return found

    def _count(self, area: AreaView) -> None:
        wanted = [view for view in self._views_in(area) if (view.id, view.version) not in self._slow]
        if wanted:
            work = partial(_counts_of, views=wanted, person=self._person)
            take = partial(self._take_counts, area, wanted, monotonic())
            self._tasks.query(area, work, take, lambda _error: None, key="view counts")

    def _views_in(self, area: AreaView) -> list[View]:
        entities = {entry.page for entry in area.area.pages}
        return [view for view in self._views.values() if view.entity in entities]

    def _take_counts(
        self, area: AreaView, counted: Sequence[View], asked_at: float, counts: Mapping[int, int | None]
    ) -> None:
        self._followed[area].soon.took(monotonic() - asked_at)
        self._slow.update((view.id, view.version) for view in counted if counts.get(view.id) is None)
        self._counts.update(counts)
        self._show_counts()

    def _show_counts(self) -> None:
        for area in self._followed:
            for view in self._views.values():
                count = self._counts.get(view.id)
                if count is not None:
                    area.side.set_count(entry_key(view), count if count <= MOST_COUNTED else f"{MOST_COUNTED:,}+")

    def _note_change(self, table: str, _ids: object) -> None:
        if table == TABLE:
            self.read()
        else:
            for area, follower in self._followed.items():
                if any(table in _tables_of(view) for view in self._views_in(area)):
                    follower.note()


def _counts_of(session: Any, views: Sequence[View], person: Person) -> Mapping[int, int | None]:
    return fetch_view_counts(session, views, person)


def _tables_of(view: View) -> frozenset[str]:
    spec = by_key(view.entity)
    return tables_of_filter(spec, view.filter) | {str(spec.model.__tablename__)}
