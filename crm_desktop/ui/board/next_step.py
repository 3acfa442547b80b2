"""What is to be done next about a card, and when: two lines, changed without opening the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.records import FieldsError, Record, fetch_record, save_record
from crm_desktop.spec import facts
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.page_draft import KeptDraft

FIELDS = ("next_step", "next_on")


class NextStepDialog(KeptDialog):
    """Announces the values; whoever shows it saves and closes it, or shows what was wrong."""

    decided = Signal(object)  # dict by field key

    def __init__(self, view: AreaView, record: Record) -> None:
        super().__init__(view.window(), _("Next step of “{title}”").format(title=record.title), width=480)
        self.editors: dict[str, FieldEditor] = {}
        for key in FIELDS:
            fact = facts(record.spec.fields[key])
            editor = make_editor(fact.kind, _(record.spec.label_of(key)), max_length=fact.max_length)
            editor.set_value(record.values.get(key))
            self.editors[key] = editor
            self.body.addWidget(editor)
        self.add_cancel()
        self.save_button = self.add_primary(_("Save"), self._decide)
        self.editors[FIELDS[0]].setFocus()
        draft = KeptDraft(view.context.drafts, "dialog", (record.entity, record.id), "next step", record.title)
        self.keep_draft(draft, self.editors)

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        for key, sentence in error.fields.items():
            self.editors.get(key, self.editors[FIELDS[0]]).set_error(sentence)

    def _decide(self) -> None:
        wrong = [editor for editor in self.editors.values() if not editor.check()]
        if wrong:
            wrong[0].setFocus()
        else:
            self.decided.emit({key: editor.value() for key, editor in self.editors.items()})


def ask_next_step(view: AreaView, page: QWidget, entity: str, id_: int, done: Callable[[], object]) -> None:
    """Ask what is to be done next about a record, save it and offer to take it back."""
    tasks = view.context.tasks

    def save(dialog: NextStepDialog, record: Record, values: Mapping[str, Any]) -> None:
        def tell(saved: Record) -> None:
            dialog.accept()
            notify_saved(view, saved, is_new=False)
            done()

        tasks.command(dialog, dialog.sending(lambda session: save_record(session, record, values)), tell, dialog.refuse)

    def ask(record: Record) -> None:
        dialog = NextStepDialog(view, record)
        dialog.decided.connect(partial(save, dialog, record))
        dialog.open_quietly()

    tasks.query(page, lambda session: fetch_record(session, entity, id_), ask)
