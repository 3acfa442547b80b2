"""What every record's page has beside its fields: files, comments, a star, a link; and the note that it was opened."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QEvent, QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QDropEvent, QGuiApplication, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QPlainTextEdit, QScrollArea, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.core.links import link_to
from crm_desktop.services import marks
from crm_desktop.services.records import Record
from crm_desktop.services.surroundings import Surroundings, fetch_surroundings
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.attachments_card import AttachmentsCard, has_files, is_no_text
from crm_desktop.ui.form_page.comments_panel import WRITE, CommentsPanel
from crm_desktop.ui.form_page.star_button import StarButton
from crm_desktop.ui.icons import icon
from crm_desktop.ui.page import Page
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import quiet_button

COPY_LINK = "Ctrl+Shift+L"
_DRAGS = {QEvent.Type.DragEnter, QEvent.Type.DragMove, QEvent.Type.Drop}


class Attached(QObject):
    """Belongs to one page. Files can be dropped anywhere on it; Ctrl+V pastes a picture or files, also from a line."""

    read = Signal(object)  # Surroundings of the record that is shown now

    def __init__(self, page: Page, view: AreaView) -> None:
        super().__init__(page)
        self._page, self._view = page, view
        self.record: Record | None = None
        self.files = AttachmentsCard(view)
        self.comments = CommentsPanel(view)
        self.star = StarButton(view.context.tasks, view.context.bus, page)
        self.files_button = quiet_button("", self.go_to_files, icon_name="paperclip")
        self.files_button.setAccessibleName(_("Files"))
        self.files_button.setToolTip(_("Files"))
        self.files_button.hide()
        self.files.counted.connect(self._show_count)
        self.comments.box.media_pasted.connect(self._take_media)
        self._followers = {
            "attachment": Follower(page, self.files.refresh),
            "comment": Follower(page, self.comments.refresh),
        }
        self.files.wrote.connect(self._followers["attachment"].has_read)
        self.comments.wrote.connect(self._followers["comment"].has_read)
        view.context.bus.changed.connect(self._table_changed)
        page.setAcceptDrops(True)
        page.installEventFilter(self)
        QApplication.instance().focusChanged.connect(self._watch_line)  # type: ignore[union-attr]
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence.StandardKey.Paste, page, context=here).activated.connect(self.files.paste)
        QShortcut(QKeySequence(COPY_LINK), page, context=here).activated.connect(self.copy_link)
        QShortcut(QKeySequence(WRITE), page, context=here).activated.connect(self.comments.write)

    def show_record(self, record: Record) -> None:
        """The page shows this record now; what is around it is read once, and refreshed part by part."""
        is_other = self.record is None or (self.record.entity, self.record.id) != (record.entity, record.id)
        self.record = record
        self.files.show_record(record)
        self.comments.show_record(record)
        self.star.watch(record.entity, record.id)
        if is_other and record.id:
            self._read_surroundings(record.entity, record.id)

    def forget_record(self) -> None:
        """It is out of sight; when it comes back, what is around it is read again."""
        self.record = None
        self.files_button.hide()

    def _read_surroundings(self, entity: str, id_: int) -> None:
        tasks = self._view.context.tasks

        def show(found: Surroundings) -> None:
            if self.record is not None and (self.record.entity, self.record.id) == (entity, id_):
                self.show_surroundings(found)
                # Where the server is away the record is simply not among the recent ones.
                tasks.command(
                    self,
                    lambda session: marks.note_opened(session, entity, id_),
                    lambda _none: None,
                    lambda _error: None,
                )

        tasks.query(self, lambda session: fetch_surroundings(session, entity, id_), show, key="around")

    def show_surroundings(self, found: Surroundings) -> None:
        """Show what was found around the record."""
        self.files.show_files(found.files)
        self.comments.show_comments(found.comments)
        self.star.show_star(is_on=found.is_starred)
        self.read.emit(found)

    def go_to_files(self) -> None:
        """Bring the files into sight."""
        area = self.files.parentWidget()
        while area is not None and not isinstance(area, QScrollArea):
            area = area.parentWidget()
        if area is not None:
            area.ensureWidgetVisible(self.files)
        self.files.table.setFocus()

    def add_to(self, menu: QMenu) -> None:
        """Offer the link in the page's menu."""
        menu.addAction(icon("link-simple"), _("Copy link") + f"\t{COPY_LINK}", self.copy_link)

    def copy_link(self) -> None:
        """Put the link on the clipboard: as text, and under the record's name where one can paste that."""
        if self.record is None or not self.record.id:
            return
        link = link_to(self.record.entity, self.record.id)
        data = QMimeData()
        data.setText(link)
        data.setHtml(f'<a href="{link}">{escape(self.record.title)}</a>')
        QGuiApplication.clipboard().setMimeData(data)
        messages.notify(
            self._page, _("The link is on the clipboard. A colleague pastes it into the search box (Ctrl+K).")
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take files that are dragged over the page, or pasted where text is typed."""
        if event.type() == QEvent.Type.ShortcutOverride and watched is not self._page:
            is_paste = isinstance(event, QKeyEvent) and event.matches(QKeySequence.StandardKey.Paste)
            return is_paste and is_no_text(QGuiApplication.clipboard().mimeData())  # then the shortcut above gets it
        if event.type() == QEvent.Type.Show:
            self._let_drags_pass()
        if event.type() in _DRAGS and isinstance(event, QDropEvent) and has_files(event.mimeData()):
            self._let_drags_pass()  # also what came after the page was shown: a form
            event.acceptProposedAction()
            if event.type() == QEvent.Type.Drop:
                self.files.take(event.mimeData())
            return True
        return super().eventFilter(watched, event)

    def _watch_line(self, _before: QWidget | None, now: QWidget | None) -> None:
        if isinstance(now, QLineEdit | QPlainTextEdit) and self._page.isAncestorOf(now):
            now.installEventFilter(self)

    def _let_drags_pass(self) -> None:
        """Lines of text would take a file for its name."""
        for line in self._page.findChildren(QLineEdit):
            line.setAcceptDrops(False)
        for text in self._page.findChildren(QPlainTextEdit):
            text.viewport().setAcceptDrops(False)

    def _table_changed(self, table: str, _ids: object, change_sets: frozenset[int]) -> None:
        if table in self._followers:
            self._followers[table].note(change_sets)

    def _show_count(self, count: int) -> None:
        self.files_button.setText(str(count))
        self.files_button.setVisible(count > 0)

    def _take_media(self, data: QMimeData) -> None:
        self.files.take(data)
