"""What is to be done next about a card, and when: two lines, changed without opening the record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.records import Record, fetch_record, save_record
from crm_desktop.spec import facts
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.form_page.undoing import notify_saved

FIELDS = ("next_step", "next_on")


class NextStepDialog(Dialog):
    """``values`` are what was entered, once it is accepted."""

    def __init__(self, parent: QWidget | None, record: Record) -> None:
        super().__init__(parent, _("Next step of “{title}”").format(title=record.title), width=480)
        self.editors: dict[str, FieldEditor] = {}
        for key in FIELDS:
            fact = facts(record.spec.fields[key])
            editor = make_editor(fact.kind, _(record.spec.label_of(key)), max_length=fact.max_length)
            editor.set_value(record.values.get(key))
            self.editors[key] = editor
            self.body.addWidget(editor)
        self.add_cancel()
        self.save_button = self.add_primary(_("Save"), self._accept_if_right)
        self.editors[FIELDS[0]].setFocus()

    def values(self) -> Mapping[str, Any]:
        """By field key."""
        return {key: editor.value() for key, editor in self.editors.items()}

    def _accept_if_right(self) -> None:
        wrong = [editor for editor in self.editors.values() if not editor.check()]
        if wrong:
            wrong[0].setFocus()
        else:
            self.accept()


def ask_next_step(view: AreaView, page: QWidget, entity: str, id_: int, done: Callable[[], object]) -> None:
    """Ask what is to be done next about a record, save it and offer to take it back."""
    tasks = view.context.tasks

    def tell(record: Record) -> None:
        notify_saved(view, record, is_new=False)
        done()

    def save(dialog: NextStepDialog, record: Record) -> None:
        values = dialog.values()
        tasks.command(page, lambda session: save_record(session, record, values), tell)

    def ask(record: Record) -> None:
        dialog = NextStepDialog(page.window(), record)
        dialog.accepted.connect(partial(save, dialog, record))
        dialog.open_quietly()

    tasks.query(page, lambda session: fetch_record(session, entity, id_), ask)
