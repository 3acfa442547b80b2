"""What one cell of a list shows: words, tooltip, alignment, chip, colour; from the column's kind and the row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt

from crm_desktop.core import clock
from crm_desktop.services.listing import Row, RowGroup
from crm_desktop.spec import Column, EntitySpec, Ref
from crm_desktop.ui.list_page.source import Source
from crm_desktop.ui.widgets.item_delegate import CellRole, Heading, Look

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


def look_of(spec: EntitySpec, column: Column, row: Row, tones: Mapping[str, str], *, is_lit: bool = False) -> Look:
    """How a loaded cell is painted: a choice in a chip of its tone, telephone numbers as links."""
    value, kind = row.values[column.key], column.facts.kind
    return Look(
        text_of(column, row),
        alignment_of(column),
        chip=((tones.get(column.key) or value.tone) if isinstance(value, Ref) else "") or "",
        tone=tones.get(column.key) or ("accent" if kind.name == "phones" else ""),
        is_strong=is_name(spec, column),
        is_lit=is_lit,
    )


def answer(column: Column, row: Row, role: int) -> Any:
    """What the model says of a loaded cell for one of Qt's roles; None where it says nothing."""
    if role == Qt.ItemDataRole.DisplayRole:
        return text_of(column, row)
    if role == Qt.ItemDataRole.ToolTipRole:
        return whole_text_of(column, row)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return alignment_of(column)
    return row.values[column.key] if role == CellRole.PHONES and column.facts.kind.name == "phones" else None
