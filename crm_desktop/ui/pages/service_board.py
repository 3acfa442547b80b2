"""The boards of service requests, by state and by engineer: live for everybody, cards moved by mouse and keyboard."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.entities.boards import ENGINEER_BOARD, SERVICE_BOARD
from crm_desktop.services import records, service_desk
from crm_desktop.services.records import Record
from crm_desktop.services.service_desk import States
from crm_desktop.spec import Ref
from crm_desktop.spec.board import BoardSpec
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.live_page import LiveBoardPage
from crm_desktop.ui.service_steps import ServiceSteps
from crm_desktop.ui.tasks import Session

OPEN = Group((Condition("solved_at", "empty"), Condition("closed_at", "empty")))
LATELY = Group((OPEN, Condition("solved_at", "period", "this_week")), "any")
"""What is open, and what was solved this week, so that it can be revisited."""


class ServiceBoardPage(LiveBoardPage):
    """A card that goes into another column is asked for what that state needs, or given to that engineer."""

    def __init__(self, view: AreaView, board: BoardSpec, shown: Group, title: str) -> None:
        super().__init__(view, board, shown, title)
        self._states = States(())
        self.steps = ServiceSteps(view, self, lambda _record: self.model.refresh())
        self._context.states.load(self, self._take_states)

    def move_card(self, id_: int, column: int) -> None:
        """Let a card go into another column."""
        place = self.model.place_of(id_)
        if place is None or place.column == column:
            return
        wanted, seen = self.model.columns[column].ref, self.model.columns[place.column].ref
        if self._board.column.key == "state":
            self._enter(id_, seen, wanted)
        else:
            self._give(id_, wanted)

    def _enter(self, id_: int, seen: Ref, wanted: Ref) -> None:
        state, before = self._states.find(wanted), self._states.find(seen)
        if state is None or before is None:
            return
        if state.code not in before.following:
            words = _("From “{before}” a request cannot go to “{after}”.").format(before=seen.label, after=wanted.label)
            messages.notify(self, words, tone="warn")
            return

        def ask(record: Record) -> None:
            self.steps.go(record, state)

        self._context.tasks.query(
            self, lambda session: service_desk.fetch_where_seen(session, id_, seen.id), ask, self._fail
        )

    def _give(self, id_: int, engineer: Ref) -> None:
        def work(session: Session) -> Record:
            record = records.fetch_record(session, self._board.entity, id_)
            return records.save_record(session, record, {"owner": engineer})

        def tell(record: Record) -> None:
            self._tell(_("“{title}” was given to {name}.").format(title=record.title, name=engineer.label), record)

        self._context.tasks.command(self, work, tell, self._fail)

    def _take_states(self, states: States) -> None:
        self._states = states

    def _note_change(self, table: str, ids: frozenset[int] | None, change_sets: frozenset[int]) -> None:
        super()._note_change(table, ids, change_sets)
        if table == "dictionary_entry":
            self._context.states.load(self, self._take_states)


def by_state(view: AreaView) -> ServiceBoardPage:
    """The board whose columns are states."""
    return ServiceBoardPage(view, SERVICE_BOARD, LATELY, _("Board by state"))


def by_engineer(view: AreaView) -> ServiceBoardPage:
    """The board whose columns are engineers."""
    return ServiceBoardPage(view, ENGINEER_BOARD, OPEN, _("Board by engineer"))
