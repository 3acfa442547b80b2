"""The board of opportunities: where each deal stands, for everybody at once; moved, opened and edited from here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QMenu, QStackedWidget

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.services.filter_fields import tables_of_filter
from crm_desktop.services.listing import tables_of
from crm_desktop.services.overview import fetch_preview
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.board.choices import PERIODS
from crm_desktop.ui.board.chosen_page import ChosenPage
from crm_desktop.ui.board.model import BoardModel, BoardQuery
from crm_desktop.ui.board.moving import Mover
from crm_desktop.ui.board.next_step import ask_next_step
from crm_desktop.ui.board.printing import print_shown
from crm_desktop.ui.board.view import BoardView
from crm_desktop.ui.board.whose_menu import whose_words
from crm_desktop.ui.list_page import words
from crm_desktop.ui.list_page.preview_pane import PreviewPane
from crm_desktop.ui.soon import Follower, later
from crm_desktop.ui.widgets.buttons import icon_button, primary_button, secondary_button
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.menu_actions import add_action
from crm_desktop.ui.widgets.preview_splitter import PreviewSplitter
from crm_desktop.ui.widgets.search_box import SearchBox

PREVIEW_MS = 150
SEARCH_WIDTH = 200
_SHAPE = frozenset({"sales_stage", "sales_process", "dictionary_entry"})


class BoardPage(ChosenPage):
    """Follows what others do; what its user looks at and has chosen stays."""

    keys = (
        ("Ctrl+Right", N_("Move the card a stage on, Ctrl+Left a stage back")),
        ("Space", N_("Preview")),
        ("F2", N_("Next step")),
    )

    def __init__(self, view: AreaView) -> None:
        board = OPPORTUNITY_BOARD
        self._typed = ""
        self._folded: frozenset[int] | None = None
        self._instead: EmptyState | None = None
        self.model = BoardModel(view.context.tasks, board, view.context.person, view)
        self.table = BoardView(self.model)
        super().__init__(view, board.entity, f"{board.entity}/board", _("Board"), self.table)
        self.model.setParent(self)
        self._follower = Follower(self, self.model.refresh)
        self.mover = Mover(view, self.model, self, self._follower.has_read)
        self.search = SearchBox(_("Filter this board"), "Ctrl+F")
        self.search.setFixedWidth(SEARCH_WIDTH)
        self.tools.insertWidget(0, self.search)
        self.tools.addWidget(icon_button("layout", _("Preview"), self.toggle_preview, shortcut="Alt+P"))
        if self._context.person.may_use(Function.PRINT, board.entity):
            self.tools.addWidget(icon_button("printer", _("Print"), self.print, shortcut="Ctrl+P"))
        self.stack = QStackedWidget()
        self.stack.addWidget(self.table)
        self.preview = PreviewPane(self.spec, self.open_current, self.toggle_preview)
        self.splitter = PreviewSplitter(self.key, self.stack, self.preview, is_open=False)
        self._preview_timer = later(PREVIEW_MS, self._load_preview, self)
        if self._context.person.may("create", board.entity):
            new = primary_button(words.new_text(self.spec), self.create_record, icon_name="plus", shortcut="Ctrl+N")
            self.title_line.add(new)
        self.body.addWidget(self.splitter, 1)
        self.setFocusProxy(self.table)
        self._connect()

    @property
    def processes(self) -> tuple[Ref, ...]:
        """Those that have columns."""
        return self.model.processes

    def search_for(self, typed: str) -> None:
        """Show only cards that ``typed`` finds."""
        if typed != self._typed:
            self._typed = typed
            self._open()

    def show_everything(self) -> None:
        """Leave out nothing."""
        self.search.clear()
        self.search.search_now()
        super().show_everything()

    def create_record(self) -> None:
        """Open the form of a new record."""
        self._view.open_record(self.spec.key, 0)

    def print(self) -> None:
        """Set the columns that are not folded, and show them before they are printed."""
        chosen = self.choices
        columns = self.model.columns
        process = columns[0].process.label if columns and columns[0].process is not None else ""
        words = (process, _(PERIODS[chosen.period]), whose_words(self.spec.key, chosen.whose), self._typed)
        print_shown(self, self._context, self.model, words, chosen.filter, self.table.folded)

    def open_current(self) -> None:
        """Open the current card."""
        if self.table.current:
            self._view.open_record(self.spec.key, self.table.current)

    def toggle_preview(self) -> None:
        """Open or fold away the preview."""
        self.splitter.show_preview(not self.splitter.preview_shown())

    def move_card(self, id_: int, column: int) -> None:
        """Let a card go into another column, if this person may."""
        if self.may_move(id_):
            self.mover.move(id_, column)

    def may_move(self, id_: int) -> bool:
        """Whether this person may change a card; if not, he is told why."""
        person, entity, row = self._context.person, self.spec.key, self.model.loaded(id_)
        owner = row.values[self.model.board.person.key] if row is not None else None
        if not person.may("update", entity):
            sentence = _("You may read {things}, but not change them.").format(things=_(self.spec.label_plural).lower())
        elif (
            owner is not None
            and owner.id not in person.owners.get((entity, "update"), ())
            and entity not in person.lent.entities
        ):
            sentence = _("This belongs to {owner}: you may read it, but not change it.").format(owner=owner.label)
        else:
            return True
        messages.notify(self, sentence, tone="warn")
        return False

    def edit_next_step(self, id_: int) -> None:
        """Ask what is to be done next about a card."""
        if self.may_move(id_):
            ask_next_step(self._view, self, self.spec.key, id_, self._load_preview)

    @property
    def _folded_key(self) -> str:
        return f"{self.key}/folded"

    # What is shown

    def _connect(self) -> None:
        model, table, bus = self.model, self.table, self._context.bus
        model.opened.connect(self._show_board)
        model.changed.connect(self._show_counts)
        model.failed.connect(self._show_failure)
        model.took.connect(self._follower.soon.took)
        table.current_changed.connect(lambda _id: self._preview_timer.start())
        table.opened.connect(lambda _id: self.open_current())
        table.preview_wanted.connect(lambda _id: self.toggle_preview())
        table.edit_wanted.connect(self.edit_next_step)
        table.move_wanted.connect(self.move_card)
        table.drag_begun.connect(self._begin_drag)
        table.fold_wanted.connect(self._fold)
        table.menu_wanted.connect(self._show_menu)
        self.search.searched.connect(self.search_for)
        self.splitter.preview_toggled.connect(self._load_preview)
        bus.changed.connect(self._note_change)
        bus.connection_changed.connect(self._note_connection)
        QShortcut(QKeySequence("F5"), self).activated.connect(model.refresh)

    def _take_preferences(self, stored: Mapping[str, Any]) -> None:
        folded = stored.get(self._folded_key)
        if isinstance(folded, list):
            self._folded = frozenset(id_ for id_ in folded if isinstance(id_, int))
        super()._take_preferences(stored)

    def _open(self) -> None:
        self._show_choices()
        rows = replace(self.choices.list_query(self.spec.key), typed=self._typed)
        self.model.open(BoardQuery(rows, self.choices.has_lanes, self.choices.process_id))

    def _show_board(self) -> None:
        self._show_choices()
        self.table.fold(self._folded if self._folded is not None else self._ends())
        self._show_counts()

    def _ends(self) -> frozenset[int]:
        """Where nothing is to be done any more and nobody is glad of: folded until somebody unfolds it."""
        columns = self.model.columns
        return frozenset(
            column.ref.id
            for column in columns
            if column.state is not None and column.state != columns[0].state and column.state.tone != "good"
        )

    def _show_counts(self) -> None:
        count = self.model.count
        self.bar.say_one("")
        self._show_at_side(count)
        self.filters.show_count(count)
        if count:
            self.stack.setCurrentWidget(self.table)
        elif self.choices.is_narrowed() or self._typed:
            text = _("Choose another time or other people above, or look at everything.")
            button = secondary_button(_("Show everything"), self.show_everything)
            self._show_instead(EmptyState("funnel", _("Nothing here that you asked for"), text, (button,)))
        else:
            create = self.create_record if self._context.person.may("create", self.spec.key) else None
            self._show_instead(words.nothing_yet(self.spec, create, None))

    def _show_at_side(self, count: int | None) -> None:
        self._view.side.set_count(f"{self.spec.key}/board", count)

    def _show_instead(self, state: EmptyState) -> None:
        before, self._instead = self._instead, state
        self.stack.addWidget(state)
        self.stack.setCurrentWidget(state)
        if before is not None:
            self.stack.removeWidget(before)
            before.deleteLater()

    def _show_failure(self, error: KnownError) -> None:
        if self.model.is_read:
            self.bar.say_one(error.message, (_("Try again"), self.model.refresh))
        else:
            self._show_instead(words.not_readable(error.message, error.hint, self._read_again))

    def _read_again(self) -> None:
        if self._is_arranged:
            self._open()
        else:
            self._context.preferences.load(self, self._take_preferences, self._show_failure)

    def _fold(self, column: int) -> None:
        id_ = self.model.columns[column].ref.id
        self._folded = self.table.folded ^ {id_}
        self.table.fold(self._folded)
        self._context.preferences.save(self._folded_key, sorted(self._folded))

    def _show_menu(self, id_: int, place: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fill_menu(menu, id_)
        menu.popup(place)

    def fill_menu(self, menu: QMenu, id_: int) -> None:
        """What can be done with a card."""
        add_action(menu, "arrow-square-out", _("Open"), self.open_current, "Enter")
        add_action(menu, "layout", _("Preview"), self.toggle_preview, _("Space"))
        if self._context.person.may("update", self.spec.key):
            add_action(menu, "arrow-right", _("Next step…"), partial(self.edit_next_step, id_), "F2")
            targets = menu.addMenu(_("Move to"))
            at = self.table.current_place()
            for number, column in enumerate(self.model.columns):
                action = add_action(targets, "", column.ref.label, partial(self.move_card, id_, number))
                action.setEnabled(at is None or number != at.column)

    def _load_preview(self) -> None:
        if not self.splitter.preview_shown():
            return
        id_, person = self.table.current, self._context.person
        if not id_:
            self.preview.show_nothing(0)
            return
        self._context.tasks.query(
            self,
            lambda session: fetch_preview(session, self.spec.key, id_, person),
            self.preview.show_overview,
            lambda error: self.preview.show_problem(error.message, error.hint),
            key="preview",
        )

    def _begin_drag(self, id_: int) -> None:
        self.table.may_drag = self.may_move(id_)

    # What happens around it

    def _note_change(self, table: str, ids: frozenset[int] | None, change_sets: frozenset[int]) -> None:
        if table == self.spec.model.__tablename__:
            self.model.note_changes(ids)
            self._follower.note(change_sets)
            if not self.isVisible():  # it is counted again when it is looked at
                self._show_at_side(None)
            if ids is None or self.table.current in ids:
                self._preview_timer.start()
        elif table in tables_of(self.model.board.columns):
            self.model.note_changes(None)
            self._follower.note()
        elif table in _SHAPE or table in tables_of_filter(self.spec, self.choices.group()):
            self._follower.note()

    def _note_connection(self, state: str) -> None:
        if state == "connected" and not self.model.is_read:
            self._read_again()
