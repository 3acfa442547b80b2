"""The board of tasks by state."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.entities.boards import TASK_BOARD
from crm_desktop.services import records
from crm_desktop.services.records import Record
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.live_page import LiveBoardPage
from crm_desktop.ui.tasks import Session

LATELY = Group((Condition("done_at", "empty"), Condition("done_at", "period", "this_week")), "any")
"""What is not done, and what was done this week."""


class TaskBoardPage(LiveBoardPage):
    """A card goes where the database lets it; a task that is given back needs a word, which stands in its feedback."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(view, TASK_BOARD, LATELY, _("Board of tasks"))

    def move_card(self, id_: int, column: int) -> None:
        """Let a task enter a state; it is shown there at once."""
        place = self.model.place_of(id_)
        if place is None or place.column == column:
            return
        wanted = self.model.columns[column].ref
        self.model.shift(id_, column)

        def work(session: Session) -> Record:
            record = records.fetch_record(session, self._board.entity, id_)
            return records.save_record(session, record, {"state": wanted})

        def tell(record: Record) -> None:
            self._tell(_("“{title}”: {state}").format(title=record.title, state=wanted.label), record)

        self._context.tasks.command(self, work, tell, self._fail)
