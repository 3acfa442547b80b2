"""Who calls: digits of a number, initials or part of a name find customer and contact; who is not found is new."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import calls
from crm_desktop.services.search import Hit
from crm_desktop.spec.kinds import REFERENCE, Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.rows import RowEditor
from crm_desktop.ui.widgets.popup_list import PopupRow


class _New(NamedTuple):
    """The row for somebody whom nobody knows yet."""

    typed: str


class CallerEditor(RowEditor):
    """Announces the hit that was chosen, and what was typed for somebody new. Its value is the customer."""

    found = Signal(object)  # Hit
    new_wanted = Signal(str)

    def __init__(self, view: AreaView, *, may_create: bool) -> None:
        super().__init__(REFERENCE, _("Who calls? Telephone number, initials or part of a name"))
        self._view, self._may_create = view, may_create

    def look(self, number: str) -> None:
        """Type this, and take the customer it finds; with several or none show the list, also behind other windows."""
        self.line.setText(number)
        self.line.setFocus()
        person = self._view.context.person

        def take(answer: tuple[Sequence[Hit], Hit | None]) -> None:
            hits, only = answer
            if self.line.text() != number:
                return  # the user has gone on
            if only is not None:
                self._choose(only)
            else:
                self.popup.show_rows(self._rows(number, hits))

        self._view.context.tasks.query(
            self, lambda session: calls.recognise(session, number, person), take, key="caller"
        )

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        """The arrow asks for what stands there: everybody is too much to choose from."""
        typed, person = text or self.line.text().strip(), self._view.context.person
        self._view.context.tasks.query(
            self,
            lambda session: calls.find_callers(session, typed, person) if typed else [],
            lambda hits: answer(self._rows(typed, hits) if typed else []),
            key="caller",
        )

    def _rows(self, text: str, hits: Sequence[Hit]) -> list[PopupRow]:
        rows: list[PopupRow] = []
        for entity in calls.CALLERS:
            of_entity = [hit for hit in hits if hit.entity == entity]
            if of_entity:
                rows.append(PopupRow(None, _(by_key(entity).label_plural)))
                rows += [PopupRow(hit, hit.title, hit.subtitle) for hit in of_entity]
        if self._may_create:
            rows.append(PopupRow(_New(text), _("New customer “{name}”…").format(name=text)))
        return rows

    def _choose(self, ref: object) -> None:
        if isinstance(ref, Hit):
            super()._choose(None)
            self.found.emit(ref)
        elif isinstance(ref, _New):
            super()._choose(None)
            self.new_wanted.emit(ref.typed)
        else:
            super()._choose(ref if isinstance(ref, Ref) else None)
