"""What belongs to an employee, and giving it to somebody else, when he leaves for instance."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtWidgets import QHBoxLayout, QPushButton

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import administration, sharing
from crm_desktop.services.records import Record
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.sharing.actions import SharingActions
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label


class OwnedCard(Card):
    """Only for who keeps employees. Of somebody who is locked it says that his records wait for another owner."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("What belongs to him"))
        self._view = view
        self._employee = Record("employee", 0, 0)
        self._words, self.hint = label("", wrap=True), label("", "error", wrap=True)
        self.body.addWidget(self._words)
        self.body.addWidget(self.hint)
        self.buttons: dict[str, QPushButton] = {}
        line = QHBoxLayout()
        line.setSpacing(8)
        for entity in sharing.shareable_entities():
            words = _("Assign his {things}…").format(things=_(by_key(entity).label_plural).lower())
            button = secondary_button(words, partial(self.assign, entity), icon_name="swap")
            self.buttons[entity] = button
            line.addWidget(button)
        line.addStretch(1)
        self.body.addLayout(line)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._table_changed)

    def show_employee(self, employee: Record) -> None:
        """Count what belongs to this employee."""
        self._employee = employee
        self.setVisible(employee.id > 0 and self._view.context.person.may("update", "employee"))
        self.refresh()

    def refresh(self) -> None:
        """Count again."""
        employee = self._employee
        if employee.id and self._view.context.person.may("update", "employee"):
            self._view.context.tasks.query(
                self, lambda session: administration.fetch_owned(session, employee.id), self._show, key="owned"
            )

    def assign(self, entity: str) -> None:
        """Ask to whom everything of a kind is given that is his."""
        employee = self._employee

        def ask(ids: list[int]) -> None:
            if ids:
                SharingActions(self, self._view, entity, self.refresh).assign(ids)

        self._view.context.tasks.query(
            self, lambda session: administration.fetch_owned_ids(session, entity, employee.id), ask, key="ids"
        )

    def _show(self, owned: Mapping[str, int]) -> None:
        held = {entity: count for entity, count in owned.items() if count}
        said = _(", ").join(things(by_key(entity), count) for entity, count in held.items())
        self._words.setText(
            _("{things}, with all that belongs to them.").format(things=said) if said else _("Nothing.")
        )
        is_locked = not self._employee.values.get("is_active")
        offered = {entity for entity in held if self._may_assign(entity)}  # a memo is nobody else's
        self.hint.setVisible(is_locked and bool(offered))
        self.hint.setText(_("He is locked. Assign what is his to somebody who looks after it."))
        for entity, button in self.buttons.items():
            button.setVisible(entity in offered)

    def _may_assign(self, entity: str) -> bool:
        person = self._view.context.person
        return entity in self.buttons and person.may("update", entity) and sharing.may_assign_several(person, entity)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in self.buttons:
            self._follower.note()
