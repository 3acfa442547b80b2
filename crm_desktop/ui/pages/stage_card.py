"""Where an opportunity stands: the way through its process, what is to be done in the present stage, how it ends."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QMenu, QPushButton, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.services.opportunities import Stage, Stages
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.bar import Action, Bar
from crm_desktop.ui.widgets.buttons import Button, as_written, quiet_button, secondary_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

ENDS = {"won": (N_("Win…"), "trophy"), "lost": (N_("Lose…"), "x-circle"), "closed": (N_("Close…"), "prohibit")}
MOST_KEYS = 9
LINE = 24


class StageCard(Card):
    """Announces what its user wants; whoever shows it asks and saves."""

    move_wanted = Signal(object)  # Stage
    ticked = Signal(object)  # list of lines
    next_step_wanted = Signal()

    def __init__(self) -> None:
        super().__init__(padding=12)
        self.body.setSpacing(8)
        self.steps: list[QPushButton] = []
        self.ends: list[QPushButton] = []
        self._lines: list[str] = []
        self.boxes: list[QCheckBox] = []
        self.current: Stage | None = None
        self.path: Sequence[Stage] = ()
        self._path, self._checklist, self._ends = FlowLayout(gap=4), FlowLayout(gap=12), QHBoxLayout()
        self._ends.setSpacing(8)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addLayout(self._path, 1)
        line.addLayout(self._ends)
        self._list = QWidget()
        self._list.setLayout(self._checklist)
        self.warning = Bar("warn")
        self.body.addLayout(line)
        self.body.addWidget(self._list)
        self.body.addWidget(self.warning)

    def show_record(self, record: Record, stages: Stages, *, may_edit: bool) -> None:
        """Show where this record stands."""
        self.current = stages.find(record.values.get("stage"))
        self.setVisible(record.id > 0 and self.current is not None)
        if self.current is None:
            return
        self.path = stages.of(self.current.process.id)
        self._show_path(record, self.current, stages.beginnings, may_edit=may_edit)
        self._show_checklist(self.current.checklist, record.values.get("checked") or (), may_edit=may_edit)
        self._warn(record, self.current, may_edit=may_edit)

    def unticked(self) -> list[str]:
        """What of the present stage is not done."""
        return [line for line, box in zip(self._lines, self.boxes, strict=True) if not box.isChecked()]

    def neighbour(self, direction: int) -> Stage | None:
        """The stage after (1) or before (-1) the present one, among those on the way; None at its ends."""
        way = [stage for stage in self.path if not stage.is_end or stage == self.current]
        place = way.index(self.current) + direction if self.current in way else -1
        return way[place] if 0 <= place < len(way) else None

    def _show_path(self, record: Record, current: Stage, beginnings: Sequence[Stage], *, may_edit: bool) -> None:
        focused = self.window().focusWidget()
        had_focus = isinstance(focused, QPushButton) and self.isAncestorOf(focused)
        self._path.clear()
        if {stage.process.id for stage in beginnings} - {current.process.id}:
            self._path.addWidget(self._process(current, beginnings, may_edit=may_edit))
        while (item := self._ends.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.steps, self.ends = [], []
        for place, stage in enumerate(self.path, 1):
            key = f"Alt+{place}" if place <= MOST_KEYS else ""
            if not stage.is_end or stage == current:
                step = self._step(stage, record, current, key)
                step.setEnabled(may_edit or stage == current)
                self.steps.append(step)
                self._path.addWidget(step)
                if had_focus and stage == current:
                    step.show()  # what is hidden gets no focus
                    step.setFocus()
            elif not current.is_end and may_edit:
                self.ends.append(self._end(stage, key))
                self._ends.addWidget(self.ends[-1])

    def _process(self, current: Stage, beginnings: Sequence[Stage], *, may_edit: bool) -> QPushButton:
        """Which process it goes through, where there are several; another one begins with its first stage."""
        made = quiet_button(as_written(current.process.label), icon_name="path")
        made.setToolTip(plain_tooltip(_("Sales process")))
        made.setEnabled(may_edit)
        menu = QMenu(made)
        for stage in beginnings:
            entry = menu.addAction(as_written(stage.process.label))
            entry.setCheckable(True)
            entry.setChecked(stage.process == current.process)
            if stage.process != current.process:
                entry.triggered.connect(partial(self._announce_move, stage))
        made.setMenu(menu)
        return made

    def _announce_move(self, stage: Stage) -> None:
        self.move_wanted.emit(stage)

    def _step(self, stage: Stage, record: Record, current: Stage, key: str) -> QPushButton:
        made = Button(as_written(stage.ref.label))
        made.setObjectName("stage")
        made.setAutoDefault(False)
        tip = _("Move to “{stage}”").format(stage=stage.ref.label)
        if stage == current:
            state = "open" if not stage.is_end else stage.outcome
            days = _days_in(record)
            if is_stalled(record):
                state = "stalled"
            elif stage.is_end:
                days = DATE.format(record.values.get("closed_on"))
            made.setText(as_written(f"{stage.ref.label} · {days}"))
            tip = _("In this stage")
        else:
            state = "done" if current.ref.id in stage.later else "next"
            made.clicked.connect(lambda _checked=False: self.move_wanted.emit(stage))
        if state == "done":
            made.setIcon(icon("check", "accent"))
        made.setProperty("state", state)
        made.setToolTip(plain_tooltip(with_shortcut(tip, key)))
        return made

    def _end(self, stage: Stage, key: str) -> QPushButton:
        """Named by what it does, or by the stage where several end the same way."""
        words, picture = ENDS[stage.outcome]
        is_only = sum(other.outcome == stage.outcome for other in self.path) == 1
        text = _(words) if is_only else as_written(stage.ref.label)
        made = secondary_button(text, partial(self.move_wanted.emit, stage), icon_name=picture)
        tip = _("Move to “{stage}”").format(stage=stage.ref.label)
        made.setToolTip(plain_tooltip(with_shortcut(tip, key)))
        return made

    def _show_checklist(self, lines: Sequence[str], checked: Sequence[str], *, may_edit: bool) -> None:
        if self._lines != list(lines):
            self._lines = list(lines)
            self._checklist.clear()
            if lines:
                heading = label(_("To do in this stage:"), "small")
                heading.setMinimumHeight(LINE)
                self._checklist.addWidget(heading)
            self.boxes = [QCheckBox(as_written(line)) for line in lines]
            for box in self.boxes:
                box.clicked.connect(self._announce_ticks)
                self._checklist.addWidget(box)
        for line, box in zip(self._lines, self.boxes, strict=True):
            box.setChecked(line in checked)
            box.setEnabled(may_edit)
        self._list.setVisible(bool(lines))

    def _announce_ticks(self) -> None:
        self.ticked.emit([line for line, box in zip(self._lines, self.boxes, strict=True) if box.isChecked()])

    def _warn(self, record: Record, current: Stage, *, may_edit: bool) -> None:
        lines: list[tuple[str, Sequence[Action]]] = []
        if is_stalled(record):
            words = _("Stalled since {day}: this stage is meant to take {count} days at most.")
            lines.append((words.format(day=DATE.format(record.values["stalls_on"]), count=current.days_allowed), ()))
        if not current.is_end and not (record.values.get("next_step") and record.values.get("next_on")):
            enter: Action = (_("Enter it"), self.next_step_wanted.emit)
            lines.append((_("There is no next step with a day."), (enter,) if may_edit else ()))
        self.warning.say(lines)


def is_stalled(record: Record) -> bool:
    """Whether it is in its stage for longer than that allows."""
    stalls_on = record.values.get("stalls_on")
    return stalls_on is not None and stalls_on <= clock.today()


def _days_in(record: Record) -> str:
    since = record.values.get("stage_since")
    count = max(0, (clock.now() - since).days) if since is not None else 0
    return ngettext("{count} day", "{count} days", count).format(count=count)
