"""Who else is at a record: announced for the pages of this window, and shown in their headings."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.presence import Place, Present, fetch_present, places_text
from crm_desktop.ui.soon import later
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.chip import Tone

GATHER_MS = 200
LOOK_AGAIN_MS = 30_000
"""While somebody is shown: nobody says that he is gone when his computer crashed."""


class Presence(QObject):
    """One for all pages of a window. Says where they are, all at once and only when it changes."""

    announced = Signal(str)  # as crm.be_at reads it

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._places: dict[int, Place] = {}
        self._said = places_text(())
        self._timer = later(GATHER_MS, self._announce, self)

    def enter(self, page: QObject, entity: str, id_: int, *, is_editing: bool) -> None:
        """A page shows this record now, in place of what it showed before."""
        key = id(page)
        if key not in self._places:
            page.destroyed.connect(lambda: self._leave(key))
        self._places[key] = Place(entity, id_, is_editing)
        self._timer.start()

    def _leave(self, key: int) -> None:
        self._places.pop(key, None)
        self._timer.start()

    def _announce(self) -> None:
        said = places_text(sorted({place for place in self._places.values() if place.id}))
        if said != self._said:
            self._said = said
            self.announced.emit(said)


class Onlookers(QObject):
    """Says who else is at the record of one page: as it was read with the page, and again whenever that changes."""

    read = Signal(object)  # sequence of Present

    def __init__(self, tasks: Tasks, entity: str, parent: QObject) -> None:
        super().__init__(parent)
        self._tasks, self._entity = tasks, entity
        self._table = by_key(entity).model.__tablename__
        self._id = 0
        self._timer = later(LOOK_AGAIN_MS, self.look, self)

    def watch(self, id_: int) -> None:
        """The page shows this record now."""
        if id_ != self._id:
            self._id = id_
            self.read.emit([])

    def look(self) -> None:
        """Read once more."""
        entity, id_ = self._entity, self._id
        if id_:
            self._tasks.query(
                self, lambda session: fetch_present(session, entity, id_), self.show_people, self._fail, key="present"
            )

    def note_change(self, table: str, ids: frozenset[int] | None) -> None:
        """Somebody came or went at these rows."""
        if table == self._table and (ids is None or self._id in ids):
            self.look()

    def show_people(self, people: Sequence[Present]) -> None:
        """These were there just now."""
        if people:
            self._timer.start()
        self.read.emit(people)

    def _fail(self, _error: KnownError) -> None:
        """Without a server nobody is known to be there."""
        self.read.emit([])


def chips_of_people(people: Sequence[Present]) -> list[tuple[str, Tone]]:
    """``王芳 is editing``, those who edit first."""
    return [
        (_("{name} is editing").format(name=person.name), "warn")
        if person.is_editing
        else (_("{name} has this open").format(name=person.name), "neutral")
        for person in people
    ]
