from __future__ import annotations

import datetime
import io
from collections.abc import Callable

import pypdfium2
import pytest

from crm_desktop.reports.engine import Letterhead

ReadPages = Callable[[io.BytesIO], list[str]]


@pytest.fixture
def letterhead() -> Letterhead:
    printed_at = datetime.datetime(2026, 11, 21, 14, 5, tzinfo=datetime.UTC)
    return Letterhead(firm="广州汇才软件有限公司", person="林秋", printed_at=printed_at)


@pytest.fixture
def read_pages() -> ReadPages:
    """The text of every page without its white space, as another program would extract it."""

    def read(stream: io.BytesIO) -> list[str]:
        with pypdfium2.PdfDocument(stream.getvalue()) as document:
            return ["".join(page.get_textpage().get_text_range().split()) for page in document]

    return read
