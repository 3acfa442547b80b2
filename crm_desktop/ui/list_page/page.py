"""The list page of any entity: title and buttons, quick filter, table, preview. Which view it shows can change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_fields import tables_of_filter
from crm_desktop.services.grouping import Grouping
from crm_desktop.services.listing import ListQuery, tables_of
from crm_desktop.services.overview import fetch_preview
from crm_desktop.services.totals import Totals
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.spec.filters import Group
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.columns import ColumnsDialog
from crm_desktop.ui.list_page import header_menu, menus, words
from crm_desktop.ui.list_page.actions import ListActions
from crm_desktop.ui.list_page.arrangement import Arrangement
from crm_desktop.ui.list_page.cell_filter import CellFilter
from crm_desktop.ui.list_page.column_layout import ColumnLayout
from crm_desktop.ui.list_page.commands import FINISH, MOVE, Commands
from crm_desktop.ui.list_page.footer import Footer
from crm_desktop.ui.list_page.head import add_buttons
from crm_desktop.ui.list_page.list_card import ListCard
from crm_desktop.ui.list_page.list_table import ListTable
from crm_desktop.ui.list_page.preview_pane import PreviewPane
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.list_page.source import ListSource
from crm_desktop.ui.list_page.task_line import TaskLine
from crm_desktop.ui.list_page.view_control import ViewControl
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.start_import import start_import
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.preview_splitter import PreviewSplitter
from crm_desktop.ui.widgets.search_box import SearchBox

FILTER_WIDTH = 220


class ListPage(Page):
    """A list of one kind of record, its views, and what can be done with its rows."""

    def __init__(self, view: AreaView, spec: EntitySpec) -> None:
        super().__init__(_(spec.label_plural))
        self._view, self.spec = view, by_key(spec.key)
        self._context = view.context
        self.query = ListQuery(entity=spec.key, preset="?")
        self._is_arranged = False
        self._own_arrangement = Arrangement()
        self.model = RowModel(self._context.tasks, self._source(Arrangement()), self)
        self.table = ListTable(self.model)
        self.table.setSortingEnabled(True)
        self.table.setAccessibleName(_(spec.label_plural))
        self.table.horizontalHeader().setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.column_layout = ColumnLayout(spec, self.table, self.model, self._save_arrangement)
        self.row_actions = ListActions(self, view, self.model, self)
        self.card = ListCard(self.table, self.reload)
        self.commands = Commands(self, view)
        if spec.key == "opportunity":
            self.keys = ((MOVE, N_("Move the selected opportunities to a stage")),)
        elif spec.key == "task":
            self.keys = ((FINISH, N_("The selected tasks are done")),)
        self.footer = Footer(self.table, self.card, self._context.tasks, self._totals_of, self.commands.for_selection)
        self.preview = PreviewPane(spec, self.open_current, self.toggle_preview)
        self.splitter = PreviewSplitter(f"list/{spec.key}", self.card, self.preview)
        self.title_line = PageTitle("")
        self.filter = SearchBox(_("Filter this list"), "Ctrl+F")
        self.filter.setFixedWidth(FILTER_WIDTH)
        self.filters = CellFilter(self, self._context)
        self.views = ViewControl(self, view)
        self._follower = Follower(self, self.model.refresh_soon)
        self.begin_at(self.card)
        add_buttons(self, view)
        self.body.addWidget(self.title_line)
        self.body.addLayout(self._tool_line())
        if spec.key == "task" and self.may_create():
            self.body.addWidget(TaskLine(view, self.model.refresh))
        self.body.addWidget(self.filters.bar)
        self.body.addWidget(self.filters.panel)
        self.body.addWidget(self.splitter, 1)
        self._connect()

    @property
    def arrangement(self) -> Arrangement:
        """How the person arranged this list."""
        return self.column_layout.arrangement

    def columns(self) -> tuple[Column, ...]:
        """What is shown, in the order shown."""
        return self.arrangement.columns(self.spec)

    def groups(self) -> tuple[Grouping | None, Totals]:
        """By what the rows are grouped, and the total of each number column."""
        return self.arrangement.grouping(self.spec), self.arrangement.totals_of(self.columns())

    def current_column(self) -> Column:
        """The column of the current cell, the first one without a cell."""
        return self.model.source.columns[max(0, self.table.currentIndex().column())]

    def show_entry(self, key: str) -> None:
        """Show the preset of a side entry (``customer/mine``), or a saved view."""
        query = self.views.query_for(key)
        if query is not None:
            self.query = query
            self.column_layout.arrangement = self.views.arrangement() or self._own_arrangement
            self._clear_box()
            self.reload()

    def show_entry_menu(self, key: str, place: QPoint) -> None:
        """What can be done with a saved view."""
        self.views.show_side_menu(key, place)

    def reload(self, *, keep_selection: bool = False) -> None:
        """Read the list from the beginning."""
        self.title_line.set_title(words.view_title(self.query))
        self.filters.show()
        self.views.show_state()
        if self._is_arranged:
            self.model.open(self._source(self.arrangement), keep_selection=keep_selection)
        else:
            self.card.expect_rows()
            self._context.preferences.load(self, self._take_preferences, self._show_failure)

    def filter_by(self, typed: str) -> None:
        """Show only rows that ``typed`` finds."""
        if typed != self.query.typed:
            self.query = replace(self.query, typed=typed)
            self.reload()

    def set_filter(self, group: Group) -> None:
        """Show only rows that a filter lets through."""
        if group != self.query.filter:
            self.query = replace(self.query, filter=group)
            self.reload()

    def rename(self, title: str) -> None:
        """The view that is shown is called otherwise now."""
        self.query = replace(self.query, title=title)
        self.title_line.set_title(title)

    def clear_filter(self) -> None:
        """Show all rows of the view again."""
        self._clear_box()
        self.filter_by("")
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def sort_by(self, key: str, descending: bool) -> None:  # noqa: FBT001 - a slot
        """Show the rows in another order."""
        self.query = replace(self.query, sort=key, is_descending=descending)
        self.reload(keep_selection=True)

    def choose_columns(self) -> None:
        """Ask which columns to show."""
        shown = [column.key for column in self.columns()]
        ColumnsDialog(self, self.spec, shown, self.set_columns).open_quietly()

    def set_columns(self, keys: Sequence[str]) -> None:
        """Show these columns from now on."""
        self.arrange(self.arrangement.with_keys(keys))

    def arrange(self, arrangement: Arrangement) -> None:
        """Show the list so from now on."""
        self.column_layout.arrangement = arrangement
        self._save_arrangement(arrangement)
        self.reload(keep_selection=True)

    def create_record(self) -> None:
        """Open the form of a new record."""
        self._view.open_record(self.spec.key, 0)

    def open_current(self) -> None:
        """Open the selected record, the current one of several."""
        from crm_desktop.ui.form_page.record_page import RecordPage  # with all that a record's page is made of

        index = self.table.currentIndex()
        id_ = self.table.id_of(index) if index.isValid() else 0
        page = self._view.open_record(self.spec.key, id_) if id_ else None
        if isinstance(page, RecordPage):
            page.set_neighbours(self.model.neighbour)

    def toggle_preview(self) -> None:
        """Open or fold away the preview."""
        self.splitter.show_preview(not self.splitter.preview_shown())

    def may(self, function: Function) -> bool:
        """Whether to offer a function to this person."""
        return self._context.person.may_use(function, self.spec.key)

    def may_create(self) -> bool:
        """Whether to offer a new record."""
        return self._context.person.may("create", self.spec.key)

    def may_delete(self) -> bool:
        """Whether to offer to delete."""
        return self._context.person.may("delete", self.spec.key)

    def may_import(self) -> bool:
        """Whether to offer to import a sheet."""
        return self.spec.importable and self.may(Function.IMPORT)

    def start_import(self) -> None:
        """Open the import of a sheet."""
        start_import(self._view, self.spec)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the filter, Esc clears it and the down arrow goes to the rows."""
        if watched is self.filter and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            act = {Qt.Key.Key_Escape: self.clear_filter, Qt.Key.Key_Down: self._to_table}.get(Qt.Key(event.key()))
            if act is not None:
                act()
                return True
        return super().eventFilter(watched, event)

    # Building

    def _tool_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.filter)
        line.addWidget(self.filters.button)
        line.addWidget(self.views.button)
        line.addStretch(1)
        self.sort_button = quiet_button(_("Sort"), icon_name="sort-ascending")
        self.sort_button.setMenu(menus.sort_menu(self))
        line.addWidget(self.sort_button)
        group_button = quiet_button(_("Grouping"), icon_name="rows")
        group_button.setMenu(header_menu.group_menu(self))
        line.addWidget(group_button)
        line.addWidget(quiet_button(_("Columns"), self.choose_columns, icon_name="columns"))
        line.addWidget(icon_button("layout", _("Preview"), self.toggle_preview, shortcut="Alt+P"))
        return line

    def _connect(self) -> None:
        self.filter.searched.connect(self.filter_by)
        self.model.sort_chosen.connect(self.sort_by)
        self.model.opening.connect(self.card.expect_rows)
        self.model.opened.connect(self._show_rows)
        self.model.counted.connect(self._show_rows)
        self.model.failed.connect(self._show_failure)
        self.table.opened.connect(lambda _index: self.open_current())
        self.table.menu_requested.connect(self._show_menu)
        self.table.copy_requested.connect(lambda: self.row_actions.copy(self.table.selected_ids()))
        self.table.horizontalHeader().customContextMenuRequested.connect(
            lambda place: header_menu.show_header_menu(self, place)
        )
        self.table.selection_settled.connect(self._load_preview)
        self.splitter.preview_toggled.connect(self._load_preview)
        self._context.bus.changed.connect(self._note_change)
        self._context.fields.changed.connect(self._follow_fields)
        self._context.bus.connection_changed.connect(self._note_connection)
        QShortcut(QKeySequence("F5"), self).activated.connect(self.model.refresh)
        self.filter.installEventFilter(self)

    # What is shown

    def _source(self, arrangement: Arrangement) -> ListSource:
        columns = arrangement.columns(self.spec)
        grouping = arrangement.grouping(self.spec)
        return ListSource(self.query, self._context.person, columns, grouping, arrangement.totals_of(columns))

    def _take_preferences(self, stored: Mapping[str, Any]) -> None:
        self._own_arrangement = Arrangement.from_stored(stored.get(f"list/{self.spec.key}"))
        self.column_layout.arrangement = self.views.arrangement() or self._own_arrangement
        self._is_arranged = True
        self.reload()

    def _totals_of(self, columns: Sequence[Column]) -> Totals:
        return self.arrangement.totals_of(columns)

    def _save_arrangement(self, arrangement: Arrangement) -> None:
        if self.views.view is None:  # else it is the view that is altered
            self._own_arrangement = arrangement
            self._context.preferences.save(f"list/{self.spec.key}", arrangement.stored())
        self.views.show_state()

    def _show_rows(self) -> None:
        self.column_layout.show_sort(self.query)
        count = len(self.model.ids())
        self.title_line.set_note(words.things(self.spec, count) if self.model.is_counted else "")
        self.filters.show_count(count if self.model.is_counted else None)
        if self.model.is_counted:
            self.views.note_count(count)
        if count:
            self.card.show_rows()
        elif self.query.filter:
            self.card.show_instead(words.nothing_passes(self.filters.clear))
        elif self.query.typed:
            self.card.show_instead(words.nothing_matches(self.query, self.clear_filter))
        elif any(p.where is not None for p in self.spec.table.presets if p.key == self.query.preset):
            self.card.show_instead(words.nothing_in_view(self.query, self._show_all()))
        else:
            create = self.create_record if self.may_create() else None
            start = self.start_import if self.may_import() else None
            self.card.show_instead(words.nothing_yet(self.spec, create, start))

    def _show_failure(self, error: KnownError) -> None:
        if self.model.rowCount() and self.model.is_counted:
            self.card.show_old(error.message)
        else:
            self.card.show_instead(words.not_readable(error.message, error.hint, self.reload))

    def _show_all(self) -> Callable[[], object] | None:
        whole = next((p for p in self.spec.table.presets if p.where is None), None)
        return (lambda: self._view.select_page(f"{self.spec.key}/{whole.key}")) if whole else None

    def _show_menu(self, index: QModelIndex, place: QPoint) -> None:
        if index.isValid() and self.model.group_at(index.row()) is not None:
            menus.heading_menu(self, index.row()).exec(place)
        elif index.isValid():
            menus.row_menu(self).exec(place)

    def _load_preview(self) -> None:
        if not self.splitter.preview_shown():
            return
        count = self.table.selected_count()
        if count != 1:
            self.preview.show_nothing(count)
            return
        id_, person = self.table.selected_ids()[0], self._context.person
        self._context.tasks.query(
            self,
            lambda session: fetch_preview(session, self.spec.key, id_, person),
            self.preview.show_overview,
            lambda error: self.preview.show_problem(error.message, error.hint),
            key="preview",
        )

    # What happens around it

    def _note_change(self, table: str, ids: frozenset[int] | None) -> None:
        if table == self.spec.model.__tablename__:
            self.model.note_changes(ids)
            self._follower.note()
            if ids is None or ids.intersection(self.table.selected_ids()[:1]):
                self._load_preview()
            return
        if table in tables_of_filter(self.spec, self.query.filter):
            self._follower.note()
        if table in tables_of(self.columns()):
            self.model.note_changes(None)

    def _follow_fields(self, entities: frozenset[str]) -> None:
        """The administrator added fields, renamed them, or took them out of use."""
        if self.spec.key in entities:
            before = self.columns()
            self.spec = by_key(self.spec.key)
            if [column.key for column in self.columns()] != [column.key for column in before]:
                self.reload(keep_selection=True)
            self.table.horizontalHeader().viewport().update()
            self._load_preview()

    def _note_connection(self, state: str) -> None:
        if state == "connected" and (self.card.shown_instead() or not self._is_arranged):
            self.reload()

    def _to_table(self) -> None:
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.selected_count() and self.model.rowCount():
            self.table.setCurrentIndex(self.model.index(0, 0))

    def _clear_box(self) -> None:
        self.filter.clear()
        self.filter.search_now()
