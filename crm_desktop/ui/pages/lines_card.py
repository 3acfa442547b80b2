"""The products of an opportunity and what they come to, which can be taken for its amount."""

from __future__ import annotations

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.pages.sum_card import SumCard
from crm_desktop.ui.widgets.buttons import secondary_button


class LinesCard(SumCard):
    """Announces the sum where it shall become the amount."""

    amount_wanted = Signal(object)  # Decimal

    def __init__(self, view: AreaView) -> None:
        super().__init__(view, by_key("opportunity_line"))
        self.use_button = secondary_button(_("Use as amount"), lambda: self.amount_wanted.emit(self.total))
        self.foot_line.addWidget(self.use_button)

    def offer_amount(self, record: Record, *, may_edit: bool) -> None:
        """Offer the sum unless it is the record's amount already."""
        self.use_button.setVisible(may_edit and record.values.get("amount") != self.total)
