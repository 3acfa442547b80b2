"""Looking through the knowledge base for words: the best articles with the line in which the words are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QListView, QStackedWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from crm_desktop.core.i18n import N_, _, ngettext
from crm_desktop.services import knowledge
from crm_desktop.services.knowledge import Hit
from crm_desktop.ui import theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.search_box import SearchBox

ENTITY = "knowledge_article"
HIT = Qt.ItemDataRole.UserRole
ROW, LINE, MARGIN = 78, 22, 12  # px


class FindKnowledgePage(Page):
    """What is typed is looked for at once; Down goes to what was found, Enter opens it."""

    keys = (("Down", N_("Go to the articles that were found")), ("Enter", N_("Open the article")))

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Search the knowledge base"))
        self._view = view
        self._shown_for = ""
        self.box = SearchBox(_("What one sees, in any words: printer jams, no picture, E05…"), "Ctrl+F")
        self.box.searched.connect(self.look)
        self.box.installEventFilter(self)
        self.hits = _HitList()
        self.hits.activated.connect(self._open)
        explanation = _("Title, keywords, problem and solution are searched. The best articles come first.")
        self._begin = EmptyState("book-open", _("What is the problem?"), explanation)
        self._nothing = EmptyState("magnifying-glass", _("No article says this"), _("Try fewer or other words."))
        self.stack = QStackedWidget()
        for widget in (self._begin, self._nothing, self.hits):
            self.stack.addWidget(widget)
        card = Card(padding=0)
        card.body.addWidget(self.stack)
        self.body.addWidget(PageTitle(self.title))
        self.body.addWidget(self.box)
        self.body.addWidget(card, 1)
        self.begin_at(self.box)
        self._follower = Follower(self, lambda: self.look(self.box.text().strip()))
        view.context.bus.changed.connect(self._note_change)

    def look(self, typed: str) -> None:
        """Look for what is typed in the background."""
        show = partial(self._show, typed)
        self._view.context.tasks.query(self, lambda session: knowledge.find(session, typed), show, key="find")

    def _show(self, typed: str, hits: Sequence[Hit]) -> None:
        self._shown_for = typed
        self.hits.show_hits(hits)
        nothing = self._nothing if typed else self._begin
        self.stack.setCurrentWidget(self.hits if hits else nothing)

    def _open(self, index: QModelIndex) -> None:
        self._view.open_record(ENTITY, index.data(HIT).id)

    def _note_change(self, table: str, _ids: object) -> None:
        if table == ENTITY:
            self._follower.note()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the line down to what was found; Enter opens the first."""
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent) or not self.hits.count():
            return super().eventFilter(watched, event)
        if event.key() == Qt.Key.Key_Down:
            self.hits.setFocus(Qt.FocusReason.ShortcutFocusReason)
            return True
        is_shown = self._shown_for == self.box.text().strip()
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and is_shown:
            self._open(self.hits.currentIndex())
            return True
        return super().eventFilter(watched, event)


class _HitList(QListView):
    """Articles found, three lines each."""

    def __init__(self) -> None:
        super().__init__()
        self._rows = QStandardItemModel(self)
        self.setModel(self._rows)
        self.setItemDelegate(_HitDelegate(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(_("Articles found"))

    def count(self) -> int:
        """How many there are."""
        return self._rows.rowCount()

    def show_hits(self, hits: Sequence[Hit]) -> None:
        """Show these, the first being current."""
        self._rows.clear()
        for hit in hits:
            item = QStandardItem(hit.title)
            item.setData(hit, HIT)
            item.setEditable(False)
            self._rows.appendRow(item)
        self.setCurrentIndex(self._rows.index(0, 0))
        self.scrollToTop()


class _HitDelegate(QStyledItemDelegate):
    """Title, the line with the words, and what is known of the article."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """All are of one height."""
        del option, index
        return QSize(0, ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the three lines."""
        hit: Hit = index.data(HIT)
        area: QRect = option.rect
        state = option.state
        if state & QStyle.StateFlag.State_Selected:
            painter.fillRect(area, theme.color("select"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.color("hover"))
        lines = (
            (hit.title, theme.font(strong=True), "text"),
            (hit.excerpt, theme.font(), "text"),
            (_about(hit), theme.font(theme.SMALL), "muted"),
        )
        for place, (words, font, color) in enumerate(lines):
            painter.setFont(font)
            painter.setPen(theme.color(color))
            top = area.y() + (ROW - len(lines) * LINE) // 2 + place * LINE
            room = QRect(area.x() + MARGIN, top, area.width() - 2 * MARGIN, LINE)
            shown = painter.fontMetrics().elidedText(words, Qt.TextElideMode.ElideRight, room.width())
            painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
        painter.setPen(theme.color("line_soft"))
        painter.drawLine(area.bottomLeft(), area.bottomRight())


def _about(hit: Hit) -> str:
    known = [hit.code, hit.state, hit.product]
    if hit.used:
        known.append(ngettext("Helped with {n} request", "Helped with {n} requests", hit.used).format(n=hit.used))
    if hit.useful:
        known.append(_("{n} found it useful").format(n=hit.useful))
    return " · ".join(part for part in known if part)
