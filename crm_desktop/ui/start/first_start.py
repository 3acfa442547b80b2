"""The first start, and whenever somebody wants to begin otherwise: one window, a page for each way."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout

from crm_desktop.core.i18n import _, language
from crm_desktop.ui import icons
from crm_desktop.ui.start.new_firm import NewFirmPage
from crm_desktop.ui.start.office import OfficePage
from crm_desktop.ui.start.page import OTHER_LANGUAGE, Connect, StartPage
from crm_desktop.ui.start.sample import SamplePage
from crm_desktop.ui.start.ways import WaysPage
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import dress
from crm_desktop.ui.widgets.buttons import link_button
from crm_desktop.ui.widgets.labels import label

WIDTH, HEIGHT = 640, 620
PAGES: dict[str, type[SamplePage | NewFirmPage | OfficePage]] = {
    "sample": SamplePage,
    "new_firm": NewFirmPage,
    "office": OfficePage,
}


class FirstStart(QDialog):
    """Closes when somebody has signed in. Closed before, it stops what is under way."""

    signed_in = Signal(object, str)
    language_chosen = Signal(str)

    def __init__(self, connect: Connect, tasks: Tasks) -> None:
        super().__init__()
        dress(self)
        self._connect, self._tasks = connect, tasks
        self.setWindowTitle(_("CRM"))
        self.setMinimumSize(WIDTH, HEIGHT)
        picture = QLabel()
        picture.setPixmap(icons.pixmap("address-book", 32, "accent"))
        other, name = OTHER_LANGUAGE[language()]
        self.language_button = link_button(name, lambda: self.language_chosen.emit(other))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(picture)
        head.addWidget(label(_("CRM"), "page"), 1)
        head.addWidget(self.language_button)
        self.ways = WaysPage()
        self.ways.chosen.connect(self.show_way)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.ways)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self.ways.buttons["sample"].setFocus()

    def show_way(self, key: str) -> StartPage:
        """Go to the page of one way."""
        page = PAGES[key](self._tasks, self._connect)
        page.back_chosen.connect(self.show_ways)
        page.signed_in.connect(self._enter)
        self._stack.addWidget(page)
        self._stack.setCurrentWidget(page)
        self.language_button.hide()  # what is typed would be lost
        page.button.setDefault(True)
        page.setFocus()
        return page

    def show_ways(self) -> None:
        """Back to the choice."""
        page = self._stack.currentWidget()
        self._stack.setCurrentWidget(self.ways)
        if isinstance(page, StartPage):
            self._stack.removeWidget(page)
            page.deleteLater()
        self.language_button.show()

    def reject(self) -> None:
        """Esc goes back one step; what is under way is stopped first."""
        page = self._stack.currentWidget()
        if not isinstance(page, StartPage):
            super().reject()
        elif page.is_busy():
            page.work_bar.cancel()
        else:
            self.show_ways()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The cross leaves from wherever one is, but for a work that has to end first."""
        page = self._stack.currentWidget()
        if isinstance(page, StartPage) and page.is_busy():
            event.ignore()
            page.work_bar.cancel()
        else:
            event.accept()
            super().reject()

    def _enter(self, opened: object, remark: str) -> None:
        self.signed_in.emit(opened, remark)
        self.accept()
