"""A lead: what is known of it, what was done about it, and the way to a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services import leads, records
from crm_desktop.services.leads import Conversion, State
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.convert_lead import ConvertDialog
from crm_desktop.ui.dialogs.drop_lead import DropDialog
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.lead_card import CONVERT, DROP, TAKE_UP, LeadCard
from crm_desktop.ui.pages.log_line import NOTE
from crm_desktop.ui.sharing.ownership_card import OwnershipCard
from crm_desktop.ui.tasks import Session


class LeadPage(FormPage):
    """Where it stands above its form; its follow-ups below."""

    keys = ((TAKE_UP, N_("Take a lead up")), (CONVERT, N_("Convert a lead")), (DROP, N_("Drop a lead")))

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._choices: Choices | None = None
        self.card = LeadCard(view)
        super().__init__(view, entity, id_)
        self.ownership = OwnershipCard(view, self.sharing)
        self.history.shown.connect(self.ownership.show_record)
        self.attached.read.connect(self.ownership.show_surroundings)
        self.body.insertWidget(self.body.indexOf(self.splitter), self.card)
        self.add_below(self.ownership)
        self._editor.loaded.connect(lambda record: self.ownership.setVisible(record.id > 0))
        log = self.card.log_line
        self._log_note = self.keep_note(NOTE, _("Log"), log.parts)
        log.logged.connect(self._log)
        for key, wanted, act in (
            (TAKE_UP, self.card.take_up_wanted, self.take_up),
            (CONVERT, self.card.convert_wanted, self.convert),
            (DROP, self.card.drop_wanted, self.drop),
        ):
            wanted.connect(act)
            here = Qt.ShortcutContext.WidgetWithChildrenShortcut
            QShortcut(QKeySequence(key), self, context=here).activated.connect(act)
        view.context.choices.load(self, self._take_choices)

    @property
    def state(self) -> State | None:
        """Where the lead stands; None while that is not known."""
        return leads.state_of(self._editor.record, self._choices) if self._choices is not None else None

    def is_note_typed(self) -> bool:
        """Also a line that was not logged."""
        return super().is_note_typed() or self.card.log_line.is_edited()

    def take_up(self) -> None:
        """Take care of it from now on."""
        if self._may_change() and self.state in {"new", "dropped"}:
            self._editor.save(lambda: self._run(leads.take_up, _("“{title}” is being worked on.")))

    def convert(self) -> None:
        """Save what is typed, then ask what it becomes."""
        if self._may_change() and self.state in {"new", "working"}:
            self._editor.save(self._ask_conversion)

    def drop(self) -> None:
        """Save what is typed, then ask why it comes to nothing."""
        if self._may_change() and self.state in {"new", "working"}:
            self._editor.save(self._ask_reason)

    # What is shown

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self._show_state()

    def _take_choices(self, choices: Choices) -> None:
        self._choices = choices
        self._show_state()

    def _show_state(self) -> None:
        may_edit = not self._editor.is_read_only
        self.card.show_lead(self._editor.record, self.state, may_edit=may_edit)

    def _may_change(self) -> bool:
        return self._editor.record.id > 0 and not self._editor.is_read_only

    # What is done

    def _ask_conversion(self) -> None:
        assert self._choices is not None
        proposed = leads.proposed(self._editor.record, self.view.context.person, self._choices)
        dialog = ConvertDialog(self.view, self._editor.record, proposed)
        dialog.decided.connect(partial(self._convert, dialog))
        dialog.open_quietly()

    def _convert(self, dialog: ConvertDialog, conversion: Conversion) -> None:
        base = self._editor.record

        def work(session: Session) -> Record:
            return records.reread(session, leads.convert(session, base, conversion))

        def done(converted: Record) -> None:
            dialog.accept()
            self._show_written(_("“{title}” is a customer now."), converted)
            self.view.open_record("customer", converted.values["customer"].id)

        def fail(error: KnownError) -> None:
            if dialog.refuse(error):
                self._editor.load(base.id)

        self.view.context.tasks.command(dialog, dialog.sending(work), done, fail)

    def _ask_reason(self) -> None:
        dialog = DropDialog(self.view)
        dialog.decided.connect(partial(self._drop, dialog))
        dialog.open_quietly()

    def _drop(self, dialog: DropDialog, reason: Ref) -> None:
        dialog.accept()
        self._run(lambda session, lead: leads.drop(session, lead, reason), _("“{title}” was dropped."))

    def _run(self, work: Callable[[Session, Record], Record], words: str) -> None:
        base = self._editor.record
        self.view.context.tasks.command(
            self,
            lambda session: records.reread(session, work(session, base)),
            partial(self._show_written, words),
            self._fail,
        )

    def _show_written(self, words: str, written: Record) -> None:
        self._editor.take_written(written)
        back = partial(undo, self.view, self.view, written.change_set)
        messages.notify(self.view, words.format(title=written.title), undo=back)

    def _fail(self, error: KnownError) -> None:
        """Somebody else was faster, or there is no right: what is there now is read, then said."""
        self._editor.load(self._editor.record.id)
        messages.show_error(self, error)

    def _log(self, values: Mapping[str, Any]) -> None:
        lead, person = self._editor.record, self.view.context.person

        def done(written: tuple[Record, Record]) -> None:
            noted, logged = written
            self.card.log_line.clear()
            self._editor.take_written(noted)
            messages.notify(self, _("Logged."), undo=lambda: undo(self.view, self.view, logged.change_set))

        work = self._log_note.sending(lambda session: leads.follow_up(session, lead, person, **values))
        self.send(work, done, self.card.log_line)
