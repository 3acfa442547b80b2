"""The line above a board: buttons that say what is shown, each with a menu of what else could be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec import Ref
from crm_desktop.ui.board.choices import PERIODS, Choices
from crm_desktop.ui.board.whose_menu import WhoseMenu, whose_words
from crm_desktop.ui.context import Context
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.menu_actions import check_action


class ChoiceLine(QWidget):
    """Whose cards, when, in which process, in lanes. ``changed`` brings other choices."""

    changed = Signal(object)

    def __init__(self, context: Context, entity: str) -> None:
        super().__init__()
        self._entity = entity
        self._choices = Choices()
        self._processes: Sequence[Ref] = ()
        self._whose = WhoseMenu(context)
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
        self._whose.fill(
            menu, self._choices.whose, lambda group: self.changed.emit(replace(self._choices, whose=group))
        )

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
