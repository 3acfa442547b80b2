"""One column of the file in the second step: what it is called and holds, what it means, how it is read, and why."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QFrame, QGridLayout, QLabel, QVBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.spec import Ref
from crm_desktop.ui import icons
from crm_desktop.ui.import_wizard import targets
from crm_desktop.ui.import_wizard.target_editor import TargetEditor
from crm_desktop.ui.import_wizard.work import Sample
from crm_desktop.ui.widgets.labels import ElidedLabel
from importers.mapping import Guess

NAME, ARROW, TARGET, READING, REASON = range(5)
TARGET_WIDTH, READING_WIDTH = 280, 152
ROW_HEIGHT = 56


class ColumnRow(QObject):
    """Puts its widgets into a line of the grid that all columns share. ``changed`` hands over the new guess."""

    changed = Signal(object)

    def __init__(self, grid: QGridLayout, line: int, kind: str, guess: Guess, sample: Sample) -> None:
        super().__init__(grid)
        self._kind = kind
        self.guess = guess
        name = QVBoxLayout()
        name.setSpacing(0)
        self._label = ElidedLabel(guess.column.label, "strong")
        self._sample = ElidedLabel(" · ".join(sample) or _("empty"), "small")
        name.addStretch(1)
        name.addWidget(self._label)
        name.addWidget(self._sample)
        name.addStretch(1)
        self._arrow = QLabel()
        self._arrow.setPixmap(icons.pixmap("arrow-right", 16, "faint"))
        self.editor = TargetEditor(kind, _("Meaning of “{column}”").format(column=guess.column.label), self._ref())
        self.editor.setFixedWidth(TARGET_WIDTH)
        self.editor.changed.connect(self._take_target)
        self.reading = _Reading()
        self.reading.setFixedWidth(READING_WIDTH)
        self.reading.activated.connect(self._take_reading)
        self._reason = ElidedLabel("", "muted")
        rule = QFrame()
        rule.setObjectName("rule")
        rule.setFixedHeight(1)
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addLayout(name, line, NAME)
        grid.addWidget(self._arrow, line, ARROW)
        grid.addWidget(self.editor, line, TARGET, middle)
        grid.addWidget(self.reading, line, READING, middle)
        grid.addWidget(self._reason, line, REASON, middle)
        grid.addWidget(rule, line + 1, NAME, 1, REASON + 1)
        grid.setRowMinimumHeight(line, ROW_HEIGHT)
        self._show_reading()

    def _ref(self) -> Ref:
        return targets.ref_of(self._kind, self.guess.target, self.guess.person)

    def _take_target(self) -> None:
        ref = self.editor.chosen()
        if ref is not None and self.editor.line.text() == ref.label and ref != self._ref():
            self._change(targets.chosen_guess(self._kind, self.guess, ref))

    def _take_reading(self, place: int) -> None:
        value = self.reading.itemData(place)
        if _is_money(self.guess):
            self._change(replace(self.guess, unit=value, reason=_("chosen by you")))
        else:
            self._change(replace(self.guess, order=value, reason=_("chosen by you")))

    def _change(self, guess: Guess) -> None:
        self.guess = guess
        self._show_reading()
        self.changed.emit(guess)

    def _show_reading(self) -> None:
        """The unit of an amount, the order of a day, or nothing to choose."""
        guess = self.guess
        is_day = guess.target is not None and guess.target.kind in targets.DAYS
        offered = targets.UNITS if _is_money(guess) else targets.ORDERS if is_day else ()
        current = guess.unit if _is_money(guess) else guess.order
        self.reading.clear()
        for value, word in offered:
            self.reading.addItem(_(word), value)
        self.reading.setCurrentIndex(max(0, self.reading.findData(current)))
        self.reading.setVisible(bool(offered))
        self.reading.setAccessibleName(_("How “{column}” is read").format(column=guess.column.label))
        self._reason.setText(guess.reason)
        self._label.setObjectName("strong" if guess.target else "muted")
        self._label.style().polish(self._label)


class _Reading(QComboBox):
    """The wheel moves the page, never the choice under it."""

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()


def _is_money(guess: Guess) -> bool:
    return guess.target is not None and guess.target.kind == "money"
