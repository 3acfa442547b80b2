"""What is counted of a customer, four figures in a line where there is room."""

from __future__ import annotations

from PySide6.QtCore import QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.overview import Overview
from crm_desktop.spec.kinds import MONEY, TIME
from crm_desktop.ui.form_page.wording import NOTHING
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

GAP = 16


class FiguresCard(Card):
    """Small label above, figure below."""

    def __init__(self) -> None:
        super().__init__(padding=12)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(8)
        self.body.addLayout(self._grid)
        self._figures: list[QLabel] = []
        self._cells: list[QWidget] = []
        for words in (_("Turnover"), _("Last contact"), _("Activities this year"), _("Contacts")):
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(0)
            column.addWidget(label(words, "small"))
            figure = label(NOTHING, "title")
            column.addWidget(figure)
            self._figures.append(figure)
            self._cells.append(cell)
        self._columns = 0
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """Two figures side by side."""
        margins = self.body.contentsMargins()
        return QSize(margins.left() + 2 * self._widest() + GAP + margins.right(), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        self._arrange()

    def show_overview(self, overview: Overview) -> None:
        """Show the figures of this customer."""
        values, figures = overview.record.values, overview.figures
        last = values.get("last_contact_at")
        texts = [
            MONEY.format(values.get("total_amount")),
            TIME.brief(last, clock.today()),
            f"{figures.activities_this_year:,}" if figures else "",
            f"{figures.contacts:,}" if figures else "",
        ]
        for figure, text in zip(self._figures, texts, strict=True):
            figure.setText(text or NOTHING)
        self._figures[1].setToolTip(TIME.format(last))
        self._figures[2].setToolTip(_("{count} in all").format(count=f"{figures.activities:,}") if figures else "")
        self._arrange()

    def _arrange(self) -> None:
        """All in a line, or two by two."""
        margins = self.body.contentsMargins()
        needed = margins.left() + 4 * self._widest() + 3 * GAP + margins.right()
        columns = 4 if self.contentsRect().width() >= needed else 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, *divmod(place, columns))
            self._grid.setColumnStretch(place, int(place < columns))

    def _widest(self) -> int:
        return max(cell.minimumSizeHint().width() for cell in self._cells)
