"""What is counted of a customer, four figures in a line."""

from __future__ import annotations

import datetime

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.services.overview import Overview
from crm_desktop.spec.kinds import MONEY, TIME
from crm_desktop.ui.form_page.wording import NOTHING
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label


class FiguresCard(Card):
    """Small label above, figure below."""

    def __init__(self) -> None:
        super().__init__(padding=12)
        line = QHBoxLayout()
        line.setSpacing(16)
        self.body.addLayout(line)
        self._figures: list[QLabel] = []
        for words in (_("Turnover"), _("Last contact"), _("Activities this year"), _("Contacts")):
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(label(words, "small"))
            figure = label(NOTHING, "title")
            self._figures.append(figure)
            column.addWidget(figure)
            line.addLayout(column, 1)

    def show_overview(self, overview: Overview) -> None:
        """Show the figures of this customer."""
        values, figures = overview.record.values, overview.figures
        last = values.get("last_contact_at")
        texts = [
            MONEY.format(values.get("total_amount")),
            TIME.brief(last, datetime.date.today()),
            f"{figures.activities_this_year:,}" if figures else "",
            f"{figures.contacts:,}" if figures else "",
        ]
        for figure, text in zip(self._figures, texts, strict=True):
            figure.setText(text or NOTHING)
        self._figures[1].setToolTip(TIME.format(last))
        self._figures[2].setToolTip(_("{count} in all").format(count=f"{figures.activities:,}") if figures else "")
