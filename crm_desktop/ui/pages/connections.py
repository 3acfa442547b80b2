"""Who is connected to the firm's database, from where and with which version; somebody can be signed out from here."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent, QStandardItem, QStandardItemModel

from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.services.server_state import Connected, end_connections, fetch_connected
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

REFRESH_MS = 5000
COLUMNS = (
    N_("Person"),
    N_("Login"),
    N_("Program and computer"),
    N_("Address"),
    N_("Signed in since"),
    N_("Last active"),
)
PROGRAM = 2
WORKBENCH = "crm-desktop "


class ConnectionsPage(Page):
    """Looks again every few seconds while it is in sight."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Who is connected"))
        self._view = view
        self._connected: Sequence[Connected] = ()
        self.heading = PageTitle(self.title)
        self.end_button = secondary_button(_("Sign out…"), self.end, icon_name="sign-out")
        self.heading.add(self.end_button)
        self._model = QStandardItemModel(self)
        self.table = TableView()
        self.table.setAccessibleName(self.title)
        self.table.setModel(self._model)
        self.table.setSelectionMode(TableView.SelectionMode.SingleSelection)
        self.table.selectionModel().currentRowChanged.connect(self._enable)
        card = Card(padding=0)
        card.body.addWidget(self.table)
        self.body.addWidget(self.heading)
        self.body.addWidget(card, 1)
        self.begin_at(self.table)
        self._timer = QTimer(self)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._enable()

    def refresh(self) -> None:
        """Look again."""
        self._view.context.tasks.query(self, fetch_connected, self._show, key="connected")

    def end(self) -> None:
        """Sign the chosen person out, after asking."""
        chosen = self._chosen()
        if chosen is None or not chosen.may_be_ended:
            return
        name = chosen.name or chosen.login
        if not messages.confirm(
            self,
            _("Sign {name} out?").format(name=name),
            _("The connections of {name} are cut. What is typed and not saved stays on that computer.").format(
                name=name
            ),
            _("Sign out {name}").format(name=name),
            danger=True,
        ):
            return
        self._view.context.tasks.command(
            self, lambda session: end_connections(session, chosen.login), lambda count: self._ended(name, count)
        )

    def showEvent(self, event: QShowEvent) -> None:
        """Look at once."""
        super().showEvent(event)
        self.refresh()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks any more."""
        super().hideEvent(event)
        self._timer.stop()

    def _ended(self, name: str, count: int) -> None:
        words = ngettext("{count} connection of {name} was cut.", "{count} connections of {name} were cut.", count)
        messages.notify(self, words.format(count=count, name=name))
        self.refresh()

    def _show(self, connected: Sequence[Connected]) -> None:
        chosen = self._chosen()
        self._connected = connected
        self._model.clear()
        self._model.setHorizontalHeaderLabels([_(heading) for heading in COLUMNS])
        for one in connected:
            self._model.appendRow(_items(one))
        self.table.fit_columns(PROGRAM)
        people = sum(1 for one in connected if one.name)
        self.heading.set_note(ngettext("{count} person", "{count} people", people).format(count=people))
        logins = [one.login for one in connected]
        self.table.selectRow(logins.index(chosen.login) if chosen is not None and chosen.login in logins else 0)
        self._enable()

    def _chosen(self) -> Connected | None:
        row = self.table.currentIndex().row()
        return self._connected[row] if 0 <= row < len(self._connected) else None

    def _enable(self, _current: QModelIndex | None = None) -> None:
        chosen = self._chosen()
        self.end_button.setEnabled(chosen is not None and chosen.may_be_ended)


def _items(one: Connected) -> list[QStandardItem]:
    name = one.name or _("(no employee)")
    since, active = QStandardItem(moment_text(one.since)), QStandardItem(moment_text(one.active_at))
    since.setToolTip(TIME.format(one.since))
    active.setToolTip(TIME.format(one.active_at))
    return [
        QStandardItem(_("{name} (you)").format(name=name) if one.is_me else name),
        QStandardItem(one.login),
        QStandardItem(program_words(one.programs)),
        QStandardItem(", ".join(one.addresses)),
        since,
        active,
    ]


def program_words(programs: Sequence[str]) -> str:
    """The programs without what is one workbench's own: its listener beside its name with version and computer."""
    named = [
        program for program in programs if program.startswith(WORKBENCH) and program[len(WORKBENCH) :][:1].isdigit()
    ]
    others = [program for program in programs if not program.startswith(WORKBENCH)]
    return ", ".join([*(program.removeprefix(WORKBENCH) for program in named), *others]) or ", ".join(programs)
