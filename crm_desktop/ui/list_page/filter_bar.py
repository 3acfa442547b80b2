"""The chips above a list: one for each condition of its filter. Enter or a click edits, Del or the cross removes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QToolButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import link_button
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.tooltips import plain_tooltip

MOST_LETTERS = 80


class FilterBar(QWidget):
    """Hidden while nothing is filtered."""

    edit_requested = Signal(int)
    remove_requested = Signal(int)
    clear_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.chips: list[QPushButton] = []
        self._warning = Bar("warn")
        self._area = QWidget()
        self._flow = FlowLayout(self._area, gap=8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._area)
        column.addWidget(self._warning)
        self.hide()

    def show_items(self, texts: Sequence[str], broken: frozenset[int], warning: str, *, is_needed: bool) -> None:
        """A chip for each text, those of ``broken`` numbers in red; ``warning`` says what is not applied. Not needed
        while the builder shows the same.
        """
        self._flow.clear()
        self.chips = []
        for number, text in enumerate(texts):
            self._flow.addWidget(self._chip(number, text, is_broken=number in broken))
        if len(texts) > 1:
            self._flow.addWidget(link_button(_("Clear all"), self.clear_requested.emit))
        self._warning.say_one(warning)
        self.setVisible(bool(texts) and is_needed)
        self._area.updateGeometry()

    def texts(self) -> list[str]:
        """What the chips say."""
        return [chip.toolTip() for chip in self.chips]

    def warning(self) -> str:
        """What the list says about conditions that are not applied."""
        return " ".join(self._warning.texts())

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Del on a chip takes it away; the arrows go from chip to chip."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched in self.chips:
            number = self.chips.index(watched)
            key = event.key()
            if key in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
                self.remove_requested.emit(number)
                return True
            if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self.edit_requested.emit(number)
                return True
            step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(key), 0)
            if step and 0 <= number + step < len(self.chips):
                self.chips[number + step].setFocus(Qt.FocusReason.OtherFocusReason)
                return True
        return super().eventFilter(watched, event)

    def _chip(self, number: int, text: str, *, is_broken: bool) -> QWidget:
        frame = QFrame()
        frame.setObjectName("chip")
        frame.setProperty("broken", is_broken)
        frame.setFixedHeight(28)
        words = QPushButton(text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…")
        words.setObjectName("chiptext")
        words.setToolTip(plain_tooltip(text))
        words.setAutoDefault(False)
        words.clicked.connect(partial(self.edit_requested.emit, number))
        words.installEventFilter(self)
        self.chips.append(words)
        cross = QToolButton()
        cross.setObjectName("cross")
        cross.setIcon(icon("x"))
        cross.setIconSize(QSize(10, 10))
        cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        cross.setAccessibleName(_("Remove {label}").format(label=text))
        cross.setToolTip(plain_tooltip(cross.accessibleName()))
        cross.clicked.connect(partial(self.remove_requested.emit, number))
        line = QHBoxLayout(frame)
        line.setContentsMargins(4, 0, 6, 0)
        line.setSpacing(2)
        line.addWidget(words)
        line.addWidget(cross)
        return frame
