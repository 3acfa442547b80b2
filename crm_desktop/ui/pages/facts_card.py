"""What is known of a record, compactly: the fields that hold something, under the headings of its form."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_model
from crm_desktop.services.records import Record
from crm_desktop.spec import Attr, EntitySpec, Ref, facts
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.links import address_link, phone_links

LABEL_WIDTH = 88
LINE = 24


class FactsCard(Card):
    """Two columns of label and value. A double click on one asks to edit it."""

    edit_wanted = Signal(str)  # key of the field

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self._view = view
        self._grid: QWidget | None = None

    def show_record(self, record: Record) -> None:
        """Show the filled fields of this record."""
        if self._grid is not None:
            self._grid.hide()
            self._grid.deleteLater()
        self._grid = QWidget()
        grid = QGridLayout(self._grid)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        for column in (1, 3):
            grid.setColumnStretch(column, 1)
        for column in (0, 2):
            grid.setColumnMinimumWidth(column, LABEL_WIDTH)
        place = 0
        for section in record.spec.form.sections:
            filled = [attr for attr in section.fields if _is_filled(record, attr)]
            if filled:
                place = self._add_section(grid, place, _(section.label), record, filled)
        self.body.addWidget(self._grid)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the field under the mouse."""
        under = self.childAt(event.position().toPoint())
        self.edit_wanted.emit(str(under.property("field") or "") if under is not None else "")

    def _add_section(self, grid: QGridLayout, row: int, title: str, record: Record, attrs: list[Attr]) -> int:
        heading = label(title, "strong")
        heading.setContentsMargins(0, 12 if row else 0, 0, 0)
        grid.addWidget(heading, row, 0, 1, 4)
        place = 2 * (row + 1)
        for attr in attrs:
            is_wide = facts(attr).kind.is_wide
            place += place % 2 if is_wide else 0
            line, side = divmod(place, 2)
            name = _marked(label(_(record.spec.labels[attr]), "small"), attr)
            name.setFixedHeight(LINE)
            grid.addWidget(name, line, 2 * side, Qt.AlignmentFlag.AlignTop)
            value = _marked(self._value(record.spec, attr, record.values[attr.key]), attr)
            grid.addWidget(value, line, 2 * side + 1, 1, 3 if is_wide else 1, Qt.AlignmentFlag.AlignTop)
            place += 2 if is_wide else 1
        return (place + 1) // 2

    def _value(self, spec: EntitySpec, attr: Attr, value: Any) -> QWidget:
        fact = facts(attr)
        target = by_model(fact.target) if fact.target is not None and not fact.dictionary else None
        if isinstance(value, Ref) and target is not None and target.key == spec.key:
            made: QWidget = inline_link(value.label, partial(self._view.open_record, target.key, value.id))
        elif fact.kind.name == "phones":
            made = phone_links(value)
        elif fact.kind.name == "email":
            made = address_link(value, f"mailto:{value}")
        elif fact.kind.name == "website":
            made = address_link(value, f"https://{value}")
        else:
            text = label(fact.kind.format(value), wrap=True, selectable=True)
            text.setContentsMargins(0, 2, 0, 2)
            made = text
        return made


def _is_filled(record: Record, attr: Attr) -> bool:
    value = record.values.get(attr.key)
    return value not in (None, "", [], False) and value != record.title


def _marked(widget: QWidget | QLabel, attr: Attr) -> QWidget:
    widget.setProperty("field", attr.key)
    return widget
