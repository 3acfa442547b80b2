"""The pages of a finished PDF as pictures, for the print preview, the printer and the gallery. No Qt."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pypdfium2

_PDFIUM = threading.Lock()  # PDFium must not be called from two threads at once


@dataclass(frozen=True, slots=True)
class PageImage:
    """A page in pixels: 4 bytes each (blue, green, red, unused), rows of ``stride`` bytes from the top."""

    width: int
    height: int
    stride: int
    pixels: bytes


def page_sizes(pdf: Path | bytes) -> list[tuple[float, float]]:
    """Width and height of every page, in points."""
    with _PDFIUM, pypdfium2.PdfDocument(pdf) as document:
        return [document.get_page_size(number) for number in range(len(document))]


def page_images(pdf: Path | bytes, scale: float, pages: Iterable[int] | None = None) -> Iterator[PageImage]:
    """The pages (all, or those numbered from 0), one after the other; ``scale`` 1 is 72 pixels an inch."""
    chosen = range(len(page_sizes(pdf))) if pages is None else pages
    for number in chosen:
        with _PDFIUM, pypdfium2.PdfDocument(pdf) as document:
            page = document[number]
            bitmap = page.render(scale=scale, rev_byteorder=False, force_bitmap_format=pypdfium2.raw.FPDFBitmap_BGRx)
            image = PageImage(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
        yield image
