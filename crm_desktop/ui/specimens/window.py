"""The main window with two areas, open records, and the list of what a search found."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from crm_desktop.core.access import Person
from crm_desktop.core.errors import ServerLostError
from crm_desktop.core.i18n import N_, _
from crm_desktop.services.search import Hit
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Area, Page, PageEntry
from crm_desktop.ui.specimens.widgets import table
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.page_title import PageTitle

PERSON = Person(
    id=1,
    login="linqiu",
    name="林秋",
    department_id=1,
    department="销售一部",
    groups=(),
    grants={},
    owners={},
    server_version=180003,
)
HITS = (
    Hit("customer", 1, "珠海华工医药有限公司", "C1001 珠海"),
    Hit("customer", 2, "华工电子科技", "C1002 中山"),
    Hit("contact", 3, "华工", "珠海金恒医药有限公司"),
)


def window() -> QWidget:
    """The window, "华工" being typed."""
    entries = (
        PageEntry("mine", N_("My customers"), _list, N_("Customers")),
        PageEntry("all", N_("All customers"), _list, N_("Customers")),
        PageEntry("quiet", N_("Quiet for 30 days"), _list, N_("Customers")),
    )
    areas = (
        Area("customers", N_("Customers"), "buildings", entries),
        Area("contacts", N_("Contacts"), "users", entries),
    )
    tasks = Tasks(_no_server, _no_server)
    context = Context(tasks, Bus(), PERSON, "192.168.1.10", areas, lambda _text, answer: answer(HITS))
    made = MainWindow(context)
    view = made.show_area("customers")
    view.side.set_count("mine", 428)
    view.side.set_count("all", 2300)
    for name in ("珠海华工医药有限公司", "珠海金恒医药器械进出口股份有限公司华南分公司"):
        view.open_tab(name, lambda _view, name=name: Page(name))  # type: ignore[misc]
    view.select_page("mine")
    QTimer.singleShot(50, made, lambda: _type(made))
    return made


@contextmanager
def _no_server() -> Iterator[object]:
    """What the window asks by itself stays unanswered."""
    raise ServerLostError("")
    yield


def _type(made: MainWindow) -> None:
    made.activateWindow()
    made.header.search_box.setText("华工")  # first: an empty box asks the database for recent records
    made.header.search_box.take_focus()
    made.header.search_box.search_now()


def _list(_view: AreaView) -> Page:
    page = Page(_("Customers"))
    page.body.addWidget(PageTitle(_("Customers"), "428"))
    card = Card(padding=0)
    card.body.addWidget(table())
    page.body.addWidget(card, 1)
    return page
