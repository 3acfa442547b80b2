"""Yes or no, as a box to tick."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox

from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.fields.base import FieldEditor


class CheckBoxEditor(FieldEditor):
    """A box as high as the other editors by the style sheet, so that the lines of a form stay in line."""

    def __init__(self, kind: Kind, label: str, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self.box = QCheckBox(_("Yes"))
        self.box.setObjectName("field")
        self._set_input(self.box)
        self.box.clicked.connect(lambda _checked: self.changed.emit())

    def value(self) -> bool:
        """Whether it is ticked."""
        return self.box.isChecked()

    def set_value(self, value: bool | None) -> None:  # noqa: FBT001 - it is the value
        """Tick it or not; None is no."""
        self.box.setChecked(bool(value))
        self.set_error("")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """A box that cannot be ticked."""
        self.box.setEnabled(not read_only)
