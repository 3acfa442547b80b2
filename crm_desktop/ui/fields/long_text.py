"""Several lines of text; the editor grows with them."""

from __future__ import annotations

from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QPlainTextEdit

from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.widgets.buttons import restyle

FEWEST_LINES, MOST_LINES = 3, 10
FRAME = 16  # px: border, padding and margin of the document


class LongTextEditor(FieldEditor):
    """Plain text. Tab goes to the next field."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self.area = _Area()
        self._set_input(self.area)
        self._quiet = False
        self.area.textChanged.connect(self._text_changed)
        self._fit()

    def value(self) -> str | None:
        """The text, None when there is none."""
        text: str | None = self.kind.parse(self.area.toPlainText())
        return text

    def set_value(self, value: str | None) -> None:
        """Show a text."""
        self._quiet = True
        self.area.setPlainText(self.kind.format(value))
        self._quiet = False
        self.set_error("")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """A text that can still be read and copied."""
        if self.area.isReadOnly() != read_only:
            self.area.setReadOnly(read_only)
            restyle(self.area)

    def _text_changed(self) -> None:
        self._fit()
        if not self._quiet:
            self.changed.emit()

    def _fit(self) -> None:
        lines = max(FEWEST_LINES, min(MOST_LINES, self.area.document().lineCount()))
        self.area.setFixedHeight(lines * self.area.fontMetrics().lineSpacing() + FRAME)


class _Area(QPlainTextEdit):
    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the form, not the text, unless one is writing here."""
        if self.hasFocus() and self.verticalScrollBar().maximum() > 0:
            super().wheelEvent(event)
        else:
            event.ignore()
