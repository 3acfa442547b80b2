"""The products of an opportunity and what they come to, which can be taken for its amount."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.listing import Row
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import MONEY
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.parts_card import PartsCard
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.labels import label


class LinesCard(PartsCard):
    """Announces the sum where it shall become the amount."""

    amount_wanted = Signal(object)  # Decimal
    most_rows = 1000  # all of them: a sum of some would be none

    def __init__(self, view: AreaView) -> None:
        super().__init__(view, by_key("opportunity_line"))
        self.total = Decimal(0)
        self.sum_label = label("", "strong")
        self.use_button = secondary_button(_("Use as amount"), lambda: self.amount_wanted.emit(self.total))
        self.foot = QWidget()
        line = QHBoxLayout(self.foot)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(12)
        line.addStretch(1)
        line.addWidget(self.sum_label)
        line.addWidget(self.use_button)
        self.body.addWidget(self.foot)
        self.foot.hide()
        self.read.connect(self._add_up)

    def offer_amount(self, record: Record, *, may_edit: bool) -> None:
        """Offer the sum unless it is the record's amount already."""
        self.use_button.setVisible(may_edit and record.values.get("amount") != self.total)

    def _add_up(self, rows: Sequence[Row]) -> None:
        self.total = sum((row.values["amount"] or Decimal(0) for row in rows), Decimal(0))
        self.sum_label.setText(_("Together {amount}").format(amount=MONEY.format(self.total)))
        self.foot.setVisible(0 < len(rows) < self.most_rows)
