"""A picture, PDF or text looked at inside of the program, with the ways to open and to save it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QBuffer, QByteArray, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QKeySequence, QPainter, QPaintEvent, QShortcut
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from crm_desktop.core.file_names import decode_text
from crm_desktop.core.i18n import _
from crm_desktop.reports.preview import page_sizes
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.pages_view import PagesView

SIZE = QSize(832, 560)
LEAST = QSize(320, 240)
TEXT_SHARE = 0.75
MOST_TEXT = 1_000_000  # bytes; more is for an editor
Looked = QImage | bytes | str | None
"""A picture, a PDF, a text, or nothing that can be shown here."""


def look_at(content: bytes, mime_type: str) -> Looked:
    """What can be shown of a file. Takes its time with a large picture: not for the UI thread."""
    if mime_type == "application/pdf":
        return content if _is_readable(content) else None
    if mime_type.startswith("text/"):
        return decode_text(content[:MOST_TEXT])
    if not mime_type.startswith("image/"):
        return None
    buffer = QBuffer()
    buffer.setData(QByteArray(content))
    reader = QImageReader(buffer)
    reader.setAutoTransform(True)
    reader.setDecideFormatFromContent(True)
    image = reader.read()
    return None if image.isNull() else image


def _is_readable(pdf: bytes) -> bool:
    try:
        return bool(page_sizes(pdf))
    except RuntimeError:  # of PDFium: damaged, or locked with a password
        return False


class FilePreview(Dialog):
    """Ctrl+O opens, Ctrl+S saves, Esc closes."""

    def __init__(
        self,
        parent: QWidget | None,
        name: str,
        looked: Looked,
        open_it: Callable[[], object],
        save_it: Callable[[], object],
    ) -> None:
        super().__init__(parent, name, heading=False)
        self.shown = _view_of(looked)
        self.body.addWidget(self.shown, 1)
        self.add_cancel(_("Close"))
        self.add_secondary(_("Save as…"), save_it)
        self.add_primary(_("Open"), open_it)
        for key, act in (("Ctrl+O", open_it), ("Ctrl+S", save_it)):
            QShortcut(QKeySequence(key), self).activated.connect(act)
        self.shown.setFocus()


def _view_of(looked: Looked) -> QWidget:
    if isinstance(looked, QImage):
        return _Picture(looked)
    if isinstance(looked, bytes):
        return PagesView(looked)
    if isinstance(looked, str):
        text = QPlainTextEdit(looked)
        text.setAccessibleName(_("Preview"))
        text.setReadOnly(True)
        text.setMinimumSize(SIZE * TEXT_SHARE)
        return text
    return label(_("This file cannot be shown here. Open it with the program that made it."), "muted", wrap=True)


class _Picture(QWidget):
    """A picture as large as there is room, never larger than it is."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """That of the picture, as far as a screen has room."""
        size = self._image.size()
        if size.width() > SIZE.width() or size.height() > SIZE.height():
            size = size.scaled(SIZE, Qt.AspectRatioMode.KeepAspectRatio)
        return size.expandedTo(LEAST)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw it in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        ratio = self.devicePixelRatioF()
        size = self._image.size() / ratio
        if size.width() > self.width() or size.height() > self.height():
            size = size.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = self.rect()
        place.setSize(size)
        place.moveCenter(self.rect().center())
        painter.drawImage(place, self._image)
