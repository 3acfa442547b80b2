"""Where a service request stands, until when something is due, and what can be done next."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.records import Record
from crm_desktop.services.service_desk import State, States
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.links import address_link, dial_address

MOST_KEYS, MOST_NUMBERS = 9, 3
WAYS = {
    "accepted": (N_("Accept"), "check"),
    "in_work": (N_("Begin work"), "wrench"),
    "solved": (N_("Solve…"), "check-circle"),
    "closed": (N_("Revisit…"), "smiley"),
    "waiting": (N_("Wait for customer"), "hourglass"),
    "dispatched": (N_("Dispatch…"), "paper-plane-tilt"),
    "refused": (N_("Refuse…"), "arrow-u-up-left"),
    "new": (N_("Give back"), "tray"),
    "reopened": (N_("Reopen…"), "arrow-counter-clockwise"),
    "cancelled": (N_("Cancel request…"), "prohibit"),
}
"""What is said on the button into each state, in their order; the first that is offered is the usual one."""


class StateCard(Card):
    """Announces what its user wants; whoever shows it asks and saves."""

    move_wanted = Signal(object)  # State

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.ways: list[tuple[QPushButton, State]] = []
        self.state, self.target = Chip(""), Chip("")
        self.due = label("", "muted", wrap=True)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.state)
        line.addWidget(self.target)
        line.addWidget(self.due, 1)
        self.numbers: list[QPushButton] = []
        self._line = line
        self._ways = FlowLayout(gap=8)
        self.body.addLayout(line)
        self.body.addLayout(self._ways)

    def show_numbers(self, numbers: list[str]) -> None:
        """Show how to reach who asked."""
        for link in self.numbers:
            self._line.removeWidget(link)
            link.hide()
            link.deleteLater()
        self.numbers = [address_link(number, dial_address(number)) for number in numbers[:MOST_NUMBERS]]
        for link in self.numbers:
            self._line.addWidget(link)

    def dial(self) -> None:
        """Call who asked, at the first of the numbers."""
        if self.numbers:
            self.numbers[0].click()

    def show_record(self, record: Record, states: States, me: Ref, pool_id: int, *, may_edit: bool) -> None:
        """Show where this record stands for ``me``."""
        current = states.find(record.values.get("state"))
        self.setVisible(record.id > 0 and current is not None)
        if current is None or not record.id:
            return
        self.state.set_text(current.ref.label, current.ref.tone or "neutral")  # type: ignore[arg-type]  # a tone by now
        target = record.values.get("target")
        self.target.setVisible(isinstance(target, Ref))
        if isinstance(target, Ref):
            self.target.set_text(target.label, target.tone or "neutral")  # type: ignore[arg-type]
        self.due.setText(" · ".join(_moments(record)))
        self._ways.clear()
        self.ways = []
        owner_id = record.values["owner"].id
        if not may_edit:
            return
        for state, text, icon_name in _ways(current, states, is_mine=owner_id == me.id, is_free=owner_id == pool_id):
            key = f"Alt+{len(self.ways) + 1}" if len(self.ways) < MOST_KEYS else ""
            make = secondary_button if self.ways else primary_button
            button = make(text, partial(self.move_wanted.emit, state), icon_name=icon_name)
            button.setToolTip(f"{text}  {key}" if key else text)
            self.ways.append((button, state))
            self._ways.addWidget(button)


def _ways(current: State, states: States, *, is_mine: bool, is_free: bool) -> Iterator[tuple[State, str, str]]:
    for code, (words, icon_name) in WAYS.items():
        if code not in current.following and not (code == current.code == "dispatched"):
            continue
        if code in {"accepted", "in_work", "waiting", "refused"} and not (is_mine or (is_free and code == "accepted")):
            continue
        text = _(words)
        if code == "accepted" and is_free:
            text, icon_name = _("Take it"), "hand-grabbing"  # noqa: PLW2901 - the same way under another name
        elif code == "in_work" and current.code == "waiting":
            text = _("Go on")
        elif code == "dispatched" and not is_free:
            text = _("Transfer…")
        yield states.named(code), text, icon_name


def _moments(record: Record) -> Iterator[str]:
    values = record.values
    if values.get("due_at") is not None:
        words = _("Response due {moment}") if values.get("responded_at") is None else _("Solution due {moment}")
        yield words.format(moment=TIME.format(values["due_at"]))
    elif values.get("waiting_since") is not None:
        yield _("Waiting since {moment}").format(moment=TIME.format(values["waiting_since"]))
    elif values.get("solved_at") is not None:
        yield _("Solved {moment}").format(moment=TIME.format(values["solved_at"]))
    if values.get("times_reopened"):
        yield _("reopened {count} ×").format(count=values["times_reopened"])
    if values.get("state_note"):
        yield str(values["state_note"])
