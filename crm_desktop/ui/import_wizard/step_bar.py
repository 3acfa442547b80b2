"""The steps at the top of the wizard: done, current, to come. Those done can be gone back to."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui import icons
from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.widgets.buttons import quiet_button

NUMBERS = ("one", "two", "three", "four", "five", "six")
ICON = 20


class StepBar(QWidget):
    """A row of words with numbers; ``chosen`` tells of a click or Enter on a step that is done."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._buttons: list[QPushButton] = []
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(4)
        for step in Step:
            if step:
                arrow = QLabel()
                arrow.setPixmap(icons.pixmap("caret-right", 12, "faint"))
                line.addWidget(arrow)
            button = quiet_button(_(step.title), lambda step=step: self.chosen.emit(int(step)))  # type: ignore[misc]
            button.setIconSize(QSize(ICON, ICON))
            button.setCheckable(True)
            self._buttons.append(button)
            line.addWidget(button)
        line.addStretch(1)

    def show_step(self, current: Step, *, may_go_back: bool) -> None:
        """Mark the step one is at."""
        for step, button in zip(Step, self._buttons, strict=True):
            is_done = step < current or (current is Step.RESULT and step is Step.RESULT)
            name = "check-circle" if is_done else f"number-circle-{NUMBERS[step]}"
            tone = "good" if is_done else "accent" if step is current else "faint"
            button.setIcon(icons.icon(name, tone))
            button.setChecked(step is current)
            can_go = may_go_back and step < current
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus if can_go else Qt.FocusPolicy.NoFocus)
            button.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not can_go)
            button.setToolTip(_("Back to this step") if can_go else "")
