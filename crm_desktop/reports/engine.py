"""Pages of paper: letterhead, running head, footer with "page x of y", a cursor that moves down. Knows no table."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from io import BytesIO
from typing import BinaryIO, Literal

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.units import mm
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from crm_desktop.core.i18n import _, language
from crm_desktop.reports.fonts import BOLD, MEDIUM, REGULAR, printable, register_fonts, text_width
from crm_desktop.reports.lines import one_line, wrap

Align = Literal["left", "right", "center"]
TEXT, MUTED, FAINT = HexColor("#1B2430"), HexColor("#5F6B7A"), HexColor("#94A0AE")
# The soft line is a shade darker than on the screen: printers lose the lightest greys.
LINE, RULE, ACCENT = HexColor("#DDE2E8"), HexColor("#94A0AE"), HexColor("#0F6CBD")
LEADING = 1.4
MARGIN: float = 16 * mm
FOOT: float = 17 * mm
_HEAD = 26.0  # running head of the later pages
_LOGO_HEIGHT: float = 11 * mm
_LINE = 10.5
MOST_LINES = 3
"""Of the letterhead, so that the page keeps its place for what it is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Letterhead:
    """Whose paper it is, and who printed it when."""

    firm: str
    person: str
    printed_at: datetime.datetime
    logo: bytes = b""
    """A picture of any usual kind; empty: none."""
    lines: tuple[str, ...] = ()
    """At the right of the firm's name, such as its telephone; what is more than ``MOST_LINES`` is left out."""


def open_canvas(
    stream: BinaryIO, title: str, author: str, made_at: datetime.datetime, size: tuple[float, float]
) -> Canvas:
    """A canvas whose bytes depend on nothing but what is drawn and ``made_at``. ``size`` is in points."""
    register_fonts()
    canvas = Canvas(stream, pagesize=size, invariant=1, pageCompression=1, lang="zh-CN" if language() == "zh" else "en")
    canvas.setTitle(printable(title))
    canvas.setAuthor(printable(author))
    canvas.setCreator("crm-desktop")
    canvas.setSubject("")
    canvas.setDateFormatter(lambda *_parts: f"D:{made_at:%Y%m%d%H%M%S}")
    return canvas


