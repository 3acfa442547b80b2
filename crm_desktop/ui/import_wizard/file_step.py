"""The first step: say what the list holds; choose a file; see on the sheet itself what was found in it; say which
tables are to come in.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFileDialog, QStackedWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.ui import theme
from crm_desktop.ui.import_wizard.draft import ImportDraft
from crm_desktop.ui.import_wizard.kind_line import KindLine
from crm_desktop.ui.import_wizard.sheets_card import SheetsCard
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.import_wizard.waiting import Waiting
from crm_desktop.ui.import_wizard.work import Stoppable
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.widgets.buttons import primary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState

FOLDER = "import/folder"


class FileStep(StepPage):
    """Shows one thing at a time: where to drop a file, its reading, why it cannot be read, or its sheets."""

    file_chosen = Signal(Path)
    cancelled = Signal()

    def __init__(self, draft: ImportDraft, kinds: Sequence[str]) -> None:
        super().__init__(draft)
        self.kind_line = KindLine(kinds)
        self.body.addWidget(self.kind_line)
        self._stack = QStackedWidget()
        self.choose_button = primary_button(
            _("Choose a file"), self.choose_file, icon_name="folder-open", shortcut="Ctrl+O"
        )
        self._empty = _card(
            DropZone(
                "file-arrow-up",
                _("Drop a sheet onto this window"),
                _("Excel, CSV, Word, vCard, as it is: titles, totals and empty rows may stay. Nothing is changed yet."),
                (self.choose_button,),
            )
        )
        self.waiting = Waiting(_("Reading the file"), _("The file itself is never changed."), self.cancelled.emit)
        self.sheets = SheetsCard(draft)
        self.sheets.changed.connect(self.changed)
        self._failure = _card(EmptyState("file-arrow-up", ""))
        for widget in (self._empty, self.waiting, self.sheets, self._failure):
            self._stack.addWidget(widget)
        self.body.addWidget(self._stack, 1)

    def show_draft(self) -> None:
        """The sheets of the file, or where to drop one."""
        self.kind_line.show_draft(self.draft)
        if self.draft.file is not None:
            self.sheets.show_file()
            self._stack.setCurrentWidget(self.sheets)
        else:
            self._stack.setCurrentWidget(self._empty)

    def show_reading(self, work: Stoppable) -> None:
        """The file is being read."""
        self._stack.setCurrentWidget(self.waiting)
        self.waiting.begin(work)
        self.waiting.cancel_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_failure(self, error: KnownError) -> None:
        """The file cannot be used; its name stands in the title line."""
        again = primary_button(_("Choose another file"), self.choose_file, icon_name="folder-open")
        state = EmptyState("warning-circle", error.message, error.hint, (again,))
        self._stack.removeWidget(self._failure)
        self._failure.deleteLater()
        self._failure = _card(state)
        self._stack.addWidget(self._failure)
        self._stack.setCurrentWidget(self._failure)
        again.setFocus(Qt.FocusReason.OtherFocusReason)

    def problem(self) -> str:
        """Something must be chosen."""
        if self.draft.file is None:
            return _("Choose a file first.")
        return self.sheets.problem()

    def next_text(self) -> str:
        """Nothing to go on with before there is a file."""
        return _("Next") if self.draft.file is not None else ""

    def take_focus(self) -> None:
        """On the grid, or on the button that chooses."""
        target = self.sheets.grid if self.draft.file is not None else self.choose_button
        target.setFocus(Qt.FocusReason.OtherFocusReason)

    def choose_file(self) -> None:
        """Ask for a file."""
        kinds = _("Sheets") + " (*.xlsx *.xls *.xlsb *.ods *.csv *.txt *.docx *.vcf);;" + _("All files") + " (*)"
        chosen, _kind = QFileDialog.getOpenFileName(
            self, _("Choose a file"), remembered(FOLDER, str(Path.home())), kinds
        )
        if chosen:
            remember(FOLDER, str(Path(chosen).parent))
            self.file_chosen.emit(Path(chosen))


class DropZone(EmptyState):
    """An empty state inside a dashed line: things can be dropped here."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(theme.color("handle"), 1.5, Qt.PenStyle.DashLine))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), theme.CARD_RADIUS, theme.CARD_RADIUS)


def _card(state: EmptyState) -> Card:
    card = Card()
    card.body.addWidget(state)
    return card
