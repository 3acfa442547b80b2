"""While a customer is typed: who may be the same. It warns and never hinders."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QTimer

from crm_desktop.core.i18n import _
from crm_desktop.services.duplicates import Duplicate, find_duplicates
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form import Form
from crm_desktop.ui.widgets.bar import Action, Bar

PAUSE_MS = 300
WATCHED = ("name", "phones", "tax_no", "email")
MOST_SHOWN = 3


class DuplicateBar(Bar):
    """Looks in the background 300 ms after the last key in one of the telling fields."""

    def __init__(self, view: AreaView, form: Form) -> None:
        super().__init__("warn")
        self._view, self._form = view, form
        self._id = 0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(PAUSE_MS)
        self._timer.timeout.connect(self.look_now)
        form.edited.connect(self._note_edit)

    def watch(self, id_: int) -> None:
        """From now on the form shows this record (0: a new one)."""
        self._timer.stop()
        self._id = id_
        self.say([])

    def look_now(self) -> None:
        """Ask without waiting."""
        values: dict[str, Any] = {key: self._form.value_of(key) for key in WATCHED}
        except_id = self._id
        self._view.context.tasks.query(
            self, lambda session: find_duplicates(session, values, except_id), self._show, key="duplicates"
        )

    def _note_edit(self, key: str) -> None:
        if key in WATCHED:
            self._timer.start()

    def _show(self, found: list[Duplicate]) -> None:
        lines: list[tuple[str, list[Action]]] = [
            (duplicate.sentence(), self._actions(duplicate)) for duplicate in found[:MOST_SHOWN]
        ]
        if len(found) > MOST_SHOWN:
            lines.append((_("and {count} more").format(count=len(found) - MOST_SHOWN), []))
        self.say(lines)

    def _actions(self, duplicate: Duplicate) -> list[Action]:
        if duplicate.id is None:
            return []
        return [(_("Open"), partial(self._view.open_record, "customer", duplicate.id))]
