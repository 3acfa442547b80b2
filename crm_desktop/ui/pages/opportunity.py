"""An opportunity: where it stands and the way on above its form; who decides, what it is about and its way below."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.services import opportunities, records
from crm_desktop.services.knowledge import article_from_deal
from crm_desktop.services.opportunities import Stage, Stages
from crm_desktop.services.records import Record
from crm_desktop.spec import EntitySpec
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.move_stage import MoveDialog
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.record_page import open_new
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.page import WRITE_ARTICLE
from crm_desktop.ui.pages.lines_card import LinesCard
from crm_desktop.ui.pages.stage_card import MOST_KEYS, StageCard
from crm_desktop.ui.pages.stays_card import StaysCard
from crm_desktop.ui.sharing.ownership_card import OwnershipCard
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button

OWN_PLACE = 2  # after the facts and the needs, before what few fill in


class OpportunityPage(FormPage):
    """What an opportunity is about, and the way through its stages above it."""

    keys = (
        ("Alt+1", N_("Opportunity to its first stage, Alt+2 to the second, and so on")),
        ("Ctrl+Right", N_("Opportunity to the next stage, Ctrl+Left to the one before")),
        (WRITE_ARTICLE, N_("New knowledge article from the summary of an opportunity")),
    )

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._stages = Stages(())
        self._unsaved_ticks: list[str] | None = None
        self._is_ticking = False
        self.stage_card, self.lines, self.stays = StageCard(), LinesCard(view), StaysCard(view)
        self.article_button = quiet_button(_("New article"), icon_name="book-open", shortcut=WRITE_ARTICLE)
        super().__init__(view, entity, id_)
        self.ownership = OwnershipCard(view, self.sharing)
        self.history.shown.connect(self.ownership.show_record)
        self.attached.read.connect(self.ownership.show_surroundings)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.stage_card)
        for card in (self.lines, self.stays, self.ownership):
            self.add_below(card)
        self._editor.form.put_between(self.own, OWN_PLACE)
        self._editor.form.completed.connect(self._show_result)
        self.ownership.setVisible(id_ > 0)
        self._editor.loaded.connect(lambda record: self.ownership.setVisible(record.id > 0))
        self.article_button.clicked.connect(self.write_article)
        self.heading.add(self.article_button)
        self.stage_card.move_wanted.connect(self.move_to)
        self.stage_card.ticked.connect(self._tick)
        self.stage_card.next_step_wanted.connect(lambda: self._editor.form.focus_field("next_step"))
        self.lines.read.connect(lambda _rows: self._show_stage())
        self.lines.amount_wanted.connect(self._use_as_amount)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for place in range(MOST_KEYS):
            key = QShortcut(QKeySequence(f"Alt+{place + 1}"), self, context=here)
            key.activated.connect(partial(self._move_to_place, place))
        for keys, direction in (("Ctrl+Right", 1), ("Ctrl+Left", -1)):
            QShortcut(QKeySequence(keys), self, context=here).activated.connect(partial(self._move_by, direction))
        view.context.bus.changed.connect(self._stages_changed)
        self._load_stages()

    def shown_parts(self) -> tuple[EntitySpec, ...]:
        """Who decides; products and stages have cards of their own."""
        return (by_key("opportunity_contact"),)

    def move_to(self, stage: Stage) -> None:
        """Save what is typed, then ask what the stage asks for."""
        if self._may_move() and stage != self.stage_card.current:
            self._editor.save(partial(self._ask, stage))

    def write_article(self) -> None:
        """Begin a knowledge article with what was learned, so that the next deal profits."""
        if self.article_button.isVisible():
            open_new(self.view, "knowledge_article", **article_from_deal(self._editor.record))

    # What is shown

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        may_write = self.view.context.person.may("create", "knowledge_article")
        self.article_button.setVisible(bool(record.id and record.values.get("summary")) and may_write)
        self.lines.show_parent(record)
        self.stays.show_record(record)
        self._show_stage()

    def _show_stage(self) -> None:
        record, may_edit = self._editor.record, not self._editor.is_read_only
        self.stage_card.show_record(record, self._stages, may_edit=may_edit)
        self.lines.offer_amount(record, may_edit=may_edit)
        self._editor.form.editor("stage").set_read_only(record.id > 0 or not may_edit)
        self._show_result()

    def _show_result(self) -> None:
        """When and why it ended is asked when it ends."""
        form, stage = self._editor.form, self.stage_card.current
        if form.is_complete:
            is_open = self._editor.record.id > 0 and stage is not None and not stage.is_end
            for key in ("closed_on", "reason"):
                form.editor(key).set_read_only(self._editor.is_read_only or is_open)

    def _load_stages(self) -> None:
        def take(stages: Stages) -> None:
            self._stages = stages
            self._show_stage()

        self.view.context.stages.load(self, take)

    def _stages_changed(self, table: str, _ids: object) -> None:
        if table in {"sales_process", "sales_stage"}:
            self._load_stages()

    # Moving

    def _may_move(self) -> bool:
        return self._editor.record.id > 0 and not self._editor.is_read_only and self.stage_card.current is not None

    def _move_to_place(self, place: int) -> None:
        if place < len(self.stage_card.path):
            self.move_to(self.stage_card.path[place])

    def _move_by(self, direction: int) -> None:
        stage = self.stage_card.neighbour(direction)
        if stage is not None:
            self.move_to(stage)

    def _ask(self, stage: Stage) -> None:
        record = self._editor.record
        dialog = MoveDialog(self.view, record, stage, self.stage_card.unticked())
        dialog.decided.connect(partial(self._move, dialog, record, stage))
        dialog.open_quietly()

    def _move(self, dialog: MoveDialog, base: Record, stage: Stage, values: Mapping[str, Any], note: str) -> None:
        """``base`` is what the dialog was about: where somebody has moved it since, that is said."""

        def work(session: Session) -> Record:
            return records.reread(session, opportunities.move(session, base, stage, values, note))

        def done(moved: Record) -> None:
            dialog.accept()
            self._editor.take_written(moved)
            words = _("“{title}” is in stage “{stage}” now.").format(title=moved.title, stage=stage.ref.label)
            messages.notify(self, words, undo=lambda: undo(self.view, self.view, moved.change_set))

        def fail(error: KnownError) -> None:
            if dialog.refuse(error):
                self._editor.load(base.id)

        self.view.context.tasks.command(dialog, dialog.sending(work), done, fail)

    # What is written past the form

    def _tick(self, lines: list[str]) -> None:
        """One save at a time; what is ticked meanwhile is saved next."""
        self._unsaved_ticks = lines
        if not self._is_ticking:
            self._save_ticks()

    def _save_ticks(self) -> None:
        lines, self._unsaved_ticks = self._unsaved_ticks, None
        if lines is None:
            return
        self._is_ticking = True

        def end() -> None:
            self._is_ticking = False
            self._save_ticks()

        def done(saved: Record) -> None:
            if self._unsaved_ticks is None:
                self._editor.take_written(saved)
            else:
                self._editor.record = saved
            end()

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self._unsaved_ticks = None
            self._editor.load(self._editor.record.id)
            end()

        base = self._editor.record
        self.view.context.tasks.command(
            self, lambda session: records.save_record(session, base, {"checked": lines}), done, fail
        )

    def _use_as_amount(self, total: Decimal) -> None:
        base, values = self._editor.record, {"amount": total}

        def work(session: Session) -> Record:
            return records.reread(session, records.save_record(session, base, values))

        def done(saved: Record) -> None:
            self._editor.take_written(saved)
            notify_saved(self.view, saved, is_new=False)

        self.view.context.tasks.command(self, work, done)
