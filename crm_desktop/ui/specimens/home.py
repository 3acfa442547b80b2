"""The home page and messages of a real database, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial

from PySide6.QtWidgets import QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.home import Figures, Won
from crm_desktop.services.messages import Receiver
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.log import LogDialog
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.home import COLUMN
from crm_desktop.ui.pages.home_figures import HomeFigures, Whose
from crm_desktop.ui.pages.team_logs import TeamLogsPage
from crm_desktop.ui.side_entries import TEAM_LOGS


def home_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """What waits, what others wrote, and writing to them."""
    return (
        ("home", partial(_at, context, "home")),
        ("home_figures", _figures),
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


def _figures() -> QWidget:
    """Of three circles, in a narrow column; one of them has no targets."""
    card = HomeFigures()
    card.setFixedWidth(COLUMN)
    card.show_columns(
        [
            Whose(_("My own"), _invented(96_000, 0)),
            Whose(_("My department"), _invented(1_240_000, 1_180_000)),
            Whose(_("Whole company"), _invented(3_010_000, 4_800_000)),
        ]
    )
    page = QWidget()
    page.setObjectName("canvas")
    around = QVBoxLayout(page)
    around.addWidget(card)
    around.addStretch(1)
    return page


def _invented(amount: int, target: int) -> Figures:
    month, quarter, year = (Won(Decimal(amount * some), Decimal(target * some) or None) for some in (1, 3, 11))
    return Figures(month, quarter, year, amount // 8_000, Decimal(amount), amount // 5_000)


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
