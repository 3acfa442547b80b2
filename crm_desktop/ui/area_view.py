"""One area of the window: its side list, its first tab with the page chosen there, and the tabs opened beside
it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.spec.filters import Group
from crm_desktop.ui.context import Context
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.page import Area, Page, PageBuilder, PageEntry
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.turns import Turns
from crm_desktop.ui.widgets.closable_tabs import ClosableTabs
from crm_desktop.ui.widgets.side_list import SideEntry, SideList

if TYPE_CHECKING:
    from crm_desktop.ui.main_window import MainWindow

UNSAVED = "• "


class _LaterPage(Page):
    """Holds the place of a page that nobody has looked at yet."""


@dataclass(frozen=True)
class OpenTab:
    """A tab beside the first one: enough to build it again."""

    key: str
    build: PageBuilder


@dataclass(frozen=True)
class Opened:
    """What is open in an area: its side entry, its tabs with their titles, the key of the tab in front or nothing."""

    page: str
    tabs: Sequence[tuple[OpenTab, str]]
    current: str


class AreaView(QWidget):
    """What a page sees of the window around it. Pages open records and tabs here."""

    page_selected = Signal(str)

    def __init__(self, area: Area, context: Context, window: MainWindow, begin: str = "") -> None:
        """``begin`` is the side entry one comes to; the area's first one without it."""
        super().__init__()  # put together before it comes into the window, which styles it
        self.area, self.context = area, context
        self._window, self._begin = window, begin
        self._entries: dict[str, PageEntry] = {}
        self._built: dict[str, Page] = {}
        self._tabs_by_key: dict[str, tuple[OpenTab, Page]] = {}
        self._follower = Follower(self, self.refresh_counts)
        self._turns = Turns(self)
        self._asked_at = 0.0
        self.side = SideList()
        self.side.setAccessibleName(_(area.title))
        self._folded_key = f"{area.key}/folded"
        self.side.folded_changed.connect(self._remember_folded)
        self._host = QStackedWidget()
        self.tabs = ClosableTabs()
        self.tabs.add(self._host, _(area.title))
        self.tabs.close_requested.connect(self.close_page)
        self.tabs.current_changed.connect(self._build_now)
        self._side_frame = side_frame = QFrame()
        side_frame.setObjectName("side")
        side_column = QVBoxLayout(side_frame)
        side_column.setContentsMargins(0, 0, 0, 8)
        side_column.addWidget(self.side)
        line = QHBoxLayout(self)
        line.setContentsMargins(0, 0, 0, 0)
        line.setSpacing(0)
        line.addWidget(side_frame)
        line.addWidget(self.tabs, 1)
        self.side.current_changed.connect(self.select_page)
        self.side.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.side.menu_requested.connect(self._show_menu)
        self.side.clicked.connect(self._click_page)
        self.side.activated.connect(self._enter_page)
        context.bus.changed.connect(self._table_changed)
        self.set_pages(area.pages)
        context.tasks.when_idle(self.refresh_counts)  # nobody waits for them; the page in front asks first
        context.views.follow(self)

    def set_pages(self, pages: Sequence[PageEntry]) -> None:
        """Offer these pages in the side list; the one to begin with is opened when none is."""
        self._entries = {entry.key: entry for entry in pages}
        self.side.set_entries(
            SideEntry(entry.key, _(entry.title), _(entry.group), icon=entry.icon, only_if_any=entry.only_if_any)
            for entry in pages
        )
        folded = remembered(self._folded_key, list[str]())
        self.side.fold([_(entry.group) for entry in pages if entry.group in folded])
        self._side_frame.setFixedWidth(self.side.sizeHint().width())
        if self.side.current_key():
            self.tabs.set_title(self._host, _(self._entries[self.side.current_key()].title))
        if pages and not self.side.current_key():
            self.select_page(self._begin if self.has_page(self._begin) else self.area.first or pages[0].key)

    def has_page(self, key: str) -> bool:
        """Whether the side list offers this entry."""
        return key in self._entries

    def select_page(self, key: str) -> None:
        """Show the page of a side entry in the first tab."""
        entry = self._entries[key]
        page = self._page_of(entry)
        page.show_entry(key)
        self.side.select(key)
        self._host.setCurrentWidget(page)
        self.tabs.set_title(self._host, _(entry.title))
        self.tabs.go_to(self._host)
        self.page_selected.emit(key)

    def _page_of(self, entry: PageEntry) -> Page:
        page_key = entry.page or entry.key
        if page_key not in self._built:
            self._paint_later()
            self._built[page_key] = entry.build(self)
            self._host.addWidget(self._built[page_key])
        return self._built[page_key]

    def open_record(self, entity: str, id: int) -> Page | None:
        """Open a record in a tab of the area that shows its entity; None where no area does."""
        return self._window.open_record(entity, id)

    def open_list(self, entity: str, group: Group) -> None:
        """List the records that a filter lets through, in the area that shows their entity."""
        self._window.open_list(entity, group)

    def open_filtered(self, entry: str, group: Group) -> None:
        """Show the page of a side entry of any area with what a filter lets through."""
        self._window.open_filtered(entry, group)

    def show_list(self, entity: str) -> None:
        """Bring the list of all records of an entity to the front, in the area that has it."""
        self._window.show_list(entity)

    def open_tab(self, key: str, build: PageBuilder) -> Page:
        """Bring the tab with this key to the front, building its page if it is not open. Returns the page."""
        if key in self._tabs_by_key:
            self.tabs.go_to(self._tabs_by_key[key][1])
            self.focus_page()
            return self._tabs_by_key[key][1]  # built by going there, where it was to be built later
        self._paint_later()
        page = build(self)
        self._tabs_by_key[key] = (OpenTab(key, build), page)
        self.tabs.add(page, page.title)
        self._follow(page)
        page.setFocus(Qt.FocusReason.OtherFocusReason)
        return page

    def add_tab_later(self, key: str, title: str, build: PageBuilder) -> None:
        """Add a tab whose page is built when somebody goes there. One that is open already stays as it is."""
        if key not in self._tabs_by_key:
            page = _LaterPage(title)
            self._tabs_by_key[key] = (OpenTab(key, build), page)
            self.tabs.add(page, title, go_there=False)

    def opened(self) -> Opened:
        """What is open now."""
        tabs = [(tab, page.title) for tab, page in self._tabs_by_key.values()]
        return Opened(self.side.current_key(), tabs, self.current_tab_key())

    def reopen(self, opened: Opened) -> None:
        """Open the same; tabs that are not in front wait for ``build_tab``, or for somebody who goes there."""
        if opened.page != self.side.current_key() and self.has_page(opened.page):
            self.select_page(opened.page)
        for tab, title in opened.tabs:
            self.add_tab_later(tab.key, title, tab.build)
        self.go_to_tab(opened.current)

    def build_tab(self, key: str) -> None:
        """Build the page of a tab now, where it still waits for that."""
        if key in self._tabs_by_key:
            self._build_now(self._tabs_by_key[key][1])

    def go_to_tab(self, key: str) -> None:
        """Bring the tab with this key to the front; nothing where there is none. Who types elsewhere goes on."""
        if key in self._tabs_by_key:
            typed_in = QApplication.focusWidget()
            has_keys = typed_in is not None and self.current_page().isAncestorOf(typed_in)
            self.tabs.go_to(self._tabs_by_key[key][1])
            if has_keys:
                self.focus_page()

    def _paint_later(self) -> None:
        """A page that is put together now is painted in a later turn."""
        self.tabs.setUpdatesEnabled(False)
        self._turns.add([partial(self.tabs.setUpdatesEnabled, True)])

    def _build_now(self, page: QWidget) -> None:
        found = next((tab for tab, opened in self._tabs_by_key.values() if opened is page), None)
        if found is None or not isinstance(page, _LaterPage):
            return
        built = found.build(self)
        self._tabs_by_key[found.key] = (found, built)
        self.tabs.replace(page, built, built.title)
        self._follow(built)

    def _follow(self, page: Page) -> None:
        """Show in the tab what the page is called and whether it holds unsaved edits."""
        marks = {"unsaved": ""}

        def rename() -> None:
            self.tabs.set_title(page, marks["unsaved"] + page.title)

        def mark(unsaved: bool) -> None:  # noqa: FBT001 - a slot
            marks["unsaved"] = UNSAVED if unsaved else ""
            rename()

        page.title_changed.connect(rename)
        page.unsaved_changed.connect(mark)

    def rename_tab(self, page: Page, key: str, build: PageBuilder) -> None:
        """A page shows something else now (the next record, or its new one was saved): know its tab by that."""
        before = next((known for known, (_tab, opened) in self._tabs_by_key.items() if opened is page), "")
        if before:
            del self._tabs_by_key[before]
            self._tabs_by_key[key] = (OpenTab(key, build), page)

    def close_page(self, page: QWidget) -> bool:
        """Close a tab, unless its page objects. The first tab stays."""
        for key, (_tab, opened) in list(self._tabs_by_key.items()):
            if opened is page:
                if not opened.may_close():
                    return False
                was_in_front = opened is self.tabs.current()
                del self._tabs_by_key[key]
                self.tabs.remove(opened)
                if was_in_front:
                    self.focus_page()
        return True

    def close_current(self) -> None:
        """Close the tab in front."""
        self.close_page(self.tabs.current())

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) tab, round and round."""
        self.tabs.step(direction)
        self.focus_page()

    def focus_page(self) -> None:
        """Let the keys go to the page in front. Qt would give them to any button: that of a notice, which undoes."""
        self.current_page().setFocus(Qt.FocusReason.OtherFocusReason)

    def current_page(self) -> QWidget:
        """The page in front, whether it lies in the first tab or in another."""
        current = self.tabs.current()
        return self._host.currentWidget() or self._host if current is self._host else current

    def open_tabs(self) -> list[OpenTab]:
        """The tabs beside the first one."""
        return [tab for tab, _page in self._tabs_by_key.values()]

    def current_tab_key(self) -> str:
        """The key of the tab in front, or nothing when it is the first one."""
        current = self.tabs.current()
        return next((key for key, (_tab, page) in self._tabs_by_key.items() if page is current), "")

    def may_close(self) -> bool:
        """Whether every page of the area can go now."""
        pages = [*self._built.values(), *(page for _tab, page in self._tabs_by_key.values())]
        return all(page.may_close() for page in pages)

    def refresh_counts(self) -> None:
        """Read the numbers of the side list again."""
        if self.area.count is not None:
            self._asked_at = monotonic()
            self.context.tasks.query(self, self.area.count, self._show_counts, lambda _error: None, key="counts")

    def _show_menu(self, key: str, place: QPoint) -> None:
        self._page_of(self._entries[key]).show_entry_menu(key, place)

    def _click_page(self) -> None:
        """A click brings the page to the front; on the list, arrows go on from there, but where one types one types."""
        self.tabs.go_to(self._host)
        page = self.current_page()
        if isinstance(page, Page) and page.begins_with_typing:
            page.setFocus(Qt.FocusReason.MouseFocusReason)

    def _enter_page(self) -> None:
        """Enter in the side list goes on into the page."""
        self.tabs.go_to(self._host)
        self.current_page().setFocus(Qt.FocusReason.TabFocusReason)

    def _remember_folded(self, headings: list[str]) -> None:
        groups = dict.fromkeys(entry.group for entry in self._entries.values())
        remember(self._folded_key, [group for group in groups if _(group) in headings])

    def _show_counts(self, counts: Mapping[str, int]) -> None:
        self._follower.soon.took(monotonic() - self._asked_at)
        for key, count in counts.items():
            self.side.set_count(key, count)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in self.area.tables:
            self._follower.note()
