"""The line above a board: buttons that say what is shown, each with a menu of what else could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.comments import Colleague
from crm_desktop.services.filter_words import filter_words
from crm_desktop.services.listing import ListQuery, fetch_first_page
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.board.choices import PERIODS, WHOSE, Choices
from crm_desktop.ui.context import Context
from crm_desktop.ui.read_once import ReadOnce
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.menu_actions import check_action

MOST_DEPARTMENTS = 200


class ChoiceLine(QWidget):
    """Whose cards, when, in which process, in lanes. ``changed`` brings other choices."""

    changed = Signal(object)

    def __init__(self, context: Context, entity: str) -> None:
        super().__init__()
        self._context, self._entity = context, entity
        self._choices = Choices()
        self._processes: Sequence[Ref] = ()
        self._departments = ReadOnce(
            context.tasks, context.bus, partial(_fetch_departments, person=context.person), {"department"}
        )
        self.whose = self._button("users", _("Whose"), self._fill_whose)
        self.period = self._button("calendar-blank", _("When"), self._fill_period)
        self.process = self._button("flow-arrow", _("Sales process"), self._fill_process)
        self.lanes = quiet_button(_("Lanes"), self._toggle_lanes, icon_name="rows")
        self.lanes.setCheckable(True)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for button in (self.whose, self.period, self.process, self.lanes):
            line.addWidget(button)

    def show_choices(self, choices: Choices, processes: Sequence[Ref]) -> None:
        """Say what is shown now."""
        self._choices, self._processes = choices, processes
        self.whose.setText(whose_words(self._entity, choices.whose))
        self.period.setText(_(PERIODS[choices.period]))
        shown = next((one for one in processes if one.id == choices.process_id), processes[0] if processes else None)
        self.process.setText(shown.label if shown else "")
        self.process.setVisible(len(processes) > 1)
        self.lanes.setChecked(choices.has_lanes)

    def _button(self, icon_name: str, name: str, fill: Any) -> QPushButton:
        made = quiet_button("", icon_name=icon_name)
        made.setAccessibleName(name)
        menu = QMenu(made)
        menu.aboutToShow.connect(lambda: fill(menu))
        made.setMenu(menu)
        return made

    def _fill_whose(self, menu: QMenu) -> None:
        menu.clear()
        for group, words in WHOSE.items():
            self._offer(menu, _(words), replace(self._choices, whose=group))
        departments, people = menu.addMenu(_("Department")), menu.addMenu(_("Colleague"))

        def list_departments(found: Sequence[Ref]) -> None:
            for ref in found:
                group = Group((Condition("owner.department", "within", (ref,)),))
                self._offer(departments, ref.label, replace(self._choices, whose=group))

        def list_people(found: Sequence[Colleague]) -> None:
            for one in found:
                group = Group((Condition("owner", "any_of", (Ref(one.id, one.name),)),))
                self._offer(people, one.name, replace(self._choices, whose=group))

        self._departments.load(departments, list_departments)
        self._context.colleagues.load(people, list_people)

    def _fill_period(self, menu: QMenu) -> None:
        menu.clear()
        for period, words in PERIODS.items():
            self._offer(menu, _(words), replace(self._choices, period=period))

    def _fill_process(self, menu: QMenu) -> None:
        menu.clear()
        for process in self._processes:
            self._offer(menu, process.label, replace(self._choices, process_id=process.id))

    def _offer(self, menu: QMenu, words: str, choices: Choices) -> None:
        action = menu.addAction(words)
        check_action(action, checked=choices == self._choices)
        action.triggered.connect(lambda _checked=False: self.changed.emit(choices))

    def _toggle_lanes(self) -> None:
        self.changed.emit(replace(self._choices, has_lanes=not self._choices.has_lanes))


def whose_words(entity: str, whose: Group) -> str:
    """Whose cards in a word or two."""
    if whose in WHOSE:
        return _(WHOSE[whose])
    item = whose.items[0]
    if isinstance(item, Condition) and isinstance(item.value, tuple) and all(ref.label for ref in item.value):
        return _(", ").join(ref.label for ref in item.value)
    return " ".join(filter_words(entity, whose))


def _fetch_departments(session: Session, person: Person) -> list[Ref]:
    spec = by_key("department")
    rows = fetch_first_page(
        session, ListQuery(entity="department", preset="all"), person, spec.table.columns[:1], MOST_DEPARTMENTS
    )
    return [Ref(row.id, str(row.values[spec.table.columns[0].key])) for row in rows]
