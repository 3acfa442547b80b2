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
    QResizeEvent,
    QShortcut,
    QStandardItem,
    QStandardItemModel,
    QTransform,
)
from PySide6.QtWidgets import (
    QGraphicsScene,
    QGraphicsView,
    QGridLayout,
    QHBoxLayout,
    QHeaderView,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.service_monitor import Monitor, fetch_monitor
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower, later
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.table_view import TableView

RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
AGAIN_MS = 30_000
"""Targets pass without anybody writing."""
FIGURES = {
    "unassigned": (N_("Not assigned"), "warn"),
    "in_work": (N_("In work"), "accent"),
    "waiting": (N_("Waiting for customer"), "muted"),
    "soon": (N_("About to breach"), "warn"),
    "breached": (N_("Breached"), "bad"),
    "reported": (N_("Reported today"), "accent"),
    "solved": (N_("Solved today"), "good"),
}
"""Words and colour."""
OPEN = (Condition("solved_at", "empty"), Condition("closed_at", "empty"))
TODAY = {key: Group((Condition(f"{key}_at", "period", "today"),)) for key in ("reported", "solved")}
LEAST_HEIGHT = 96
ALONE = QSize(1240, 720)
"""A wall shows so much, as large as it has room: it is read from afar."""


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
        self.alone: Wall | None = None
        self.body.addWidget(heading)
        self.body.addWidget(self.board, 1)
        self.begin_at(self.board)

    def show_alone(self) -> None:
        """A window of its own without anything else."""
        self.alone = Wall(self._view)
        self.alone.setWindowTitle(self.title)
        self.alone.showFullScreen()


class Wall(QGraphicsView):
    """The board enlarged to its screen, with a word on how it ends."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(view.window())
        self.setWindowFlag(Qt.WindowType.Window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        for bars in (self.setHorizontalScrollBarPolicy, self.setVerticalScrollBarPolicy):
            bars(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.board, self._paper = Wallboard(view), QWidget()
        self._paper.setObjectName("canvas")
        column = QVBoxLayout(self._paper)
        column.setContentsMargins(12, 12, 12, 4)
        column.setSpacing(4)
        column.addWidget(self.board, 1)
        column.addWidget(label(_("Esc ends the whole screen."), "faint"))
        theme.dress(self._paper)
        self.setScene(QGraphicsScene(self))
        self.scene().addWidget(self._paper)
        for key in ("Esc", "F11"):
            QShortcut(QKeySequence(key), self).activated.connect(self.close)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fill the screen."""
        super().resizeEvent(event)
        scale = max(1.0, min(self.width() / ALONE.width(), self.height() / ALONE.height()))
        self._paper.setFixedSize(int(self.width() / scale), int(self.height() / scale))
        self.setSceneRect(self._paper.rect())
        self.setTransform(QTransform.fromScale(scale, scale))


class Wallboard(QWidget):
    """Reads itself again when something is written, and every half minute."""

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self.setObjectName("canvas")
        self._view = view
        self.figures = {key: Figure(_(words), role) for key, (words, role) in FIGURES.items()}
        grid = QGridLayout()
        grid.setSpacing(12)
        for place, (key, figure) in enumerate(self.figures.items()):
            figure.clicked.connect(partial(self._open_figure, key))
            grid.addWidget(figure, 0, place)
        self.engineers, self.due = _Table(), _Table()
        self.due.table.opened.connect(lambda index: self._open(index.row()))
        self.engineers.table.opened.connect(lambda index: self._open_engineer(index.row()))
        self._monitor: Monitor | None = None
        below = QHBoxLayout()
        below.setSpacing(12)
        for words, table, share in ((_("Due next"), self.due, 1), (_("By engineer"), self.engineers, 1)):
            card = Card(words)
            card.body.addWidget(table.table, 1)
            below.addWidget(card, share)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(grid, 3)
        column.addLayout(below, 8)
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
        self._monitor = monitor
        for key, figure in self.figures.items():
            figure.show_number(monitor.counts[key])
        heads = (_("Engineer"), _("Open now"), _("Due soon"), _("Breached"), _("Solved today"))
        self.engineers.show_rows(
            heads, [[one.engineer.label, *(f"{n:,}" for n in one[1:])] for one in monitor.engineers]
        )
        heads = (_("Next due"), _("Target"), _("Problem"), _("Customer"), _("Engineer"))
        rows = [
            [moment_text(one.due_at), one.target.label, one.ref.label, one.customer, one.engineer or _("Not assigned")]
            for one in monitor.due
        ]
        self.due.show_rows(heads, rows, [one.target.tone or "neutral" for one in monitor.due])
        self._again.start()

    def _open(self, row: int) -> None:
        assert self._monitor is not None
        self._view.open_record("service_request", self._monitor.due[row].ref.id)

    def _open_engineer(self, row: int) -> None:
        assert self._monitor is not None
        his = Condition("owner", "any_of", (self._monitor.engineers[row].engineer,))
        self._view.open_list("service_request", Group((*OPEN, his)))

    def _open_figure(self, key: str) -> None:
        """List what was counted."""
        if key in TODAY:
            self._view.open_list("service_request", TODAY[key])
        elif key == "in_work":
            nobody = Ref(self._view.context.person.pool_id or 0, _("Not assigned"))
            taken = (Condition("owner", "none_of", (nobody,)), Condition("waiting_since", "empty"))
            self._view.open_list("service_request", Group((*OPEN, *taken)))
        else:
            self._view.select_page(f"service_request/{key}")

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
        for column in (2, 3) if tones else (0,):  # nobody scrolls on a wall
            self.table.horizontalHeader().setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)
