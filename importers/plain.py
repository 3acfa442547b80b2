"""Lists of anything but customers, a row a record: what their columns mean, and their rows to records."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crm_desktop.core.i18n import _
from importers.guessing import Guess, sample_of, with_reading
from importers.labels import Target, label_key
from importers.layout import Table
from importers.records import Record, Records, Reject
from importers.rows import RowReader, full_name
from importers.targets import NAME_PARTS, PART_FIELDS, all_targets


def guess_plain(table: Table, entity: str) -> tuple[Guess, ...]:
    """A column means the field that its label names; the first of several for one field. Others are left out."""
    known: dict[str, Target] = {}
    for target in all_targets(entity):
        for label in target.labels:
            known.setdefault(label_key(label), target)
    taken: set[Target] = set()
    guesses = []
    for column in table.columns:
        found = known.get(label_key(column.label), known.get(label_key(column.name)))
        if found is None or (found in taken and found.kind != "phones"):
            reason = _("no field of ours") if found is None else _("another column fills that field")
            guesses.append(Guess(column, None, 0, reason))
            continue
        taken.add(found)
        guesses.append(with_reading(Guess(column, found, 1, _("the label is known")), sample_of(table, column.index)))
    return tuple(guesses)


CARRIED = {"service_request": ("reported_at",)}
"""Fields that a sheet says once for several rows: a service log writes the day beside its first call."""


def read_plain(pairs: Iterable[tuple[Table, Sequence[Guess]]], entity: str) -> Records:
    """A record for each row that says something."""
    found = Records()
    for table, guesses in pairs:
        reader = RowReader(table, guesses, is_plain=True)
        above: dict[str, object] = {}
        for row in table.rows:
            at = table.at(row.number)
            if any(cell is not None for cell in row.cells[table.width :]):
                reason = _("{count} columns instead of {width}").format(count=len(row.cells), width=table.width)
                found.rejects.append(Reject(at, table.sheet, row.number, reason, row.cells))
                continue
            read = reader.read(row)
            found.warnings += read.warnings
            _put_name_together(read.values, entity)
            if read.values:
                part = {key: read.values.pop(key) for key in PART_FIELDS.get(entity, ()) if key in read.values}
                for key in CARRIED.get(entity, ()):
                    above[key] = read.values.setdefault(key, above.get(key))
                warnings = [str(warning) for warning in read.warnings]
                parts = [part] if part else []
                found.records.append(Record(at, row.number, read.values, parts, warnings, sources=[at]))
    return found


def _put_name_together(values: dict[str, object], entity: str) -> None:
    family, given = (str(values.pop(part, "")) for part in NAME_PARTS.get(entity, ("", "")))
    if family or given:
        values.setdefault("name", full_name(family, given))
