"""Why a lead comes to nothing. Enter drops it."""

from __future__ import annotations

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page.field_maker import FieldMaker


class DropDialog(Dialog):
    """Announces the reason; whoever shows it drops the lead and closes it."""

    decided = Signal(object)  # Ref

    def __init__(self, view: AreaView) -> None:
        super().__init__(view.window(), _("Drop this lead"))
        spec = by_key("lead")
        self.reason = FieldMaker(view, self, spec, lambda _key: None).make(spec.fields["reason"], required=True)
        self.body.addWidget(self.reason)
        self.add_cancel()
        self.add_primary(_("Drop"), self._decide)
        self.reason.setFocus()

    def _decide(self) -> None:
        if self.reason.check():
            self.decided.emit(self.reason.value())
