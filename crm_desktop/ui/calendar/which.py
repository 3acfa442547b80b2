"""Of something that repeats: this time alone, this and all that follow, or all of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services.events import Which
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.widgets.labels import label


class WhichDialog(Dialog):
    """Announces what is meant; Enter takes this one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None, title: str, subject: str) -> None:
        super().__init__(parent, title, width=480)
        self.body.addWidget(label(_("“{title}” repeats. What do you mean?").format(title=subject), wrap=True))
        self.add_cancel()
        self.add_secondary(_("All"), partial(self._choose, "all"))
        self.add_secondary(_("This and following"), partial(self._choose, "following"))
        self.add_primary(_("This one"), partial(self._choose, "this"))

    def _choose(self, which: Which) -> None:
        self.accept()
        self.chosen.emit(which)
