"""A service request: where it stands and what can be done next above its form; what it went through below."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.calls import fetch_numbers
from crm_desktop.services.knowledge import article_from
from crm_desktop.services.records import Record
from crm_desktop.services.service_desk import State, States
from crm_desktop.spec import EntitySpec, Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.parts_card import PartsCard
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.page import WRITE_ARTICLE
from crm_desktop.ui.pages.state_card import MOST_KEYS, StateCard
from crm_desktop.ui.pages.sum_card import SumCard
from crm_desktop.ui.pages.visits_card import PLAN, VisitsCard
from crm_desktop.ui.service_steps import ServiceSteps
from crm_desktop.ui.sharing.ownership_card import OwnershipCard
from crm_desktop.ui.widgets.buttons import quiet_button

DIAL = "Alt+D"


class ServiceRequestPage(FormPage):
    """What is typed is saved before a request goes on."""

    keys = (
        ("Alt+1", N_("First of the buttons above a service request, Alt+2 the second, and so on")),
        (WRITE_ARTICLE, N_("New knowledge article from a solved service request")),
        (DIAL, N_("Call who asked")),
        (PLAN, N_("Plan a visit")),
    )

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._states = States(())
        self.state_card, self.visits = StateCard(), VisitsCard(view)
        self.article_button = quiet_button(_("New article"), icon_name="book-open", shortcut=WRITE_ARTICLE)
        super().__init__(view, entity, id_)
        self.steps = ServiceSteps(view, self, self._take)
        self.ownership = OwnershipCard(view, self.sharing)
        self.history.shown.connect(self.ownership.show_record)
        self.attached.read.connect(self.ownership.show_surroundings)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.state_card)
        self.add_below(self.visits)
        self.add_below(self.ownership)
        self.ownership.setVisible(id_ > 0)
        self._editor.loaded.connect(lambda record: self.ownership.setVisible(record.id > 0))
        self.article_button.clicked.connect(self.write_article)
        self.heading.add(self.article_button)
        self.state_card.move_wanted.connect(self.go_to)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for place in range(MOST_KEYS):
            key = QShortcut(QKeySequence(f"Alt+{place + 1}"), self, context=here)
            key.activated.connect(partial(self._go, place))
        QShortcut(QKeySequence(DIAL), self, context=here).activated.connect(self.state_card.dial)
        view.context.bus.changed.connect(self._note_change)
        self._load_states()

    def part_card(self, part: EntitySpec) -> PartsCard:
        """Parts and expenses are added up."""
        return SumCard(self.view, part) if "amount" in part.fields else super().part_card(part)

    def go_to(self, state: State) -> None:
        """Save what is typed, then ask what the state asks for."""
        if self._editor.record.id and not self._editor.is_read_only:
            self._editor.save(lambda: self.steps.go(self._editor.record, state))

    def write_article(self) -> None:
        """Begin a knowledge article with what the request says, so that the next one finds it."""
        if self.article_button.isVisible():
            open_new(self.view, "knowledge_article", **article_from(self._editor.record))

    def _go(self, place: int) -> None:
        if place < len(self.state_card.ways):
            self.go_to(self.state_card.ways[place][1])

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self.visits.show_record(record)
        self.view.context.tasks.query(
            self, lambda session: fetch_numbers(session, record.id), self.state_card.show_numbers, key="numbers"
        )
        may_write = self.view.context.person.may("create", "knowledge_article")
        self.article_button.setVisible(bool(record.id and record.values.get("solution")) and may_write)
        self._show_state()

    def _show_state(self) -> None:
        person = self.view.context.person
        me, may_edit = Ref(person.id, person.name), not self._editor.is_read_only
        self.state_card.show_record(self._editor.record, self._states, me, person.pool_id or 0, may_edit=may_edit)

    def _load_states(self) -> None:
        def take(states: States) -> None:
            self._states = states
            self._show_state()

        self.view.context.states.load(self, take)

    def _take(self, moved: Record | None) -> None:
        """Show the record as it is after a step, or read it again where somebody else was first."""
        if moved is None:
            self._editor.load(self._editor.record.id)
        else:
            self._editor.take_written(moved)

    def _note_change(self, table: str, _ids: object) -> None:
        if table == "dictionary_entry":
            self._load_states()
