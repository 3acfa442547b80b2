"""A choice out of a dictionary: a short list, read once, filtered here while one types."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject

from crm_desktop.spec.kinds import Kind, Ref
from crm_desktop.ui.fields.rows import Answer, RowEditor, matches
from crm_desktop.ui.widgets.popup_list import PopupRow

LoadChoices = Callable[[Answer], None]  # reads all choices in the background, answers on the UI thread


class ChoiceEditor(RowEditor):
    """One of a few. A click opens the list; letters of the name or of its pinyin find the entry."""

    def __init__(
        self, kind: Kind, label: str, load: LoadChoices, *, required: bool = False, help_text: str = ""
    ) -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self._load = load

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Open at a click anywhere in the line."""
        taken = super().eventFilter(watched, event)
        if not taken and event.type() == QEvent.Type.MouseButtonPress and not self.line.isReadOnly():
            self._open("")
        return taken

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        def take(choices: Sequence[Ref]) -> None:
            answer([PopupRow(ref, ref.label) for ref in choices if not text or matches(ref.label, text)])

        self._load(take)
