"""A card goes into another column: what the stage asks for is asked, what came of it is said, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import opportunities
from crm_desktop.services.opportunities import Stage, Stages, asked, is_back
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.model import BoardModel
from crm_desktop.ui.dialogs.move_stage import MoveDialog, not_done
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.tasks import Session


class Mover(QObject):
    """Of the opportunities on one board."""

    def __init__(self, view: AreaView, model: BoardModel, page: QObject, has_read: Callable[[int], object]) -> None:
        """``has_read`` is told of the change sets that were read again already."""
        super().__init__(page)
        self._view, self._model, self._page, self._has_read = view, model, page, has_read

    def move(self, id_: int, column: int) -> None:
        """Let a card enter the stage of a column. It is shown there at once."""
        place = self._model.place_of(id_)
        if place is None or place.column == column:
            return
        seen, wanted = self._model.columns[place.column].ref.id, self._model.columns[column].ref
        self._model.shift(id_, column)

        def begin(stages: Stages) -> None:
            stage = stages.find(wanted)
            if stage is None:
                self._model.refresh()
                return

            def work(session: Session) -> tuple[Record, Record | None]:
                record = opportunities.fetch_where_seen(session, id_, seen)
                if asked(stage, record.values) or is_back(record, stage):
                    return record, None
                return record, opportunities.move(session, record, stage, {}, "")

            self._view.context.tasks.command(self._page, work, partial(self._take, stages, stage), self._fail)

        self._view.context.stages.load(self, begin)

    def _take(self, stages: Stages, stage: Stage, read: tuple[Record, Record | None]) -> None:
        record, moved = read
        before, checked = stages.find(record.values["stage"]), record.values.get("checked") or ()
        unticked = [line for line in before.checklist if line not in checked] if before is not None else []
        if moved is not None:
            self._tell(stage, moved, unticked)
        else:
            self._ask(stage, record, unticked)

    def _ask(self, stage: Stage, record: Record, unticked: Sequence[str]) -> None:
        dialog = MoveDialog(self._view, record, stage, unticked)
        dialog.rejected.connect(self._put_back)
        dialog.decided.connect(partial(self._move, dialog, stage, record))
        dialog.open_quietly()

    def _move(self, dialog: MoveDialog, stage: Stage, record: Record, values: Mapping[str, Any], note: str) -> None:
        def done(moved: Record) -> None:
            dialog.accept()
            self._tell(stage, moved)

        def work(session: Session) -> Record:
            return opportunities.move(session, record, stage, values, note)

        self._view.context.tasks.command(dialog, dialog.sending(work), done, dialog.refuse)

    def _tell(self, stage: Stage, moved: Record, unticked: Sequence[str] = ()) -> None:
        words = _("“{title}” is in stage “{stage}” now.").format(title=moved.title, stage=stage.ref.label)
        if unticked:
            words += " " + not_done(unticked)
        back = partial(undo, self._view, self._view, moved.change_set)
        messages.notify(self._view, words, tone="warn" if unticked else "good", undo=back)
        self._has_read(moved.change_set)
        self._model.note_changes([moved.id])
        self._model.refresh()

    def _fail(self, error: KnownError) -> None:
        self._put_back()
        messages.show_error(self._page, error)

    def _put_back(self) -> None:
        self._model.refresh()
