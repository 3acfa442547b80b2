"""Fields of some entity, chosen by their names."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtWidgets import QCheckBox, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.kinds import Kind
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.widgets.flow_layout import FlowLayout

GAP = 16


class FieldsEditor(FieldEditor):
    """A box to tick for each field that can be filled in."""

    def __init__(self, kind: Kind, label: str, spec: EntitySpec, *, help_text: str = "") -> None:
        super().__init__(kind, label, help_text=help_text)
        self.boxes: dict[str, QCheckBox] = {}
        flow = FlowLayout(gap=GAP)
        inside = QWidget()
        inside.setLayout(flow)
        for attr in spec.form.fields:
            if attr not in spec.form.read_only:
                box = QCheckBox(_(spec.labels[attr]))
                box.clicked.connect(lambda _checked: self.changed.emit())
                flow.addWidget(box)
                self.boxes[attr.key] = box
        self._set_input(inside)
        inside.setFocusProxy(next(iter(self.boxes.values())))

    def value(self) -> list[str]:
        """The keys of the chosen fields, in the order of the form."""
        return [key for key, box in self.boxes.items() if box.isChecked()]

    def set_value(self, value: Iterable[str] | None) -> None:
        """Tick these."""
        chosen = frozenset(value or ())
        for key, box in self.boxes.items():
            box.setChecked(key in chosen)
        self.set_error("")

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Boxes that cannot be ticked."""
        for box in self.boxes.values():
            box.setEnabled(not read_only)
