"""Postal addresses as lines of type: in Chinese order from the place to the person, elsewhere the other way round."""

from __future__ import annotations

import re
from dataclasses import dataclass

from reportlab.pdfgen.canvas import Canvas

from crm_desktop.reports.engine import LEADING, TEXT
from crm_desktop.reports.fonts import MEDIUM, REGULAR, printable
from crm_desktop.reports.lines import wrap

_CHINESE = re.compile("[\u3400-\u9fff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """To whom and where. ``name`` bears the form of address (陈立 先生); ``country`` is empty within China."""

    name: str = ""
    organisation: str = ""
    address: str = ""
    postcode: str = ""
    country: str = ""

    @property
    def is_chinese(self) -> bool:
        """Whether the address is written in Chinese, whatever the language of the screen."""
        return bool(_CHINESE.search(self.address or self.organisation or self.name))


@dataclass(frozen=True, slots=True)
class Line:
    """One line of an address, its weight and its size against the others."""

    text: str
    font: str = REGULAR
    scale: float = 1.0


def address_lines(address: Address, *, has_postcode: bool = True) -> list[Line]:
    """The lines in the order in which the post reads them; empty ones are left out.
    Order after GB/T 22657.1-2008 within China, after the UPU's S42 abroad: country last, in capitals.
    """
    postcode = address.postcode if has_postcode else ""
    if address.is_chinese:
        receiver = address.name or address.organisation
        lines = [
            Line(" ".join(filter(None, (postcode, address.country)))),
            Line(address.address),
            Line(address.organisation if address.name else ""),
            Line(f"{receiver}　收" if receiver else "", MEDIUM, 1.3),  # the post's word, not the screen's
        ]
    else:
        lines = [
            Line(address.name, MEDIUM),
            Line(address.organisation),
            Line(address.address),
            Line(postcode),
            Line(address.country.upper(), MEDIUM),
        ]
    return [line for line in lines if line.text.strip()]


def draw_lines(
    canvas: Canvas, lines: list[Line], left: float, top: float, room: tuple[float, float], size: float
) -> float:
    """Draw the lines from ``top`` down, in type of ``size`` or as much smaller as it takes to fit into ``room`` (width
    and height, points); the height used.
    """
    while True:
        wrapped = [
            Line(text, line.font, line.scale)
            for line in lines
            for text in wrap(printable(line.text), line.font, size * line.scale, room[0])
        ]
        height = sum(size * line.scale * LEADING for line in wrapped)
        if height <= room[1]:
            break
        size *= 0.95
    y = top
    for line in wrapped:
        canvas.setFont(line.font, size * line.scale)
        canvas.setFillColor(TEXT)
        canvas.drawString(left, y - size * line.scale * 1.08, line.text)
        y -= size * line.scale * LEADING
    return height
