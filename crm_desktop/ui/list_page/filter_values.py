"""The editor of what an operator takes: text, numbers, days, a period, rows of another table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_model
from crm_desktop.services import search
from crm_desktop.spec import Facts, Ref
from crm_desktop.spec.filters import is_value
from crm_desktop.spec.kinds import DATE, INTEGER, TEXT
from crm_desktop.spec.operators import PERIODS, Operator, Takes
from crm_desktop.ui.context import Context
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.line import DateEditor, LineEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.rows import Answer, Lookup, matches
from crm_desktop.ui.widgets.labels import label

MOST_FOUND = 40
NUMBER_WIDTH, DAYS_WIDTH = 120, 64


class ValueEditor(QWidget):
    """``changed`` tells of edits by the user."""

    changed = Signal()

    def __init__(self, operator: Operator, fact: Facts, lookup: Lookup) -> None:
        super().__init__()
        self.takes = operator.takes
        self._line = QHBoxLayout(self)
        self._line.setContentsMargins(0, 0, 0, 0)
        self._line.setSpacing(8)
        self.periods: QComboBox | None = None
        self.editors: list[FieldEditor] = []
        match self.takes:
            case Takes.TEXT:
                self._add(LineEditor(TEXT, _("Value")))
            case Takes.NUMBER | Takes.NUMBERS:
                self._add_two(lambda: LineEditor(fact.kind, _("Value")), _("and"), NUMBER_WIDTH)
            case Takes.DAY | Takes.DAYS:
                self._add_two(lambda: DateEditor(DATE, _("Value")), _("to"), NUMBER_WIDTH + 24)
            case Takes.COUNT:
                self._add(LineEditor(INTEGER, _("Value")), DAYS_WIDTH)
                self._line.addWidget(label(_("days"), "muted"))
                self._line.addStretch(1)
            case Takes.HOUR:
                self._add(LineEditor(INTEGER, _("Value")), DAYS_WIDTH)
                self._line.addStretch(1)
            case Takes.PERIOD:
                self._add_periods()
            case Takes.ROWS:
                self._add(ReferencesEditor(fact.kind, _("Value"), lookup))
        if self.editors:
            self.setFocusProxy(self.editors[0])

    def value(self) -> Any:
        """What was entered, None while it is not complete."""
        try:
            values = [editor.value() for editor in self.editors]
        except KnownError:
            return None
        if self.periods is not None:
            return self.periods.currentData()
        if self.takes is Takes.ROWS:
            return tuple(values[0]) or None
        value = tuple(values) if self.takes in {Takes.NUMBERS, Takes.DAYS} else next(iter(values), None)
        return value if is_value(value, self.takes) else None

    def set_value(self, value: Any) -> None:
        """Show a value."""
        if self.periods is not None:
            self.periods.setCurrentIndex(max(0, self.periods.findData(value)))
        elif self.takes in {Takes.NUMBERS, Takes.DAYS}:
            for editor, one in zip(self.editors, value, strict=True):
                editor.set_value(one)
        elif self.editors:
            self.editors[0].set_value(value)

    def _add(self, editor: FieldEditor, width: int = 0) -> None:
        editor.hide_heading()
        editor.changed.connect(self.changed)
        if width:
            editor.setFixedWidth(width)
        self._line.addWidget(editor, 0 if width else 1)
        self.editors.append(editor)

    def _add_two(self, make: Callable[[], FieldEditor], between: str, width: int) -> None:
        self._add(make(), width)
        if self.takes in {Takes.NUMBERS, Takes.DAYS}:
            self._line.addWidget(label(between, "muted"))
            self._add(make(), width)
        self._line.addStretch(1)

    def _add_periods(self) -> None:
        self.periods = box = QComboBox()
        box.setAccessibleName(_("Value"))
        for key, period in PERIODS.items():
            box.addItem(_(period.label), key)
        box.setCurrentIndex(box.findData("this_month"))
        box.setMaxVisibleItems(len(PERIODS))
        box.activated.connect(lambda _index: self.changed.emit())
        self._line.addWidget(box)
        self._line.addStretch(1)
        self.setFocusProxy(box)


def row_lookup(context: Context, owner: QWidget, fact: Facts) -> Lookup:
    """Finds the rows that a choice or reference can be, by part of the name or pinyin."""
    if fact.dictionary:
        code = fact.dictionary

        def choose(typed: str, answer: Answer) -> None:
            def take(choices: Any) -> None:
                found = (entry.ref for entry in choices.of(code) if not typed or matches(entry.ref.label, typed))
                answer([ref for ref, _number in zip(found, range(MOST_FOUND), strict=False)])

            context.choices.load(owner, take)

        return choose
    target = by_model(fact.target) if fact.target else None

    def find(typed: str, answer: Answer) -> None:
        assert target is not None

        def take(hits: Sequence[search.Hit]) -> None:
            answer([Ref(hit.id, hit.title) for hit in hits])

        context.tasks.query(
            owner,
            lambda session: search.find(session, target.key, typed, context.person, MOST_FOUND),
            take,
            key=("filter rows", target.key),
        )

    return find
