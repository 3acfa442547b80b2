"""The home page and messages of a real database, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.core import clock
from crm_desktop.services.messages import Receiver
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.log import LogDialog
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.team_logs import TeamLogsPage
from crm_desktop.ui.side_entries import TEAM_LOGS


def home_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """What waits, what others wrote, and writing to them."""
    return (
        ("home", partial(_at, context, "home")),
        ("messages", partial(_at, context, "messages/in")),
        ("write_message", partial(_writing, context)),
        ("log_in_place", partial(_logging, context)),
        ("team_logs", partial(_team_logs, context)),
    )


def _at(context: Context, entry: str) -> QWidget:
    window = MainWindow(context)
    view = window.show_area("home")
    view.select_page(entry)
    view.focus_page()
    return window


def _team_logs(context: Context) -> QWidget:
    """Of last Friday."""
    window = MainWindow(context)
    view = window.show_area("home")
    view.select_page(TEAM_LOGS)
    page = view.current_page()
    assert isinstance(page, TeamLogsPage)
    page.go(-1 - (clock.today().weekday() + 2) % 7)
    return window


def _writing(context: Context) -> QWidget:
    """To two people, about a customer."""
    window = MainWindow(context)
    people = tuple(Receiver("employee", Ref(id_, name)) for id_, name in ((1, "林平"), (2, "沈国华")))
    dialog = WriteDialog(window.view("home"), people, ("customer", 1, "广州新华仪器有限公司"))
    dialog.finished.connect(window.close)
    dialog.text.setPlainText("客户问保修到什么时候，请查一下回我。")
    return dialog


def _logging(context: Context) -> QWidget:
    """What came of a call, with the next step."""
    window = MainWindow(context)
    dialog = LogDialog(window.view("home"), Record("customer", 1, 1, {"name": "广州新华仪器有限公司"}))
    dialog.finished.connect(window.close)
    dialog.line.line.setText("约好下周去看现场")
    return dialog
