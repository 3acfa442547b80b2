"""What is counted of a customer, four figures in a line where there is room."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QPushButton, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.overview import Overview
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import MONEY, TIME
from crm_desktop.ui import theme
from crm_desktop.ui.form_page.wording import NOTHING
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

GAP = 16


_OPEN = {
    "opportunity": (N_("Open opportunities"), ("closed_on",)),
    "service_request": (N_("Open requests"), ("solved_at", "closed_at")),
}
"""What is counted by entity, and the days that are empty as long as a record is open."""


class FiguresCard(Card):
    """Small label above, figure below. A click on what is open opens its rows."""

    opened = Signal(str, Group)  # entity, what is asked beside the customer

    def __init__(self, person: Person) -> None:
        super().__init__(padding=12)
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(GAP)
        self._grid.setVerticalSpacing(8)
        self.body.addLayout(self._grid)
        self._cells: list[QWidget] = []
        self._turnover, self._contact = label(NOTHING, "title"), label(NOTHING, "title")
        self._add(_("Turnover"), self._turnover)
        self._add(_("Last contact"), self._contact)
        self._links: dict[str, QPushButton] = {}
        for entity, (words, days) in _OPEN.items():
            if person.may("read", entity):
                rows = Group(tuple(Condition(day, "empty") for day in days))
                self._links[entity] = link = inline_link(NOTHING, partial(self.opened.emit, entity, rows))
                link.setAccessibleName(_(words))
                link.setFont(theme.font(theme.TITLE, strong=True))
                self._add(_(words), link)
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
        self._turnover.setText(MONEY.format(values.get("total_amount")) or NOTHING)
        self._contact.setText(TIME.brief(last, clock.today()) or NOTHING)
        self._contact.setToolTip(TIME.format(last))
        if figures is not None:
            counts = {"opportunity": figures.open_deals, "service_request": figures.open_requests}
            for entity, link in self._links.items():
                link.setText(f"{counts[entity]:,}")
        self._arrange()

    def _add(self, words: str, figure: QWidget) -> None:
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(label(words, "small"))
        column.addWidget(figure)
        column.addStretch(1)
        self._cells.append(cell)

    def _arrange(self) -> None:
        """All in a line, or two by two."""
        margins = self.body.contentsMargins()
        count = len(self._cells)
        needed = margins.left() + count * self._widest() + (count - 1) * GAP + margins.right()
        columns = count if self.contentsRect().width() >= needed else 2
        if columns == self._columns:
            return
        self._columns = columns
        for place, cell in enumerate(self._cells):
            self._grid.addWidget(cell, *divmod(place, columns))
            self._grid.setColumnStretch(place, int(place < columns))

    def _widest(self) -> int:
        return max(cell.minimumSizeHint().width() for cell in self._cells)
