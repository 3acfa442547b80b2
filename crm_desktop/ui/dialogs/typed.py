"""The frame of a dialog in which one writes: what is typed there is not lost by Esc."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.ui import messages
from crm_desktop.ui.dialogs.dialog import Dialog


class TypedDialog(Dialog):
    """Asks before it is left with something typed."""

    def is_typed(self) -> bool:
        """Whether words would be lost."""
        raise NotImplementedError

    def reject(self) -> None:
        """Leave it, if its user means to."""
        if not self.is_typed() or messages.confirm(self, _("Discard what you typed?"), "", _("Discard"), danger=True):
            super().reject()
