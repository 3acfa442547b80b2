"""What people do all day: how long each action holds up the window, and what an hour of them leaves behind."""

from __future__ import annotations

import gc
import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, cycle
from time import time_ns
from typing import cast

import psutil
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog

from crm_desktop.core.settings import Options
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.import_wizard.page import open_import
from crm_desktop.ui.list_page.page import ListPage
from crm_desktop.ui.pages import load_pages
from crm_desktop.ui.pages.customer import CustomerPage
from crm_desktop.ui.pages.settings import SettingsPage
from crm_desktop.ui.theme import apply_theme
from crm_desktop.ui.widgets.notice import Notice
from tests.bench.window import Timing, WindowBench

RUNS = 3
ACTIONS = 1500
"""What somebody does in an hour, one thing every two or three seconds."""
MOST_GROWTH = 20
"""Megabytes: what is kept of what was read lately."""


class ActionsBench:
    """One person's window; what is opened is closed again."""

    def __init__(self, bench: WindowBench) -> None:
        self._bench, self._window = bench, bench.window
        self._rows = count(3)
        self._window.show_area("customers")
        self.acts: dict[str, Callable[[], object]] = {
            "open a customer": self._open,
            "edit a customer": self._edit,
            "save a customer": self._save,
            "open a contact's form": lambda: self._view.open_record("contact", self._any("contact/all")),
            "begin a new customer": lambda: self._view.open_record("customer", 0),
            "search": self._search,
            "open the filter": self._toggle_filter,
            "group a list": lambda: self._list("customer/mine").commands.group_by("life_cycle"),
            "group no more": lambda: self._list("customer/mine").commands.group_by(""),
            "choose columns": self._choose_columns,
            "select all": self._select_all,
            "open the import": lambda: open_import(self._view),
            "open the settings": lambda: self._view.open_tab("settings", _settings),
            "show the shortcuts": self._window.show_shortcuts,
        }

    @property
    def _view(self) -> AreaView:
        return self._window.view("customers")

    def blocks(self) -> Iterator[Timing]:
        """Each area for the first time, each side entry, each action, another theme: until it rests, and the longest
        block.
        """
        load_pages()  # as the program has done when it has rested
        for key in [area.key for area in self._window.context.areas if area.key != "customers"]:
            yield self._bench.once(f"{key}, for the first time", partial(self._window.show_area, key))
        for area in self._window.context.areas:
            for entry in area.pages:
                select = lambda area=area.key, key=entry.key: self._window.view(area).select_page(key)  # noqa: E731
                anew = lambda area=area.key: self._begin_anew(area)  # noqa: E731
                yield self._bench.timing(f"{area.key}: {entry.key}", select, 0, anew, runs=RUNS)
        self._window.show_area("customers")
        steps = {"edit a customer": (self._open, self._edit_front), "save a customer": (self._edit, self._save_front)}
        for name, act in self.acts.items():
            before, step = steps.get(name, (lambda: None, act))
            yield self._measured(name, step, before)
        themes = cycle(("dark", "light"))
        yield self._measured("another theme", lambda: self._wear(next(themes)), lambda: None)
        self._wear("light")
        self._bench.settle()

    def hour(self) -> Iterator[Timing]:
        """An hour of random use, without its pauses."""
        chance = random.Random(1)
        names = [*self.acts] + ["open a customer", "search"] * 4
        self._left()
        for _warming_up in range(3):
            for name in self.acts:
                self._do(self.acts[name])
        memory, objects = self._left()
        for _number in range(ACTIONS):
            self._do(self.acts[chance.choice(names)])
        self._do(self.acts["group no more"])  # it is remembered
        memory_after, objects_after = self._left()
        yield Timing(f"memory after {ACTIONS} random actions", memory_after, 250, unit="MB")
        yield Timing("grown by", memory_after - memory, MOST_GROWTH, unit="MB")
        yield Timing("Qt's objects more than before", objects_after - objects, 0, unit="")

    def _measured(self, name: str, act: Callable[[], object], before: Callable[[], object]) -> Timing:
        def begin() -> None:
            self._clear()
            before()

        timing = self._bench.timing(name, act, 0, begin, runs=RUNS)
        self._clear()
        return timing

    def _begin_anew(self, area: str) -> None:
        self._clear()
        self._bench.begin_anew(area)

    def _do(self, act: Callable[[], object]) -> None:
        act()
        self._bench.settle(quiet=0)
        self._clear()
        self._bench.settle(quiet=0)

    def _clear(self) -> None:
        """Close what is open beside the lists."""
        for dialog in self._window.findChildren(QDialog):
            dialog.reject()
        for tab in self._view.open_tabs():
            page = self._view.open_tab(tab.key, tab.build)
            if isinstance(page, CustomerPage) and page.editor is not None:
                page.editor.revert()
            self._view.close_page(page)
        self._window.header.search_box.clear()
        self._view.select_page("customer/all")
        page = self._list()
        if page.filters.panel.isVisible():
            page.filters.toggle()

    def _left(self) -> tuple[float, int]:
        """Megabytes and objects of Qt."""
        self._clear()
        for notice in self._window.findChildren(Notice):
            notice.dismiss()
        self._bench.settle()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()
        return psutil.Process().memory_info().rss / 2**20, len(self._window.findChildren(QObject))

    def _list(self, key: str = "customer/all") -> ListPage:
        self._view.select_page(key)
        return cast("ListPage", self._view.current_page())

    def _any(self, key: str) -> int:
        page = self._list(key)
        self._bench.settle(quiet=0)
        ids = page.model.ids()
        return ids[next(self._rows) % len(ids)]

    def _open(self) -> CustomerPage:
        ids = self._list().model.ids()
        return cast("CustomerPage", self._view.open_record("customer", ids[next(self._rows) % len(ids)]))

    def _edit(self) -> None:
        self._open()
        self._bench.settle(quiet=0)
        self._edit_front()

    def _edit_front(self) -> None:
        self._front().edit()

    def _save(self) -> None:
        self._edit()
        self._bench.settle(quiet=0)
        self._save_front()

    def _save_front(self) -> None:
        editor = self._front().editor
        if editor is not None and not editor.is_read_only:
            editor.form.editors["remark"].set_value(f"bench {time_ns()}")  # never what an earlier run left
            editor.form.editors["remark"].changed.emit()
            editor.save()

    def _front(self) -> CustomerPage:
        return cast("CustomerPage", self._view.current_page())

    def _toggle_filter(self) -> None:
        self._list().filters.toggle()

    def _choose_columns(self) -> None:
        self._list().choose_columns()

    def _select_all(self) -> None:
        self._list().table.selectAll()

    def _search(self) -> None:
        box = self._window.header.search_box
        box.setFocus()
        box.setText("华工")
        box.search_now()

    def _wear(self, theme: str) -> None:
        app = cast("QApplication", QApplication.instance())
        self._window.rebuild(lambda: apply_theme(app, "dark" if theme == "dark" else "light"))


def _settings(view: AreaView) -> SettingsPage:
    return SettingsPage(view, Options(), keeps_data=False)
