"""What is known of a record, compactly: the fields that hold something, under the headings of its form."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_model
from crm_desktop.services.records import Record
from crm_desktop.spec import Attr, EntitySpec, Ref, facts
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.links import address_link, ways_to_reach
from crm_desktop.ui.widgets.places import places_of

LABEL_WIDTH = 88
LEAST_VALUE = 120  # px of a value beside its label; two columns of less are harder to read than one
GAP = 8
LINE = 24
Widget = TypeVar("Widget", bound=QWidget)


@dataclass(frozen=True)
class _Cell:
    """A label and its value, or a heading alone."""

    name: QLabel
    value: QWidget | None = None
    is_wide: bool = True

    def least_width(self) -> int:
        """What the value needs without being cut."""
        return self.value.minimumSizeHint().width() if self.value is not None else 0


class FactsCard(Card):
    """Two columns of label and value, one where there is no room. A double click on one asks to edit it."""

    edit_wanted = Signal(str)  # key of the field

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self._view = view
        self._inside: QWidget | None = None
        self._cells: list[_Cell] = []
        self._places: list[tuple[int, int, int]] = []

    def show_record(self, record: Record) -> None:
        """Show the filled fields of this record."""
        if self._inside is not None:
            self._inside.hide()
            self._inside.deleteLater()
        self._inside = QWidget()
        self._grid = QGridLayout(self._inside)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(4)
        self._cells, self._places = [], []
        for section in record.spec.form.sections:
            filled = [attr for attr in section.fields if _is_filled(record, attr)]
            if filled:
                heading = label(_(section.label), "strong")
                heading.setContentsMargins(0, 12 if self._cells else 0, 0, 0)
                self._cells.append(_Cell(heading))
                self._cells += [self._cell(record, attr) for attr in filled]
        self.body.addWidget(self._inside)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As wide as its widest value in one column."""
        margins = self.body.contentsMargins()
        widest = max((cell.least_width() for cell in self._cells), default=0)
        width = margins.left() + LABEL_WIDTH + GAP + max(LEAST_VALUE, widest) + margins.right()
        return QSize(width, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        self._arrange()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Edit the field under the mouse."""
        under = self.childAt(event.position().toPoint())
        self.edit_wanted.emit(str(under.property("field") or "") if under is not None else "")

    def _cell(self, record: Record, attr: Attr) -> _Cell:
        name = _marked(label(_(record.spec.labels[attr]), "small", wrap=True), attr)
        name.setFixedWidth(LABEL_WIDTH)
        name.setMinimumHeight(LINE)
        value = _marked(self._value(record.spec, attr, record.values[attr.key]), attr)
        return _Cell(name, value, facts(attr).kind.is_wide)

    def _arrange(self) -> None:
        places = self._places_in(self.contentsRect().width())
        if places == self._places:
            return
        self._places = places
        while self._grid.count():
            self._grid.takeAt(0)
        columns = max((side + taken for _row, side, taken in places), default=1)
        for side in range(2):
            self._grid.setColumnMinimumWidth(2 * side, LABEL_WIDTH if side < columns else 0)
            self._grid.setColumnStretch(2 * side + 1, int(side < columns))
        for cell, (row, side, taken) in zip(self._cells, places, strict=True):
            if cell.value is None:
                self._grid.addWidget(cell.name, row, 0, 1, 4)
            else:
                self._grid.addWidget(cell.name, row, 2 * side, Qt.AlignmentFlag.AlignTop)
                self._grid.addWidget(cell.value, row, 2 * side + 1, 1, 2 * taken - 1, Qt.AlignmentFlag.AlignTop)

    def _places_in(self, width: int) -> list[tuple[int, int, int]]:
        """Row, column and number of columns of each cell; what does not fit into one column takes both."""
        margins = self.body.contentsMargins()
        room = width - margins.left() - margins.right()
        value_room = (room - 2 * LABEL_WIDTH - 3 * GAP) // 2
        columns = 2 if value_room >= LEAST_VALUE else 1
        return places_of((cell.is_wide or cell.least_width() > value_room for cell in self._cells), columns)

    def _value(self, spec: EntitySpec, attr: Attr, value: Any) -> QWidget:
        fact = facts(attr)
        target = by_model(fact.target) if fact.target is not None and not fact.dictionary else None
        if isinstance(value, Ref) and target is not None and target.key == spec.key:
            made: QWidget = inline_link(value.label, partial(self._view.open_record, target.key, value.id))
        elif fact.kind.name == "phones":
            made = ways_to_reach(value)
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


def _marked(widget: Widget, attr: Attr) -> Widget:
    widget.setProperty("field", attr.key)
    return widget
