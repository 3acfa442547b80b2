"""The star beside a record's name, which is the person's own."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import marks
from crm_desktop.ui import messages
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.icons import icon
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.buttons import icon_button, with_shortcut

STAR = "Ctrl+D"


class StarButton:
    """Watches the record on a page. ``button`` goes into the heading."""

    def __init__(self, tasks: Tasks, bus: Bus, owner: QWidget) -> None:
        self._tasks, self._bus, self._owner = tasks, bus, owner
        self._watched: tuple[str, int] = ("", 0)
        self.is_on = False
        self.button: QPushButton = icon_button("star", _("Star"), self.toggle, shortcut=STAR)
        self.button.hide()

    def watch(self, entity: str, record_id: int) -> None:
        """The page shows this record (0: a new one)."""
        if self._watched != (entity, record_id):
            self._watched = entity, record_id
            self.button.setVisible(record_id > 0)
            self.show_star(is_on=False)

    def toggle(self) -> None:
        """Set the star or take it away; it shows at once and is kept in the background."""
        entity, record_id = self._watched
        is_on = not self.is_on
        self.show_star(is_on=is_on)

        def failed(error: KnownError) -> None:
            self.show_star(is_on=not is_on)
            messages.show_error(self._owner, error)

        self._tasks.command(
            self.button,
            lambda session: marks.set_star(session, entity, record_id, is_on=is_on),
            lambda _none: self._bus.post(by_key(entity).model.__tablename__, [record_id]),  # lists of starred ones
            failed,
            waits=True,
        )

    def show_star(self, *, is_on: bool) -> None:
        """Show whether the record has it."""
        self.is_on = is_on
        self.button.setIcon(icon("star-fill", "warn") if is_on else icon("star"))
        words = _("Take the star away") if is_on else _("Star")
        self.button.setAccessibleName(words)
        self.button.setToolTip(with_shortcut(words, STAR))
