"""The editor of a kind. Choices, trees and references need their rows: their editors are made directly."""

from __future__ import annotations

from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.check_box import CheckBoxEditor
from crm_desktop.ui.fields.line import AddressEditor, DateEditor, LineEditor, PhonesEditor
from crm_desktop.ui.fields.long_text import LongTextEditor
from crm_desktop.ui.fields.rule import RuleEditor

EDITORS = {
    "long_text": LongTextEditor,
    "bool": CheckBoxEditor,
    "date": DateEditor,
    "email": AddressEditor,
    "website": AddressEditor,
    "phones": PhonesEditor,
    "rule": RuleEditor,
}


def make_editor(
    kind: Kind, label: str, *, required: bool = False, help_text: str = "", max_length: int | None = None
) -> FieldEditor:
    """An editor for a kind that reads its value from text; what has no editor of its own is a line."""
    special = EDITORS.get(kind.name)
    if special is not None:
        return special(kind, label, required=required, help_text=help_text)
    return LineEditor(kind, label, required=required, help_text=help_text, max_length=max_length)
