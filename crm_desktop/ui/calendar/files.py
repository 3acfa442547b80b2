"""A calendar as a file or on paper: brought in, taken out, printed."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog, QWidget

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.reports.destination import writing
from crm_desktop.services.calendar_times import title_of
from crm_desktop.services.icalendar_files import (
    Imported,
    Incoming,
    import_calendar,
    read_calendar,
    since_a_year_ago,
    write_calendar,
)
from crm_desktop.services.lookup import Choices
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.model import CalendarModel
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.tasks import Session

FOLDER = "calendar/folder"
KIND = "iCalendar (*.ics)"


class CalendarFiles(QObject):
    """Of one calendar page."""

    def __init__(self, view: AreaView, page: QWidget, model: CalendarModel) -> None:
        super().__init__(page)
        self._view, self._page, self._model = view, page, model

    def may(self, function: Function) -> bool:
        """Whether this person may print or export events."""
        return self._view.context.person.may_use(function, "event")

    def print(self) -> None:
        """Set the pages of what is shown, and show them before they are printed."""
        shown, person = self._model.shown, self._view.context.person

        def work(session: Session) -> bytes:
            from crm_desktop.reports.calendar import print_calendar  # with all that sets pages

            return print_calendar(session, shown.mode, shown.day, shown.calendars, person)

        title = title_of(shown.mode, shown.day)
        self._view.context.tasks.query(self._page, work, lambda pdf: show_pages(self._page.window(), title, pdf))

    def export(self) -> None:
        """Ask where to, and write one's own events there."""
        folder = Path(remembered(FOLDER, str(Path.home())))
        proposal = str(folder / f"{self._view.context.person.name}.ics")
        chosen, _kind = QFileDialog.getSaveFileName(self._page, _("Export calendar"), proposal, KIND)
        if chosen:
            self.export_to(Path(chosen).with_suffix(".ics"))

    def export_to(self, target: Path) -> None:
        """Write the events of the last year and all that come."""
        person = self._view.context.person

        def work(session: Session) -> int:
            content = write_calendar(session, person, since_a_year_ago())
            with writing(target) as stream:
                stream.write(content)
            return content.count(b"BEGIN:VEVENT")

        def done(count: int) -> None:
            remember(FOLDER, str(target.parent))
            words = ngettext("{count} event was exported.", "{count} events were exported.", count)
            messages.notify(self._page, words.format(count=count))

        self._view.context.tasks.query(self._page, work, done)

    def bring_in(self) -> None:
        """Ask for a file, and make its events one's own."""
        chosen, _kind = QFileDialog.getOpenFileName(
            self._page, _("Import calendar"), remembered(FOLDER, str(Path.home())), KIND
        )
        if chosen:
            self.bring_in_from(Path(chosen))

    def bring_in_from(self, source: Path) -> None:
        """Read a file and save its events; those that came from there before are brought up to date."""
        remember(FOLDER, str(source.parent))
        context = self._view.context

        def work(_session: Session) -> list[Incoming]:
            try:
                return read_calendar(source.read_bytes())
            except OSError as error:
                reason = system_reason(error)
                raise KnownError(
                    _("“{name}” cannot be read: {reason}").format(name=source.name, reason=reason)
                ) from None

        def take(incoming: list[Incoming]) -> None:
            context.choices.load(self, lambda choices: self._save(incoming, choices, source.name))

        context.tasks.query(self._page, work, take)

    def _save(self, incoming: list[Incoming], choices: Choices, name: str) -> None:
        context = self._view.context

        def work(session: Session) -> Imported:
            return import_calendar(session, context.person, incoming, choices, name)

        context.tasks.command(self._page, work, self._tell)

    def _tell(self, done: Imported) -> None:
        words = _("Imported: {created} new events, {updated} changed, {unchanged} as before.").format(
            created=done.created, updated=done.updated, unchanged=done.unchanged
        )
        messages.notify(
            self._page, words, undo=lambda: undo(self._view, self._view, done.change_set, self._model.refresh)
        )
        self._model.refresh()
