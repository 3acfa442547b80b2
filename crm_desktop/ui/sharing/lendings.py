"""With whom a record is shared now, a line each, with the button that ends it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.sharing import Lending
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.widgets.buttons import icon_button
from crm_desktop.ui.widgets.labels import ElidedLabel, label


class LendingList(QWidget):
    """``end`` takes a share back; without it one can only look."""

    def __init__(self, end: Callable[[Lending], object]) -> None:
        super().__init__()
        self._end = end
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(12)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(2, 1)

    def show_lendings(self, lendings: Sequence[Lending], *, may_end: bool) -> None:
        """Show these in place of those before."""
        while (item := self._grid.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        for row, lending in enumerate(lendings):
            self._grid.addWidget(label(lending.receiver.ref.label, "strong"), row, 0)
            self._grid.addWidget(label(terms(lending)), row, 1)
            self._grid.addWidget(ElidedLabel(origin(lending), "muted"), row, 2)
            if may_end:
                words = _("End the share with {name}").format(name=lending.receiver.ref.label)
                button = icon_button("x", words, partial(self._end, lending))
                self._grid.addWidget(button, row, 3, Qt.AlignmentFlag.AlignRight)


def terms(lending: Lending) -> str:
    """What may be done, and until when."""
    what = _("sees and changes it") if lending.may_write else _("sees it")
    if lending.ends_at is None:
        return what
    return _("{what} until {day}").format(what=what, day=DATE.format(lending.ends_at.astimezone().date()))


def origin(lending: Lending) -> str:
    """Who shared it, and when."""
    day = DATE.format(lending.shared_at.astimezone().date())
    return _("by {name}, {day}").format(name=lending.shared_by, day=day)
