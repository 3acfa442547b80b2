"""The line above a report: buttons that say what was asked, each with a menu of what else could be."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.analysis import dimension_label
from crm_desktop.services.analysis_parameters import BY_NAME, Parameters, has_process, period_words, sorts_of
from crm_desktop.services.listing import ListQuery, fetch_first_page
from crm_desktop.spec import Ref
from crm_desktop.spec.operators import PERIODS
from crm_desktop.spec.report import ReportSpec
from crm_desktop.ui.board.whose_menu import WhoseMenu, whose_words
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.ask_days import ask_days
from crm_desktop.ui.read_once import ReadOnce
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import as_written, quiet_button
from crm_desktop.ui.widgets.menu_actions import check_action

MOST_PROCESSES = 100
_TIMES = ("month", "quarter", "year", "week", "day")
_OF_TIME = {unit: [key for key, period in PERIODS.items() if period.unit == unit] for unit in _TIMES}


class ParameterLine(QWidget):
    """Period, whose, process, by what rows are gathered and their order. ``changed`` brings other parameters."""

    changed = Signal(object)

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        self._spec: ReportSpec | None = None
        self._parameters = Parameters()
        self._whose = WhoseMenu(context)
        self._processes = ReadOnce(
            context.tasks, context.bus, partial(_fetch_processes, person=context.person), {"sales_process"}
        )
        self.period = self._button("calendar-blank", _("Period"), self._fill_period)
        self.whose = self._button("users", _("Whose"), self._fill_whose)
        self.process = self._button("flow-arrow", _("Sales process"), self._fill_process)
        self.by = self._button("rows", _("Gathered by"), self._fill_by)
        self.then = self._button("tree-structure", _("Then by"), self._fill_then)
        self.sort = self._button("sort-ascending", _("Sort"), self._fill_sort)
        self.sort.setText(_("Sort"))
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for button in (self.period, self.whose, self.process, self.by, self.then, self.sort):
            line.addWidget(button)
        line.addStretch(1)

    def show_parameters(self, spec: ReportSpec, parameters: Parameters) -> None:
        """Say what is shown now."""
        self._spec, self._parameters = spec, parameters
        self.period.setText(period_words(parameters.period))
        self.whose.setText(as_written(whose_words(spec.entity, parameters.whose)))
        self.process.setText(as_written(parameters.process.label if parameters.process else _("All processes")))
        self.process.setVisible(has_process(spec))
        by = spec.dimension(parameters.by)
        self.by.setText(_("By {what}").format(what=dimension_label(spec, by)))
        below = next((one for one in spec.dimensions if one.key == parameters.then and one is not by), None)
        words = _("Then by {what}").format(what=dimension_label(spec, below)) if below else _("No further")
        self.then.setText(words)
        for button in (self.by, self.then):
            button.setVisible(spec.source == "rows")
        self.sort.setVisible(len(sorts_of(spec)) > 1)

    def _button(self, icon_name: str, name: str, fill: Callable[[QMenu], object]) -> QPushButton:
        made = quiet_button("", icon_name=icon_name)
        made.setAccessibleName(name)
        made.setToolTip(name)
        menu = QMenu(made)
        menu.aboutToShow.connect(lambda: fill(menu))
        made.setMenu(menu)
        return made

    def _fill_period(self, menu: QMenu) -> None:
        menu.clear()
        self._offer(menu, _("Any time"), replace(self._parameters, period=""))
        for keys in _OF_TIME.values():
            menu.addSeparator()
            for key in keys:
                self._offer(menu, period_words(key), replace(self._parameters, period=key))
        menu.addSeparator()
        menu.addAction(_("From … to …")).triggered.connect(self._ask_days)

    def _ask_days(self) -> None:
        today = clock.today()
        shown = self._parameters.period
        days = ask_days(self, shown if isinstance(shown, tuple) else (today.replace(day=1), today))
        if days is not None:
            self.changed.emit(replace(self._parameters, period=days))

    def _fill_whose(self, menu: QMenu) -> None:
        self._whose.fill(
            menu, self._parameters.whose, lambda group: self.changed.emit(replace(self._parameters, whose=group))
        )

    def _fill_process(self, menu: QMenu) -> None:
        assert self._spec is not None
        menu.clear()
        if self._spec.source != "funnel":  # each process has one of its own
            self._offer(menu, _("All processes"), replace(self._parameters, process=None))

        def list_processes(found: Sequence[Ref]) -> None:
            for process in found:
                self._offer(menu, process.label, replace(self._parameters, process=process))

        self._processes.load(menu, list_processes)

    def _fill_by(self, menu: QMenu) -> None:
        menu.clear()
        assert self._spec is not None
        for one in self._spec.dimensions:
            self._offer(menu, dimension_label(self._spec, one), replace(self._parameters, by=one.key))

    def _fill_then(self, menu: QMenu) -> None:
        menu.clear()
        assert self._spec is not None
        self._offer(menu, _("No further"), replace(self._parameters, then=""))
        by = self._spec.dimension(self._parameters.by)
        for one in self._spec.dimensions if not by.part else ():
            if one is not by and not one.part:
                self._offer(menu, dimension_label(self._spec, one), replace(self._parameters, then=one.key))

    def _fill_sort(self, menu: QMenu) -> None:
        menu.clear()
        assert self._spec is not None
        sort = self._parameters.sort
        shown = sort.removeprefix("-")
        for text, minus in ((_("Ascending"), ""), (_("Descending"), "-")) if shown else ():
            self._offer(menu, text, replace(self._parameters, sort=minus + shown))
        menu.addSeparator()
        self._offer(menu, _("As the report has it"), replace(self._parameters, sort=""))
        self._offer(menu, _("Name"), replace(self._parameters, sort=sort if shown == BY_NAME else BY_NAME))
        for one in self._spec.measures:
            self._offer(menu, _(one.label), replace(self._parameters, sort=sort if shown == one.key else f"-{one.key}"))

    def _offer(self, menu: QMenu, words: str, parameters: Parameters) -> None:
        action = menu.addAction(as_written(words))
        check_action(action, checked=parameters == self._parameters)
        action.triggered.connect(lambda _checked=False: self.changed.emit(parameters))


def _fetch_processes(session: Session, person: Person) -> list[Ref]:
    spec = by_key("sales_process")
    rows = fetch_first_page(session, ListQuery(entity="sales_process"), person, spec.table.columns[:1], MOST_PROCESSES)
    return [Ref(row.id, str(row.values[spec.table.columns[0].key])) for row in rows]
