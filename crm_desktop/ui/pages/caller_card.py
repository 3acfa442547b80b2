"""What is known of who calls: level, whose customer, what he still waits for, what he owns."""

from __future__ import annotations

from functools import partial

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.calls import Caller
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.links import ways_to_reach


class CallerCard(Card):
    """Empty until somebody is found."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("What is known"))
        self._view = view
        self._content: QWidget | None = None
        self.nobody = label(_("Customer, open requests and products appear here."), "muted", wrap=True)
        self.body.addWidget(self.nobody)
        self.body.addStretch(1)

    def show_caller(self, caller: Caller | None) -> None:
        """Show all of it at once; nothing without a caller."""
        if self._content is not None:
            self._content.hide()
            self._content.deleteLater()
            self._content = None
        self.nobody.setVisible(caller is None)
        if caller is None:
            return
        self._content = QWidget()
        column = QVBoxLayout(self._content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(inline_link(caller.customer.label, partial(self._open, "customer", caller.customer.id)))
        if caller.level is not None:
            head.addWidget(Chip(caller.level.label, caller.level.tone or "neutral"))  # type: ignore[arg-type]
        head.addStretch(1)
        column.addLayout(head)
        column.addWidget(label(_("Owner: {name}").format(name=caller.owner), "muted"))
        column.addWidget(ways_to_reach(caller.phones, ""))
        column.addWidget(label(_("Open requests"), "strong"))
        grid = _grid(column)
        for row, request in enumerate(caller.requests):
            grid.addWidget(
                inline_link(request.ref.label, partial(self._open, "service_request", request.ref.id)), row, 0
            )
            grid.addWidget(Chip(request.state.label, request.state.tone or "neutral"), row, 1)  # type: ignore[arg-type]
        if not caller.requests:
            column.addWidget(label(_("None"), "muted"))
        column.addWidget(label(_("Installed products"), "strong"))
        for machine in caller.machines:
            name = f"{machine.name} {machine.ref.label}".strip()
            column.addWidget(inline_link(name, partial(self._open, "installed_product", machine.ref.id)))
            if machine.warranty_until is not None:
                is_over = machine.warranty_until < clock.today()
                words = _("warranty until {day}").format(day=DATE.format(machine.warranty_until))
                column.addWidget(label(_("out of warranty") if is_over else words, "muted"))
        if not caller.machines:
            column.addWidget(label(_("None"), "muted"))
        self.body.insertWidget(self.body.count() - 1, self._content)

    def _open(self, entity: str, id_: int) -> None:
        self._view.open_record(entity, id_)


def _grid(column: QVBoxLayout) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(8)
    grid.setVerticalSpacing(4)
    grid.setColumnStretch(0, 1)
    column.addLayout(grid)
    return grid
