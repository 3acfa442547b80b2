"""One row of the preview in full: what becomes of it and why, values before and after, contacts, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.spec import EntitySpec, Ref, facts
from crm_desktop.ui.import_wizard.fates import FateRow, Outcome, place_words
from crm_desktop.ui.import_wizard.row_decision import RowDecision
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from importers.mapping import Guess
from importers.matching import name_key
from importers.plan import MatchRule, OnMatch, PlannedRow
from importers.readers import Cell
from importers.targets import PARTS, parent_field
from importers.values.cells import plain

LABEL_WIDTH = 88
MOST_WARNINGS = 20


class FateDetails(Card):
    """The pane beside the list."""

    decided = Signal(str, OnMatch)

    def __init__(self) -> None:
        super().__init__(padding=0)
        self.decision: RowDecision | None = None
        self._area = QScrollArea()
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.body.addWidget(self._area)
        self.show_nothing()

    def show_nothing(self) -> None:
        """No row is chosen."""
        self.decision = None
        self._area.setWidget(EmptyState("list", _("Nothing selected"), _("Select a row to see all of it.")))

    def show_row(self, row: FateRow, spec: EntitySpec, columns: Iterable[Guess], rule: MatchRule) -> None:
        """All there is to know of a row, which is such a record; ``columns`` are those of its table, ``rule`` says what
        was chosen for it.
        """
        content = QWidget()
        content.setObjectName("plain")
        column = QVBoxLayout(content)
        column.setContentsMargins(16, 12, 16, 16)
        column.setSpacing(8)
        column.addWidget(label(row.title or _("Without a name"), "title", wrap=True, selectable=True))
        chips = FlowLayout()
        chips.addWidget(Chip(_(row.outcome.label), row.outcome.tone))
        chips.addWidget(Chip(place_words(row.sheet, row.number), "neutral"))
        if row.is_decided:
            chips.addWidget(Chip(_("Decided by hand"), "neutral"))
        column.addLayout(chips)
        for text in _reasons(row):
            column.addWidget(label(text, wrap=True, selectable=True))
        self.decision = None
        if row.may_decide and row.planned is not None:
            self.decision = RowDecision(row.planned.at, rule)
            self.decision.decided.connect(self.decided)
            column.addWidget(self.decision)
        if row.warnings:
            warnings = Bar("warn")
            column.addWidget(warnings)
            warnings.say([(text, ()) for text in row.warnings[:MOST_WARNINGS]])
        if row.reject is not None:
            column.addLayout(_grid(_cells(row.reject.cells, columns)))
        elif row.planned is not None:
            for heading, lines in _parts(spec, row.planned):
                column.addSpacing(4)
                column.addWidget(label(heading, "strong", wrap=True))
                column.addLayout(_grid(lines))
        column.addStretch(1)
        self._area.setWidget(content)


Line = tuple[str, str, str]
"""Label, value, and what stood there before."""


def _reasons(row: FateRow) -> Iterator[str]:
    if row.outcome is Outcome.JOINED and row.record is not None:
        yield row.what
        yield _("Below is what comes of row {row} with everything that was added to it.").format(row=row.record.row)
    elif row.reject is not None:
        yield _("{reason}. It is not imported and comes back to you as Excel.").format(
            reason=row.reject.reason[:1].upper() + row.reject.reason[1:]
        )
    elif row.planned is not None and row.planned.reason:
        planned = row.planned
        title = planned.base.title if planned.base else ""
        is_matched = row.outcome in {Outcome.UPDATE, Outcome.UNCHANGED}
        reason = _("Is there already as “{name}”: {reason}.") if is_matched else "{reason}"
        yield reason.format(name=title, reason=planned.reason)
    if row.outcome is Outcome.UNCHANGED:
        yield _("The file says nothing that is not there already.")


def _parts(spec: EntitySpec, planned: PlannedRow) -> Iterator[tuple[str, list[Line]]]:
    """The record, then each of its parts, with headings."""
    before = planned.base.values if planned.base else {}
    hidden = () if planned.base else (name_key(spec),)  # stands above as the title
    lines = list(_lines(spec, planned.values, before, hidden))
    field = parent_field(spec)
    if planned.parent is not None and field is not None:
        lines.append((_(spec.labels[field]), planned.parent.title, ""))
    if lines:
        yield (_("What changes") if planned.base else _(spec.label)), lines
    if spec.key in PARTS:
        part = by_key(PARTS[spec.key])
        for new in planned.new_parts:
            name = new.get("name") or next(value.label for value in new.values() if isinstance(value, Ref))
            heading = _("New {part}: {name}").format(part=_(part.label).lower(), name=name)
            yield heading, list(_lines(part, new, {}, ("name", "is_main")))
        for now, changed in planned.changed_parts:
            yield _("{part} {name}").format(part=_(part.label), name=now["name"]), list(_lines(part, changed, now))


def _lines(
    spec: EntitySpec, values: Mapping[str, Any], before: Mapping[str, Any], hidden: tuple[str, ...] = ()
) -> Iterator[Line]:
    """The fields in the order of the form, as the form writes them."""
    for attr in spec.form.fields:
        key = attr.key
        if key in values and key not in hidden:
            kind = facts(attr).kind
            yield _(spec.labels[attr]), kind.format(values[key]), kind.format(before.get(key))


def _cells(cells: list[Cell], columns: Iterable[Guess]) -> list[Line]:
    """The row as it is in the file."""
    named = [(guess.column.label, guess.column.index) for guess in columns]
    return [(name, plain(cells[i]), "") for name, i in named if i < len(cells) and cells[i] is not None]


def _grid(lines: list[Line]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(12)
    grid.setVerticalSpacing(4)
    grid.setColumnMinimumWidth(0, LABEL_WIDTH)
    grid.setColumnStretch(1, 1)
    top = Qt.AlignmentFlag.AlignTop
    for number, (name, value, before) in enumerate(lines):
        words = label(name, "muted", wrap=True)
        words.setFixedWidth(LABEL_WIDTH)
        grid.addWidget(words, number, 0, top)
        texts = QVBoxLayout()
        texts.setSpacing(0)
        if before:
            old = _words(before)
            old.setObjectName("faint")
            font = old.font()
            font.setStrikeOut(True)
            old.setFont(font)
            texts.addWidget(old)
        texts.addWidget(_words(value or "—"))
        grid.addLayout(texts, number, 1)
    return grid


def _words(text: str) -> QLabel:
    """Qt breaks lines at spaces and between Chinese characters only."""
    if text.isascii() and " " not in text:
        return ElidedLabel(text)
    return label(text, wrap=True, selectable=True)
