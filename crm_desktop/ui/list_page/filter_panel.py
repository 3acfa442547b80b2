"""The filter builder above a list. What is complete is applied at once, so that the list itself shows what it does."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.entities import by_key
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.filters import EVERYTHING, Group
from crm_desktop.ui import messages
from crm_desktop.ui.context import Context
from crm_desktop.ui.list_page.filter_group import GroupEditor
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

PAUSE_MS = 250  # after the last key
SHARE, LEAST = 0.2, 120
"""What the conditions take of the page's height, three and a half on a small screen: the rows below are to be seen."""


class FilterPanel(Card):
    """``changed`` brings what is asked, a moment after the last edit; Esc closes it."""

    changed = Signal(object)
    closed = Signal()
    save_requested = Signal()

    def __init__(self, context: Context, spec: EntitySpec) -> None:
        super().__init__(padding=12)
        self._context, self._entity = context, spec.key
        self._shown = EVERYTHING
        self.editor: GroupEditor | None = None
        self._count = label("", "muted")
        self._incomplete = label("", "muted")
        self.body.setSpacing(8)
        self.body.addLayout(self.head)
        self.head.addWidget(label(_("Show rows that meet"), "muted"))
        self.head.addStretch(1)
        self.head.addWidget(self._incomplete)
        self.head.addWidget(self._count)
        self.head.addWidget(quiet_button(_("Clear all"), self._clear, icon_name="x"))
        self.save_button = secondary_button(_("Save as view"), self.save_requested.emit, icon_name="bookmark-simple")
        self.head.addWidget(self.save_button)
        self.head.addWidget(secondary_button(_("Done"), self.close_panel, icon_name="check"))
        self._scroll = QScrollArea()
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.body.addWidget(self._scroll)
        self._pause = later(PAUSE_MS, self.apply, self)
        self.hide()

    def open_with(self, group: Group) -> None:
        """Show the builder with this filter."""
        self.show()
        if self.editor is None or group != self._shown:
            self._build(group)

    def show_filter(self, group: Group) -> None:
        """Follow a change that was made elsewhere, such as a chip taken away."""
        if group != self._shown and not self.isHidden():
            self._build(group)

    def incomplete(self) -> str:
        """What is said of conditions that were begun and do not count yet; empty where there are none."""
        count = self.editor.incomplete() if self.editor is not None else 0
        text = ngettext(
            "{count} condition is not complete and does not count yet.",
            "{count} conditions are not complete and do not count yet.",
            count,
        )
        return text.format(count=count) if count else ""

    def set_count(self, text: str) -> None:
        """How many rows match."""
        self._count.setText(text)

    def add_condition(self, key: str = "") -> None:
        """Begin a condition."""
        assert self.editor is not None
        self.editor.add_condition(key)

    def apply(self) -> None:
        """Announce what is asked now, where that is something else than before."""
        self._pause.stop()
        self._tell_incomplete(self.incomplete())
        group = self.editor.group() if self.editor is not None else EVERYTHING
        if group != self._shown:
            self._shown = group
            self.changed.emit(group)

    def close_panel(self) -> None:
        """Apply and fold away; what is begun stays, and is told of."""
        self.apply()
        if incomplete := self.incomplete():
            messages.notify(self, incomplete, tone="warn")
        self.hide()
        self.closed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_panel()
        else:
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """As high as its conditions need, within limits."""
        if event.type() in {QEvent.Type.LayoutRequest, QEvent.Type.Resize} and watched is self.editor:
            self._fit()
        return super().eventFilter(watched, event)

    def _build(self, group: Group) -> None:
        self._shown = group
        if self.editor is not None:
            self.editor.match.deleteLater()
        self.editor = GroupEditor(self._context, by_key(self._entity), group)
        self.editor.setObjectName("plain")  # without a ground of its own
        self.editor.changed.connect(self._pause.start)
        self.editor.installEventFilter(self)
        self.head.insertWidget(1, self.editor.match)
        self._tell_incomplete("")
        self._scroll.setWidget(self.editor)
        self._fit()

    def _tell_incomplete(self, text: str) -> None:
        """In the place of the number of rows, for which both have no room."""
        self._incomplete.setText(text)
        self._count.setVisible(not text)

    def _clear(self) -> None:
        self._build(EVERYTHING)
        self._shown = Group(match="any")  # whatever was asked before
        self.apply()
        self.add_condition()

    def _fit(self) -> None:
        if self.editor is not None:
            page = self.parentWidget()
            highest = max(LEAST, round(SHARE * page.height())) if page is not None else LEAST
            self._scroll.setFixedHeight(min(highest, self.editor.sizeHint().height() + 2))
            QTimer.singleShot(0, self, self._show_focused)

    def _show_focused(self) -> None:
        focused: QWidget | None = self.focusWidget()
        if focused is not None and self.editor is not None and self.editor.isAncestorOf(focused):
            self._scroll.ensureWidgetVisible(focused, 0, 8)
