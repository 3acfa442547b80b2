"""A list as a file: exported for Excel or as CSV, printed as a PDF. Rows are read page by page, however many."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from sqlalchemy.orm import Session

from crm_desktop.core.access import Function, Person
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.core.progress import Progress
from crm_desktop.reports import table
from crm_desktop.reports.cards import fetch_letterhead
from crm_desktop.reports.engine import Align
from crm_desktop.reports.list_report import ListReport, list_pdf
from crm_desktop.services.filter_words import filter_words
from crm_desktop.services.grouping import Grouping, fetch_groups
from crm_desktop.services.journal import begin_change
from crm_desktop.services.listing import ListQuery, Row, RowGroup, fetch_ids, fetch_rows
from crm_desktop.services.records import Record, fetch_records
from crm_desktop.services.totals import Total, Totals, default_totals, fetch_totals
from crm_desktop.spec import Column, EntitySpec, Ref

if TYPE_CHECKING:
    from crm_desktop.reports.excel import Value

MOST_PRINTED = 20_000
"""More rows are some 500 sheets of paper, which nobody wants."""
_PAGE = 1000
_PLAIN = (int, float, Decimal)


@dataclass(frozen=True, slots=True)
class Part:
    """What of a list is put out, and how: only ``ids``, in groups, with these totals instead of the sums of money."""

    ids: Sequence[int] | None = None
    grouping: Grouping | None = None
    totals: Totals | None = None

    def totals_of(self, columns: Sequence[Column]) -> Totals:
        """The total of each column that has one."""
        return default_totals(columns) if self.totals is None else self.totals

    def name_of(self, spec: EntitySpec, group: RowGroup) -> str:
        """What a group is called."""
        return self.grouping.label_of(spec, group.value) if self.grouping else ""


WHOLE = Part()


def export_list(
    session: Session,
    query: ListQuery,
    person: Person,
    columns: Sequence[Column],
    target: Path,
    progress: Progress,
    *,
    part: Part = WHOLE,
) -> int:
    """Write the list (or ``part`` of it) as one of ``export_kinds``, journaled; returns the number of rows.

    Raises NoRightError without the right to export, KnownError for another kind of file or one that cannot be written.
    """
    # openpyxl is slow to load; a list is opened without.
    from crm_desktop.reports.excel import Heading, write_csv, write_xlsx

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
    chosen, groups = _chosen(session, query, person, part, part.totals_of(columns))
    begin_change(session, "export", f"{title_of(query)} ({len(chosen)})", spec.key)

    def rows() -> Iterator[Sequence[Value]]:
        for row in _rows(session, query, columns, chosen, groups):
            if isinstance(row, RowGroup):
                yield Heading(_group_values(part.name_of(spec, row), columns, row))
            else:
                yield [value_of(column, row.values[column.key]) for column in columns]

    labels = [_(spec.column_label(column)) for column in columns]
    what = _("Writing {name}").format(name=target.name)

    def step(done: int, _total: int) -> None:
        progress(done, len(chosen), what)

    if suffix == ".vcf":
        from crm_desktop.reports.vcard import write_vcards

        return write_vcards(target, _records(session, spec, chosen), step)
    if suffix == ".xlsx":
        return write_xlsx(target, title_of(query), labels, rows(), step)
    return write_csv(target, labels, rows(), step)


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
    part: Part = WHOLE,
) -> int:
    """Print the list (or ``part`` of it) as a PDF, in its groups and with totals; returns the number of rows.

    Raises NoRightError without the right to print, KnownError where it is longer than anybody would print.
    """
    spec = query.spec
    if not person.may_use(Function.PRINT, spec.key):
        raise NoRightError(_("You have no right to print this list."), _("Ask the administrator if you need it."))
    wanted = part.totals_of(columns)
    chosen, groups = _chosen(session, query, person, part, wanted)
    if len(chosen) > MOST_PRINTED:
        raise KnownError(
            _("{count} rows are too many to print.").format(count=f"{len(chosen):,}"),
            _("Filter the list or select some of its rows; the whole of it can be exported."),
        )
    rows: list[table.Row | table.Group] = []
    for row in _rows(session, query, columns, chosen, groups):
        if len(rows) % _PAGE == 0:
            progress(len(rows), 2 * len(chosen), _("Reading"))
        if isinstance(row, RowGroup):
            rows.append(table.Group(part.name_of(spec, row), _group_note(columns, wanted, row)))
        else:
            rows.append(tuple(column.facts.kind.format(row.values[column.key]) for column in columns))
    amounts = fetch_totals(session, query, person, wanted, None if part.ids is None else chosen)
    report = ListReport(
        letterhead=fetch_letterhead(session, person),
        title=title_of(query),
        subtitle=_subtitle(query),
        columns=tuple(table.Column(_(spec.column_label(c)), _align(c)) for c in columns),
        rows=rows,
        totals=_totals(columns, wanted, amounts),
    )
    list_pdf(target, report, lambda done, total: progress(total + done, 2 * total, _("Setting pages")))
    return sum(isinstance(row, tuple) for row in rows)


def _subtitle(query: ListQuery) -> str:
    """By what the rows are filtered."""
    asked = [*filter_words(query.entity, query.filter), *([query.typed] if query.typed else [])]
    words = _("; ") if query.filter.match == "all" else _(", or ")
    return _("Filter: {text}").format(text=words.join(asked)) if asked else ""


def title_of(query: ListQuery) -> str:
    """The name of the view, else of the entity."""
    preset = next((p for p in query.spec.table.presets if p.key == query.preset), None)
    return query.title or _(preset.label if preset else query.spec.label_plural)


def value_of(column: Column, value: Any) -> Value:
    """What a cell of a sheet holds: numbers, days and times as such, all else in words."""
    if isinstance(value, Ref):
        return value.label
    if value is None or isinstance(value, _PLAIN) or hasattr(value, "isoformat"):
        return value  # type: ignore[no-any-return]  # a day or a moment
    return column.facts.kind.format(value)


def _chosen(
    session: Session, query: ListQuery, person: Person, part: Part, totals: Totals
) -> tuple[Sequence[int], Sequence[RowGroup]]:
    """The ids in the order shown, and the groups they stand in."""
    if part.grouping is not None:
        found = fetch_groups(session, query, person, part.grouping, totals, part.ids)
        return found.ids, found.groups
    return (fetch_ids(session, query, person) if part.ids is None else part.ids), ()


def _rows(
    session: Session, query: ListQuery, columns: Sequence[Column], ids: Sequence[int], groups: Sequence[RowGroup]
) -> Iterator[Row | RowGroup]:
    """The rows in the order of ``ids``, each group before its rows; rows gone in the meantime are left out. A statement
    a thousand rows.
    """
    starts = itertools.accumulate((group.size for group in groups), initial=0)
    headings = dict(zip(starts, groups, strict=False))
    for start in range(0, len(ids), _PAGE):
        page = list(ids[start : start + _PAGE])
        rows = fetch_rows(session, query.spec, columns, page)
        for place, id_ in enumerate(page, start):
            if place in headings:
                yield headings[place]
            if id_ in rows:
                yield rows[id_]


def _group_values(name: str, columns: Sequence[Column], group: RowGroup) -> list[Value]:
    """The cells of a group's heading in a sheet: its name first, totals in their columns."""
    values: list[Value] = [group.totals.get(column.key) for column in columns]
    first = f"{name} ({group.size:,})"
    return [first if values[0] is None else f"{first} {values[0]}", *values[1:]]


def _group_note(columns: Sequence[Column], totals: Totals, group: RowGroup) -> str:
    """How many rows a group has, and its totals."""
    count = ngettext("{count} record", "{count} records", group.size).format(count=f"{group.size:,}")
    amounts = [_amount(column, totals, group.totals) for column in columns if column.key in group.totals]
    return " · ".join([count, *amounts])


def _totals(columns: Sequence[Column], totals: Totals, amounts: Mapping[str, Decimal]) -> table.Row:
    if not amounts:
        return ()
    cells = [_amount(column, totals, amounts) if column.key in amounts else "" for column in columns]
    return (cells[0] or _("Total"), *cells[1:])


def _amount(column: Column, totals: Totals, amounts: Mapping[str, Decimal]) -> str:
    """A sum as it is; other totals say what they are."""
    text = column.facts.kind.format(amounts[column.key])
    total = totals[column.key]
    return text if total is Total.SUM else _("{total}: {amount}").format(total=_(total.label), amount=text)


def _align(column: Column) -> Align:
    return cast("Align", column.facts.kind.align)
