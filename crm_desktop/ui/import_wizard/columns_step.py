"""The second step: what the columns mean. Guessed with a reason, corrected by typing."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QScrollArea, QTabBar, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.ui.import_wizard import targets
from crm_desktop.ui.import_wizard.column_row import (
    ARROW,
    NAME,
    READING,
    READING_WIDTH,
    REASON,
    TARGET,
    TARGET_WIDTH,
    ColumnRow,
)  # fmt: skip
from crm_desktop.ui.import_wizard.draft import ImportDraft, Shape
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import as_written, link_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.labels import label
from importers.mapping import Guess

SURE = 0.5
"""A guess below this is worth a look."""


class ColumnsStep(StepPage):
    """Tables with the same columns are decided about at once; others have a tab of their own."""

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__(draft)
        self._shapes: list[Shape] = []
        self._shows_empty = False
        self.rows: list[ColumnRow] = []
        self._recipe = Bar("accent")
        self._missing, self._rivals = Bar("bad"), Bar("warn")
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.currentChanged.connect(lambda _place: self._fill())
        self._summary = QHBoxLayout()
        self._summary.setSpacing(8)
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        card = Card(padding=0)
        top = QVBoxLayout()
        top.setContentsMargins(16, 12, 16, 12)
        top.setSpacing(8)
        top.addLayout(self._summary)
        card.body.addWidget(self.tabs)
        card.body.addLayout(top)
        card.body.addWidget(self._area, 1)
        for widget in (self._recipe, self._missing, self._rivals):
            self.body.addWidget(widget)
        self.body.addWidget(card, 1)

    def show_draft(self) -> None:
        """The columns of the tables chosen."""
        self._shapes = self.draft.shapes()
        self._shows_empty = False
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for shape in self._shapes:
            self.tabs.addTab(as_written(", ".join(name or _("Text file") for name in shape.names)))
        self.tabs.blockSignals(False)
        self.tabs.setVisible(len(self._shapes) > 1)
        has_recipe = self.draft.file is not None and self.draft.file.has_recipe
        self._recipe.say_one(
            _("A file with these columns was imported before; they are set as they were then.") if has_recipe else ""
        )
        self._missing.say_one("")
        self._fill()

    def problem(self) -> str:
        """Every table must fill what its records need, and nothing may be half typed."""
        wrong = next((row for row in self.rows if not row.editor.check()), None)
        if wrong is not None:
            wrong.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return _("Choose what “{column}” means.").format(column=wrong.guess.column.label)
        missing = self.draft.missing_field()
        return _("Say which column holds “{field}”.").format(field=_(missing)) if missing else ""

    def take_focus(self) -> None:
        """On the first column that is worth a look."""
        unsure = (row for row in self.rows if row.guess.target and row.guess.score < SURE)
        first = next(unsure, self.rows[0] if self.rows else None)
        if first is not None:
            first.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            first.editor.line.deselect()
            self._area.ensureWidgetVisible(first.editor)

    def _shape(self) -> Shape:
        return self._shapes[max(0, self.tabs.currentIndex())]

    def _fill(self) -> None:
        """The lines of the current shape, columns without any value only when asked for."""
        content = QWidget()
        content.setObjectName("plain")
        grid = QGridLayout(content)
        grid.setContentsMargins(16, 0, 16, 16)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(0)
        grid.setColumnStretch(NAME, 3)
        grid.setColumnStretch(REASON, 2)
        grid.setColumnMinimumWidth(TARGET, TARGET_WIDTH)
        grid.setColumnMinimumWidth(READING, READING_WIDTH)
        for place, heading in ((NAME, _("Column in the file")), (TARGET, _("Comes in as")), (REASON, _("Because"))):
            grid.addWidget(label(heading, "small"), 0, place)
        grid.setColumnMinimumWidth(ARROW, 16)
        self.rows = []
        columns = list(self.draft.columns(self._shape()))
        shown = [(g, s) for g, s in columns if s or self._shows_empty or (g.target and len(columns) < 30)]  # noqa: PLR2004 - else dozens of empty ones
        for guess, sample in shown:
            row = ColumnRow(grid, 1 + 2 * len(self.rows), self.draft.kind, guess, sample)
            row.changed.connect(partial(self._take, self._shape()))
            self.rows.append(row)
        last = 1 + 2 * len(self.rows)
        if hidden := len(columns) - len(shown):
            text = ngettext("Show {count} empty column", "Show {count} empty columns", hidden).format(count=hidden)
            grid.addWidget(link_button(text, self._show_empty), last, NAME, Qt.AlignmentFlag.AlignLeft)
        grid.setRowStretch(last + 1, 1)
        self._area.setWidget(content)
        self._summarise()

    def _show_empty(self) -> None:
        self._shows_empty = True
        self._fill()

    def _take(self, shape: Shape, guess: Guess) -> None:
        self.draft.set_guess(shape, guess)
        if not self.draft.missing_field():
            self._missing.say_one("")
        self._summarise()
        self.changed.emit()

    def _summarise(self) -> None:
        """How many columns are known, kept or left out, and what contradicts itself."""
        while (item := self._summary.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        guesses = [guess for guess, _sample in self.draft.columns(self._shape())]
        kept = sum(1 for g in guesses if g.target and g.target.field == "more")
        out = sum(1 for g in guesses if g.target is None)
        known = len(guesses) - kept - out
        chips = (
            (known, "good", ngettext("{count} column with a field", "{count} columns with a field", known)),
            (kept, "warn", ngettext("{count} kept in the remark", "{count} kept in the remark", kept)),
            (out, "neutral", ngettext("{count} left out", "{count} left out", out)),
        )
        for count, tone, words in chips:
            if count:
                self._summary.addWidget(Chip(words.format(count=count), tone))  # type: ignore[arg-type]
        self._summary.addStretch(1)
        pairs = targets.rivals(self.draft.kind, guesses)
        self._rivals.say(
            [
                (
                    _("“{first}” and “{second}” both come in as “{field}”; the second one wins where both are filled.")
                    .format(first=one.label, second=other.label, field=field),
                    (),
                )
                for one, other, field in pairs[:3]
            ]
        )  # fmt: skip

    def show_problem(self, text: str) -> None:
        """Say above the columns what is missing."""
        self._missing.say_one(text)
