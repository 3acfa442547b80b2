"""What all editors have in common: label above, required mark, error or help below, and one value."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.drafts import Typed
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.widgets.buttons import restyle
from crm_desktop.ui.widgets.labels import Role
from crm_desktop.ui.widgets.labels import label as make_label


class FieldEditor(QWidget):
    """Base of the editors. ``changed`` tells of every edit by the user, never of ``set_value``."""

    changed = Signal()

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__()
        self.kind = kind
        self.label = label
        self.required = required
        self._help_text = help_text
        self._input: QWidget | None = None
        self._heading: QWidget = make_label(label, "small")
        self._mark: QLabel | None = None
        if required:
            self._mark = make_label("*", "error")
            self._heading = _side_by_side(self._heading, self._mark)
        self._below: QLabel | None = None  # made when there is something to say
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._column.addWidget(self._heading)
        self._column.addStretch(1)  # not an alignment, by which texts of several lines would be cut
        if help_text:
            self._say_below(help_text, "small")
        self.changed.connect(lambda: self.set_error(""))

    def value(self) -> Any:
        """The value of the kind; raises ``KnownError`` for a text that is none."""
        raise NotImplementedError

    def set_value(self, value: Any) -> None:
        """Show a value, without announcing it."""
        raise NotImplementedError

    def typed(self) -> Any:
        """What stands there: a value, or a text that is none yet."""
        try:
            return self.value()
        except KnownError:
            return Typed(line.text() if isinstance(line := self.focus_target(), QLineEdit) else "")

    def type_again(self, typed: Any) -> None:
        """Put there what ``typed`` has told."""
        if isinstance(typed, Typed):
            line = self.focus_target()
            assert isinstance(line, QLineEdit)
            line.setText(typed.text)
            self.check()
        else:
            self.set_value(typed)

    def focus_target(self) -> QWidget:
        """The widget that gets the focus when the editor does."""
        widget: QWidget = self
        while (proxy := widget.focusProxy()) is not None:
            widget = proxy
        return widget

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Show only, or let edit."""
        raise NotImplementedError

    def hide_heading(self) -> None:
        """Leave out the label, where something else names the editor."""
        self._heading.hide()

    def hide_mark(self) -> None:
        """Leave out the required mark, where there is always a value."""
        if self._mark is not None:
            self._mark.hide()

    def error(self) -> str:
        """The error shown, or nothing."""
        return self._below.text() if self._below is not None and self._below.objectName() == "error" else ""

    def set_error(self, text: str) -> None:
        """Show in red what is wrong; without text, the help again."""
        if text == self.error():
            return
        self._say_below(text or self._help_text, "error" if text else "small")
        if self._input is not None and bool(self._input.property("wrong")) != bool(text):
            self._input.setProperty("wrong", bool(text))
            restyle(self._input)

    def check(self) -> bool:
        """Whether the value can be saved; if not, the field says why."""
        try:
            value = self.value()
        except KnownError as error:
            self.set_error(str(error))
            return False
        if self.required and value in (None, "", []):
            self.set_error(_("Please fill this in."))
            return False
        self.set_error("")
        return True

    def _set_input(self, widget: QWidget) -> None:
        """Put the input between label and help; it takes the focus for the whole editor."""
        self._input = widget
        widget.setAccessibleName(self.label)
        self._column.insertWidget(1, widget)
        self.setFocusProxy(widget)

    def _say_below(self, text: str, role: Role) -> None:
        if self._below is None:
            self._below = make_label(text, role, wrap=True)
            self._column.insertWidget(self._column.count() - 1, self._below)
        self._below.setText(text)
        self._below.setObjectName(role)
        self._below.setVisible(bool(text))
        restyle(self._below)


def _side_by_side(*widgets: QWidget) -> QWidget:
    line = QWidget()
    inside = QHBoxLayout(line)
    inside.setContentsMargins(0, 0, 0, 0)
    inside.setSpacing(4)
    for widget in widgets:
        inside.addWidget(widget)
    inside.addStretch(1)
    return line
