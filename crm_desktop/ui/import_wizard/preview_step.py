"""The fourth step: what becomes of every row, before anything is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QModelIndex, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFrame,
    QHBoxLayout,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.core.i18n import _, counted, ngettext
from crm_desktop.ui import icons
from crm_desktop.ui.import_wizard import fate_model
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.fate_details import FateDetails
from crm_desktop.ui.import_wizard.fate_model import FateModel
from crm_desktop.ui.import_wizard.fates import FateRow, Outcome, count_outcomes
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.import_wizard.waiting import Waiting
from crm_desktop.ui.import_wizard.work import Rehearsal, Stoppable
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import ElidedLabel, label
from crm_desktop.ui.widgets.preview_splitter import PreviewSplitter
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.table_view import TableView
from importers.common_warnings import common_warnings
from importers.plan import OnMatch

SEARCH_WIDTH = 180
FOOTER_HEIGHT = 36


class PreviewStep(StepPage):
    """A list of all rows with filters, and the chosen row in full."""

    cancelled = Signal()
    decided = Signal(str, OnMatch)

    def __init__(self, draft: ImportDraft) -> None:
        super().__init__(draft)
        self._rows: Sequence[FateRow] = ()
        self._shown: Rehearsal | None = None
        self._outcome: Outcome | None = None
        self._only_warned = False
        self.waiting = Waiting(_("Comparing with what is there"), _("Nothing is written yet."), self.cancelled.emit)
        self._nothing = Bar("accent")
        self.model = FateModel(self)
        self.table = TableView()
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.setModel(self.model)
        self.table.setAccessibleName(_("Rows of the file"))
        self.table.selectionModel().currentRowChanged.connect(self._show_details)
        self.search = SearchBox(_("Find a row"), "Ctrl+F")
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.search.searched.connect(lambda _text: self._filter())
        self.warnings = QComboBox()
        self.warnings.setAccessibleName(_("Warning"))
        self.warnings.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.warnings.currentIndexChanged.connect(lambda _index: self._filter())
        self.filters: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        self._filter_line = FlowLayout(gap=0)
        self.details = FateDetails()
        self.details.decided.connect(self.decided)
        top = QHBoxLayout()
        top.setContentsMargins(8, 8, 12, 8)
        top.setSpacing(8)
        top.addLayout(self._filter_line, 1)
        top.addWidget(self.search, 0, Qt.AlignmentFlag.AlignTop)
        card = Card(padding=0)
        card.body.addLayout(top)
        said = QHBoxLayout()
        said.setContentsMargins(8, 0, 12, 8)
        said.addWidget(self.warnings)
        card.body.addLayout(said)
        card.body.addWidget(self.table, 1)
        card.body.addWidget(self._footer())
        self._list = QWidget()
        column = QVBoxLayout(self._list)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._nothing)
        column.addWidget(PreviewSplitter("import", card, self.details), 1)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._list)
        self._stack.addWidget(self.waiting)
        self.body.addWidget(self._stack)

    def show_draft(self) -> None:
        """The rows, or that they are being compared."""
        rehearsal = self.draft.rehearsal
        if rehearsal is None:
            self._stack.setCurrentWidget(self.waiting)
            return
        self._stack.setCurrentWidget(self._list)
        if rehearsal is not self._shown:
            self._outcome, self._only_warned = None, False
            self.search.clear()
            self._take(rehearsal)
            self.table.fit_columns(fate_model.WHAT)
            self._select(0)
        self._nothing.say_one(self.problem())

    def show_decided(self, rehearsal: Rehearsal) -> None:
        """The rows after a decision about one of them; the filters, the row and the keyboard stay where they are."""
        index = self.table.currentIndex()
        place = self.model.row_at(index).place if index.isValid() else None
        before = self.details.decision
        has_keyboard = before is not None and before.has_keyboard()
        self._take(rehearsal)
        self._show_filtered()
        again = self.model.find(place)
        self._select(index.row() if again is None else again)
        if has_keyboard:
            after = self.details.decision if again is not None else None
            (after or self).take_focus()
        self._nothing.say_one(self.problem())

    def show_deciding(self) -> None:
        """The rows are being compared once more, after a decision about one of them."""
        self._count.setText(_("Comparing with what is there"))

    def show_comparing(self, work: Stoppable) -> None:
        """The rows are being compared."""
        self._stack.setCurrentWidget(self.waiting)
        self.waiting.begin(work)

    def problem(self) -> str:
        """There must be something to write."""
        if self.draft.rehearsal is None:
            return _("Wait for the preview.")
        if self._writes():
            return ""
        if count_outcomes(self._rows).get(Outcome.REJECT, 0) == len(self._rows) > 0:
            return _(
                "No row can come in; each says why. What rows belong to, such as customers, is imported before them."
            )
        return _("Nothing would be written: the file holds nothing new.")

    def next_text(self) -> str:
        """How much is going to be written."""
        if self.draft.rehearsal is None:
            return ""
        spec = self.draft.spec
        return _("Import {counted}").format(counted=counted(spec.label, spec.label_plural, self._writes()))

    def take_focus(self) -> None:
        """On the list, or on the button that gives up waiting for it."""
        target = self.table if self._stack.currentWidget() is self._list else self.waiting.cancel_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def _footer(self) -> QFrame:
        """How many rows are shown, and that all this is only said."""
        footer = QFrame()
        footer.setObjectName("footer")
        footer.setFixedHeight(FOOTER_HEIGHT)
        line = QHBoxLayout(footer)
        line.setContentsMargins(12, 0, 12, 0)
        self._count = ElidedLabel("", "faint")
        line.addWidget(self._count, 1)
        line.addWidget(label(_("Nothing has been written yet."), "faint"))
        return footer

    def _writes(self) -> int:
        counts = count_outcomes(self._rows)
        return counts.get(Outcome.CREATE, 0) + counts.get(Outcome.UPDATE, 0)

    def _take(self, rehearsal: Rehearsal) -> None:
        self._shown, self._rows = rehearsal, rehearsal.rows
        self.model.show_rows(self._rows)
        self.table.setColumnHidden(fate_model.SHEET, len({row.sheet for row in self._rows}) < 2)  # noqa: PLR2004
        self.table.setColumnHidden(fate_model.WARNINGS, not any(row.warnings for row in self._rows))
        self._offer_filters()
        self._offer_warnings()

    def _offer_filters(self) -> None:
        self._filter_line.clear()
        self._group.deleteLater()
        self._group = QButtonGroup(self)
        self.filters = {}
        counts = count_outcomes(self._rows)
        warned = sum(1 for row in self._rows if row.warnings)
        self._add_filter("all", _("All rows"), len(self._rows), "", partial(self._choose, None))
        for outcome in Outcome:
            if counts.get(outcome):
                act = partial(self._choose, outcome)
                self._add_filter(outcome.value, _(outcome.label), counts[outcome], outcome.tone, act)
        if warned:
            self._add_filter(
                "warned", _("With warnings"), warned, "warn", partial(self._choose, None, only_warned=True)
            )
        chosen = "warned" if self._only_warned else self._outcome.value if self._outcome else "all"
        if chosen not in self.filters:  # its last row has become something else
            chosen, self._outcome, self._only_warned = "all", None, False
        self.filters[chosen].setChecked(True)

    def _offer_warnings(self) -> None:
        """Each warning once, with how many rows it is said of."""
        chosen = self.warnings.currentData()
        planned = (row.planned for row in self._rows if row.planned is not None and row.warnings)
        with QSignalBlocker(self.warnings):
            self.warnings.clear()
            self.warnings.addItem(_("All warnings"), "")
            for text, places in common_warnings(planned):
                self.warnings.addItem(f"{len(places):,} × {text}", text)
            self.warnings.setCurrentIndex(max(0, self.warnings.findData(chosen)))
        self.warnings.setVisible(self._only_warned)

    def _add_filter(self, key: str, word: str, count: int, tone: str, act: Callable[[], object]) -> None:
        button = quiet_button(f"{word} {count:,}", act)
        button.setCheckable(True)
        if tone:
            button.setIcon(icons.icon("circle-fill", tone))
            button.setIconSize(QSize(10, 10))
        self._group.addButton(button)
        self.filters[key] = button
        self._filter_line.addWidget(button)

    def _choose(self, outcome: Outcome | None, *, only_warned: bool = False) -> None:
        self._outcome, self._only_warned = outcome, only_warned
        self.warnings.setVisible(only_warned)
        self._filter()

    def _filter(self) -> None:
        self._show_filtered()
        self._select(0)

    def _show_filtered(self) -> None:
        warning = self.warnings.currentData() if self._only_warned else ""
        self.model.filter_rows(
            self._outcome, only_warned=self._only_warned, typed=self.search.text(), warning=warning or ""
        )

    def _select(self, number: int) -> None:
        """Of the rows shown this one, or the last."""
        count = self.model.rowCount()
        rows = ngettext("{count} row", "{count} rows", count).format(count=f"{count:,}")
        self._count.setText(_("{rows} from {file}").format(rows=rows, file=self.draft.path))
        if count:
            self.table.setCurrentIndex(self.model.index(min(number, count - 1), fate_model.TITLE))
        else:
            self.details.show_nothing()

    def _show_details(self, index: QModelIndex, _before: QModelIndex) -> None:
        if index.isValid():
            row = self.model.row_at(index)
            number = next(
                (
                    n
                    for n in sorted(self.draft.included)
                    if self.draft.tables[n].sheet == row.sheet and self.draft.tables[n].last_row >= row.number
                ),
                min(self.draft.included, default=0),
            )
            self.details.show_row(row, self.draft.spec, self.draft.guesses[number], self.draft.rule)
