from __future__ import annotations

import io
from pathlib import Path

import pytest

from crm_desktop.reports.engine import Letterhead
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.reports.preview import page_images, page_sizes
from crm_desktop.reports.table import Column


@pytest.fixture
def pdf(letterhead: Letterhead) -> bytes:
    stream = io.BytesIO()
    rows = [(f"{n}",) for n in range(100)]
    list_pdf(stream, ListReport(letterhead=letterhead, title="T", columns=(Column("n"),), rows=rows))
    return stream.getvalue()


def test_every_page_becomes_a_picture_of_its_size(pdf: bytes) -> None:
    sizes, images = page_sizes(pdf), list(page_images(pdf, 2))
    assert len(images) == len(sizes) > 1
    for (width, height), image in zip(sizes, images, strict=True):
        assert abs(image.width - 2 * width) < 2
        assert abs(image.height - 2 * height) < 2
        assert len(image.pixels) == image.stride * image.height


def test_the_colours_come_as_blue_green_red(pdf: bytes) -> None:
    (image,) = page_images(pdf, 2, [0])
    pixels = {image.pixels[start : start + 3] for start in range(0, len(image.pixels), 4)}
    assert bytes.fromhex("FFFFFF") in pixels
    assert bytes.fromhex("BD6C0F") in pixels  # the accent line, #0F6CBD


def test_chosen_pages_of_a_file(pdf: bytes, tmp_path: Path) -> None:
    path = tmp_path / "list.pdf"
    path.write_bytes(pdf)
    first, second = page_images(path, 1, [0, 1])
    assert first.pixels != second.pixels
