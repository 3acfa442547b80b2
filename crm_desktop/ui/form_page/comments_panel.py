"""The comments on a record, oldest first, and the box below them to write one. Each changes and removes his own."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import comments
from crm_desktop.services.comments import Comment
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.comment_box import CommentBox
from crm_desktop.ui.form_page.notes import Note
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button, link_button, quiet_button, secondary_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tab_order import bring_into_sight

MOST_SHOWN = 30
"""Newest comments at first; older ones on demand."""
WRITE = "Ctrl+M"
HEAD = 24  # px: the line above a comment, with or without buttons


class CommentsPanel(QWidget):
    """Shows the comments given to ``show_comments``, and what becomes of them. Ctrl+M writes."""

    changed = Signal()  # the comments are others now
    write_wanted = Signal()
    wrote = Signal(int)  # a change set of one's own, which is being read

    def __init__(self, view: AreaView) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._view = view
        self._tasks = view.context.tasks
        self.record: Record | None = None
        self.note: Note | None = None  # what is written, kept as a draft
        self.comments: Sequence[Comment] = ()
        self._editing: Comment | None = None
        self._shows_all = False
        self.box = CommentBox(lambda answer: view.context.colleagues.load(self.box, answer))
        self.send_button = secondary_button(_("Send"), self.send)
        self.send_button.setToolTip(_("Send  Ctrl+Enter"))
        self.cancel_button = quiet_button(_("Cancel"), self.stop_editing)
        self.cancel_button.hide()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(12)
        self._area = self._list()
        buttons = QVBoxLayout()
        buttons.addWidget(self.send_button)
        buttons.addWidget(self.cancel_button)
        buttons.addStretch(1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.box, 1)
        foot.addLayout(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._area, 1)
        column.addLayout(foot)
        self.box.sent.connect(self.send)

    def write(self) -> None:
        """Begin to write, wherever on the page the box is."""
        if self.record is not None and self.record.id:
            self.write_wanted.emit()
            self.box.setFocus()
            bring_into_sight(self.box)

    def show_record(self, record: Record) -> None:
        """The comments on this record are shown next."""
        is_first, is_other = self.record is None, not self._shows(record)
        self.record = record
        if is_other:
            self.send_button.setEnabled(True)
            self.stop_editing()
            if not is_first:  # else a draft may stand there already
                self.box.clear()  # its page has asked before
            self._shows_all = False
            self.show_comments(())

    def refresh(self) -> None:
        """Read them again, without touching what is being written."""
        record = self.record
        if record is not None and record.id:
            self._tasks.query(
                self,
                lambda session: comments.fetch_comments(session, record.entity, record.id),
                self.show_comments,
                key="comments",
            )

    def send(self) -> None:
        """Keep what is written, once. The box is emptied when it is saved, so that nothing typed is lost before."""
        body, record, editing = self.box.text(), self.record, self._editing
        if not body or record is None:
            self.box.setFocus()
            return
        if not self.send_button.isEnabled():
            return
        self.send_button.setEnabled(False)

        def work(session: Session) -> int:
            if editing is None:
                return comments.add_comment(session, record, body)
            return comments.change_comment(session, record, editing, body)

        def failed(error: KnownError) -> None:
            if self._shows(record):
                self.send_button.setEnabled(True)
            messages.show_error(self, error)

        noted = self.note.sending(work) if self.note else work
        self._tasks.command(self, noted, partial(self._take_sent, record, body), failed, waits=True)

    def _take_sent(self, record: Record, body: str, change_set: int) -> None:
        if self._shows(record):
            self.send_button.setEnabled(True)
            if self.box.text() == body:
                self.box.clear()
            if self.note is not None:
                self.note.begin_anew()
            self.stop_editing()
        self._tell(_("The comment was saved."), change_set)

    def is_edited(self) -> bool:
        """Whether something is written that was not sent."""
        return self.box.text() != (self._editing.body if self._editing else "")

    def edit(self, comment: Comment) -> None:
        """Write one's own comment anew."""
        self._editing = comment
        self.box.setPlainText(comment.body)
        self.send_button.setText(_("Save"))
        self.cancel_button.show()
        self.box.setFocus()

    def stop_editing(self) -> None:
        """Back to writing a new one."""
        if self._editing is not None:
            self.box.clear()
        self._editing = None
        self.send_button.setText(_("Send"))
        self.cancel_button.hide()

    def remove(self, comment: Comment) -> None:
        """Take back one's own comment; the notice brings it back."""
        assert self.record is not None
        record = self.record
        self._tasks.command(
            self,
            lambda session: comments.delete_comment(session, record, comment),
            lambda change_set: self._tell(_("The comment was removed."), change_set),
            waits=True,
        )

    def show_comments(self, found: Sequence[Comment]) -> None:
        """Show these comments."""
        shown = tuple(found)
        if shown == self.comments and shown:
            return
        is_longer = len(shown) > len(self.comments)
        self.comments = shown
        self._fill()
        self.changed.emit()
        if is_longer:  # the newest stands at the foot; the layout knows its place a moment later
            QTimer.singleShot(0, self, self._scroll_down)

    def _shows(self, record: Record) -> bool:
        return self.record is not None and (self.record.entity, self.record.id) == (record.entity, record.id)

    def _fill(self) -> None:
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        hidden = 0 if self._shows_all else max(0, len(self.comments) - MOST_SHOWN)
        if hidden:
            words = _("Show {count} earlier comments").format(count=hidden)
            self._lines.addWidget(link_button(words, self._show_all), 0, Qt.AlignmentFlag.AlignLeft)
        for comment in self.comments[hidden:]:
            self._lines.addWidget(self._line(comment))
        if not self.comments:
            words = _("No comments yet. Everybody who sees this record reads them.")
            self._lines.addWidget(label(words, "muted", wrap=True))
        self._lines.addStretch(1)

    def _show_all(self) -> None:
        self._shows_all = True
        self._fill()

    def _line(self, comment: Comment) -> QWidget:
        is_mine = comment.author_id == self._view.context.person.id
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(label(comment.author, "strong"))
        at = moment_text(comment.at)
        head.addWidget(label(_("{at}, edited").format(at=at) if comment.edited_at else at, "small"))
        head.addStretch(1)
        if is_mine:
            for button in (
                icon_button("pencil-simple", _("Edit comment"), partial(self.edit, comment)),
                icon_button("trash", _("Remove comment"), partial(self.remove, comment)),
            ):
                button.setFixedSize(HEAD, HEAD)
                head.addWidget(button)
        head.addStrut(HEAD)
        line = QWidget()
        column = QVBoxLayout(line)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(label(comment.body, wrap=True, selectable=True))
        return line

    def _list(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("plain")
        inside.setLayout(self._lines)
        self._lines.setContentsMargins(0, 0, 8, 0)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        return area

    def _scroll_down(self) -> None:
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.maximum())

    def _tell(self, text: str, change_set: int) -> None:
        messages.notify(self, text, undo=lambda: undo(self._view, self._view, change_set))
        self.wrote.emit(change_set)
        self.refresh()
