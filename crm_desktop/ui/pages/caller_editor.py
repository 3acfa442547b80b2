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

    def look(self, typed: str) -> None:
        """Type this, and take the only one it finds; with several or none, show the list."""
        self.line.setText(typed)
        self.line.setFocus()

        def take(hits: Sequence[Hit]) -> None:
            if len({hit.id for hit in hits if hit.entity == "customer"} | set()) == len(hits) == 1:
                self._choose(hits[0])
            else:
                self._show_rows(typed, self._rows(typed, hits))

        self._search(typed, take)

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        if text:
            self._search(text, lambda hits: answer(self._rows(text, hits)))
        else:
            answer([])

    def _search(self, text: str, answer: Callable[[Sequence[Hit]], None]) -> None:
        person = self._view.context.person
        self._view.context.tasks.query(
            self, lambda session: calls.find_callers(session, text, person), answer, key="caller"
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
