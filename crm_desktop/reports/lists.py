"""A list as a file: exported for Excel or as CSV, printed as a PDF. Rows are read page by page, however many."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.reports import table
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.engine import Align
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.reports.vcard import write_vcards
from crm_desktop.services.journal import begin_change
from crm_desktop.services.listing import ListQuery, Row, fetch_ids, fetch_rows
from crm_desktop.services.records import Record, fetch_records
from crm_desktop.spec import Column, EntitySpec, Ref

if TYPE_CHECKING:
    from crm_desktop.reports.excel import Value

MOST_PRINTED = 20_000
"""More rows are some 500 sheets of paper, which nobody wants."""
_PAGE = 1000
_PLAIN = (int, float, Decimal)


def export_list(
    session: Session,
    query: ListQuery,
    person: Person,
    columns: Sequence[Column],
    target: Path,
    progress: Progress,
    *,
    ids: Sequence[int] | None = None,
) -> int:
    """Write the list (or only ``ids``) as one of ``export_kinds``, journaled; returns the number of rows.

    Raises NoRightError without the right to export, KnownError for another kind of file or one that cannot be written.
    """
    from crm_desktop.reports.excel import write_csv, write_xlsx  # openpyxl is slow to load; a list is opened without

    spec = query.spec
    if not person.may_use(Function.EXPORT, spec.key):
        raise NoRightError(_("You have no right to export this list."), _("Ask the administrator if you need it."))
    suffix = target.suffix.lower()
    kinds = export_kinds(spec)
    if suffix not in kinds:
        raise KnownError(
            _("“{name}” is no kind of file that a list can be exported to.").format(name=target.name),
            _("Choose a name that ends in {kinds}.").format(kinds=", ".join(kinds)),
        )
    chosen = fetch_ids(session, query, person) if ids is None else ids
    begin_change(session, "export", f"{title_of(query)} ({len(chosen)})", spec.key)
    rows = ([value_of(c, row.values[c.key]) for c in columns] for row in _rows(session, query, columns, chosen))
    labels = [_(spec.column_label(column)) for column in columns]
    what = _("Writing {name}").format(name=target.name)

    def step(done: int, _total: int) -> None:
        progress(done, len(chosen), what)

    if suffix == ".vcf":
        return write_vcards(target, _records(session, spec, chosen), step)
    if suffix == ".xlsx":
        return write_xlsx(target, title_of(query), labels, rows, step)
    return write_csv(target, labels, rows, step)


def export_kinds(spec: EntitySpec) -> dict[str, str]:
    """The kinds of file a list can be exported to: their words by their ending."""
    kinds = {".xlsx": _("Excel sheet"), ".csv": _("Text with commas")}
    return kinds | {".vcf": _("Business cards (vCard)")} if spec.key == "contact" else kinds


def _records(session: Session, spec: EntitySpec, ids: Sequence[int]) -> Iterator[Record]:
    for start in range(0, len(ids), _PAGE):
        page = list(ids[start : start + _PAGE])
        found = fetch_records(session, spec.key, page)
        yield from (found[id_] for id_ in page if id_ in found)


def print_list(
    session: Session,
    query: ListQuery,
    person: Person,
    columns: Sequence[Column],
    target: Path | BinaryIO,
    progress: Progress,
    *,
    ids: Sequence[int] | None = None,
) -> int:
    """Print the list (or only ``ids``) as a PDF, with sums below columns of money; returns the number of rows.

    Raises NoRightError without the right to print, KnownError where it is longer than anybody would print.
    """
    spec = query.spec
    if not person.may_use(Function.PRINT, spec.key):
        raise NoRightError(_("You have no right to print this list."), _("Ask the administrator if you need it."))
    chosen = fetch_ids(session, query, person) if ids is None else ids
    if len(chosen) > MOST_PRINTED:
        raise KnownError(
            _("{count} rows are too many to print.").format(count=f"{len(chosen):,}"),
            _("Filter the list or select some of its rows; the whole of it can be exported."),
        )
    rows: list[table.Row] = []
    sums = [Decimal(0)] * len(columns)
    for row in _rows(session, query, columns, chosen):
        if len(rows) % _PAGE == 0:
            progress(len(rows), 2 * len(chosen), _("Reading"))
        values = [row.values[column.key] for column in columns]
        rows.append(tuple(c.facts.kind.format(value) for c, value in zip(columns, values, strict=True)))
        sums = [s + (v if _is_money(c) and v else 0) for c, s, v in zip(columns, sums, values, strict=True)]
    report = ListReport(
        letterhead=fetch_letterhead(session, person),
        title=title_of(query),
        subtitle=_("Filter: {text}").format(text=query.typed) if query.typed else "",
        columns=tuple(table.Column(_(spec.column_label(c)), _align(c)) for c in columns),
        rows=rows,
        totals=_totals(columns, sums),
    )
    list_pdf(target, report, lambda done, total: progress(total + done, 2 * total, _("Setting pages")))
    return len(rows)


def title_of(query: ListQuery) -> str:
    """The name of the view, else of the entity."""
    preset = next((p for p in query.spec.table.presets if p.key == query.preset), None)
    return _(preset.label if preset else query.spec.label_plural)


def value_of(column: Column, value: Any) -> Value:
    """What a cell of a sheet holds: numbers, days and times as such, all else in words."""
    if isinstance(value, Ref):
        return value.label
    if value is None or isinstance(value, _PLAIN) or hasattr(value, "isoformat"):
        return value  # type: ignore[no-any-return]  # a day or a moment
    return column.facts.kind.format(value)


def _rows(session: Session, query: ListQuery, columns: Sequence[Column], ids: Sequence[int]) -> Iterator[Row]:
    """The rows in the order of ``ids``; those gone in the meantime are left out. A statement a thousand rows."""
    stream = iter(ids)
    while page := list(itertools.islice(stream, _PAGE)):
        rows = fetch_rows(session, query.spec, columns, page)
        yield from (rows[id_] for id_ in page if id_ in rows)


def _is_money(column: Column) -> bool:
    return column.facts.kind.name == "money"


def _totals(columns: Sequence[Column], sums: Sequence[Decimal]) -> table.Row:
    if not any(map(_is_money, columns)):
        return ()
    cells = [c.facts.kind.format(s) if _is_money(c) else "" for c, s in zip(columns, sums, strict=True)]
    return (cells[0] or _("Total"), *cells[1:])


def _align(column: Column) -> Align:
    return cast("Align", column.facts.kind.align)
