"""Where a task stands: what can be done with it, its checklist, and a line for what its owner tells who gave it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QPushButton, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.records import Record
from crm_desktop.services.tasks import AFTER, OPEN, State, checklist_of
from crm_desktop.spec.kinds import DATE, TIME
from crm_desktop.ui.widgets.buttons import as_written, secondary_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

KEYS: dict[State, str] = {"working": "Alt+1", "done": "Alt+2", "declined": "Alt+3", "cancelled": "Alt+4"}
_WORDS: dict[State, tuple[str, str]] = {
    "working": (N_("Begin"), "play"),
    "done": (N_("Done"), "check-circle"),
    "declined": (N_("Give back"), "arrow-u-up-left"),
    "cancelled": (N_("Cancel the task"), "prohibit"),
}
MOST_LENGTH = 2000


class TaskCard(Card):
    """Announces what its user wants; whoever shows it saves."""

    wanted = Signal(str)  # State
    ticked = Signal(object)  # list of lines

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.body.setSpacing(8)
        self.words = label("", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.words, 1)
        self.buttons: dict[State, QPushButton] = {}
        for state, (text, picture) in _WORDS.items():
            made = secondary_button(_(text), partial(self.wanted.emit, state), icon_name=picture)
            self.buttons[state] = made
            line.addWidget(made)
        self.feedback = QLineEdit()
        self.feedback.setMaxLength(MOST_LENGTH)
        self.feedback.setAccessibleName(_("Feedback"))
        self.feedback.setPlaceholderText(_("What came of it? Enter: the task is done"))
        self.feedback.returnPressed.connect(partial(self.wanted.emit, "done"))
        self._lines: list[str] = []
        self.boxes: list[QCheckBox] = []
        self._checklist, self._list = FlowLayout(gap=12), QWidget()
        self._list.setLayout(self._checklist)
        self.body.addLayout(line)
        self.body.addWidget(self._list)
        self.body.addWidget(self.feedback)

    def show_task(self, task: Record, state: State | None, *, may_edit: bool) -> None:
        """Show where it stands, and offer what can follow."""
        self.setVisible(state is not None)
        if state is None:
            return
        self.words.setText(_words(task, state))
        for other, made in self.buttons.items():
            text = _("Open again") if other == "working" and state not in OPEN else _(_WORDS[other][0])
            made.setText(text)
            made.setToolTip(plain_tooltip(with_shortcut(text, KEYS[other])))
            made.setVisible(may_edit and other in AFTER[state] and (other != "declined" or _is_given(task)))
        is_typed = bool(self.feedback.text())  # while somebody else was faster
        self.feedback.setVisible(may_edit and (state in OPEN or is_typed))
        self._show_checklist(checklist_of(task), task.values.get("checked") or (), may_edit=may_edit)

    def _show_checklist(self, lines: list[str], checked: Sequence[str], *, may_edit: bool) -> None:
        if self._lines != lines:
            self._lines = lines
            self._checklist.clear()
            self.boxes = [QCheckBox(as_written(line)) for line in lines]
            for box in self.boxes:
                box.clicked.connect(self._announce_ticks)
                self._checklist.addWidget(box)
        for line, box in zip(lines, self.boxes, strict=True):
            box.setChecked(line in checked)
            box.setEnabled(may_edit)
        self._list.setVisible(bool(lines))

    def _announce_ticks(self) -> None:
        self.ticked.emit([line for line, box in zip(self._lines, self.boxes, strict=True) if box.isChecked()])


def _is_given(task: Record) -> bool:
    giver, owner = task.values.get("given_by"), task.values.get("owner")
    return giver is not None and owner is not None and giver.id != owner.id


def _words(task: Record, state: State) -> str:
    values, said = task.values, []
    if state == "done":
        said.append(_("Done on {when}.").format(when=TIME.format(values.get("done_at"))))
    elif state not in OPEN:
        said.append(_("Given back.") if state == "declined" else _("Cancelled."))
    elif values.get("due_on") is not None:
        due = " ".join(filter(None, (DATE.format(values["due_on"]), values.get("due_time"))))
        is_late = values.get("due_at") is not None and values["due_at"] <= clock.now()
        words = _("Overdue since {when}.") if is_late else _("To be done by {when}.")
        said.append(words.format(when=due))
    else:
        said.append(_("Without a day."))
    if _is_given(task):
        said.append(_("Given by {name}.").format(name=values["given_by"].label))
    return " ".join(said)
