"""While a customer or lead is typed: who may be the same, which warns and never hinders; and free numbers."""

from __future__ import annotations

from functools import partial
from typing import Any

from crm_desktop.core.i18n import _
from crm_desktop.services.duplicates import Duplicate, find_duplicates, is_code_taken
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form import Form
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.bar import Action, Bar

PAUSE_MS = 300
WATCHED = ("name", "phones", "tax_no", "email")
CODE = "code"
MOST_SHOWN = 3


class DuplicateBar(Bar):
    """Looks in the background 300 ms after the last key in one of the telling fields."""

    def __init__(self, view: AreaView, entity: str, form: Form) -> None:
        super().__init__("warn")
        self._view, self._entity, self._form = view, entity, form
        self._id = 0
        self._found: list[Duplicate] = []
        self._taken_code = ""
        self._timer = later(PAUSE_MS, self.look_now, self)
        self._code_timer = later(PAUSE_MS, self.look_at_code, self)
        form.edited.connect(self._note_edit)

    def watch(self, id_: int) -> None:
        """From now on the form shows this record (0: a new one)."""
        self._timer.stop()
        self._code_timer.stop()
        self._id = id_
        self._found, self._taken_code = [], ""
        self.say([])

    def look_now(self) -> None:
        """Ask without waiting."""
        values: dict[str, Any] = {key: self._form.value_of(key) for key in WATCHED if key in self._form.editors}
        entity, except_id = self._entity, self._id
        self._view.context.tasks.query(
            self, lambda session: find_duplicates(session, entity, values, except_id), self._show, key="duplicates"
        )

    def look_at_code(self) -> None:
        """Say at once what saving would only say at the end: that the number is taken."""
        code = self._form.value_of(CODE) if CODE in self._form.edited_keys() else None
        self._view.context.tasks.query(
            self, lambda session: code if code and is_code_taken(session, code) else "", self._show_code, key=CODE
        )

    def _show_code(self, taken: str) -> None:
        self._taken_code = taken
        self._show(self._found)

    def _note_edit(self, key: str) -> None:
        if key in WATCHED:
            self._timer.start()
        elif key == CODE and self._entity == "customer":
            self._code_timer.start()

    def _show(self, found: list[Duplicate]) -> None:
        self._found = found
        lines: list[tuple[str, list[Action]]] = [
            (self._sentence(duplicate), self._actions(duplicate)) for duplicate in found[:MOST_SHOWN]
        ]
        if len(found) > MOST_SHOWN:
            lines.append((_("and {count} more").format(count=len(found) - MOST_SHOWN), []))
        if self._taken_code:
            lines.insert(0, (_("The number {code} is taken already.").format(code=self._taken_code), []))
        self.say(lines)

    def _sentence(self, duplicate: Duplicate) -> str:
        if self._is_taken(duplicate):
            return _("It comes from the customer {name}.").format(name=duplicate.name)
        return duplicate.sentence()

    def _actions(self, duplicate: Duplicate) -> list[Action]:
        if duplicate.id is None:
            return []
        actions: list[Action] = [(_("Open"), partial(self._view.open_record, duplicate.entity, duplicate.id))]
        if self._entity == "lead" and duplicate.entity == "customer" and not self._is_taken(duplicate):
            customer = Ref(duplicate.id, duplicate.name)
            actions.append((_("It is this customer"), partial(self._take, customer)))
        return actions

    def _is_taken(self, duplicate: Duplicate) -> bool:
        """Whether the lead names this customer as its own."""
        customer = self._form.value_of("customer") if self._entity == "lead" else None
        return customer is not None and duplicate.entity == "customer" and customer.id == duplicate.id

    def _take(self, customer: Ref) -> None:
        self._form.fill("customer", customer)
        self._form.focus_field("contact_name")
        self._show(self._found)
