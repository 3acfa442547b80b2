"""One line of a bulk edit: which field, what is done to it, and with what."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.bulk_steps import Action, Step, actions_for, editable
from crm_desktop.spec import Attr, EntitySpec
from crm_desktop.spec.kinds import NUMBER, TEXT
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.widgets.buttons import icon_button

FIELD_WIDTH, ACTION_WIDTH = 180, 160


class BulkStep(QWidget):
    """``step`` answers what was chosen; ``changed`` tells of every choice and every key."""

    changed = Signal()

    def __init__(self, spec: EntitySpec, maker: FieldMaker, remove: Callable[[BulkStep], object]) -> None:
        super().__init__()
        self._spec, self._maker = spec, maker
        self.editors: list[FieldEditor] = []
        self.field, self.action = QComboBox(), QComboBox()
        self.field.setAccessibleName(_("Field"))
        self.action.setAccessibleName(_("What to do"))
        self.field.setFixedWidth(FIELD_WIDTH)
        self.action.setFixedWidth(ACTION_WIDTH)
        self.field.addItem(_("Choose a field"), None)
        for attr in editable(spec):
            self.field.addItem(_(spec.labels[attr]), attr.key)
        self._values = QVBoxLayout()
        self._values.setSpacing(4)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self.field, 0, top)
        line.addWidget(self.action, 0, top)
        line.addLayout(self._values, 1)
        line.addWidget(icon_button("x", _("Leave this field out"), lambda: remove(self)), 0, top)
        self.field.currentIndexChanged.connect(self._choose_field)
        self.action.currentIndexChanged.connect(self._choose_action)
        self._choose_field()

    def key(self) -> str:
        """The key of the field, empty while none is chosen."""
        return str(self.field.currentData() or "")

    def choose(self, key: str, action: Action = Action.SET) -> None:
        """Choose a field and what is done to it; what is missing is typed next."""
        self.field.setCurrentIndex(self.field.findData(key))
        self.action.setCurrentIndex(self.action.findData(action))
        if self.editors:
            self.editors[0].setFocus()

    def step(self) -> Step | None:
        """What was chosen, None while something is missing. Raises BadValueError for a text that is no value."""
        if not self.key():
            return None
        action = Action(self.action.currentData())  # Qt hands back a plain text
        values = [editor.value() for editor in self.editors]
        if not values:
            return Step(self.key(), action)
        if values[0] in (None, "", []):
            return None
        return Step(self.key(), action, values[0], str(values[1] or "") if len(values) > 1 else "")

    def _attr(self) -> Attr:
        return self._spec.fields[self.key()]

    def _choose_field(self) -> None:
        self.action.blockSignals(True)
        self.action.clear()
        for action in actions_for(self._attr()) if self.key() else ():
            self.action.addItem(_(action.label), action)
        self.action.blockSignals(False)
        self.action.setEnabled(bool(self.key()))
        self._choose_action()

    def _choose_action(self) -> None:
        for editor in self.editors:
            self._values.removeWidget(editor)
            editor.hide()
            editor.deleteLater()
        self.editors = self._make_editors() if self.key() else []
        for editor in self.editors:
            editor.hide_heading()
            editor.changed.connect(self.changed)
            self._values.addWidget(editor)
        self.changed.emit()

    def _make_editors(self) -> list[FieldEditor]:
        match self.action.currentData():
            case Action.CLEAR:
                return []
            case Action.ADD | Action.MULTIPLY:
                return [LineEditor(NUMBER, _("Number to use"))]
            case Action.APPEND:
                return [LineEditor(TEXT, _("Text"))]
            case Action.REPLACE:
                made = [LineEditor(TEXT, _("Text to find")), LineEditor(TEXT, _("Put in its place"))]
                for editor in made:
                    editor.line.setPlaceholderText(editor.label)
                return list(made)
            case _:
                return [self._maker.make(self._attr())]


def maker_for(view: Any, owner: QWidget, spec: EntitySpec) -> FieldMaker:
    """Makes editors that know of no other field."""
    return FieldMaker(view, owner, spec, partial(dict[str, Any]().get))
