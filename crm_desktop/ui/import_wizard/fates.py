"""Every row of the file and what becomes of it, in the order of the file: what the preview lists."""

from __future__ import annotations

import enum
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from crm_desktop.core.i18n import N_, _, counted, ngettext
from crm_desktop.core.text import normalise
from crm_desktop.entities import by_key
from crm_desktop.spec import EntitySpec, facts
from crm_desktop.ui.widgets.chip import Tone
from importers.common_warnings import without_place
from importers.matching import name_key
from importers.plan import Fate, Plan, PlannedRow
from importers.records import Duplicate, Record, Records, Reject
from importers.targets import PARTS

MOST_FIELDS = 4


class Outcome(enum.StrEnum):
    """What becomes of a row, as the preview shows it."""

    CREATE = "create"
    UPDATE = "update"
    UNCHANGED = "unchanged"
    SKIP = "skip"
    REJECT = "reject"
    JOINED = "joined"
    """It speaks of a customer of an earlier row."""

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return N_("Joined") if self is Outcome.JOINED else Fate(self.value).label

    @property
    def tone(self) -> Tone:
        """Its colour."""
        return _TONES[self]


_TONES: dict[Outcome, Tone] = {
    Outcome.CREATE: "good",
    Outcome.UPDATE: "accent",
    Outcome.UNCHANGED: "neutral",
    Outcome.SKIP: "violet",
    Outcome.REJECT: "bad",
    Outcome.JOINED: "neutral",
}


@dataclass(frozen=True, slots=True)
class FateRow:
    """One row of the file. ``what`` says in short what changes or why; ``planned`` is the record it belongs to."""

    sheet: str
    number: int
    outcome: Outcome
    title: str
    what: str
    found: str
    """What a search in the list looks at."""
    planned: PlannedRow | None = None
    record: Record | None = None
    reject: Reject | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Where it stands in the file; no other row has the same."""
        return self.sheet, self.number

    @property
    def warnings(self) -> Sequence[str]:
        """What the person should know; a joined row's stand at its record."""
        return self.planned.warnings if self.planned and self.outcome is not Outcome.JOINED else ()

    def has_warning(self, text: str) -> bool:
        """Whether one of its warnings says this."""
        at = self.planned.at if self.planned else ""
        return any(without_place(at, warning) == text for warning in self.warnings)

    @property
    def may_decide(self) -> bool:
        """Whether it meets a record, so that one can say what happens then; of a joined row its record decides."""
        return self.planned is not None and self.planned.has_met and self.outcome is not Outcome.JOINED

    @property
    def is_decided(self) -> bool:
        """Whether somebody did say so."""
        return self.may_decide and self.planned is not None and self.planned.is_decided


def fate_rows(records: Records, plan: Plan, sheets: Sequence[str], kind: str) -> list[FateRow]:
    """All rows with a fate, in the order of the file. Rows that hold no record (titles, totals) are not among them."""
    places = {sheet: number for number, sheet in enumerate(sheets)}
    return sorted(_rows(records, plan, kind), key=lambda row: (places.get(row.sheet, 0), row.number))


def count_outcomes(rows: Sequence[FateRow]) -> Mapping[Outcome, int]:
    """How many rows have each outcome."""
    return Counter(row.outcome for row in rows)


def _rows(records: Records, plan: Plan, kind: str) -> Iterator[FateRow]:
    duplicates = {duplicate.at: duplicate for duplicate in records.duplicates}
    for record, planned in zip(records.records, plan.rows, strict=True):
        outcome = Outcome(planned.fate.value)
        title = planned.title or " · ".join(str(value) for value in list(record.values.values())[:MOST_FIELDS])
        sheet, number = _place(record.at)
        found = normalise(f"{title} {planned.values.get('code', '')}")
        yield FateRow(sheet, number, outcome, title, what_changes(planned, kind), found, planned, record)
        for at in dict.fromkeys(record.sources):
            if at != record.at:
                sheet, number = _place(at)
                what = _joined(record, at, duplicates.get(at))
                yield FateRow(sheet, number, Outcome.JOINED, title, what, found, planned, record)
    for reject in records.rejects:
        texts = [str(cell) for cell in reject.cells if cell is not None]
        title = " · ".join(texts[:MOST_FIELDS])
        yield FateRow(
            reject.sheet, reject.row, Outcome.REJECT, title, reject.reason, normalise(" ".join(texts)), reject=reject
        )


def what_changes(planned: PlannedRow, kind: str) -> str:
    """In short: what is new of a record, what changes or why nothing does, and whether it was decided by hand."""
    parts = [_("Decided by hand")] if planned.is_decided else []
    if planned.fate in {Fate.SKIP, Fate.UNCHANGED, Fate.REJECT}:
        return " · ".join([*parts, planned.reason])
    spec = by_key(kind)
    if planned.fate is Fate.UPDATE:
        labels = [_(spec.label_of(key)) for key in planned.values if key in spec.fields]
        parts += [_few(labels)] if labels else []
    else:
        parts += [_few(_shown(spec, planned.values))]
    if kind in PARTS and planned.new_parts:
        part, count = by_key(PARTS[kind]), len(planned.new_parts)
        parts.append(_("+ {things}").format(things=counted(part.label, part.label_plural, count)))
    if changed := len(planned.changed_parts):
        parts.append(ngettext("{count} contact updated", "{count} contacts updated", changed).format(count=changed))
    return " · ".join(filter(None, parts))


def _few(texts: Sequence[str]) -> str:
    more = [f"+{len(texts) - MOST_FIELDS}"] if len(texts) > MOST_FIELDS else []
    return ", ".join([*texts[:MOST_FIELDS], *more])


def _shown(spec: EntitySpec, values: Mapping[str, Any]) -> list[str]:
    """What else is said of a new record, as its form writes it."""
    hidden = (name_key(spec), "code")
    keys = [attr.key for attr in spec.form.fields if attr.key in values and attr.key not in hidden]
    return [facts(spec.fields[key]).kind.format(values[key]) for key in keys]


def _joined(record: Record, at: str, duplicate: Duplicate | None) -> str:
    row = _place(record.at)[1]
    names = [str(c.get("name", "")) for c, own in zip(record.parts, record.part_rows, strict=True) if own == at]
    if names:
        return _("adds {names} to row {row}").format(names=", ".join(names), row=row)
    if duplicate is not None:
        return _("the same customer as row {row}").format(row=row)
    return _("adds to row {row}").format(row=row)


def place_words(sheet: str, number: int) -> str:
    """``Sheet1, row 12``."""
    if sheet:
        return _("{sheet}, row {row}").format(sheet=sheet, row=f"{number:,}")
    return _("Row {row}").format(row=f"{number:,}")


def _place(at: str) -> tuple[str, int]:
    sheet, _mark, number = at.rpartition("!")
    return sheet, int(number)
