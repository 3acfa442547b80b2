"""One custom field: what it is called, what it holds and where it stands, with a view of how it will look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from crm_desktop.core.i18n import Named, _
from crm_desktop.entities import by_key
from crm_desktop.entities.custom_fields import KINDS, SECTION
from crm_desktop.services.custom_fields import customisable
from crm_desktop.services.records import FieldsError, Record
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import BOOL, CHOICE, DATE, EMAIL, LONG_TEXT, MONEY, NUMBER, REFERENCE, TEXT, Kind
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import KeptDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.check_box import CheckBoxEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.fields.long_text import LongTextEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.page_draft import KeptDraft
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

WIDTH = 760
PREVIEW_WIDTH = 260
_EDITED = {
    "text": TEXT, "long_text": LONG_TEXT, "number": NUMBER, "money": MONEY, "date": DATE, "bool": BOOL, "email": EMAIL,
}  # fmt: skip


class CustomFieldDialog(KeptDialog):
    """Announces values and the first choices; whoever shows it saves and closes it, or shows what was wrong."""

    decided = Signal(object, object)  # dict by field key, list of choices
    dictionary_wanted = Signal(int)  # id of the dictionary of a choice, to be opened

    def __init__(self, view: AreaView, key: str, field: Record) -> None:
        """``key`` is that of the page at the side."""
        title = _("Change the field") if field.id else _("New field")
        super().__init__(view.window(), title, width=WIDTH)
        self._field = field
        entity = by_key(str(field.values["entity"]))
        self._sections = ["", *(section.label for section in entity.form.sections if section.label != SECTION)]
        self._targets = customisable()
        values = field.values
        self.name = LineEditor(TEXT, _("Name"), required=True, max_length=60)
        self.name_en = LineEditor(TEXT, _("English name"), max_length=60)
        self.kind = _choice(_("Kind"), [_(words) for words in self._kinds().values()], required=True)
        self.target = _choice(_("Refers to"), [_(spec.label_plural) for spec in self._targets], required=True)
        self.choices = LongTextEditor(
            LONG_TEXT, _("Choices"), help_text=_("One a line. Their order, colours and English names: in Dictionaries.")
        )
        self.section = _choice(_("Part of the form"), [_(section or SECTION) for section in self._sections])
        self.help = LineEditor(TEXT, _("Help"), max_length=200, help_text=_("Stands below the field in forms."))
        self.is_required = CheckBoxEditor(BOOL, _("Needed"), help_text=_("Forms ask for it."))
        self.is_listed = CheckBoxEditor(BOOL, _("Column of the list"), help_text=_("Else chosen with “Columns”."))
        self.is_active = CheckBoxEditor(
            BOOL, _("In use"), help_text=_("Out of use it is shown nowhere. Its data stay and come back with it.")
        )
        self._lay_out()
        self.name.set_value(values.get("name"))
        self.name_en.set_value(values.get("name_en"))
        self.kind.set_value(_ref(list(KINDS), values.get("kind"), KINDS.get(str(values.get("kind")), "")))
        keys = [spec.key for spec in self._targets]
        target = str(values.get("target") or "")
        self.target.set_value(_ref(keys, target, by_key(target).label_plural if target in keys else ""))
        section = values.get("section") if values.get("section") in self._sections else ""
        self.section.set_value(_ref(self._sections, section, str(section or SECTION)))
        self.help.set_value(values.get("help"))
        for flag in ("is_required", "is_listed", "is_active"):
            getattr(self, flag).set_value(values.get(flag, flag == "is_active"))
        self.kind.set_read_only(bool(field.id) and values.get("kind") != "text")
        self.target.set_read_only(bool(field.id))
        for editor in (self.name, self.name_en, self.kind, self.target, self.help, self.is_required):
            editor.changed.connect(self._show_preview)
        self._show_preview()
        place = f"{key}#{entity.key}/{field.id}"
        draft = KeptDraft(view.context.drafts, "page", (view.area.key, 0), place, field.title or _("Custom fields"))
        names = (
            "name",
            "name_en",
            "kind",
            "target",
            "choices",
            "section",
            "help",
            "is_required",
            "is_listed",
            "is_active",
        )
        self.keep_draft(draft, {name: getattr(self, name) for name in names})

    def show_errors(self, error: FieldsError) -> None:
        """Say under the fields what is wrong."""
        for key, sentence in error.fields.items():
            editor = getattr(self, key, None)
            (editor if isinstance(editor, FieldEditor) else self.name).set_error(sentence)

    def _kinds(self) -> Mapping[str, str]:
        """What the field can still become: a text that holds data only a longer one."""
        if self._field.id and self._field.values["kind"] == "text":
            return {kind: KINDS[kind] for kind in ("text", "long_text")}
        return KINDS

    def _lay_out(self) -> None:
        fields = QVBoxLayout()
        fields.setSpacing(12)
        for pair in (
            (self.name, self.name_en),
            (self.kind, self.target),
            (self.choices,),
            (self.section, self.help),
            (self.is_required, self.is_listed, *((self.is_active,) if self._field.id else ())),
        ):
            line = QHBoxLayout()
            line.setSpacing(16)
            for editor in pair:
                line.addWidget(editor, 1)
            fields.addLayout(line)
        fields.addStretch(1)
        self.preview = Card(_("In the form"))
        self.preview.setFixedWidth(PREVIEW_WIDTH)
        self._shown: FieldEditor | None = None
        self._note = label("", "small", wrap=True)
        self.preview.body.addWidget(self._note)
        self.preview.body.addStretch(1)
        side_by_side = QHBoxLayout()
        side_by_side.setSpacing(24)
        side_by_side.addLayout(fields, 1)
        side_by_side.addWidget(self.preview)
        self.body.addLayout(side_by_side)
        dictionary = self._field.values.get("dictionary")
        if self._field.id and isinstance(dictionary, Ref):
            self.add_secondary(_("Open the choices"), lambda: self.dictionary_wanted.emit(dictionary.id))
        self.add_cancel()
        self.add_primary(_("Save") if self._field.id else _("Add the field"), self._decide)

    def _show_preview(self) -> None:
        kind = self._kind()
        self.target.setVisible(kind == "reference")
        self.choices.setVisible(kind == "choice" and not self._field.id)
        self.is_required.setEnabled(kind != "bool")
        if self._shown is not None:
            self._shown.hide()
            self._shown.deleteLater()
        name = _(Named(self.name.line.text().strip() or _("Name"), self.name_en.line.text().strip()))
        required = bool(self.is_required.value()) and kind != "bool"
        self._shown = _editor(kind, name, self.help.line.text().strip(), required=required)
        self._shown.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.preview.body.insertWidget(1, self._shown)
        self._note.setText(_("What a field holds cannot be changed later, but for a text that may become longer."))

    def _kind(self) -> str:
        chosen = self.kind.chosen()
        return list(self._kinds())[chosen.id] if chosen is not None else "text"

    def _decide(self) -> None:
        kind = self._kind()
        asked = [self.name, self.name_en, self.kind, self.section, *([self.target] if kind == "reference" else [])]
        if not all([editor.check() for editor in asked]):  # noqa: C419 - each is to say what is wrong
            return
        section, target = self.section.chosen(), self.target.chosen()
        values: dict[str, Any] = {
            "name": self.name.value(),
            "name_en": self.name_en.value(),
            "kind": kind,
            "section": (self._sections[section.id] if section is not None else "") or None,
            "help": self.help.value(),
            "is_required": self.is_required.value() and kind != "bool",
            "is_listed": self.is_listed.value(),
            "is_active": self.is_active.value(),
        }
        if not self._field.id:
            values["entity"] = self._field.values["entity"]
            values["target"] = self._targets[target.id].key if target is not None and kind == "reference" else None
        choices = str(self.choices.value() or "").splitlines() if kind == "choice" and not self._field.id else []
        self.decided.emit(values, choices)


def _choice(words: str, rows: Sequence[str], *, required: bool = False) -> ChoiceEditor:
    refs = [Ref(number, row) for number, row in enumerate(rows)]
    return ChoiceEditor(CHOICE, words, lambda answer: answer(refs), required=required)


def _ref(keys: Sequence[str], key: object, words: str) -> Ref | None:
    """The row of a choice whose rows are in the order of ``keys``."""
    return Ref(list(keys).index(str(key or "")), _(words)) if str(key or "") in keys else None


def _editor(kind: str, name: str, help_text: str, *, required: bool) -> FieldEditor:
    """The editor that forms will have; its list is empty here."""
    known: Kind | None = _EDITED.get(kind)
    if known is not None:
        return make_editor(known, name, required=required, help_text=help_text)
    shown = CHOICE if kind == "choice" else REFERENCE
    return ChoiceEditor(shown, name, lambda answer: answer([]), required=required, help_text=help_text)
