"""The line to log in, for a record that is not open: what just happened with it, and what follows."""

from __future__ import annotations

from crm_desktop.core.i18n import _
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.typed import TypedDialog
from crm_desktop.ui.pages.log_line import LogLine


class LogDialog(TypedDialog):
    """``line.logged`` brings the values; whoever opened it saves them and closes it."""

    def __init__(self, view: AreaView, title: str) -> None:
        super().__init__(view.window(), _("What happened with “{title}”?").format(title=title), width=620)
        self.line = LogLine(view)
        self.body.addWidget(self.line)
        self.add_cancel()
        self.line.line.setFocus()

    def is_typed(self) -> bool:
        """Whether something is noted and not logged."""
        return self.line.is_edited()
