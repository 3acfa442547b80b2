"""The board of a real database, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.services.records import Record
from crm_desktop.ui.board.next_step import NextStepDialog
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.board import BoardPage
from crm_desktop.ui.pages.funnel import FunnelPage


def board_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """The board as it opens, all of it in lanes, the funnel, and what is to be done next about a card."""
    return (
        ("board", partial(board_window, context)),
        ("board_lanes", partial(board_window, context, has_lanes=True)),
        ("funnel", partial(funnel_window, context)),
        ("next_step", next_step_dialog),
    )


def board_window(context: Context, *, has_lanes: bool = False) -> QWidget:
    """The window at the board."""
    window = MainWindow(context)
    view = window.show_area("opportunities")
    view.select_page("opportunity/board")
    page = view.current_page()
    assert isinstance(page, BoardPage)
    page.model.opened.connect(partial(_go_to_first, page))
    if has_lanes:
        page.choose(replace(page.choices, period="", has_lanes=True))
    return window


def funnel_window(context: Context) -> QWidget:
    """The window at the funnel of a year."""
    window = MainWindow(context)
    view = window.show_area("opportunities")
    view.select_page("opportunity/funnel")
    view.focus_page()
    page = view.current_page()
    assert isinstance(page, FunnelPage)
    page.choose(replace(page.choices, period="this_year"))
    return window


def next_step_dialog() -> QWidget:
    """Two lines."""
    return NextStepDialog(None, Record("opportunity", 1, 1, {"name": "佛山信达机械 年度框架", "next_step": "演示样机"}))


def _go_to_first(page: BoardPage) -> None:
    lane, columns = page.model.lanes[0].id, page.model.columns
    page.table.go_to(next((ids[0] for column in columns if (ids := column.cell(lane).ids)), 0))
