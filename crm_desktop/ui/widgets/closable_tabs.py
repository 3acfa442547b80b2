"""The tabs of an area: the first one stays, the others can be closed (Ctrl+W, middle click, the cross)."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.buttons import as_written, with_shortcut

TEXT_LENGTH = 18  # characters shown of a tab's title; the tooltip has the whole


class ClosableTabs(QWidget):
    """A bar of tabs over a stack; the bar is hidden while there is only the first tab. Asks by
    ``close_requested``.
    """

    close_requested = Signal(QWidget)
    current_changed = Signal(QWidget)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = QTabBar()
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.bar.installEventFilter(self)
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self._line = QFrame()
        self._line.setObjectName("tabline")
        bar_line = QHBoxLayout(self._line)
        bar_line.setContentsMargins(4, 0, 4, 0)
        bar_line.addWidget(self.bar, 1)
        column.addWidget(self._line)
        column.addWidget(self._stack, 1)
        self._line.hide()
        self.bar.currentChanged.connect(self._show)

    def add(self, page: QWidget, title: str, *, go_there: bool = True) -> None:
        """Append a tab, and go to it unless told otherwise."""
        index = self._stack.addWidget(page)
        self.bar.addTab("")
        self.set_title(page, title)
        if index > 0:
            self._add_cross(index)
        self._line.setVisible(self.bar.count() > 1)
        if go_there:
            self.bar.setCurrentIndex(index)

    def replace(self, page: QWidget, other: QWidget, title: str) -> None:
        """Put another page into the tab of ``page``, which is deleted."""
        index = self._stack.indexOf(page)
        self._stack.insertWidget(index, other)
        self._stack.removeWidget(page)
        page.deleteLater()
        self.set_title(other, title)
        self._stack.setCurrentIndex(self.bar.currentIndex())

    def _add_cross(self, index: int) -> None:
        cross = QToolButton()
        cross.setObjectName("cross")
        cross.setIcon(icon("x"))
        cross.setIconSize(QSize(12, 12))
        cross.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        cross.setAccessibleName(_("Close"))
        cross.setToolTip(with_shortcut(_("Close"), "Ctrl+W"))
        cross.clicked.connect(lambda _checked=False: self.close_requested.emit(self._page_of(cross)))
        self.bar.setTabButton(index, QTabBar.ButtonPosition.RightSide, cross)

    def _page_of(self, cross: QToolButton) -> QWidget | None:
        side = QTabBar.ButtonPosition.RightSide
        return next((page for n, page in enumerate(self.pages()) if self.bar.tabButton(n, side) is cross), None)

    def set_title(self, page: QWidget, title: str) -> None:
        """Name a tab; "•" before the name is for the caller to add where something is unsaved."""
        index = self._stack.indexOf(page)
        short = title if len(title) <= TEXT_LENGTH else title[: TEXT_LENGTH - 1] + "…"
        self.bar.setTabText(index, as_written(short))
        self.bar.setTabToolTip(index, title)

    def remove(self, page: QWidget) -> None:
        """Take a tab away; the page is deleted. The first tab stays."""
        index = self._stack.indexOf(page)
        if index <= 0:
            return
        self._stack.removeWidget(page)
        self.bar.removeTab(index)
        self._line.setVisible(self.bar.count() > 1)
        page.hide()
        page.deleteLater()

    def pages(self) -> list[QWidget]:
        """All pages from left to right."""
        return [cast("QWidget", self._stack.widget(index)) for index in range(self._stack.count())]

    def current(self) -> QWidget:
        """The page in front; there is always the first one."""
        return cast("QWidget", self._stack.currentWidget())

    def go_to(self, page: QWidget) -> None:
        """Bring a page to the front."""
        self.bar.setCurrentIndex(self._stack.indexOf(page))

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) tab, round and round."""
        self.bar.setCurrentIndex((self.bar.currentIndex() + direction) % max(1, self.bar.count()))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Close the tab under a click of the middle button."""
        if (
            event.type() == QEvent.Type.MouseButtonRelease
            and isinstance(event, QMouseEvent)
            and event.button() == Qt.MouseButton.MiddleButton
        ):
            index = self.bar.tabAt(event.position().toPoint())
            if index > 0:
                self.close_requested.emit(self._stack.widget(index))
            return True
        return super().eventFilter(watched, event)

    def _show(self, index: int) -> None:
        if 0 <= index < self._stack.count():
            self._stack.setCurrentIndex(index)
            self.current_changed.emit(self._stack.widget(index))
