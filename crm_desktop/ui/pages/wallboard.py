"""The service desk at a glance, for a screen on the wall: figures, who has what, what is due next. Live."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QShortcut,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QHeaderView, QSizePolicy, QVBoxLayout, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.service_monitor import Monitor, fetch_monitor
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower, later
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
AGAIN_MS = 30_000
"""Targets pass without anybody writing."""
FIGURES = {
    "unassigned": (N_("Not assigned"), "warn", "unassigned"),
    "in_work": (N_("In work"), "accent", "open"),
    "waiting": (N_("Waiting for customer"), "muted", "waiting"),
    "soon": (N_("About to breach"), "warn", "soon"),
    "breached": (N_("Breached"), "bad", "breached"),
    "reported": (N_("Reported today"), "accent", "all"),
    "solved": (N_("Solved today"), "good", "revisit"),
}
"""Words, colour, and the list that a click opens."""
LEAST_HEIGHT = 96


class Figure(QWidget):
    """A number as large as its room, what it counts below. A click announces itself."""

    clicked = Signal()

    def __init__(self, words: str, role: str) -> None:
        super().__init__()
        self.words, self._role, self.number = words, role, 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_number(self, number: int) -> None:
        """Count so many."""
        self.number = number
        self.setAccessibleName(f"{self.words}: {number:,}")
        self.update()

    def sizeHint(self) -> QSize:
        """Readable from a desk."""
        return QSize(120, LEAST_HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Announce a click."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.clicked.emit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Draw number and words in proportion to the room."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(theme.color("line"))
        painter.setBrush(theme.color("surface"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 8, 8)
        room = self.rect().adjusted(8, 8, -8, -8)
        above = QRect(room.x(), room.y(), room.width(), room.height() * 2 // 3)
        number = QFont(theme.font(strong=True))
        number.setPixelSize(max(20, min(above.height() * 4 // 5, above.width() // 3)))
        painter.setFont(number)
        painter.setPen(theme.color(self._role if self.number else "faint"))
        painter.drawText(above, Qt.AlignmentFlag.AlignCenter, f"{self.number:,}")
        words = QFont(theme.font())
        words.setPixelSize(max(12, min(28, number.pixelSize() // 3, 2 * room.width() // len(self.words))))
        painter.setFont(words)
        painter.setPen(theme.color("muted"))
        below = QRect(room.x(), above.bottom(), room.width(), room.height() - above.height())
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, self.words)


class WallboardPage(Page):
    """F11 shows it alone on the whole screen, Esc ends that."""

    keys = (("F11", N_("Service monitor on the whole screen; Esc ends it")),)

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Service monitor"))
        self._view = view
        heading = PageTitle(self.title)
        heading.add(secondary_button(_("Whole screen"), self.show_alone, icon_name="monitor", shortcut="F11"))
        self.board = Wallboard(view)
        self.alone: Wallboard | None = None
        self.body.addWidget(heading)
        self.body.addWidget(self.board, 1)
        self.begin_at(self.board)

    def show_alone(self) -> None:
        """A window of its own without anything else."""
        self.alone = Wallboard(self._view)
        self.alone.setParent(self._view.window(), Qt.WindowType.Window)
        self.alone.setWindowTitle(self.title)
        self.alone.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for key in ("Esc", "F11"):
            QShortcut(QKeySequence(key), self.alone).activated.connect(self.alone.close)
        theme.dress(self.alone)
        self.alone.showFullScreen()


class Wallboard(QWidget):
    """Reads itself again when something is written, and every half minute."""

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self._view = view
        self.figures = {key: Figure(_(words), role) for key, (words, role, _list) in FIGURES.items()}
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, (key, figure) in enumerate(self.figures.items()):
            figure.clicked.connect(partial(self._open_list, FIGURES[key][2]))
            grid.addWidget(figure, 0, place)
        self.engineers, self.due = _Table(), _Table()
        self.due.table.opened.connect(lambda index: self._open(index.row()))
        self._ids: Sequence[int] = ()
        below = QHBoxLayout()
        below.setSpacing(12)
        for words, table, share in ((_("Due next"), self.due, 6), (_("By engineer"), self.engineers, 5)):
            card = Card(words)
            card.body.addWidget(table.table, 1)
            below.addWidget(card, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid, 2)
        column.addLayout(below, 5)
        self._again = later(AGAIN_MS, self.refresh, self)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._note_change)
        self.refresh()

    def refresh(self) -> None:
        """Read it now."""
        self._view.context.tasks.query(
            self, fetch_monitor, self._show, lambda _error: self._again.start(), key="monitor"
        )

    def _show(self, monitor: Monitor) -> None:
        for key, figure in self.figures.items():
            figure.show_number(monitor.counts[key])
        heads = (_("Engineer"), _("Open now"), _("About to breach"), _("Breached"), _("Solved today"))
        self.engineers.show_rows(
            heads, [[one.engineer.label, *(f"{n:,}" for n in one[1:])] for one in monitor.engineers]
        )
        heads = (_("Next due"), _("Target"), _("Problem"), _("Customer"), _("Engineer"))
        rows = [
            [moment_text(one.due_at), one.target.label, one.ref.label, one.customer, one.engineer]
            for one in monitor.due
        ]
        self.due.show_rows(heads, rows, [one.target.tone or "neutral" for one in monitor.due])
        self._ids = [one.ref.id for one in monitor.due]
        self._again.start()

    def _open(self, row: int) -> None:
        self._view.open_record("service_request", self._ids[row])

    def _open_list(self, preset: str) -> None:
        self._view.select_page(f"service_request/{preset}")

    def _note_change(self, table: str, _ids: object) -> None:
        if table in {"service_request", "service_target"}:
            self._follower.note()


class _Table:
    """Rows to look at: the second cell is a chip where tones are given, else all but the first are numbers."""

    def __init__(self) -> None:
        self.table = TableView()
        self.model = QStandardItemModel(self.table)
        self.table.setModel(self.model)
        self.table.setEditTriggers(TableView.EditTrigger.NoEditTriggers)

    def show_rows(self, heads: Sequence[str], rows: Sequence[Sequence[str]], tones: Sequence[str] = ()) -> None:
        """Show these."""
        self.model.clear()
        self.model.setHorizontalHeaderLabels(list(heads))
        numbers = range(0 if tones else 1, 0 if tones else len(heads))
        for column in numbers:
            self.model.horizontalHeaderItem(column).setTextAlignment(RIGHT)
        for number, row in enumerate(rows):
            items = [QStandardItem(text) for text in row]
            for column in numbers:
                items[column].setTextAlignment(RIGHT)
            if tones:
                items[1].setData(tones[number], CellRole.CHIP)
            self.model.appendRow(items)
        self.table.fit_columns()
        for column in (2, 3) if tones else range(len(heads)):  # nobody scrolls on a wall
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
