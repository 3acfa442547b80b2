"""List left, preview right: the preview can be folded away, and the window remembers that and its width.

Where both have no room the preview stays folded until somebody asks for it.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from crm_desktop.ui.memory import remember, remembered

PREVIEW_SHARE = 0.26  # of both, until somebody moves the handle
GAP = 12
LEAST_LIST, LEAST_PREVIEW = 420, 300
ROOMY = 860  # px for both; a list of less would have to be scrolled sideways


class PreviewSplitter(QSplitter):
    """Two panes with a gap between them. ``key`` names the page for the memory."""

    preview_toggled = Signal(bool)

    def __init__(self, key: str, content: QWidget, preview: QWidget, *, is_open: bool = True) -> None:
        """``is_open`` until somebody says otherwise."""
        super().__init__(Qt.Orientation.Horizontal)
        self._key, self._is_open = key, is_open
        self._preview = preview
        content.setMinimumWidth(LEAST_LIST)
        preview.setMinimumWidth(LEAST_PREVIEW)
        self.addWidget(content)
        self.addWidget(preview)
        self.setHandleWidth(GAP)
        self.setChildrenCollapsible(False)
        self.setStretchFactor(0, 1)
        self.setStretchFactor(1, 0)
        self._is_narrow, self._is_offered = False, True
        self._is_wanted = remembered(f"{key}/preview", default=self._is_open)
        self._offer()
        self.splitterMoved.connect(lambda _place, _index: remember(f"{key}/preview_width", preview.width()))

    def preview_shown(self) -> bool:
        """Whether the preview is open."""
        return not self._preview.isHidden()

    def show_preview(self, shown: bool) -> None:  # noqa: FBT001 - also a slot of a toggled button
        """Open or fold away the preview, for this page and for next time."""
        remember(f"{self._key}/preview", shown)
        self._is_wanted = shown
        self._offer()

    def offer_preview(self, offered: bool) -> None:  # noqa: FBT001 - says one thing
        """Whether there is anything to preview at all; without it the pane stays away, whatever was chosen."""
        self._is_offered = offered
        self._offer()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the preview away when it gets narrow, bring it back when there is room again."""
        super().resizeEvent(event)
        whole = event.size().width()
        width = remembered(f"{self._key}/preview_width", 0) or int(whole * PREVIEW_SHARE)
        self.setSizes([whole - GAP - width, width])
        is_narrow = whole < ROOMY
        if is_narrow != self._is_narrow:
            self._is_narrow = is_narrow
            self._is_wanted = not is_narrow and remembered(f"{self._key}/preview", default=self._is_open)
            self._offer()

    def _offer(self) -> None:
        shown = self._is_offered and self._is_wanted
        if shown != self.preview_shown():
            self._preview.setVisible(shown)
            self.preview_toggled.emit(shown)
