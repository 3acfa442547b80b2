"""The board of a real database, for the gallery."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.entities import by_key
from crm_desktop.services.listing import ListQuery, Row, fetch_first_page
from crm_desktop.services.records import Record
from crm_desktop.services.search import Hit
from crm_desktop.ui.board.choices import Choices
from crm_desktop.ui.board.chosen_page import ChosenPage
from crm_desktop.ui.board.next_step import NextStepDialog
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import LOG_CALL
from crm_desktop.ui.pages.board import BoardPage
from crm_desktop.ui.pages.log_call import LogCallPage
from crm_desktop.ui.pages.wallboard import Wall


def board_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """The board as it opens, all of it in lanes, the funnel, and what is to be done next about a card."""
    return (
        ("board", partial(chosen_window, context, "opportunity/board", Choices())),
        ("board_lanes", partial(chosen_window, context, "opportunity/board", Choices(period="", has_lanes=True))),
        ("funnel", partial(chosen_window, context, "opportunity/funnel", Choices(period="this_year"))),
        ("next_step", partial(next_step_dialog, context)),
        ("service_board", partial(service_window, context, "board")),
        ("engineer_board", partial(service_window, context, "engineers")),
        ("wallboard", partial(service_window, context, "wallboard")),
        ("wall", partial(wall, context)),
        ("log_call", partial(call_window, context)),
    )


def service_window(context: Context, way: str) -> QWidget:
    """A board of service requests."""
    window = MainWindow(context)
    window.show_area("service").select_page(f"service_request/{way}")
    return window


def wall(context: Context) -> QWidget:
    """The service monitor as it hangs on a wall."""
    window = MainWindow(context)
    made = Wall(window.view("service"))
    made.destroyed.connect(window.close)
    return made


def call_window(context: Context) -> QWidget:
    """Logging a call from somebody known, who has machines and open requests."""
    window = MainWindow(context)
    view = window.show_area("service")
    view.select_page(LOG_CALL)
    page = view.current_page()
    assert isinstance(page, LogCallPage)
    context.tasks.query(
        page,
        lambda session: fetch_first_page(
            session, ListQuery(entity="service_request"), context.person, by_key("service_request").table.columns, 1
        ),
        partial(_call, page),
    )
    return window


def _call(page: LogCallPage, rows: Sequence[Row]) -> None:
    customer = rows[0].values["customer"]
    page.caller.found.emit(Hit("customer", customer.id, customer.label, ""))
    page.subject.set_value("卡纸")
    page.subject.line.textEdited.emit("卡纸")


def chosen_window(context: Context, entry: str, choices: Choices) -> QWidget:
    """The window at the board or the funnel, whatever was chosen there before."""
    window = MainWindow(context)
    view = window.show_area("opportunities")
    view.select_page(entry)
    view.focus_page()
    page = view.current_page()
    assert isinstance(page, ChosenPage)
    if isinstance(page, BoardPage):
        page.model.opened.connect(partial(_go_to_first, page))
    context.preferences.load(page, lambda _stored: page.choose(choices), lambda _error: None)
    return window


def next_step_dialog(context: Context) -> QWidget:
    """Two lines."""
    window = MainWindow(context)
    record = Record("opportunity", 1, 1, {"name": "佛山信达机械 年度框架", "next_step": "演示样机"})
    dialog = NextStepDialog(window.view("opportunities"), record)
    dialog.finished.connect(window.close)
    return dialog


def _go_to_first(page: BoardPage) -> None:
    lane, columns = page.model.lanes[0].id, page.model.columns
    page.table.go_to(next((ids[0] for column in columns if (ids := column.cell(lane).ids)), 0))
