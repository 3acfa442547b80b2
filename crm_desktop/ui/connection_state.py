"""At the foot of the window: whether the server is there, what waits for it, and whether what is typed can be kept."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.ui import icons
from crm_desktop.ui.context import Context
from crm_desktop.ui.widgets.buttons import inline_link
from crm_desktop.ui.widgets.labels import label

STATES = {"connected": (N_("connected"), "good"), "connecting": (N_("connecting…"), "warn"), "lost": ("", "bad")}


class ConnectionState(QWidget):
    """The one place where it is said. "Try now" does not wait for the next attempt."""

    drafts_chosen = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._server = context.server or _("this computer")
        self._context = context
        self._state = "connected"
        self._dot, self._words = QLabel(), QLabel()
        self.retry_link = inline_link(_("Try now"), self._try_now)
        self._waiting, self._trouble = QLabel(), label("", "error")
        self.drafts_link = inline_link("", self.drafts_chosen.emit)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(8)
        for widget in (self._dot, self._words, self.retry_link, self._waiting, self._trouble, self.drafts_link):
            line.addWidget(widget)
        self.show_state("connected")
        self._show_waiting(context.tasks.waiting_count)
        self._show_trouble(context.drafts.trouble)
        self._show_drafts()
        context.bus.connection_changed.connect(self.show_state)
        context.tasks.waiting_changed.connect(self._show_waiting)
        context.drafts.trouble_changed.connect(self._show_trouble)
        context.drafts.changed.connect(self._show_drafts)

    def text(self) -> str:
        """Everything that is said, as shown."""
        shown = (self._words, self._waiting, self._trouble, self.drafts_link)
        return " · ".join(part.text() for part in shown if part.isVisibleTo(self) and part.text())

    def show_state(self, state: str) -> None:
        """Show one of the states of the bus, in words and in colour."""
        is_new = state != self._state
        self._state = state
        words, tone = STATES[state]
        self._dot.setPixmap(icons.pixmap("circle-fill", 12, tone))
        if state != "lost":
            self._words.setText(f"{self._server} · {_(words)}")
        elif is_new:
            since = f"{clock.now():%H:%M}"
            lost = _("connection lost since {time}, trying again").format(time=since)
            self._words.setText(f"{self._server} · {lost}")
        self.retry_link.setVisible(state == "lost")

    def _try_now(self) -> None:
        self._context.bus.retry_wanted.emit()
        self._context.tasks.server_is_back()

    def _show_waiting(self, count: int) -> None:
        words = ngettext(
            "{count} change is saved when the server is back",
            "{count} changes are saved when the server is back",
            count,
        )
        self._waiting.setText(words.format(count=count) if count else "")
        self._waiting.setVisible(count > 0)

    def _show_trouble(self, trouble: str) -> None:
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))

    def _show_drafts(self) -> None:
        count = len(self._context.drafts.waiting())
        self.drafts_link.setText(ngettext("{count} draft", "{count} drafts", count).format(count=count))
        self.drafts_link.setToolTip(_("What you typed and did not save"))
        self.drafts_link.setVisible(count > 0)
