"""The box to write a comment in: Ctrl+Enter sends, @ names a colleague, a pasted picture is handed on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise, search_keys
from crm_desktop.services.comments import LONGEST, Colleague
from crm_desktop.ui.form_page.attachments_card import is_no_text
from crm_desktop.ui.widgets.popup_list import PopupList, PopupRow

HEIGHT = 64  # px: two lines and the beginning of a third
MOST_OFFERED = 8
LoadColleagues = Callable[[Callable[[Sequence[Colleague]], None]], None]
_BEGUN = re.compile(r"@([^\s@]{0,20})$")


class CommentBox(QPlainTextEdit):
    """Plain text with line breaks. ``load_colleagues(answer)`` calls ``answer`` with those whom @ can name."""

    sent = Signal()
    media_pasted = Signal(QMimeData)  # a picture or files instead of text

    def __init__(self, load_colleagues: LoadColleagues) -> None:
        super().__init__()
        self._load_colleagues = load_colleagues
        self.setFixedHeight(HEIGHT)
        self.setTabChangesFocus(True)
        self.setPlaceholderText(_("Write a comment; @ names a colleague"))
        self.setAccessibleName(_("Comment"))
        self._popup = PopupList(self, width=240)
        self._popup.chosen.connect(self._complete)
        self.textChanged.connect(self._text_changed)
        self.installEventFilter(self)

    def text(self) -> str:
        """What is typed, without blanks around it."""
        return self.toPlainText().strip()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Ctrl+Enter sends; plain Enter begins a new line, unless it chooses a name."""
        if (
            event.type() == QEvent.Type.KeyPress
            and isinstance(event, QKeyEvent)
            and event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            and event.modifiers() & Qt.KeyboardModifier.ControlModifier
        ):
            self.sent.emit()
            return True
        return super().eventFilter(watched, event)

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text, and what is handed on."""
        return source.hasImage() or super().canInsertFromMimeData(source)

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Text goes in, a picture or files go to whoever keeps such things."""
        if is_no_text(source):
            self.media_pasted.emit(source)
        else:
            super().insertFromMimeData(source)

    def _text_changed(self) -> None:
        if len(self.toPlainText()) > LONGEST:
            self.setPlainText(self.toPlainText()[:LONGEST])
            self.moveCursor(QTextCursor.MoveOperation.End)
        if _BEGUN.search(self._before_cursor()) and self.hasFocus():
            self._load_colleagues(self._offer)
        else:
            self._popup.hide()

    def _offer(self, colleagues: Sequence[Colleague]) -> None:
        begun = _BEGUN.search(self._before_cursor())
        if begun is None or not self.hasFocus():
            return  # one has typed on since
        typed = normalise(begun.group(1))
        found = [one for one in colleagues if _is_meant(one, typed)]
        self._popup.show_rows(PopupRow(one.name, one.name) for one in found[:MOST_OFFERED])

    def _complete(self, name: object) -> None:
        begun = _BEGUN.search(self._before_cursor())
        if begun is None:
            return
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(begun.group(1)))
        cursor.insertText(f"{name} ")

    def _before_cursor(self) -> str:
        cursor = self.textCursor()
        return cursor.block().text()[: cursor.positionInBlock()]


def _is_meant(colleague: Colleague, typed: str) -> bool:
    """By any part of the name, or of its pinyin."""
    return not typed or typed in search_keys(colleague.name).search_text
