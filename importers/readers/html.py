"""HTML pages that web systems write under the name of a workbook: their tables, one sheet each."""

from __future__ import annotations

from html.parser import HTMLParser

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.readers.book import Merge, Row, Sheet, check_area, not_a_table_file

HEAD = 4_000
"""Characters in which the page must show what it is."""

BREAKS = {"br", "p", "div", "li"}
SILENT = {"style", "script", "title", "head"}


def is_html(content: str) -> bool:
    """Whether the text is a page or another kind of markup, not a table of fields."""
    head = content[:HEAD].lstrip().lower()
    return head.startswith("<") and any(mark in head for mark in ("<html", "<table", "<!doctype", "<?xml", "<body"))


def read(content: str) -> tuple[Sheet, ...]:
    """The tables of a page that are not inside another table's cell. Names are numbers where there are several."""
    parser = _TableParser()
    parser.feed(content)
    parser.close()
    tables = [table for table in parser.tables if any(any(row) for row in table.rows)]
    if not tables:
        if "<html" not in content[:HEAD].lower():
            raise not_a_table_file()
        raise KnownError(_("The page contains no table."))
    return tuple(
        Sheet(str(number) if len(tables) > 1 else "", table.rows, tuple(table.merges))
        for number, table in enumerate(tables, 1)
    )


class _Table:
    """A grid that fills from the top left; cells that span push the following ones aside."""

    def __init__(self) -> None:
        self.rows: list[Row] = []
        self.merges: list[Merge] = []
        self._taken: set[tuple[int, int]] = set()

    def add_row(self) -> None:
        self.rows.append([])

    def add_cell(self, text: str, width: int, height: int) -> None:
        if not self.rows:
            self.add_row()
        top, row = len(self.rows) - 1, self.rows[-1]
        while (top, len(row)) in self._taken:
            row.append(None)
        left = len(row)
        check_area("", height, left + width)
        row.extend([text or None, *[None] * (width - 1)])
        if width > 1 or height > 1:
            self.merges.append(((top, left), (top + height - 1, left + width - 1)))
            self._taken.update((top + down, left + right) for down in range(1, height) for right in range(width))


class _TableParser(HTMLParser):
    """Collects cells of the outer tables; text of nested ones stays in the cell that holds them."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._depth = 0
        self._silent = 0
        self._text: list[str] | None = None
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in SILENT:
            self._silent += 1
        elif tag == "table":
            self._depth += 1
            if self._depth == 1:
                self.tables.append(_Table())
        elif self._depth == 1 and tag == "tr":
            self._end_cell()
            self.tables[-1].add_row()
        elif self._depth == 1 and tag in {"td", "th"}:
            self._end_cell()
            values = dict(attrs)
            self._span = (_span(values.get("colspan")), _span(values.get("rowspan")))
            self._text = []
        elif tag in BREAKS and self._text:
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag == "table" and self._depth:
            if self._depth == 1:
                self._end_cell()
            self._depth -= 1
        elif self._depth == 1 and tag in {"td", "th", "tr"}:
            self._end_cell()

    def handle_data(self, data: str) -> None:
        if self._text is not None and not self._silent:
            self._text.append(data)

    def _end_cell(self) -> None:
        if self._text is not None:
            lines = (" ".join(line.split()) for line in "".join(self._text).replace("\xa0", " ").split("\n"))
            self.tables[-1].add_cell("\n".join(line for line in lines if line), *self._span)
            self._text = None


def _span(value: str | None) -> int:
    return min(max(int(value), 1), 1000) if value and value.isdecimal() else 1
