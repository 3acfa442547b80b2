"""Parts of a record that have an amount, with what they come to together."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.listing import Row
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.kinds import MONEY
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.parts_card import PartsCard
from crm_desktop.ui.widgets.labels import label


class SumCard(PartsCard):
    """The sum stands below the rows, where there are any."""

    most_rows = 1000  # all of them: a sum of some would be none

    def __init__(self, view: AreaView, part: EntitySpec) -> None:
        super().__init__(view, part)
        self.total = Decimal(0)
        self.sum_label = label("", "strong")
        self.foot = QWidget()
        self.foot_line = QHBoxLayout(self.foot)
        self.foot_line.setContentsMargins(0, 0, 0, 0)
        self.foot_line.setSpacing(12)
        self.foot_line.addStretch(1)
        self.foot_line.addWidget(self.sum_label)
        self.body.addWidget(self.foot)
        self.foot.hide()
        self.read.connect(self._add_up)

    def _add_up(self, rows: Sequence[Row]) -> None:
        self.total = sum((row.values["amount"] or Decimal(0) for row in rows), Decimal(0))
        self.sum_label.setText(_("Together {amount}").format(amount=MONEY.format(self.total)))
        self.foot.setVisible(0 < len(rows) < self.most_rows)
