"""Several rows of another table: chips that can be taken away, and a line to add more."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec.kinds import Kind, Ref
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.rows import Lookup
from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label as make_label
from crm_desktop.ui.widgets.tooltips import plain_tooltip


class ReferencesEditor(FieldEditor):
    """The value is the list of chosen rows, in the order they were added."""

    def __init__(self, kind: Kind, label: str, lookup: Lookup, *, required: bool = False, help_text: str = "") -> None:
        super().__init__(kind, label, required=required, help_text=help_text)
        self._chosen: list[Ref] = []
        self._read_only = False
        self.adder = ReferenceEditor(kind, label, lookup)
        self.adder.hide_heading()
        self.adder.changed.connect(self._add)
        self.adder.line.installEventFilter(self)
        self._chips = QWidget()
        self._flow = FlowLayout(self._chips)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self._chips)
        column.addWidget(self.adder)
        self._set_input(inside)
        self.setFocusProxy(self.adder)

    def value(self) -> list[Ref]:
        """The chosen rows."""
        return list(self._chosen)

    def set_value(self, value: Sequence[Ref] | None) -> None:
        """Show these rows."""
        self._chosen = list(value or ())
        self._show()
        self.set_error("")

    def check(self) -> bool:
        """What is typed and nothing was chosen for would be lost."""
        return self.adder.check() and super().check()

    def set_read_only(self, read_only: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        """Without the line and the crosses."""
        self._read_only = read_only
        self.adder.setVisible(not read_only)
        self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Backspace in the empty line takes the last one away."""
        is_back = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Backspace
        if is_back and event.type() == QEvent.Type.KeyPress and self._chosen and not self.adder.line.text():
            self._remove(self._chosen[-1])
            return True
        return super().eventFilter(watched, event)

    def _add(self) -> None:
        chosen = self.adder.chosen()
        if chosen is None:
            return
        self.adder.set_value(None)
        if chosen not in self._chosen:
            self._chosen.append(chosen)
            self._show()
            self.changed.emit()

    def _remove(self, ref: Ref) -> None:
        self._chosen.remove(ref)
        self._show()
        self.changed.emit()
        self.adder.setFocus()

    def _show(self) -> None:
        self._flow.clear()
        for ref in self._chosen:
            self._flow.addWidget(self._chip(ref))
        self._chips.setVisible(bool(self._chosen))

    def _chip(self, ref: Ref) -> QWidget:
        frame = QFrame()
        frame.setObjectName("chip")
        frame.setFixedHeight(24)
        line = QHBoxLayout(frame)
        line.setContentsMargins(8, 0, 4 if not self._read_only else 8, 0)
        line.setSpacing(4)
        line.addWidget(make_label(self.kind.format(ref), "small"))
        if not self._read_only:
            cross = QToolButton()
            cross.setObjectName("cross")
            cross.setIcon(icon("x"))
            cross.setIconSize(QSize(10, 10))
            cross.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            cross.setAccessibleName(_("Remove {label}").format(label=ref.label))
            cross.setToolTip(plain_tooltip(cross.accessibleName()))
            cross.clicked.connect(partial(self._remove, ref))
            line.addWidget(cross)
        return frame
