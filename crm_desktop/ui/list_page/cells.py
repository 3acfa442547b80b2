"""What one cell of a list shows: words, tooltip, alignment, chip, colour; from the column's kind and the row."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt

from crm_desktop.core import clock
from crm_desktop.services.listing import Row, RowGroup
from crm_desktop.spec import Column, EntitySpec, Ref
from crm_desktop.ui.list_page.source import Source
from crm_desktop.ui.widgets.item_delegate import CellRole, Heading

MIDDLE = Qt.AlignmentFlag.AlignVCenter
ALIGNMENTS = {
    "left": int(Qt.AlignmentFlag.AlignLeft | MIDDLE),
    "right": int(Qt.AlignmentFlag.AlignRight | MIDDLE),
    "center": int(Qt.AlignmentFlag.AlignHCenter | MIDDLE),
}


def alignment_of(column: Column) -> int:
    """Numbers right, the rest as its kind wants; the heading stands the same way."""
    return ALIGNMENTS[column.facts.kind.align]


def text_of(column: Column, row: Row) -> str:
    """The short text of a cell, relative to today."""
    return column.facts.kind.brief(row.values[column.key], clock.today())


def whole_text_of(column: Column, row: Row) -> str:
    """The whole text of a cell, for the tooltip."""
    return column.facts.kind.format(row.values[column.key])


def chip_of(column: Column, row: Row) -> str | None:
    """The tone of the chip in which a choice stands, None for plain text."""
    value = row.values[column.key]
    return value.tone if isinstance(value, Ref) else None


def is_name(spec: EntitySpec, column: Column) -> bool:
    """Whether the column is what the rows are known by."""
    return spec.search is not None and len(column.path) == 1 and column.path[0] is spec.search.name


def heading_answer(source: Source, group: RowGroup, column: Column, role: int, *, is_folded: bool) -> Any:
    """What the model says of a cell in the heading of a group: its name and number first, totals in their columns."""
    if role == CellRole.HEADING:
        return Heading(source.heading_of(group.value), f"{group.size:,}", is_folded)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return alignment_of(column)
    if role != Qt.ItemDataRole.DisplayRole:
        return None
    if column.key in group.totals:
        return column.facts.kind.format(group.totals[column.key])
    return f"{source.heading_of(group.value)} ({group.size:,})" if column is source.columns[0] else ""


def answer(spec: EntitySpec, column: Column, row: Row, tones: Mapping[str, str], role: int) -> Any:
    """What the model says of a loaded cell for one of Qt's roles or a ``CellRole``; None where it says nothing."""
    say = _ANSWERS.get(role)
    if say is not None:
        return say(column, row)
    if role == CellRole.TONE:
        return tones.get(column.key) or ("accent" if column.facts.kind.name == "phones" else None)
    if role == CellRole.PHONES:
        return row.values[column.key] if column.facts.kind.name == "phones" else None
    return is_name(spec, column) if role == CellRole.STRONG else None


_ANSWERS: dict[int, Callable[[Column, Row], Any]] = {
    Qt.ItemDataRole.DisplayRole: text_of,
    Qt.ItemDataRole.ToolTipRole: whole_text_of,
    Qt.ItemDataRole.TextAlignmentRole: lambda column, _row: alignment_of(column),
    CellRole.CHIP: chip_of,
}
