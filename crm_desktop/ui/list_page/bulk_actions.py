"""Changing what a list shows: many records at once, a pasted block, deleting. Each is looked at before it is written,
is one change set, and offers to be taken back.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.entities import by_key
from crm_desktop.services import bulk, bulk_cells, leads, sales_targets, tasks
from crm_desktop.services.bulk import Changed, Rehearsal
from crm_desktop.services.bulk_cells import CellsRehearsal
from crm_desktop.services.bulk_steps import Step
from crm_desktop.services.opportunities import Stages
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.bulk_delete import BulkDeleteDialog
from crm_desktop.ui.dialogs.bulk_edit import BulkEditDialog
from crm_desktop.ui.dialogs.move_several import MoveSeveralDialog
from crm_desktop.ui.dialogs.paste_preview import PastePreview
from crm_desktop.ui.dialogs.progress import show_progress
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.chip import Tone

MOST_PASTED = 10_000


class BulkActions:
    """``done`` is called whenever something was written or taken back."""

    def __init__(self, page: QWidget, view: AreaView, entity: str, done: Callable[[], object]) -> None:
        self._page, self._view, self._entity, self._done = page, view, entity, done

    @property
    def _spec(self) -> EntitySpec:
        """As it is at the moment: the administrator may add fields."""
        return by_key(self._entity)

    def edit(self, ids: Sequence[int], key: str = "") -> BulkEditDialog:
        """Ask what to change of these records; ``key`` proposes a field."""
        dialog = BulkEditDialog(self._view, self._spec, ids, self._change)
        if key:
            dialog.lines[0].choose(key)
        dialog.open_quietly()
        return dialog

    def move(self, ids: Sequence[int]) -> None:
        """Ask to which stage these opportunities shall go."""

        def ask(stages: Stages) -> None:
            MoveSeveralDialog(self._view, stages, ids, self._change).open_quietly()

        self._view.context.stages.load(self._page, ask)

    def give_by_rule(self, ids: Sequence[int]) -> None:
        """Give leads to people by the firm's rules."""
        label = things(self._spec, len(ids))

        def tell(given: tuple[int, dict[str, int]]) -> None:
            change_set, receivers = given
            count = sum(receivers.values())
            text = _("No lead was assigned.")
            if count:
                got = _(", ").join(f"{name} {each:,}" for name, each in receivers.items())
                text = _("{things} assigned by rule: {got}.").format(things=things(self._spec, count), got=got)
            if count < len(ids):
                text += " " + _("No rule fits the others, or they have an owner already.")
            back = partial(undo, self._view, self._view, change_set, self._done) if count else None
            messages.notify(self._page, text, tone="good" if count == len(ids) else "warn", undo=back)
            self._done()

        self._view.context.tasks.command(
            self._page, lambda session: leads.give_by_rule(session, ids, label), tell, waits=True
        )

    def finish(self, ids: Sequence[int]) -> None:
        """These tasks are done."""
        label = things(self._spec, len(ids))

        def tell(finished: tuple[int, int]) -> None:
            change_set, count = finished
            text = _("{things} done.").format(things=things(self._spec, count))
            if count < len(ids):
                text += " " + _("The others are over already, or not yours to change.")
            back = partial(undo, self._view, self._view, change_set, self._done) if count else None
            messages.notify(self._page, text, tone="good" if count == len(ids) else "warn", undo=back)
            self._done()

        self._view.context.tasks.command(
            self._page, lambda session: tasks.finish_several(session, ids, label), tell, waits=True
        )

    def copy_on(self, ids: Sequence[int]) -> None:
        """Set these sales targets for the year after, too."""
        label = things(self._spec, len(ids))

        def tell(copied: tuple[int, int]) -> None:
            change_set, count = copied
            text = _("{things} copied to the next year.").format(things=things(self._spec, count))
            if count < len(ids):
                text += " " + _("The others have one there already, have left, or are not yours to set.")
            back = partial(undo, self._view, self._view, change_set, self._done) if count else None
            messages.notify(self._page, text, tone="good" if count == len(ids) else "warn", undo=back)
            self._done()

        self._view.context.tasks.command(
            self._page, lambda session: sales_targets.copy_on(session, ids, label), tell, waits=True
        )

    def delete(self, ids: Sequence[int], name: str = "") -> None:
        """Ask whether these records may go; ``name`` is what the only one is called."""
        dialog = BulkDeleteDialog(self._view, self._spec, ids, name, partial(self._delete, name))
        dialog.open_quietly()
        dialog.rehearse()

    def paste(self, below: Sequence[int], selected: Sequence[int], columns: Sequence[Column]) -> None:
        """Read the clipboard into the rows ``below`` and into ``columns``, from the first of both; a single cell fills
        the first column of all ``selected`` rows.
        """
        block = read_block(QGuiApplication.clipboard().text())
        headings = [_(self._spec.column_label(column)) for column in columns]
        if len(block) > 1 and block[0] == headings[: len(block[0])]:
            block = block[1:]  # a table that was copied here brings its headings
        ids = below
        if len(block) == 1 and len(block[0]) == 1 and len(selected) > 1:
            ids, block = selected, block * len(selected)
        if not block or not ids:
            return
        if len(block) > MOST_PASTED:
            text = _("More than {count} rows are better imported than pasted.").format(count=f"{MOST_PASTED:,}")
            messages.notify(self._page, text, tone="warn")
            return
        keys = [column.key for column in columns]
        texts = {id_: dict(zip(keys, line, strict=False)) for id_, line in zip(ids, block, strict=False)}
        person, entity = self._view.context.person, self._entity
        self._view.context.tasks.query(
            self._page,
            lambda session: bulk_cells.rehearse_cells(session, person, entity, texts),
            self._ask_paste,
            key="paste",
        )

    def _ask_paste(self, rehearsal: CellsRehearsal) -> None:
        dialog = PastePreview(self._page, self._spec, rehearsal, lambda: self._write_cells(rehearsal))
        dialog.open_quietly()

    def _write_cells(self, rehearsal: CellsRehearsal) -> None:
        label = things(self._spec, len({cell.id for cell in rehearsal.changing}))

        def work(session: Session, progress: Progress) -> Changed:
            return bulk_cells.change_cells(session, self._entity, rehearsal, label, progress)

        self._run(_("Paste"), work, _("{things} changed"))

    def _change(self, steps: Sequence[Step], rehearsal: Rehearsal) -> None:
        label = things(self._spec, len(rehearsal.targets.ids))

        def work(session: Session, progress: Progress) -> Changed:
            return bulk.change_all(session, self._entity, steps, rehearsal.targets, label, progress)

        self._run(_("Change {what}").format(what=label), work, _("{things} changed"))

    def _delete(self, name: str, rehearsal: Rehearsal) -> None:
        label = name or things(self._spec, len(rehearsal.targets.ids))

        def work(session: Session, progress: Progress) -> Changed:
            return bulk.delete_all(session, self._entity, rehearsal.targets, label, progress)

        self._run(_("Delete {what}").format(what=label), work, _("{things} deleted"))

    def _run(self, title: str, work: Callable[[Session, Progress], Changed], sentence: str) -> None:
        def tell(changed: Changed) -> None:
            text = sentence.format(things=things(self._spec, changed.count))
            if changed.left:
                text += " " + _("{count} were changed by somebody meanwhile and stay.").format(
                    count=f"{changed.left:,}"
                )
            tone: Tone = "warn" if changed.left or not changed.count else "good"
            messages.notify(self._page, text, tone=tone, undo=partial(take_back, changed) if changed.count else None)
            self._done()

        def take_back(changed: Changed) -> None:
            undo(self._view, self._view, changed.change_set, self._done, is_long=True)

        running = self._view.context.tasks.long_command(self._page, work, tell, waits=True)
        show_progress(self._page, title, running)


def read_block(text: str) -> list[list[str]]:
    """The cells of a table as Excel puts it on the clipboard: tabs between, quotes round what has line breaks."""
    lines = list(csv.reader(io.StringIO(text, newline=""), dialect="excel-tab"))
    while lines and not any(lines[-1]):
        lines.pop()
    return lines
