"""An announcement: whoever opens it has read it."""

from __future__ import annotations

from crm_desktop.services import messages
from crm_desktop.services.records import Record
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.form_page import FormPage


class AnnouncementPage(FormPage):
    """The form, with who has read it below."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self._noted = 0
        super().__init__(view, entity, id_)

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        if record.id and record.id != self._noted:
            self._noted = record.id
            self.view.context.tasks.command(
                self,
                lambda session: messages.note_announcement_read(session, record.id),
                lambda _done: None,
                lambda _error: None,
                waits=True,
            )
