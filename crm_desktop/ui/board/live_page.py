"""A board with a search and a switch for one's own cards: live for everybody, cards moved by mouse and keyboard."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.listing import ListQuery, tables_of
from crm_desktop.services.records import Record
from crm_desktop.spec.board import BoardSpec
from crm_desktop.spec.filters import EVERYTHING, Condition, Group
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.model import BoardModel, BoardQuery
from crm_desktop.ui.board.printing import print_shown
from crm_desktop.ui.board.view import BoardView
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.menu_actions import add_action
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.search_box import SearchBox

SEARCH_WIDTH = 240


class LiveBoardPage(Page):
    """What becomes of a card that goes into another column is said by who derives from it."""

    keys = (("Ctrl+Right", N_("Move the card to the next column, Ctrl+Left to the one before")),)

    def __init__(self, view: AreaView, board: BoardSpec, shown: Group, title: str) -> None:
        super().__init__(title)
        self._view, self._context, self._board, self._shown = view, view.context, board, shown
        self._key = f"{board.entity}_board/{board.column.key}"
        self.model = BoardModel(self._context.tasks, board, self._context.person, self)
        self.table = BoardView(self.model)
        self._follower = Follower(self, self.model.refresh)
        self.search = SearchBox(_("Filter this board"), "Ctrl+F")
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.mine = quiet_button(_("My own"), self._toggle_mine, icon_name="user")
        self.mine.setCheckable(True)
        self.bar = Bar("warn")
        self.title_line = PageTitle(title)
        tools = QHBoxLayout()
        tools.setSpacing(8)
        tools.addWidget(self.search)
        tools.addWidget(self.mine)
        tools.addStretch(1)
        if self._context.person.may_use(Function.PRINT, board.entity):
            tools.addWidget(icon_button("printer", _("Print"), self.print, shortcut="Ctrl+P"))
        self.body.addWidget(self.title_line)
        self.body.addLayout(tools)
        self.body.addWidget(self.bar)
        self.body.addWidget(self.table, 1)
        self.begin_at(self.table)
        self._connect()
        self._open()

    def move_card(self, id_: int, column: int) -> None:
        """Let a card go into another column."""
        raise NotImplementedError

    def print(self) -> None:
        """Set the board, and show it before it is printed."""
        words = (self.title, self.mine.text() if self.mine.isChecked() else "", self.search.text().strip())
        print_shown(self, self._context, self.model, words, EVERYTHING)

    def _tell(self, words: str, written: Record) -> None:
        """Say what became of a card, and read the board again."""
        self._follower.has_read(written.change_set)
        self.model.note_changes([written.id])
        self.model.refresh()
        messages.notify(self, words, undo=partial(undo, self._view, self._view, written.change_set))

    def _fail(self, error: KnownError) -> None:
        self.model.refresh()
        messages.show_error(self, error)

    # What is shown

    def _open(self) -> None:
        only_mine = remembered(f"{self._key}/mine", default=False)
        self.mine.setChecked(only_mine)
        shown = Group((self._shown, Condition("owner", "me"))) if only_mine else self._shown
        typed = self.search.text().strip()
        self.model.open(BoardQuery(ListQuery(entity=self._board.entity, typed=typed, filter=shown)))

    def _toggle_mine(self) -> None:
        remember(f"{self._key}/mine", self.mine.isChecked())
        self._open()

    def _show(self) -> None:
        self.bar.say_one("")
        self.title_line.set_note(f"{self.model.count:,}")

    def _show_failure(self, error: KnownError) -> None:
        self.bar.say_one(error.message, (_("Try again"), self.model.refresh))

    def _open_card(self, id_: int) -> None:
        if id_:
            self._view.open_record(self._board.entity, id_)

    def _show_menu(self, id_: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        add_action(menu, "arrow-square-out", _("Open"), partial(self._open_card, id_), "Enter")
        if self._context.person.may("update", self._board.entity):
            targets = menu.addMenu(_("Move to"))
            for number, column in enumerate(self.model.columns):
                add_action(targets, "", column.ref.label, partial(self.move_card, id_, number))
        menu.popup(place)

    def _connect(self) -> None:
        model, table = self.model, self.table
        model.opened.connect(self._show)
        model.changed.connect(self._show)
        model.failed.connect(self._show_failure)
        model.took.connect(self._follower.soon.took)
        table.opened.connect(self._open_card)
        table.move_wanted.connect(self.move_card)
        table.menu_wanted.connect(self._show_menu)
        table.may_drag = self._context.person.may("update", self._board.entity)
        self.search.searched.connect(lambda _typed: self._open())
        self._context.bus.changed.connect(self._note_change)
        QShortcut(QKeySequence("F5"), self).activated.connect(model.refresh)

    def _note_change(self, table: str, ids: frozenset[int] | None, change_sets: frozenset[int]) -> None:
        if table == self._board.entity:
            self.model.note_changes(ids)
            self._follower.note(change_sets)
        elif table in tables_of(self._board.columns):
            self.model.note_changes(None)
            self._follower.note()
