"""A board on paper: its columns side by side, each card with what it says; columns without room follow below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from reportlab.lib.colors import Color, HexColor
from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import NoRightError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.entities import by_key
from crm_desktop.reports.analysis import PAPER
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.engine import LEADING, LINE, MUTED, TEXT, Align, Sheet
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable, text_width
from crm_desktop.reports.lines import wrap
from crm_desktop.services.boards import BoardColumn
from crm_desktop.services.listing import Row, fetch_rows
from crm_desktop.spec import Attr, Ref, facts
from crm_desktop.spec.board import BoardSpec

MOST_CARDS = 100
"""Of a column in a lane; whoever wants them all prints the list."""
_MOST_COLUMNS = 7
_MOST_LINES = 6
"""Of one text: no card may be higher than a page."""
_GAP, _PADDING = 8.0, 5.0
_SIZE, _SMALL = 8.5, 7.5


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardPaper:
    """What is printed: as the screen shows it at the moment."""

    board: BoardSpec
    title: str
    subtitle: str
    columns: Sequence[BoardColumn]
    lanes: Sequence[Ref]


@dataclass(frozen=True, slots=True)
class _Line:
    """A line of a card, already broken; what is ``beside`` stands at its right."""

    text: str
    size: float = _SMALL
    font: str = REGULAR
    colour: Color = MUTED
    beside: str = ""


def print_board(session: Session, paper: BoardPaper, person: Person, target: BinaryIO) -> int:
    """Set the board as a PDF; the number of pages. Raises NoRightError without the right to print its records."""
    spec = by_key(paper.board.entity)
    if not person.may_use(Function.PRINT, spec.key):
        raise NoRightError(_("You have no right to print this list."), _("Ask the administrator if you need it."))
    shown = [id_ for column in paper.columns for lane in paper.lanes for id_ in column.cell(lane.id).ids[:MOST_CARDS]]
    rows = fetch_rows(session, spec, paper.board.columns, shown)
    sheet = Sheet(target, fetch_letterhead(session, person), paper.title, is_landscape=True)
    count = sum(column.count for column in paper.columns)
    sheet.head(paper.subtitle, ngettext("{count} record", "{count} records", count).format(count=f"{count:,}"))
    for first in range(0, len(paper.columns), _MOST_COLUMNS):
        if first:
            sheet.next_page()
        _Strip(sheet, paper, paper.columns[first : first + _MOST_COLUMNS], rows).draw()
    return sheet.close()


class _Strip:
    """Columns that stand side by side."""

    def __init__(self, sheet: Sheet, paper: BoardPaper, columns: Sequence[BoardColumn], rows: dict[int, Row]) -> None:
        self._sheet, self._paper, self._board, self._columns, self._rows = sheet, paper, paper.board, columns, rows
        self._width = (sheet.right - sheet.left + _GAP) / len(columns) - _GAP

    def draw(self) -> None:
        """All lanes, one below the other, the heads of the columns on each page."""
        self._draw_heads()
        for lane in self._paper.lanes:
            cards = [list(self._cards(column, lane)) for column in self._columns]
            if lane.label and any(cards):
                self._draw_lane(lane.label, max(self._height(card[0]) for card in cards if card))
            while any(cards):
                self._sheet.y = min(self._flow(number, left) for number, left in enumerate(cards))
                if any(cards):
                    self._next_page()

    def _left(self, number: int) -> float:
        return self._sheet.left + number * (self._width + _GAP)

    def _next_page(self) -> None:
        self._sheet.next_page()
        self._draw_heads()

    def _draw_heads(self) -> None:
        """Name, count and sums of each column."""
        board, top = self._board, self._sheet.y
        lowest = top
        for number, column in enumerate(self._columns):
            lines = [_Line(f"{column.ref.label}  {column.count:,}", 10, MEDIUM, TEXT)]
            if board.amount is not None:
                money = facts(board.amount).kind
                lines.append(_Line(money.format(column.amount)))
                if board.weighted is not None:
                    lines.append(_Line(_("weighted {amount}").format(amount=money.format(column.weighted))))
            lowest = min(lowest, self._write(self._left(number), top, self._broken(lines)))
        self._sheet.rule(lowest - 4)
        self._sheet.y = lowest - 10

    def _draw_lane(self, name: str, height: float) -> None:
        if self._sheet.room < height + 20:
            self._next_page()
        self._sheet.text(self._sheet.left, self._sheet.y - 11, printable(name), MEDIUM, 9.5)
        self._sheet.y -= 18

    def _flow(self, number: int, cards: list[list[_Line]]) -> float:
        """Draw as many cards of a column as find room and take them away; where the next would begin."""
        sheet, top = self._sheet, self._sheet.y
        left = self._left(number)
        while cards and top - self._height(cards[0]) >= sheet.bottom:
            lines = cards.pop(0)
            height = self._height(lines)
            sheet.canvas.setStrokeColor(LINE)
            sheet.canvas.setLineWidth(0.6)
            sheet.canvas.roundRect(left, top - height, self._width, height, 3)
            self._write(left + _PADDING, top - _PADDING, lines)
            top -= height + _GAP / 2
        return top

    def _cards(self, column: BoardColumn, lane: Ref) -> Iterator[list[_Line]]:
        ids = column.cell(lane.id).ids
        for id_ in ids[:MOST_CARDS]:
            if id_ in self._rows:
                yield self._broken(self._said(self._rows[id_]))
        if len(ids) > MOST_CARDS:
            yield self._broken([_Line(_("… and {count} more").format(count=len(ids) - MOST_CARDS))])

    def _said(self, row: Row) -> Iterator[_Line]:
        """What a card says, as on the screen."""
        board, values = self._board, row.values

        def words(attr: Attr) -> str:
            return facts(attr).kind.format(values[attr.key])

        yield _Line(words(board.title), _SIZE, REGULAR, TEXT)
        yield _Line(words(board.subtitle))
        day = next((words(attr) for attr in board.days if values[attr.key] is not None), "")
        if board.amount is not None and values[board.amount.key] is not None:
            yield _Line(words(board.amount), _SIZE, MEDIUM, TEXT, day)
        else:
            yield _Line(day)
        yield _Line(words(board.person), colour=HexColor(PAPER["accent"]))
        for flag in board.flags(values):
            yield _Line(flag.text, colour=HexColor(PAPER[flag.tone]))

    def _broken(self, lines: Sequence[_Line] | Iterator[_Line]) -> list[_Line]:
        """As many lines as the width of a column asks for; what has nothing to say is left out."""
        room = self._width - 2 * _PADDING
        found: list[_Line] = []
        for one in lines:
            text, beside = printable(one.text), printable(one.beside)
            is_wide = text_width(text, one.font, one.size) + text_width(beside, REGULAR, _SMALL) + _PADDING > room
            parts = wrap(text, one.font, one.size, room) if text else []
            if len(parts) > _MOST_LINES:
                parts[_MOST_LINES - 1 :] = [f"{parts[_MOST_LINES - 1][:-1]}…"]
            found += [_Line(part, one.size, one.font, one.colour, "" if is_wide else beside) for part in parts]
            if beside and is_wide:
                found.append(_Line(beside))
        return found

    def _height(self, lines: Sequence[_Line]) -> float:
        return sum(one.size * LEADING for one in lines) + 2 * _PADDING

    def _write(self, left: float, top: float, lines: Sequence[_Line]) -> float:
        """Draw lines one below the other; where the next would begin."""
        right: Align = "right"
        for one in lines:
            self._sheet.text(left, top - one.size * 1.05, one.text, one.font, one.size, one.colour)
            beside = left + self._width - 2 * _PADDING
            self._sheet.text(beside, top - one.size * 1.05, one.beside, REGULAR, _SMALL, MUTED, right)
            top -= one.size * LEADING
        return top
