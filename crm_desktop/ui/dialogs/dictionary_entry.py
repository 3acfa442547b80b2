"""One choice of a dictionary: its names in both languages, its colour, and whether it is offered."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QVBoxLayout

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.dictionaries import code_for
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec.kinds import BOOL, TEXT
from crm_desktop.ui import icons
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.check_box import CheckBoxEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.widgets.labels import label

TONES = {
    None: N_("None"),
    "good": N_("Green"),
    "warn": N_("Amber"),
    "bad": N_("Red"),
    "violet": N_("Violet"),
    "accent": N_("Blue"),
}


FIXED = N_("The program decides by these entries: they are renamed and coloured, none is added or removed.")


class DictionaryEntryDialog(KeptDialog):
    """Announces the values; whoever shows it saves them and closes it, or shows what was wrong."""

    decided = Signal(object)  # dict by field key

    def __init__(self, view: AreaView, dictionary: Record, entry: Record) -> None:
        parent_entry, is_fixed = entry.values.get("parent"), bool(dictionary.values.get("is_fixed"))
        title = _("New entry below “{title}”").format(title=parent_entry.label) if parent_entry else _("New entry")
        super().__init__(view.window(), _("Change the entry") if entry.id else title)
        self._entry = entry
        self.name = LineEditor(TEXT, _("Name"), required=True, max_length=100)
        self.name_en = LineEditor(TEXT, _("English name"), required=True, max_length=100)
        self.tone = QComboBox()
        self.tone.setAccessibleName(_("Colour"))
        for tone, words in TONES.items():
            self.tone.addItem(icons.icon("circle-fill" if tone else "circle", tone or "faint"), _(words), tone)
        self.is_active = CheckBoxEditor(BOOL, _("In use"))
        self.body.addWidget(self.name)
        self.body.addWidget(self.name_en)
        colour = QVBoxLayout()
        colour.setSpacing(4)
        colour.addWidget(label(_("Colour"), "small"))
        colour.addWidget(self.tone)
        self.body.addLayout(colour)
        self.body.addWidget(self.is_active)
        self.is_active.setVisible(not is_fixed)
        words = _("An entry that is not in use stays where it was chosen, but is no longer offered.")
        self.body.addWidget(label(_(FIXED) if is_fixed else words, "small", wrap=True))
        self.name.set_value(entry.values.get("name"))
        self.name_en.set_value(entry.values.get("name_en"))
        self.tone.setCurrentIndex(max(0, self.tone.findData(entry.values.get("tone"))))
        self.is_active.set_value(entry.values.get("is_active", True))
        self.add_cancel()
        self.add_primary(_("Save"), self._decide)
        place = f"entry/{entry.id}/{parent_entry.id if parent_entry else 0}"
        draft = KeptDraft(view.context.drafts, "dialog", ("dictionary", dictionary.id), place, dictionary.title)
        self.keep_draft(draft, {"name": self.name, "name_en": self.name_en, "is_active": self.is_active})

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        editors = {"name": self.name, "name_en": self.name_en}
        for key, sentence in error.fields.items():
            editors.get(key, self.name).set_error(sentence)

    def _decide(self) -> None:
        if not self.name_en.line.text().strip():
            self.name_en.set_value(self.name.line.text().strip())
        if not (self.name.check() and self.name_en.check()):
            return
        values: dict[str, Any] = {
            "name": self.name.value(),
            "name_en": self.name_en.value(),
            "tone": self.tone.currentData(),
            "is_active": self.is_active.value(),
        }
        if not self._entry.id:
            values["code"] = code_for(values["name_en"])
        self.decided.emit(values)
