"""Two people changed the same field: before, theirs and mine side by side, and what is to be saved for each field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QRadioButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.core.i18n import _
from crm_desktop.services.journal import Change
from crm_desktop.services.merge import merge_texts
from crm_desktop.services.records import Record, SaveConflictError
from crm_desktop.spec import Ref, facts
from crm_desktop.spec.kinds import LONG_TEXT, TIME
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.form_page.wording import value_text, who_changed
from crm_desktop.ui.widgets.labels import label

HIGHEST = 440  # px
THEIRS, MINE, BOTH = 0, 1, 2


class ConflictDialog(Dialog):
    """Announces what is to be saved in each field that both changed."""

    decided = Signal(object)  # dict: values by field key

    def __init__(
        self,
        parent: QWidget | None,
        base: Record,
        error: SaveConflictError,
        mine: Mapping[str, Any],
        history: Sequence[Change],
    ) -> None:
        super().__init__(parent and parent.window(), error.message, width=760)
        self._fields = {
            key: _Field(base, key, error.current.values.get(key), mine.get(key), history) for key in error.fields
        }
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(16)
        for field in self._fields.values():
            column.addWidget(field)
        column.addStretch(1)
        area = QScrollArea()
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # what is inside is scrolled into sight by Tab
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        area.setMinimumHeight(min(HIGHEST, inside.sizeHint().height() + 16))
        self.body.addWidget(label(error.hint, "muted", wrap=True))
        self.body.addWidget(area, 1)
        self.add_cancel()
        self.add_primary(_("Save"), self._decide)
        self._fields[error.fields[0]].setFocus()

    def _decide(self) -> None:
        wrong = [field for field in self._fields.values() if not field.check()]
        if not wrong:
            self.decided.emit({key: field.value() for key, field in self._fields.items()})
            self.accept()


class _Field(QWidget):
    """One field: three values side by side, and below them the result, where it can be typed."""

    def __init__(self, base: Record, key: str, theirs: Any, mine: Any, history: Sequence[Change]) -> None:
        super().__init__()
        spec, before = base.spec, base.values.get(key)
        kind = facts(spec.fields[key]).kind
        self._values: dict[int, Any] = {THEIRS: theirs, MINE: mine}
        self._group = QButtonGroup(self)
        self.editor: FieldEditor | None = None
        choices = [(THEIRS, _("Theirs")), (MINE, _("Mine"))]
        if kind is LONG_TEXT:
            self._values[BOTH] = merge_texts(before or "", theirs or "", mine or "").with_both()
            choices.append((BOTH, _("Both")))
        change = who_changed(history, key)
        notes = {THEIRS: f"{change.who} · {TIME.format(change.at)}"} if change else {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.addWidget(label(_("Before"), "small"), 0, 0)
        grid.addWidget(_text(value_text(spec, key, before), "muted"), 1, 0, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 1)
        for column, (choice, words) in enumerate(choices, 1):
            head = QHBoxLayout()
            head.setSpacing(8)
            button = QRadioButton(words)
            self._group.addButton(button, choice)
            head.addWidget(button)
            if choice in notes:
                head.addWidget(label(notes[choice], "small"))
            head.addStretch(1)
            grid.addLayout(head, 0, column)
            text = value_text(spec, key, self._values[choice])
            grid.addWidget(_text(text, "body"), 1, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
        column_of_all = QVBoxLayout(self)
        column_of_all.setContentsMargins(0, 0, 0, 0)
        column_of_all.setSpacing(4)
        column_of_all.addWidget(label(_(spec.label_of(key)), "strong"))
        column_of_all.addLayout(grid)
        if not any(isinstance(value, Ref) for value in (before, theirs, mine)):
            self.editor = make_editor(kind, _("To be saved"), max_length=facts(spec.fields[key]).max_length)
            column_of_all.addWidget(self.editor)
        self.setFocusProxy(self._group.button(MINE))
        self._group.idToggled.connect(self._show)
        self._group.button(MINE).setChecked(True)

    def check(self) -> bool:
        return self.editor is None or self.editor.check()

    def value(self) -> Any:
        return self._values[self._group.checkedId()] if self.editor is None else self.editor.value()

    def _show(self, choice: int, is_chosen: bool) -> None:  # noqa: FBT001 - a slot
        if is_chosen and self.editor is not None:
            self.editor.set_value(self._values[choice])


def _text(words: str, role: Any) -> QWidget:
    return label(words, role, wrap=True, selectable=True)
