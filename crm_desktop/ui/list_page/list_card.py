"""The white card of a list: its table and footer, or the shape of rows that are coming, or why there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.bar import Action, Bar
from crm_desktop.ui.widgets.buttons import link_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.labels import ElidedLabel
from crm_desktop.ui.widgets.skeleton import DELAY_MS, Skeleton

SKELETON_ROWS = 40  # more than any window shows; the rest is clipped
FOOTER_HEIGHT = 36


class ListCard(Card):
    """Shows one thing at a time. The bar above the table says that its rows may be old."""

    def __init__(self, table: QWidget, retry: Callable[[], object], parent: QWidget | None = None) -> None:
        super().__init__(padding=0, parent=parent)
        self._table = table
        self._retry = retry
        self._bar = Bar("warn")
        self._selected = ElidedLabel("", "faint")
        self._whole = ElidedLabel("", "faint")
        footer = QFrame()
        footer.setObjectName("footer")
        footer.setFixedHeight(FOOTER_HEIGHT)
        footer_line = QHBoxLayout(footer)
        footer_line.setContentsMargins(12, 0, 12, 0)
        footer_line.addWidget(self._selected)
        self._actions = QHBoxLayout()
        self._actions.setSpacing(4)
        self._shown_actions: tuple[str, ...] = ()
        footer_line.addLayout(self._actions)
        footer_line.addStretch(1)
        footer_line.addWidget(self._whole)
        rows = QWidget()
        column = QVBoxLayout(rows)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar)
        column.addWidget(table, 1)
        column.addWidget(footer)
        self._rows = rows
        self._skeleton = Skeleton(SKELETON_ROWS)
        self._skeleton.setMinimumHeight(0)
        self._stack = QStackedWidget()
        self._stack.addWidget(rows)
        self._stack.addWidget(self._skeleton)
        self._instead: EmptyState | None = None
        self.body.addWidget(self._stack)
        self._wait = later(DELAY_MS, self._show_skeleton, self)
        self.setFocusProxy(table)

    def show_rows(self) -> None:
        """The table is to be seen, and up to date."""
        self._wait.stop()
        self._bar.say_one("")
        self._show(self._rows)

    def expect_rows(self) -> None:
        """Other rows are coming: their shape is shown when one would notice the wait."""
        self._wait.start()

    def show_instead(self, state: EmptyState) -> None:
        """Why there are no rows, and what to do."""
        self._wait.stop()
        old, self._instead = self._instead, state
        self._stack.addWidget(state)
        self._show(state)
        if old is not None:
            self._stack.removeWidget(old)
            old.deleteLater()

    def show_old(self, why: str) -> None:
        """The rows stay readable, but could not be read again."""
        self._wait.stop()
        self._bar.say_one(why, (_("Try again"), self._retry))
        self._show(self._rows)

    def set_footer(self, selected: str, whole: str, actions: Sequence[Action] = ()) -> None:
        """What stands left and right below the rows, and what can be done with those selected."""
        self._selected.setText(selected)
        self._whole.setText(whole)
        names = tuple(text for text, _act in actions)
        if names == self._shown_actions:
            return
        self._shown_actions = names
        while (item := self._actions.takeAt(0)) is not None:
            button = item.widget()
            if button is not None:
                if button.hasFocus():  # it would go to whatever is next
                    self._table.setFocus(Qt.FocusReason.OtherFocusReason)
                button.hide()
                button.deleteLater()
        for text, act in actions:
            button = link_button(text, act)
            button.setFixedHeight(FOOTER_HEIGHT - 8)
            self._actions.addWidget(button)

    def footer_texts(self) -> tuple[str, str]:
        """What stands left and right below the rows."""
        return self._selected.text(), self._whole.text()

    def shown_instead(self) -> EmptyState | None:
        """What is shown in place of rows, None while rows are."""
        return self._instead if self._stack.currentWidget() is self._instead else None

    def _show_skeleton(self) -> None:
        self._show(self._skeleton)
        self._skeleton.show_bars()

    def _show(self, widget: QWidget) -> None:
        focused = QApplication.focusWidget()
        had_focus = focused is not None and self._rows.isAncestorOf(focused)
        self._stack.setCurrentWidget(widget)
        self.setFocusProxy(widget if widget is self._instead else self._table)
        if had_focus and widget is self._instead:
            widget.setFocus(Qt.FocusReason.OtherFocusReason)
