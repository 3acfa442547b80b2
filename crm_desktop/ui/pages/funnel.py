"""The funnel of opportunities: how many reached each stage, and what share went on. Each number opens its rows."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QStackedWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.filter_fields import tables_of_filter
from crm_desktop.services.funnel import Funnel, FunnelStage, fetch_funnel
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.chosen_page import ChosenPage
from crm_desktop.ui.board.funnel_view import FunnelView
from crm_desktop.ui.list_page import words
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.card import Card

_TABLES = frozenset({"opportunity", "opportunity_stay", "sales_stage", "sales_process", "dictionary_entry"})


class FunnelPage(ChosenPage):
    """Of the same opportunities as the board."""

    keys = (("Down", N_("Choose a stage")), ("Enter", N_("Open its opportunities")))

    def __init__(self, view: AreaView) -> None:
        self._funnel = Funnel()
        self._is_read = False
        self.table = FunnelView()
        super().__init__(view, "opportunity", "opportunity/funnel", _("Funnel"), self.table)
        self.line.lanes.hide()
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setWidget(self.table)
        card = Card(padding=16)
        card.body.addWidget(area)
        self.stack = QStackedWidget()
        self.stack.addWidget(card)
        self.body.addWidget(self.stack, 1)
        self.setFocusProxy(self.table)
        self._follower = Follower(self, self._open)
        self.table.opened.connect(self.open_rows)
        self._context.bus.changed.connect(self._note_change)

    @property
    def processes(self) -> tuple[Ref, ...]:
        """Those that have stages."""
        return self._funnel.processes()

    def open_rows(self, stage: FunnelStage) -> None:
        """List the opportunities that a stage's number counts."""
        self.open_list(self.table.funnel.rows_of(stage))

    def _open(self) -> None:
        self._show_choices()
        query, person = self.choices.list_query(self.spec.key), self._context.person
        self._context.tasks.query(
            self, lambda session: fetch_funnel(session, query, person), self._take, self._show_failure, key="funnel"
        )

    def _take(self, funnel: Funnel) -> None:
        self._funnel, self._is_read = funnel, True
        self.bar.say_one("")
        self.stack.setCurrentIndex(0)
        self._show_choices()
        self.table.show_funnel(funnel.of(self.choices.process_id))

    def _show_failure(self, error: KnownError) -> None:
        if self._is_read:
            self.bar.say_one(error.message, (_("Try again"), self._open))
            return
        while self.stack.count() > 1:
            before = self.stack.widget(1)
            assert before is not None
            self.stack.removeWidget(before)
            before.deleteLater()
        self.stack.addWidget(words.not_readable(error.message, error.hint, self._open))
        self.stack.setCurrentIndex(1)

    def _note_change(self, table: str, _ids: object) -> None:
        if table in _TABLES or table in tables_of_filter(self.spec, self.choices.group()):
            self._follower.note()
