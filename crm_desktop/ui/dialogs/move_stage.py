"""Into another stage: only what that stage asks for, and why. Enter moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal

from crm_desktop.core import clock
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.opportunities import Stage, asked, is_back, needed
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.widgets.bar import Bar

NOTE_LENGTH = 300


class MoveDialog(KeptDialog):
    """Announces the values and the note; whoever shows it moves and closes it, or shows what was wrong."""

    decided = Signal(object, str)  # dict by field key, note

    def __init__(self, view: AreaView, record: Record, stage: Stage, unticked: Sequence[str]) -> None:
        title = _("Move to “{stage}”").format(stage=stage.ref.label)
        super().__init__(view.window(), title, width=480)
        self._record = record
        self.editors: dict[str, FieldEditor] = {}
        self.warning = Bar("warn")
        back = is_back(record, stage)
        if unticked and not back and stage.outcome in {"open", "won"}:
            self.warning.say_one(not_done(unticked))
        self.body.addWidget(self.warning)
        maker = FieldMaker(view, self, record.spec, self._value_of)
        for key in asked(stage, record.values):
            self._add(maker, key, is_needed=key in needed(stage))
        words = _("Why it goes back") if back else _("Note")
        self.note = LineEditor(TEXT, words, required=back, max_length=NOTE_LENGTH)
        self.body.addWidget(self.note)
        self.add_cancel()
        self.move_button = self.add_primary(_("Move"), self._decide)
        first = next(iter(self.editors.values()), self.note)
        first.setFocus()
        about, place = (record.entity, record.id), f"move/{stage.ref.id}"
        draft = KeptDraft(view.context.drafts, "dialog", about, place, record.title)
        self.keep_draft(draft, {**self.editors, "note": self.note})

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        for key, sentence in error.fields.items():
            self.editors.get(key, self.note).set_error(sentence)

    def _add(self, maker: FieldMaker, key: str, *, is_needed: bool) -> None:
        editor = maker.make(self._record.spec.fields[key], required=is_needed)
        value = self._record.values.get(key)
        editor.set_value(clock.today() if key == "closed_on" and value is None else value)
        self.editors[key] = editor
        self.body.addWidget(editor)

    def _value_of(self, key: str) -> Any:
        try:
            return self.editors[key].value() if key in self.editors else self._record.values.get(key)
        except KnownError:
            return None

    def _decide(self) -> None:
        wrong = [editor for editor in (*self.editors.values(), self.note) if not editor.check()]
        if wrong:
            wrong[0].setFocus()
            return
        values: Mapping[str, Any] = {key: editor.value() for key, editor in self.editors.items()}
        self.decided.emit(values, self.note.value() or "")


def not_done(unticked: Sequence[str]) -> str:
    """Which lines of a stage's checklist are left."""
    return _("Not done yet: {lines}").format(lines=_("; ").join(unticked))
