"""One condition in the filter builder: which field, which operator, which value."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.filter_fields import FilterField, fields_of, find_field, problem_of
from crm_desktop.services.filter_words import describe
from crm_desktop.spec import EntitySpec, Ref
from crm_desktop.spec.filters import Condition, Item
from crm_desktop.spec.kinds import CHOICE
from crm_desktop.spec.operators import OPERATORS
from crm_desktop.ui.context import Context
from crm_desktop.ui.fields.rows import RowEditor, matches
from crm_desktop.ui.list_page.filter_values import ValueEditor, row_lookup
from crm_desktop.ui.widgets.buttons import icon_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.popup_list import PopupRow

FIELD_WIDTH, OPERATOR_WIDTH = 260, 240
MOST_FOUND = 60


class FieldChooser(RowEditor):
    """One of the fields of an entity or of its related records, found by its name or pinyin."""

    def __init__(self, spec: EntitySpec) -> None:
        super().__init__(CHOICE, _("Field"), required=True)
        self._fields = fields_of(spec)
        self._refs = [Ref(number, field.label) for number, field in enumerate(self._fields)]
        self.hide_heading()
        self.line.setPlaceholderText(_("Choose a field"))

    def field(self) -> FilterField | None:
        """The chosen one."""
        chosen = self.chosen()
        return self._fields[chosen.id] if chosen else None

    def set_field(self, key: str) -> None:
        """Show a field; one that is not offered stays empty."""
        number = next((n for n, field in enumerate(self._fields) if field.key == key), -1)
        self.set_value(self._refs[number] if number >= 0 else None)

    def open(self) -> None:
        """Show the fields there are."""
        self._open("")

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        found = [ref for ref in self._refs if not text or matches(ref.label, text)]
        # What is typed is meant for the entity's own fields first.
        found.sort(key=lambda ref: len(self._fields[ref.id].path))
        answer([PopupRow(ref, ref.label) for ref in found[:MOST_FOUND]])


class ConditionRow(QWidget):
    """``changed`` tells of edits by the user, ``removed`` that he wants it gone."""

    changed = Signal()
    removed = Signal()

    def __init__(self, context: Context, spec: EntitySpec) -> None:
        super().__init__()
        self._context, self._spec = context, spec
        self.fields = FieldChooser(spec)
        self.fields.setFixedWidth(FIELD_WIDTH)
        self.operators = QComboBox()
        self.operators.setAccessibleName(_("Operator"))
        self.operators.setFixedWidth(OPERATOR_WIDTH)
        self.operators.setMaxVisibleItems(20)
        self.value: ValueEditor | None = None
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self._line.addWidget(self.fields, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addWidget(self.operators, 0, Qt.AlignmentFlag.AlignTop)
        self._line.addStretch(1)
        self._line.addWidget(
            icon_button("x", _("Remove this condition"), self.removed.emit), 0, Qt.AlignmentFlag.AlignTop
        )
        self.fields.changed.connect(self._take_field)
        self.operators.activated.connect(lambda _index: self._take_operator())
        self._show_operators()

    def show_condition(self, condition: Condition) -> None:
        """Show a condition that can be applied."""
        self.fields.set_field(condition.field)
        self._show_operators()
        self.operators.setCurrentIndex(max(0, self.operators.findData(condition.operator)))
        self._show_value()
        if self.value is not None and condition.value is not None:
            self.value.set_value(condition.value)

    def choose_field(self, key: str) -> None:
        """Begin a condition of this field; without a key, offer the fields."""
        self.fields.setFocus(Qt.FocusReason.OtherFocusReason)
        if key and find_field(self._spec, key):
            self.fields.set_field(key)
            self._take_field()
        else:
            QTimer.singleShot(0, self.fields, self.fields.open)  # when the row has its place

    def condition(self) -> Condition | None:
        """What is asked, None while it is not complete."""
        field = self.fields.field()
        if field is None or self.operators.currentIndex() < 0:
            return None
        operator = OPERATORS[self.operators.currentData()]
        value = self.value.value() if self.value is not None else None
        made = Condition(field.key, operator.key, value)
        return None if problem_of(self._spec, made) else made

    def focus_value(self) -> None:
        """Put the cursor where the value is entered."""
        (self.value or self.operators).setFocus(Qt.FocusReason.OtherFocusReason)

    def _take_field(self) -> None:
        if self.fields.chosen() is None:
            return
        before = self.operators.currentData()
        self._show_operators()
        self.operators.setCurrentIndex(max(0, self.operators.findData(before)))
        self._show_value()
        self.focus_value()
        self.changed.emit()

    def _take_operator(self) -> None:
        before = self.value
        kept = before.value() if before is not None else None
        self._show_value()
        if before is not None and self.value is not None and before.takes is self.value.takes and kept is not None:
            self.value.set_value(kept)
        self.changed.emit()

    def _show_operators(self) -> None:
        field = self.fields.field()
        self.operators.clear()
        for operator in field.operators if field else ():
            self.operators.addItem(_(operator.label), operator.key)
        self.operators.setEnabled(field is not None)

    def _show_value(self) -> None:
        if self.value is not None:
            self.value.hide()
            self.value.deleteLater()
        field = self.fields.field()
        assert field is not None
        operator = OPERATORS[self.operators.currentData()]
        lookup = row_lookup(self._context, self, field.facts) if field.facts.target else lambda _text, _answer: None
        self.value = ValueEditor(operator, field.facts, lookup)
        self.value.changed.connect(self.changed)
        self._line.insertWidget(2, self.value, 10, Qt.AlignmentFlag.AlignTop)


class BrokenRow(QWidget):
    """A condition that cannot be applied: what it was, and why not. It can only be removed."""

    removed = Signal()

    def __init__(self, spec: EntitySpec, item: Item) -> None:
        super().__init__()
        self.item = item
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(label(f"{describe(spec, item)} — {problem_of(spec, item)}", "error", wrap=True), 1)
        line.addWidget(icon_button("x", _("Remove this condition"), self.removed.emit))