class Sheet:
    """A4 pages drawn from top to bottom. `y` is the cursor: the upper edge of what comes next, in points from below."""

    def __init__(self, stream: BinaryIO, letterhead: Letterhead, title: str, *, is_landscape: bool = False) -> None:
        size: tuple[float, float] = landscape(A4) if is_landscape else A4
        self.width, self.height = size
        self.left, self.right, self.bottom = MARGIN, self.width - MARGIN, FOOT + 11
        self.canvas = open_canvas(stream, title, letterhead.person, letterhead.printed_at, size)
        self.letterhead = letterhead
        self.title = printable(title)
        self.page = 1
        self.y = self.height - MARGIN
        self._draw_footer_place()

    @property
    def room(self) -> float:
        """Height left on this page, in points."""
        return self.y - self.bottom

    @property
    def page_room(self) -> float:
        """Height below the running head of an empty page, in points."""
        return self.height - MARGIN - _HEAD - self.bottom

    def text(
        self,
        x: float,
        baseline: float,
        text: str,
        font: str = REGULAR,
        size: float = 9,
        colour: Color = TEXT,
        align: Align = "left",
    ) -> None:
        """Draw one line of `printable` text; ``x`` is its left end, its right end or its middle."""
        if not text:
            return
        if align != "left":
            x -= text_width(text, font, size) / (1 if align == "right" else 2)
        self.canvas.setFont(font, size)
        self.canvas.setFillColor(colour)
        self.canvas.drawString(x, baseline, text)

    def paragraph(
        self, text: str, font: str = REGULAR, size: float = 9, colour: Color = TEXT, width: float | None = None
    ) -> None:
        """Draw wrapped text at the left margin and move the cursor below it, over page ends where needed."""
        for line in wrap(printable(text), font, size, width or self.right - self.left):
            if self.room < size * LEADING:
                self.next_page()
            self.text(self.left, self.y - size * 1.05, line, font, size, colour)
            self.y -= size * LEADING

    def rule(self, y: float, colour: Color = LINE, thickness: float = 0.5) -> None:
        """Draw a line from margin to margin."""
        self.canvas.setStrokeColor(colour)
        self.canvas.setLineWidth(thickness)
        self.canvas.line(self.left, y, self.right, y)

    def head(self, subtitle: str, note: str = "") -> None:
        """Draw letterhead, title and subtitle of the first page; ``note`` stands right of the title."""
        self._draw_letterhead()
        note = printable(note)
        self.y -= 5 * mm
        top = self.y
        self.paragraph(self.title, BOLD, 17, width=self.right - self.left - text_width(note, REGULAR, 9) - 6 * mm)
        self.text(self.right, top - 17 * 1.05, note, REGULAR, 9, MUTED, "right")
        if subtitle:
            self.y -= 1
            self.paragraph(subtitle, REGULAR, 9, MUTED)
        self.y -= 4 * mm

    def _draw_letterhead(self) -> None:
        x, top = self.left, self.y
        if self.letterhead.logo:
            image = ImageReader(BytesIO(self.letterhead.logo))
            width, height = image.getSize()
            scale = min(_LOGO_HEIGHT / height, 5 * _LOGO_HEIGHT / width)
            self.canvas.drawImage(
                image, x, self.y - (_LOGO_HEIGHT + height * scale) / 2, width * scale, height * scale, mask="auto"
            )
            x += width * scale + 4 * mm
            baseline = self.y - _LOGO_HEIGHT / 2 - 3.5
            self.y -= _LOGO_HEIGHT
        else:
            baseline = self.y - 10
            self.y -= 13
        lines = [printable(line) for line in self.letterhead.lines[:MOST_LINES]]
        beside = max((text_width(line, REGULAR, 7.5) for line in lines), default=0.0)
        self.text(
            x, baseline, one_line(printable(self.letterhead.firm), MEDIUM, 10, self.right - x - beside), MEDIUM, 10
        )
        for number, line in enumerate(lines):
            self.text(self.right, top - 7.5 - number * _LINE, line, REGULAR, 7.5, MUTED, "right")
        self.y = min(self.y, top - len(lines) * _LINE)
        self.y -= 2.5 * mm
        self.rule(self.y, ACCENT, 1.2)

    def next_page(self) -> None:
        """Finish this page and begin the next with its running head."""
        self.canvas.showPage()
        self.page += 1
        self.y = self.height - MARGIN
        half = (self.right - self.left) / 2 - 4 * mm
        firm = one_line(printable(self.letterhead.firm), REGULAR, 8, half)
        self.text(self.left, self.y - 8, one_line(self.title, MEDIUM, 8, half), MEDIUM, 8, MUTED)
        self.text(self.right, self.y - 8, firm, REGULAR, 8, MUTED, "right")
        self.rule(self.y - 13, LINE)
        self.y -= _HEAD
        self._draw_footer_place()

    def _draw_footer_place(self) -> None:
        """How many pages there are is known at the end only, so each page refers to a form that `close` fills."""
        self.canvas.doForm(f"footer{self.page}")

    def close(self) -> int:
        """Finish the document; the number of its pages."""
        self.canvas.showPage()
        printed = _("Printed by {person} on {time}").format(
            person=self.letterhead.person, time=f"{self.letterhead.printed_at:%Y-%m-%d %H:%M}"
        )
        for page in range(1, self.page + 1):
            self.canvas.beginForm(f"footer{page}")
            self.rule(FOOT, LINE)
            self.text(self.left, FOOT - 13, printable(printed), REGULAR, 7.5, MUTED)
            number = _("Page {page} of {pages}").format(page=page, pages=self.page)
            self.text(self.right, FOOT - 13, number, REGULAR, 7.5, MUTED, "right")
            self.canvas.endForm()
        self.canvas.save()
        return self.page
