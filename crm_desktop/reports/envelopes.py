"""Envelopes, one a page: the domestic form of GB/T 1416-2003 (信封), written on as GB/T 22657.1-2008 asks,
and the international form with the sender at the top left and the country last.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reportlab.lib.colors import Color, HexColor
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from crm_desktop.core.i18n import _
from crm_desktop.reports.addresses import Address, Line, address_lines, draw_lines
from crm_desktop.reports.destination import writing
from crm_desktop.reports.engine import MUTED, TEXT, Letterhead, open_canvas
from crm_desktop.reports.fonts import REGULAR, printable, text_width
from crm_desktop.reports.lines import wrap

POSTCODE_RED = HexColor("#D22630")  # PANTONE 1795 C, the colour the standard gives the boxes
SCANNED_RIGHT, SCANNED_DOWN = 90.0, 26.0
"""The top left corner, in mm, that sorting machines read: nothing but the postcode stands there."""
BARCODE_HEIGHT, BARCODE_FROM, BARCODE_TO = 20.0, 55.0, 160.0
"""The post prints its bar code this high above the lower edge, between these distances from the right one, in mm."""
_BOX_LEFT, _BOX_TOP, _BOX_WIDTH, _BOX_HEIGHT, _BOX_STEP = 12.0, 10.0, 8.0, 10.0, 10.0
_STAMP = 20.0
_EDGE = 12.0


@dataclass(frozen=True, slots=True)
class Envelope:
    """Code and size in mm of GB/T 1416-2003."""

    code: str
    width: float
    height: float


ENVELOPES = (
    Envelope("DL", 220, 110),
    Envelope("ZL", 230, 120),
    Envelope("C5", 229, 162),
    Envelope("B6", 176, 125),
    Envelope("C4", 324, 229),
)


def envelopes_pdf(
    target: Path | BinaryIO,
    letterhead: Letterhead,
    recipients: Iterable[Address],
    sender: Address,
    envelope: Envelope,
    *,
    is_plain: bool = False,
) -> int:
    """Write one envelope a recipient; their number. ``is_plain`` also prints the postcode boxes and the place of the
    stamp, which bought envelopes bear already. Recipients with a country get the international form. Raises
    `KnownError` when the file cannot be written.
    """
    with writing(target) as stream:
        size = envelope.width * mm, envelope.height * mm
        canvas = open_canvas(stream, _("Envelopes"), letterhead.person, letterhead.printed_at, size)
        count = 0
        for recipient in recipients:
            face = _Face(canvas, envelope)
            if is_plain:
                face.stamp()
            if recipient.country:
                face.international(recipient, sender)
            else:
                face.domestic(recipient, sender, is_plain=is_plain)
            canvas.showPage()
            count += 1
        canvas.save()
        return count


class _Face:
    """The front of one envelope; measures in mm from the top left corner, as the standard gives them."""

    def __init__(self, canvas: Canvas, envelope: Envelope) -> None:
        self.canvas, self.width, self.height = canvas, envelope.width, envelope.height

    def domestic(self, recipient: Address, sender: Address, *, is_plain: bool) -> None:
        self._postcode(recipient.postcode, is_plain=is_plain)
        left = self.width * 0.16
        top = max(SCANNED_DOWN + 6, self.height * 0.3)
        room = (self.width - left - _EDGE) * mm, (self.height - top - BARCODE_HEIGHT - 24) * mm
        has_odd_postcode = not _fits_boxes(recipient.postcode)
        lines = address_lines(recipient, has_postcode=has_odd_postcode)
        draw_lines(self.canvas, lines, left * mm, self._y(top), room, size=13)
        self._sender(sender)

    def international(self, recipient: Address, sender: Address) -> None:
        quarter = self.width * 0.4 * mm, self.height * 0.3 * mm
        draw_lines(self.canvas, _sender_abroad(sender), _EDGE * mm, self._y(_EDGE), quarter, size=9)
        left, top = self.width * 0.42, self.height * 0.44
        room = (self.width - left - _EDGE) * mm, (self.height - top - BARCODE_HEIGHT) * mm
        draw_lines(self.canvas, address_lines(recipient), left * mm, self._y(top), room, size=12)

    def stamp(self) -> None:
        canvas, x = self.canvas, (self.width - _EDGE - _STAMP) * mm
        canvas.setStrokeColor(MUTED)
        canvas.setLineWidth(0.4)
        canvas.rect(x, self._y(8 + _STAMP), _STAMP * mm, _STAMP * mm)
        self._centred(x + _STAMP / 2 * mm, self._y(8 + _STAMP / 2) + 1, "贴邮票处", 8, MUTED)
        self._centred(x + _STAMP / 2 * mm, self._y(8 + _STAMP / 2) - 8, "STAMP", 6, MUTED)

    def _postcode(self, postcode: str, *, is_plain: bool) -> None:
        digits = postcode if _fits_boxes(postcode) else ""
        for number in range(6):
            x = (_BOX_LEFT + number * _BOX_STEP) * mm
            if is_plain:
                self.canvas.setStrokeColor(POSTCODE_RED)
                self.canvas.setLineWidth(0.8)
                self.canvas.rect(x, self._y(_BOX_TOP + _BOX_HEIGHT), _BOX_WIDTH * mm, _BOX_HEIGHT * mm)
            baseline = self._y(_BOX_TOP + _BOX_HEIGHT / 2) - 18 * 0.36
            self._centred(x + _BOX_WIDTH / 2 * mm, baseline, digits[number : number + 1], 18)

    def _sender(self, sender: Address) -> None:
        """Lower right, above the bar code; only the postcode goes below, right of it."""
        texts = filter(None, (sender.address, sender.organisation, sender.name))
        wrapped = [line for text in texts for line in wrap(printable(text), REGULAR, 9, self.width * 0.55 * mm)]
        baseline = self._y(self.height - BARCODE_HEIGHT - 3)
        width = max((text_width(text, REGULAR, 9) for text in wrapped), default=0)
        self.canvas.setFont(REGULAR, 9)
        self.canvas.setFillColor(TEXT)
        for number, text in enumerate(reversed(wrapped)):
            self.canvas.drawString((self.width - _EDGE) * mm - width, baseline + number * 12.5, text)
        if sender.postcode:
            label = printable(f"邮政编码 {sender.postcode}")
            self.canvas.drawRightString((self.width - _EDGE) * mm, self._y(self.height - 10), label)

    def _centred(self, x: float, baseline: float, text: str, size: float, colour: Color = TEXT) -> None:
        self.canvas.setFont(REGULAR, size)
        self.canvas.setFillColor(colour)
        self.canvas.drawCentredString(x, baseline, text)

    def _y(self, down: float) -> float:
        return float((self.height - down) * mm)


def _fits_boxes(postcode: str) -> bool:
    return re.fullmatch("[0-9]{6}", postcode) is not None


def _sender_abroad(sender: Address) -> list[Line]:
    country = sender.country or "P. R. China"
    texts = (sender.name, sender.organisation, sender.address, sender.postcode, country.upper())
    return [Line(text) for text in texts if text]
