"""What others wrote to one, and what one wrote: a list, and the chosen message beside it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any, get_args

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QSplitter, QStackedWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.services import events
from crm_desktop.services import messages as service
from crm_desktop.services.events import Answer
from crm_desktop.services.messages import Folder, Message, Receiver, fetch_messages, in_short
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.calendar.words import answered_words
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.side_entries import FOLDERS, MESSAGES
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import primary_button, quiet_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

Index = QModelIndex | QPersistentModelIndex
HEADINGS = (N_("From"), N_("Message"), N_("Time"))


class _Model(QAbstractTableModel):
    """Who, the first line, when."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: Sequence[Message] = ()
        self.is_sent = False

    def show_rows(self, rows: Sequence[Message], *, is_sent: bool) -> None:
        self.beginResetModel()
        self.rows, self.is_sent = rows, is_sent
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(HEADINGS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return _("To") if section == 0 and self.is_sent else _(HEADINGS[section])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        message = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            who = message.receivers if self.is_sent else in_short(message)
            return (who, message.words.partition("\n")[0], moment_text(message.sent_at))[index.column()]
        if role == CellRole.STRONG:
            return message.read_at is None
        return None


class MessagesPage(Page):
    """Serves all folders. Enter opens what a message is about, Ctrl+R answers, Delete throws away, Ctrl+N writes a new
    one.
    """

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Messages"))
        self._view = view
        self._folder: Folder = "in"
        self._current: Message | None = None
        self._title = PageTitle(self.title)
        self._title.add(primary_button(with_shortcut(_("New message"), "Ctrl+N"), self.write))
        self.model, self.table = _Model(), TableView()
        self.table.setModel(self.model)
        self.table.setAccessibleName(self.title)
        self.table.selectionModel().currentRowChanged.connect(self._choose)
        self.table.opened.connect(lambda _index: self.open_record())
        self._empty = EmptyState("envelope-simple", _("No messages"), _("What colleagues write to you stands here."))
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        lists = Card(padding=0)
        lists.body.addWidget(self._stack)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(lists)
        self._reading = self._reading_card()
        split.addWidget(self._reading)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        split.setChildrenCollapsible(False)
        self.body.addWidget(self._title)
        self.body.addWidget(split, 1)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+N"), self, context=here).activated.connect(self.write)
        self.begin_at(self.table)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._table_changed)

    def show_entry(self, key: str) -> None:
        """Show a folder."""
        folder = next(one for one in get_args(Folder) if MESSAGES + one == key)
        self._folder, self._current = folder, None
        self.set_title(_(FOLDERS[folder]))
        self._title.set_title(self.title)
        self.refresh()

    def choose(self, message: Message) -> None:
        """Choose one of the folder as soon as it is read."""
        self._current = message

    def refresh(self) -> None:
        """Read the folder again."""
        folder = self._folder
        self._view.context.tasks.query(
            self, lambda session: fetch_messages(session, folder), self._show, key="messages"
        )

    def write(self) -> None:
        """Write a new one."""
        WriteDialog(self._view).open_quietly()

    def answer(self) -> None:
        """Write to whom the chosen one came from."""
        message = self._current
        if message is not None and message.sender_id is not None and self._folder != "sent":
            to = Receiver("employee", Ref(message.sender_id, message.sender))
            about = None
            if message.entity is not None and message.record_id is not None:
                about = (message.entity, message.record_id, _(by_key(message.entity).label))
            WriteDialog(self._view, (to,), about).open_quietly()

    def open_record(self) -> None:
        """Open what the chosen one is about."""
        if self._current is not None and self._current.entity and self._current.record_id:
            self._view.open_record(self._current.entity, self._current.record_id)

    def answer_invitation(self, answer: Answer) -> None:
        """Take part in the event that the chosen one asks to, or not."""
        message, tasks = self._current, self._view.context.tasks
        if message is not None and message.record_id is not None:
            id_, title = message.record_id, message.body.partition(" · ")[0]

            def tell(saved: events.Saved) -> None:
                back = partial(undo, self._view, self._view, saved.change_set)
                messages.notify(self, answered_words(answer, title), undo=back)

            tasks.command(self, lambda session: events.answer(session, id_, answer, title), tell)

    def delete(self) -> None:
        """Throw one's own copies of the selected ones away."""
        ids = [self.model.rows[index.row()].id for index in self.table.selectionModel().selectedRows()]
        if ids:
            self._current = None
            self._run(lambda session: service.delete_messages(session, ids))

    def _reading_card(self) -> Card:
        card = Card()
        self.who, self.when = label("", "title", wrap=True), label("", "small")
        self.about = label("", "muted", wrap=True)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(_("Message"))
        line = QHBoxLayout()
        line.setSpacing(8)
        self.answer_button = quiet_button(_("Reply"), self.answer, icon_name="arrow-bend-up-left", shortcut="Ctrl+R")
        self.open_button = quiet_button(_("Open the record"), self.open_record, icon_name="arrow-square-out")
        self.delete_button = quiet_button(_("Delete"), self.delete, icon_name="trash", shortcut="Delete")
        self.invitation_buttons = (
            quiet_button(_("Accept"), lambda: self.answer_invitation("accepted"), icon_name="check"),
            quiet_button(_("Decline"), lambda: self.answer_invitation("declined"), icon_name="x"),
        )
        for button in (*self.invitation_buttons, self.answer_button, self.open_button, self.delete_button):
            line.addWidget(button)
        line.addStretch(1)
        for widget in (self.who, self.when, self.about):
            card.body.addWidget(widget)
        card.body.addWidget(self.text, 1)
        card.body.addLayout(line)
        card.body.addStretch(0)
        self._show_message(None)
        return card

    def _show(self, found: list[Message]) -> None:
        kept = self._current.id if self._current is not None else 0
        if self._folder == "unread" and self._current is not None and kept not in {one.id for one in found}:
            read = replace(self._current, read_at=clock.now())  # it stays until one goes on to another
            found = sorted([*found, read], key=lambda one: (one.sent_at, one.id), reverse=True)
        self.model.show_rows(found, is_sent=self._folder == "sent")
        self._stack.setCurrentIndex(0 if found else 1)
        self._reading.setVisible(bool(found))
        self.table.fit_columns(1)
        place = next((place for place, one in enumerate(found) if one.id == kept), -1)
        if place >= 0:
            self.table.setCurrentIndex(self.model.index(place, 0))
        else:
            self._current = None
        self._show_message(self._current)

    def _choose(self, index: QModelIndex) -> None:
        self._current = self.model.rows[index.row()] if index.isValid() else None
        self._show_message(self._current)
        if self._current is not None and self._current.read_at is None:
            id_ = self._current.id
            self._run(lambda session: service.mark_read(session, [id_]))

    def _show_message(self, message: Message | None) -> None:
        is_sent = self._folder == "sent"
        self.who.setText((message.receivers if is_sent else in_short(message)) if message is not None else "")
        self.when.setText(TIME.format(message.sent_at) if message is not None else _("Choose a message to read it."))
        self.text.setPlainText(message.words if message is not None else "")
        self.text.setVisible(message is not None)
        has_record = message is not None and bool(message.entity)
        self.about.setText(_about(message) if message is not None else "")
        self.about.setVisible(has_record)
        self.open_button.setVisible(message is not None and message.can_be_opened)
        for button in self.invitation_buttons:
            button.setVisible(message is not None and message.kind == "invitation" and not is_sent)
        self.answer_button.setVisible(message is not None and not is_sent and message.sender_id is not None)
        self.delete_button.setVisible(message is not None)

    def _run(self, work: Any) -> None:
        self._view.context.tasks.command(self, work, lambda _done: self.refresh(), waits=True)

    def _table_changed(self, table: str, ids: frozenset[int] | None, _change_sets: object) -> None:
        if table == "message" and (ids is None or self._view.context.person.id in ids):
            self._follower.note()


def _about(message: Message) -> str:
    if not message.entity:
        return ""
    words = _("Named in a comment: {title}") if message.kind == "mention" else _("About: {title}")
    return words.format(title=_(by_key(message.entity).label))
