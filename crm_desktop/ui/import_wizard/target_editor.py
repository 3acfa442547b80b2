"""The line in which one says what a column means: type part of a field's name, or open the list."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject

from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui.fields.rows import RowEditor, matches
from crm_desktop.ui.import_wizard.targets import all_choices, ref_of
from crm_desktop.ui.widgets.popup_list import PopupRow


class TargetEditor(RowEditor):
    """Its value is a target of a list of this kind as a row, never empty: emptied, the column is left out."""

    def __init__(self, kind: str, label: str, ref: Ref) -> None:
        super().__init__(REFERENCE, label, required=True)
        self._kind = kind
        self.hide_heading()
        self.set_value(ref)
        self.changed.connect(self._refill)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open at a click anywhere in the line."""
        taken = super().eventFilter(watched, event)
        if not taken and event.type() == QEvent.Type.MouseButtonPress:
            self._open("")
        return taken

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        choices = all_choices(self._kind)
        found = [choice for choice in choices if not text or matches(choice.word, text)]
        rows: list[PopupRow] = []
        heading = ""
        for choice in found or [choice for choice in choices if matches(choice.ref.label, text)]:
            if choice.heading != heading:
                heading = choice.heading
                rows.append(PopupRow(None, heading))
            rows.append(PopupRow(choice.ref, choice.word))
        answer(rows)

    def _refill(self) -> None:
        if self.chosen() is None and not self.line.text():
            self.set_value(ref_of(self._kind, None))
