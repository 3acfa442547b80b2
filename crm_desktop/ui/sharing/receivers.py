"""With whom to share: people and departments, searched while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services import search, sharing
from crm_desktop.services.sharing import Receiver
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.tasks import Session

Answer = Callable[[Sequence[Ref]], None]


class ReceiversEditor(QWidget):
    """Two lists side by side."""

    def __init__(self, view: AreaView, owner: QWidget) -> None:
        super().__init__()
        self.people = ReferencesEditor(REFERENCE, _("Employees"), partial(find_people, view, owner))
        self.departments = ReferencesEditor(
            REFERENCE, _("Departments and those below them"), partial(_find_departments, view, owner)
        )
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(16)
        line.addWidget(self.people, 1)
        line.addWidget(self.departments, 1)
        self.setFocusProxy(self.people)

    def value(self) -> list[Receiver]:
        """All that were chosen, people first."""
        return [
            *(Receiver(ref) for ref in self.people.value()),
            *(Receiver(ref, is_department=True) for ref in self.departments.value()),
        ]


def person_editor(view: AreaView, owner: QWidget, label: str) -> ReferenceEditor:
    """One of those who work here now."""
    return ReferenceEditor(REFERENCE, label, partial(find_people, view, owner))


def new_owner_editor(view: AreaView, owner: QWidget, label: str, entity: str) -> ReferenceEditor:
    """One of those who work here now, first those to whom one may give records of ``entity``."""
    reached = view.context.person.owners.get((entity, "update"), ())

    def find(typed: str, answer: Answer) -> None:
        find_people(view, owner, typed, lambda found: answer(sorted(found, key=lambda one: one.id not in reached)))

    return ReferenceEditor(REFERENCE, label, find)


def find_people(view: AreaView, owner: QWidget, typed: str, answer: Answer) -> None:
    """Those who work here now and are found by what is typed."""
    person = view.context.person

    def work(session: Session) -> list[Ref]:
        return sharing.find_people(session, typed, person)

    view.context.tasks.query(owner, work, answer, key="people")


def _find_departments(view: AreaView, owner: QWidget, typed: str, answer: Answer) -> None:
    person = view.context.person

    def work(session: Session) -> list[Ref]:
        return [Ref(hit.id, hit.title) for hit in search.find(session, "department", typed, person)]

    view.context.tasks.query(owner, work, answer, key="departments")
