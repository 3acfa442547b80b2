"""The line to log in, for a record that is not open: what just happened with it, and what follows."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.services.records import Record
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import TypedDialog
from crm_desktop.ui.form_page.notes import Note
from crm_desktop.ui.pages.log_line import NOTE, LogLine


class LogDialog(TypedDialog):
    """``line.logged`` brings the values; whoever opened it saves them and closes it. What is typed is kept as a draft,
    which the page of the customer or the lead offers too.
    """

    def __init__(self, view: AreaView, record: Record) -> None:
        super().__init__(view.window(), _("What happened with “{title}”?").format(title=record.title), width=620)
        self.line = LogLine(view)
        self.body.addWidget(self.line)
        self.add_cancel()
        self.line.line.setFocus()
        about = ("customer", record.values["customer"].id) if record.entity == "contact" else (record.entity, record.id)
        drafts = view.context.drafts
        self.note = Note(drafts, NOTE, _("Log"), self.line.parts, lambda: record.title, self)
        self.note.watch(*about)
        for draft in [one for one in drafts.waiting_at(*about) if one.place == NOTE and not one.is_doubtful][:1]:
            self.note.apply(draft)
        self.accepted.connect(self.line.clear)
        self.rejected.connect(self.note.discard)

    def is_typed(self) -> bool:
        """Whether something is noted and not logged."""
        return self.line.is_edited()
