"""The sheets of the file as tabs, each with the grid on which its table was found and a check to take it or not."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QCheckBox, QFrame, QHBoxLayout, QRadioButton, QTabBar, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.ui import icons
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.row_kinds import RowKind, RowKinds
from crm_desktop.ui.import_wizard.sheet_grid import SheetGrid, SheetModel
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import as_written, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import ElidedLabel
from importers.layout import Table
from importers.readers import Sheet

FOOTER_HEIGHT = 36


class SheetsCard(Card):
    """``changed`` tells that another table is to come in, or none."""

    changed = Signal()

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__(padding=0)
        self._draft = draft
        self._sheets: list[Sheet] = []
        self.tabs = QTabBar()
        self.tabs.setDrawBase(False)
        self.tabs.setExpanding(False)
        self.tabs.currentChanged.connect(self._show_sheet)
        self._question = Bar("warn")
        self._choice_line = QHBoxLayout()
        self._choice_line.setContentsMargins(12, 4, 12, 4)
        self._choice_line.setSpacing(16)
        self._choices = QWidget()
        self._choices.setLayout(self._choice_line)
        self._group = QButtonGroup(self)
        self._legend = FlowLayout(gap=0)
        legend_frame = QWidget()
        legend_column = QVBoxLayout(legend_frame)
        legend_column.setContentsMargins(8, 0, 8, 4)
        legend_column.addLayout(self._legend)
        self.grid = SheetGrid()
        self._explanation = ElidedLabel("", "small")
        footer = QFrame()
        footer.setObjectName("footer")
        footer.setFixedHeight(FOOTER_HEIGHT)
        footer_line = QHBoxLayout(footer)
        footer_line.setContentsMargins(12, 0, 12, 0)
        footer_line.addWidget(self._explanation)
        question_frame = QVBoxLayout()
        question_frame.setContentsMargins(8, 8, 8, 0)
        question_frame.addWidget(self._question)
        self.body.addWidget(self.tabs)
        self.body.addLayout(question_frame)
        for widget in (self._choices, legend_frame):
            self.body.addWidget(widget)
        self.body.addWidget(self.grid, 1)
        self.body.addWidget(footer)
        self.kinds: RowKinds | None = None

    def show_file(self) -> None:
        """Show the file of the draft, beginning with the first sheet that holds a table."""
        assert self._draft.file
        sheets = [sheet for sheet in self._draft.file.book.sheets if sheet.rows]
        if sheets == self._sheets:
            self._show_sheet(self.tabs.currentIndex())
            return
        self._sheets = sheets
        self.tabs.blockSignals(True)
        while self.tabs.count():
            self.tabs.removeTab(0)
        for sheet in sheets:
            self.tabs.addTab(as_written(sheet.name or _("Text file")))
        names = [sheet.name for sheet in sheets]
        first = next((names.index(t.sheet) for n, t in enumerate(self._draft.tables) if n in self._draft.included), 0)
        self.tabs.setCurrentIndex(first)
        self.tabs.setVisible(len(sheets) > 1)
        self.tabs.blockSignals(False)
        self._show_sheet(first)

    def problem(self) -> str:
        """Without a table there is nothing to import."""
        undecided = self._draft.undecided_sheets()
        if undecided:
            self.tabs.setCurrentIndex([sheet.name for sheet in self._sheets].index(undecided[0]))
            return _("Say which of the tables is meant.")
        return "" if self._draft.included else _("Tick at least one table that is to come in.")

    def current_sheet(self) -> Sheet:
        """The sheet in front."""
        return self._sheets[self.tabs.currentIndex()]

    def _show_sheet(self, index: int) -> None:
        if not 0 <= index < len(self._sheets):
            return
        numbers = self._draft.tables_of(self._sheets[index].name)
        self._offer_tables(numbers)
        self._show_grid()
        self._mark_tabs()

    def _show_grid(self) -> None:
        """The grid with the rows as they are now, at its place where it was shown before."""
        assert self._draft.file
        sheet = self.current_sheet()
        tables = [self._draft.tables[n] for n in self._draft.tables_of(sheet.name)]
        chosen = self._draft.chosen_table(sheet.name)
        rehearsal = self._draft.rehearsal
        records = rehearsal.records if rehearsal else self._draft.file.records
        self.kinds = RowKinds(tables, self._draft.tables[chosen] if chosen is not None else None, records)
        place = self.grid.verticalScrollBar().value()
        is_same = self.grid.sheet is sheet
        self.grid.show_sheet(sheet, SheetModel(sheet, self.kinds))
        self.grid.selectionModel().currentRowChanged.connect(lambda index, _before: self._explain(index.row() + 1))
        if is_same:
            self.grid.verticalScrollBar().setValue(place)
        self._explain(self.grid.currentIndex().row() + 1)
        self._fill_legend()

    def _fill_legend(self) -> None:
        assert self.kinds
        self._legend.clear()
        for kind, count in self.kinds.counts().items():
            button = quiet_button(f"{_(kind.word)} {count:,}", partial(self._go_to, kind))
            button.setIcon(icons.icon("square-fill" if kind.tone != "good" else "square", kind.tone))
            button.setToolTip(_("{why} Click for the next one.").format(why=_(kind.why)))
            self._legend.addWidget(button)

    def _go_to(self, kind: RowKind) -> None:
        assert self.kinds
        number = self.kinds.next_row(kind, self.grid.currentIndex().row() + 1)
        if number is not None:
            self.grid.go_to_row(number)

    def _explain(self, number: int) -> None:
        kind = self.kinds.kind(number) if self.kinds else None
        word, why = (_(kind.word), _(kind.why)) if kind else (_("empty"), _("Left out."))
        self._explanation.setText(_("Row {row}: {word}. {why}").format(row=f"{number:,}", word=word, why=why))

    # Which table

    def _offer_tables(self, numbers: list[int]) -> None:
        while (item := self._choice_line.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        sheet = self.current_sheet().name
        chosen = self._draft.chosen_table(sheet)
        self._question.say_one("")
        if not numbers:
            self._question.say_one(_("No table was found on this sheet; it is left out."))
        elif len(numbers) == 1:
            table = self._draft.tables[numbers[0]]
            box = QCheckBox(_("Import this table: {what}").format(what=_described(table)))
            box.setChecked(chosen is not None)
            box.toggled.connect(lambda checked: self._choose(sheet, numbers[0] if checked else None))
            self._choice_line.addWidget(box)
        else:
            if chosen is None:
                self._question.say_one(_("This sheet holds several tables. Say which one is meant."))
            self._offer_one_of(sheet, numbers, chosen)
        self._choice_line.addStretch(1)
        self._choices.setVisible(bool(numbers))

    def _offer_one_of(self, sheet: str, numbers: list[int], chosen: int | None) -> None:
        self._group.deleteLater()
        self._group = QButtonGroup(self)
        for number in numbers:
            table = self._draft.tables[number]
            radio = QRadioButton(f"{table.title[:30]} — {_described(table)}" if table.title else _described(table))
            radio.setChecked(number == chosen)
            radio.toggled.connect(lambda on, number=number: self._choose(sheet, number) if on else None)
            self._group.addButton(radio)
            self._choice_line.addWidget(radio)

    def _choose(self, sheet: str, number: int | None) -> None:
        self._draft.choose_table(sheet, number)
        self._question.say_one("")
        self._show_grid()
        self._mark_tabs()
        self.changed.emit()

    def _mark_tabs(self) -> None:
        for place, sheet in enumerate(self._sheets):
            is_in = self._draft.chosen_table(sheet.name) is not None
            name, tone = ("check-square", "accent") if is_in else ("square", "faint")
            self.tabs.setTabIcon(place, icons.icon(name, tone))


def _described(table: Table) -> str:
    rows = ngettext("{count} row", "{count} rows", len(table.rows)).format(count=f"{len(table.rows):,}")
    headers = "–".join(str(row) for row in (table.header_rows[0], table.header_rows[-1])[: len(table.header_rows)])
    return _("headings in row {headers}, {rows} below").format(headers=headers, rows=rows)
