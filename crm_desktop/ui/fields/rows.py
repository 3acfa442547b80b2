"""Editors whose value is a row of another table: one types, a list opens, a row is chosen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import lru_cache

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QLineEdit

from crm_desktop.core.i18n import _
from crm_desktop.core.text import normalise, search_keys
from crm_desktop.spec.kinds import BadValueError, Kind, Ref
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.icons import icon
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.buttons import restyle, with_shortcut
from crm_desktop.ui.widgets.popup_list import PopupList, PopupRow

Answer = Callable[[Sequence[Ref]], None]
Lookup = Callable[[str, Answer], None]  # finds rows for a text in the background, answers on the UI thread
PAUSE_MS = 150


class RowEditor(FieldEditor):
    """Base of the editors of one row. Subclasses find rows for the typed text in ``_find``."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self._chosen: Ref | None = None
        self.line = QLineEdit()
        self._set_input(self.line)
        self._clear = QAction(icon("x"), _("Clear"), self)
        self._clear.triggered.connect(lambda: self._choose(None))
        self._arrow = QAction(icon("caret-down"), _("Show the list"), self)
        self._arrow.triggered.connect(lambda: self._open(""))
        self._arrow.setToolTip(with_shortcut(_("Show the list"), "F4"))
        for action in (self._clear, self._arrow):
            self.line.addAction(action, QLineEdit.ActionPosition.TrailingPosition)
        self.popup = PopupList(self.line)
        self.popup.chosen.connect(self._choose)
        self._timer = later(PAUSE_MS, lambda: self._open(self.line.text()), self)
        self.line.textEdited.connect(self._typed)
        self.line.editingFinished.connect(self._left)
        self.line.installEventFilter(self)
        self._show_chosen()

    def chosen(self) -> Ref | None:
        """The row chosen last, whatever stands in the line now."""
        return self._chosen

    def value(self) -> Ref | None:
        """The chosen row. Raises where a text stands in the line that names no row."""
        text = self.line.text().strip()
        if text and (self._chosen is None or text != self._text_of(self._chosen)):
            raise BadValueError(_("“{text}” is not in the list.").format(text=text), _("Choose one from the list."))
        return self._chosen

    def take_typed(self, then: Callable[[], object]) -> None:
        """Choose the row that was typed in full, without waiting for the list, if there is one; then call."""
        text = self.line.text().strip()
        if text and (self._chosen is None or text != self._text_of(self._chosen)):
            self._find(text, lambda rows: self._take_named(text, rows, then))
        else:
            then()

    def set_value(self, value: Ref | None) -> None:
        """Show a row."""
        self._chosen = value
        self._show_chosen()
        self.set_error("")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """A line that can still be read and copied."""
        if self.line.isReadOnly() != read_only:
            self.line.setReadOnly(read_only)
            self._arrow.setVisible(not read_only)
            self._show_chosen()
            restyle(self.line)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down, F4 and a click open the list."""
        kind = event.type()
        if self.line.isReadOnly() or not self.popup.isHidden():
            return super().eventFilter(watched, event)
        if kind == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() in {Qt.Key.Key_Down, Qt.Key.Key_F4}:
                self._open("")
                return True
        elif kind == QEvent.Type.MouseButtonPress and not self.line.hasFocus():
            QTimer.singleShot(0, self, self.line.selectAll)
        return super().eventFilter(watched, event)

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        raise NotImplementedError

    def _text_of(self, ref: Ref) -> str:
        return self.kind.format(ref)

    def _typed(self, text: str) -> None:
        if text.strip():
            self._timer.start()
            self.changed.emit()
        else:
            self._choose(None)

    def _open(self, text: str) -> None:
        self._timer.stop()
        self.line.setFocus()
        self._find(text.strip(), lambda rows: self._show_rows(text, rows))

    def _show_rows(self, text: str, rows: Sequence[PopupRow]) -> None:
        if not self.line.hasFocus() or (text and text != self.line.text()):
            return  # the user has gone on
        self.popup.show_rows(rows or [PopupRow(None, _("Nothing found for “{text}”").format(text=text))])
        self.popup.make_current(self._chosen)

    def _choose(self, ref: object) -> None:
        self._timer.stop()
        self.popup.hide()
        self._chosen = ref if isinstance(ref, Ref) else None
        self._show_chosen()
        self.changed.emit()

    def _show_chosen(self) -> None:
        self.line.setText(self._text_of(self._chosen) if self._chosen else "")
        self.line.setCursorPosition(0)
        self._clear.setVisible(bool(self._chosen) and not self.required and not self.line.isReadOnly())

    def _left(self) -> None:
        """Take what was typed; else say that it is not in the list."""
        if self.popup.isHidden() and self.line.text().strip():
            self.take_typed(lambda: self.line.hasFocus() or self.check())

    def _take_named(self, text: str, rows: Sequence[PopupRow], then: Callable[[], object]) -> None:
        if text != self.line.text().strip():
            return  # the user has gone on
        named = [row.value for row in rows if row.value is not None and normalise(row.text) == normalise(text)]
        if len(named) == 1:
            self._choose(named[0])
        then()


def matches(label: str, typed: str) -> bool:
    """Whether ``typed`` is part of the label, of its pinyin, or of the initials of its pinyin."""
    return normalise(typed) in _search_text(label)


@lru_cache(maxsize=8192)  # the regions are 3,900 and are asked at every key
def _search_text(label: str) -> str:
    return search_keys(label).search_text
