"""One record as a firm would file it: title with its states, facts in two columns, tables of what belongs to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Literal

from reportlab.lib.colors import HexColor

from crm_desktop.core.i18n import _
from crm_desktop.reports.destination import writing
from crm_desktop.reports.engine import FAINT, LEADING, LINE, MUTED, RULE, TEXT, Letterhead, Sheet
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable, text_width
from crm_desktop.reports.lines import one_line, wrap
from crm_desktop.reports.table import Column, Head, Row, Table, measure, share

Tone = Literal["neutral", "accent", "good", "warn", "bad", "violet"]
_TONES = {  # word and ground, as the chips on the screen
    "neutral": (HexColor("#5F6B7A"), HexColor("#EEF1F4")),
    "accent": (HexColor("#0F6CBD"), HexColor("#E6F1FA")),
    "good": (HexColor("#1A7F4B"), HexColor("#E5F5EC")),
    "warn": (HexColor("#A15C00"), HexColor("#FDF1DC")),
    "bad": (HexColor("#B42318"), HexColor("#FDE8E6")),
    "violet": (HexColor("#6941C6"), HexColor("#F0EBFC")),
}
_SIZE = 9.0
_STEP = _SIZE * LEADING
_GUTTER = 20.0
_LABEL_MOST = 84.0
_LINES_IN_HALF = 3
_WRITTEN = 22.0  # between lines that are written on by hand
"""A value that takes more lines than this in half the width gets the whole width."""


@dataclass(frozen=True, slots=True)
class Chip:
    """A state of the record in a word."""

    label: str
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Section:
    """Facts under a heading: pairs of label and formatted value, which may have several lines."""

    label: str
    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CardTable:
    """Records that belong to this one; ``empty`` stands in for the rows where there are none."""

    label: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """Lines to be filled in by hand: so many across the page, or one for each of several things side by side."""

    label: str
    lines: int = 1
    side_by_side: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """What is printed of one record; every text is formatted and translated."""

    title: str
    subtitle: str = ""
    chips: tuple[Chip, ...] = ()
    sections: tuple[Section, ...] = ()
    tables: tuple[CardTable, ...] = ()
    blanks: tuple[Blank, ...] = ()


def card_pdf(target: Path | BinaryIO, letterhead: Letterhead, card: Card) -> int:
    """Write the card to ``target``; the number of pages. Raises `KnownError` when the file cannot be written."""
    with writing(target) as stream:
        sheet = Sheet(stream, letterhead, card.title)
        sheet.head(card.subtitle)
        _draw_chips(sheet, card.chips)
        label_width = _label_width(card.sections)
        for section in card.sections:
            _draw_section(sheet, section, label_width)
        for table in card.tables:
            _draw_table(sheet, table)
        for blank in card.blanks:
            _draw_blank(sheet, blank)
        return sheet.close()


def _draw_chips(sheet: Sheet, chips: Sequence[Chip]) -> None:
    if not chips:
        return
    height, x = 15.0, sheet.left
    for chip in chips:
        label = one_line(printable(chip.label), MEDIUM, 8, sheet.right - sheet.left - 16)
        width = text_width(label, MEDIUM, 8) + 16
        if x + width > sheet.right and x > sheet.left:
            x = sheet.left
            sheet.y -= height + 4
        word, ground = _TONES[chip.tone]
        sheet.canvas.setFillColor(ground)
        sheet.canvas.roundRect(x, sheet.y - height, width, height, height / 2, stroke=0, fill=1)
        sheet.text(x + 8, sheet.y - height + 4.6, label, MEDIUM, 8, word)
        x += width + 6
    sheet.y -= height + 6


def _heading(sheet: Sheet, label: str, below: float) -> None:
    """A heading that stays with the ``below`` points that follow it."""
    if sheet.room < 34 + below:
        sheet.next_page()
    sheet.y -= 12
    sheet.text(sheet.left, sheet.y - 11, printable(label), MEDIUM, 11, TEXT)
    sheet.y -= 17
    sheet.rule(sheet.y, RULE, 0.6)
    sheet.y -= 5


def _label_width(sections: Sequence[Section]) -> float:
    """One width for all sections, so that the values stand in line down the page."""
    widths = (text_width(printable(label), REGULAR, _SIZE) for section in sections for label, _value in section.pairs)
    return min(_LABEL_MOST, max(widths, default=0)) + 10


def _draw_section(sheet: Sheet, section: Section, label_width: float) -> None:
    """Pairs run from left to right; long values take a whole line."""
    _heading(sheet, section.label, 2 * _STEP)
    pairs = [(printable(label), printable(value)) for label, value in section.pairs]
    half = (sheet.right - sheet.left - _GUTTER) / 2 - label_width
    whole = sheet.right - sheet.left - label_width
    waiting: list[tuple[list[str], list[str]]] = []
    for label, value in pairs:
        labels = wrap(label, REGULAR, _SIZE, label_width - 10)
        lines = wrap(value, REGULAR, _SIZE, half)
        is_long = len(lines) > _LINES_IN_HALF
        if waiting and is_long:
            _draw_pairs(sheet, waiting, label_width)
            waiting = []
        waiting.append((labels, wrap(value, REGULAR, _SIZE, whole) if is_long else lines))
        if is_long or len(waiting) == 2:  # noqa: PLR2004 - two columns
            _draw_pairs(sheet, waiting, label_width)
            waiting = []
    if waiting:
        _draw_pairs(sheet, waiting, label_width)


def _draw_pairs(sheet: Sheet, pairs: list[tuple[list[str], list[str]]], label_width: float) -> None:
    """One or two pairs side by side, over page ends where they must."""
    count = max(max(len(labels), len(lines)) for labels, lines in pairs)
    height = count * _STEP + 5
    if sheet.room < height <= sheet.page_room / 3:
        sheet.next_page()
    column = (sheet.right - sheet.left + _GUTTER) / 2
    for number in range(count):
        if sheet.room < _STEP:
            sheet.next_page()
        baseline = sheet.y - _SIZE * 1.05
        for side, (labels, lines) in enumerate(pairs):
            x = sheet.left + side * column
            if number < len(labels):
                sheet.text(x, baseline, labels[number], REGULAR, _SIZE, MUTED)
            if lines == [""] and number == 0:
                sheet.text(x + label_width, baseline, "—", REGULAR, _SIZE, FAINT)
            elif number < len(lines):
                sheet.text(x + label_width, baseline, lines[number], REGULAR, _SIZE, TEXT)
        sheet.y -= _STEP
    sheet.y -= 2
    sheet.rule(sheet.y, LINE, 0.3)
    sheet.y -= 3


def _draw_blank(sheet: Sheet, blank: Blank) -> None:
    _heading(sheet, blank.label, blank.lines * _WRITTEN)
    for _line in range(0 if blank.side_by_side else blank.lines):
        sheet.y -= _WRITTEN
        sheet.rule(sheet.y, RULE, 0.4)
    if blank.side_by_side:
        sheet.y -= _WRITTEN
        width = (sheet.right - sheet.left) / len(blank.side_by_side)
        for place, words in enumerate(blank.side_by_side):
            x = sheet.left + place * width
            sheet.text(x, sheet.y, printable(words), REGULAR, _SIZE, MUTED)
            sheet.canvas.line(
                x + text_width(printable(words), REGULAR, _SIZE) + 6, sheet.y - 2, x + width - 12, sheet.y - 2
            )
        sheet.y -= 6


def _draw_table(sheet: Sheet, table: CardTable) -> None:
    _heading(sheet, table.label, 3 * _STEP)
    if not table.rows:
        sheet.paragraph(table.empty or _("Nothing recorded yet."), colour=MUTED)
        return
    size = 8.5
    widths = share(measure(table.columns, table.rows), sheet.right - sheet.left, size)
    drawing = Table(sheet, table.columns, widths, size)
    drawing.header()
    for row in table.rows:
        drawing.row(row, MEDIUM if isinstance(row, Head) else REGULAR)
