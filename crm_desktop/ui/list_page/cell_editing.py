"""Editing one cell where it stands: the editor of its kind over the cell, saved like a form with one field.

Enter saves, Tab saves and goes on to the next cell that can be edited, Esc leaves. What is typed is kept as a draft of
the record's form.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QFrame, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import journal, records
from crm_desktop.services.drafts import base_of, record_content, sent_content
from crm_desktop.services.records import FieldsError, Record, SaveConflictError
from crm_desktop.services.rights import why_not
from crm_desktop.spec import Column, EntitySpec, Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.drafts import DraftKeeper
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.rows import RowEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.list_page.list_table import ListTable
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.notice import notices_of

LEAST_WIDTH = 200
ENTER = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter})
TABS = frozenset({Qt.Key.Key_Tab, Qt.Key.Key_Backtab})


class CellEditing(QObject):
    """One editor at a time. The record is read anew before it is edited, so that rights and version are known."""

    def __init__(self, view: AreaView, table: ListTable, model: RowModel) -> None:
        super().__init__(table)
        self._view, self._table, self._model = view, table, model
        self._record: Record | None = None
        self._key = ""
        self._frame: QFrame | None = None
        self._is_saving = False
        self._draft = DraftKeeper(view.context.drafts, "record", "", table)
        self.editor: FieldEditor | None = None
        table.verticalScrollBar().valueChanged.connect(self._place)
        table.horizontalScrollBar().valueChanged.connect(self._place)
        model.modelReset.connect(self._place)

    @property
    def _spec(self) -> EntitySpec:
        return self._model.source.spec

    def editable(self, column: Column) -> bool:
        """Whether cells of this column can be edited: a field of the record itself that its form would let one edit."""
        form = self._spec.form
        return column.key in {attr.key for attr in form.fields if attr not in form.read_only}

    def begin(self, index: QModelIndex) -> None:
        """Edit this cell, as soon as its record is read."""
        id_ = self._model.id_at(index.row()) if index.isValid() else 0
        if not id_:
            return
        column = self._model.source.columns[index.column()]
        if not self.editable(column):
            messages.notify(self._table, _("This column cannot be changed here."), tone="neutral")
            return
        self._view.context.tasks.query(
            self,
            lambda session: records.fetch_record(session, self._spec.key, id_),
            lambda record: self._open(record, column.key),
            key="edit",
        )

    def is_open(self) -> bool:
        """Whether a cell is being edited."""
        return self._frame is not None

    def close(self) -> None:
        """Leave without saving; a draft stays."""
        self._draft.leave()
        frame, self._frame, self.editor = self._frame, None, None
        if frame is not None:
            had_focus = frame.isAncestorOf(QApplication.focusWidget() or self._table)
            frame.hide()
            frame.deleteLater()
            if had_focus:
                self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def save(self, step: int = 0) -> None:
        """Save what was typed; with a ``step`` go on to the cell so many further that can be edited."""
        editor = self.editor
        if isinstance(editor, RowEditor):
            editor.take_typed(lambda: self._save(editor, step))
        elif editor is not None:
            self._save(editor, step)

    def _save(self, editor: FieldEditor, step: int) -> None:
        base = self._record
        if editor is not self.editor or base is None or self._is_saving or not editor.check():
            return
        changes = {self._key: editor.value()}
        if records.is_same(changes[self._key], base.values.get(self._key)):
            self._go_on(base, step)
            return
        self._is_saving = True
        draft = self._draft.id

        def work(session: Session) -> Record:
            return records.save_record(session, base, changes)

        self._view.context.tasks.command(
            self._table,
            self._draft.sending(work, lambda saved: sent_content(saved, changes)),
            lambda record: self._take_saved(base, changes, draft, record, step),
            lambda error: self._fail(base, error, changes),
            waits=True,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys that end the editing, as far as an open list of choices does not want them."""
        editor = self.editor
        popup = editor.popup if isinstance(editor, RowEditor) and not editor.popup.isHidden() else None
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            key = Qt.Key(event.key())
            if popup is not None and key in TABS | ENTER:
                choice = popup.current_value()
                popup.eventFilter(watched, event)  # it takes the current choice
                if choice is not None and not isinstance(choice, Ref):
                    return True  # a new record is typed first
            if key in TABS:
                self.save(-1 if key == Qt.Key.Key_Backtab else 1)
                return True
            if (popup is None or key in ENTER) and self._end_by_key(
                key, is_text=isinstance(watched, QPlainTextEdit), event=event
            ):
                return True
        if event.type() == QEvent.Type.ShortcutOverride and popup is None:
            event.accept()  # Esc and Enter mean the cell, not the page
            return True
        if event.type() == QEvent.Type.FocusOut:
            QTimer.singleShot(0, self, self._note_focus)
        return super().eventFilter(watched, event)

    def _end_by_key(self, key: Qt.Key, *, is_text: bool, event: QKeyEvent) -> bool:
        """In a text of several lines Enter begins a new one, Ctrl+Enter saves."""
        if key == Qt.Key.Key_Escape:
            self._view.context.tasks.give_up_all(self._table)
            self._draft.discard()
            self.close()
        elif key in ENTER and (not is_text or event.modifiers() & Qt.KeyboardModifier.ControlModifier):
            self.save()
        else:
            return False
        return True

    def _note_focus(self) -> None:
        """Who goes to another place of the window has finished the cell."""
        focus = QApplication.focusWidget()
        if self._frame is not None and focus is not None and focus.window() is self._table.window():
            is_inside = self._frame.isAncestorOf(focus) or focus is self._frame
            if not is_inside and not self._is_saving:
                self.save()

    def _open(self, record: Record, key: str) -> None:
        self.close()
        self._is_saving = False
        reason = why_not(self._view.context.person, "update", record)
        if reason:
            messages.notify(self._table, reason, tone="warn")
            return
        maker = FieldMaker(self._view, self._table, self._spec, record.values.get)
        editor = maker.make(self._spec.fields[key])
        editor.hide_heading()
        editor.set_value(record.values.get(key))
        frame = QFrame(self._table.viewport())
        frame.setObjectName("popup")
        lines = QVBoxLayout(frame)
        lines.setContentsMargins(1, 1, 1, 1)
        lines.addWidget(editor)
        for widget in (editor, *editor.findChildren(QWidget)):
            widget.installEventFilter(self)
        self._record, self._key, self._frame, self.editor = record, key, frame, editor
        self._draft.watch(record.entity, record.id)
        editor.changed.connect(self._place)
        editor.changed.connect(self._keep)
        frame.show()
        self._place()
        editor.setFocus(Qt.FocusReason.OtherFocusReason)
        if isinstance(line := editor.focusProxy(), QLineEdit):
            line.selectAll()  # typing writes anew, an arrow key goes into what is there
        self._go_on_with_draft(record)

    def _go_on_with_draft(self, record: Record) -> None:
        """Show what was typed here and not saved, over the record as it was then: what others typed is asked about."""
        found = self._view.context.drafts.waiting_at(record.entity, record.id)
        mine = [one for one in found if one.kind == "record" and list(one.content["typed"]) == [self._key]]
        if not mine or mine[0].is_doubtful or self.editor is None:
            return
        self._draft.take(mine[0])
        self._record = base_of(mine[0])
        self.editor.type_again(mine[0].content["typed"][self._key])
        words = _("What you typed here {at} stands here again.").format(at=moment_text(mine[0].at))
        messages.notify(self._table, words, tone="accent")

    def _keep(self) -> None:
        if self.editor is None or self._record is None:
            return
        typed = self.editor.typed()
        if records.is_same(typed, self._record.values.get(self._key)):
            self._draft.forget()
        else:
            self._draft.keep(self._record.title, record_content(self._record, {self._key: typed}))

    def _place(self) -> None:
        """Over the cell; it is closed when the cell leaves the list."""
        if self._frame is None or self._record is None or self.editor is None:
            return
        row = self._model.row_of(self._record.id)
        keys = [column.key for column in self._model.source.columns]
        if row < 0 or self._key not in keys:
            self._lose_sight()
            return
        cell = self._table.visualRect(self._model.index(row, keys.index(self._key)))
        width = max(cell.width(), LEAST_WIDTH)
        left = max(0, min(cell.left(), self._table.viewport().width() - width))
        self._frame.setGeometry(left, cell.top(), width, self._frame.sizeHint().height())
        self._frame.raise_()

    def _lose_sight(self) -> None:
        """Close it, and say so where something is typed."""
        record, is_typed = self._record, bool(self._draft.id) and not self._is_saving
        self.close()
        notices = notices_of(self._table)
        if record is not None and is_typed and notices is not None:
            words = _("“{title}” is no longer in this list. What you typed is kept as a draft.")
            action = (_("Open"), partial(self._view.open_record, record.entity, record.id))
            notices.show_notice(words.format(title=record.title), tone="warn", action=action)

    def _take_saved(self, base: Record, sent: Mapping[str, Any], draft: str, record: Record, step: int) -> None:
        notify_saved(self._view, record, is_new=False)
        self._model.note_changes([record.id])
        if self._draft.id == draft:
            self._draft.settle(record.id)
        else:  # the cell was left meanwhile
            self._view.context.drafts.settle(draft)
        if self._record is not base:
            return  # another one was begun
        self._is_saving = False
        if self.editor is None or records.is_same(self.editor.typed(), sent[self._key]):
            self._go_on(record, step)
        else:  # one has typed on
            self._record = record
            self._keep()

    def _go_on(self, record: Record, step: int) -> None:
        columns = self._model.source.columns
        place = next((n for n, column in enumerate(columns) if column.key == self._key), 0)
        self.close()
        wanted = range(place + step, len(columns)) if step > 0 else range(place + step, -1, -1) if step else ()
        column = next((n for n in wanted if self.editable(columns[n])), None)
        row = self._model.row_of(record.id)
        if column is not None and row >= 0:
            self._table.setCurrentIndex(self._model.index(row, column))
            self._open(record, columns[column].key)

    def _fail(self, base: Record, error: KnownError, changes: Mapping[str, Any]) -> None:
        if self.editor is None or self._record is not base:
            messages.show_error(self._table, error)
            return
        self._is_saving = False
        if isinstance(error, FieldsError):
            self.editor.set_error(" ".join(error.fields.values()))
            self._place()
        elif isinstance(error, SaveConflictError):
            self._ask_conflict(error, changes)
        else:
            messages.show_error(self._table, error)
            self.close()

    def _ask_conflict(self, error: SaveConflictError, changes: Mapping[str, Any]) -> None:
        base = self._record
        assert base is not None

        def decide(results: Mapping[str, Any]) -> None:
            if self.editor is not None:
                self._record = error.current
                self.editor.type_again(results[self._key])
                self._keep()
                self.save()

        def ask(history: list[journal.Change]) -> None:
            dialog = ConflictDialog(self._table, base, error, changes, history)
            dialog.decided.connect(decide)
            dialog.open_quietly()

        self._view.context.tasks.query(
            self, lambda session: journal.fetch_history(session, base.entity, base.id), ask, key="history"
        )
