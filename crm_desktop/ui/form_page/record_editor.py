"""A form that reads and saves its record, and notices what others do to it meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import QEventLoop, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import journal, records
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record, RecordGoneError, SaveConflictError
from crm_desktop.services.rights import why_not
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.dialogs.unsaved import ask_unsaved
from crm_desktop.ui.form_page.duplicate_bar import DuplicateBar
from crm_desktop.ui.form_page.form import Form
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.form_page.wording import describe_changes_since
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import primary_button, quiet_button, secondary_button, with_shortcut

WIDEST = 1040  # px; wider lines are hard to read across
SAVE, SAVE_AND_NEW = "Ctrl+S", "Ctrl+Shift+S"


class RecordEditor(QWidget):
    """One record of any entity, from ``load`` or ``begin`` to ``save``. Id 0 is a record that is not saved yet."""

    loaded = Signal(object)  # Record, also after every save
    saved = Signal(object)  # Record
    edited_changed = Signal(bool)
    save_ended = Signal()  # well or not
    new_wanted = Signal()  # saved, and now another new one

    def __init__(self, view: AreaView, entity: str) -> None:
        super().__init__()
        self._view = view
        self._context = view.context
        self.spec = by_key(entity)
        self.record = Record(entity, 0, 0)
        self.is_read_only = False
        self._is_saving = False
        self._was_edited = False
        self.form = Form(view, self.spec)
        self.form.edited.connect(self._note_edit)
        self.right_bar, self.gone_bar, self.colleague_bar = Bar("neutral"), Bar("bad"), Bar("accent")
        self.duplicates = DuplicateBar(view, self.form) if entity == "customer" else None
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        inside.setObjectName("plain")
        self._inside = QVBoxLayout(inside)
        self._inside.setContentsMargins(0, 0, 0, 0)
        self._inside.setSpacing(12)
        self._inside.addWidget(self.form)
        self._inside.addStretch(1)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for bar in (self.right_bar, self.gone_bar, self.colleague_bar, self.duplicates):
            if bar is not None:
                column.addWidget(bar)
        column.addWidget(area, 1)
        column.addLayout(self._foot())
        self.setFocusProxy(self.form)
        self.setMaximumWidth(WIDEST)
        self._context.bus.changed.connect(self._table_changed)

    def add_below(self, widget: QWidget) -> None:
        """Put something under the fields; it scrolls with them."""
        self._inside.insertWidget(self._inside.count() - 1, widget)

    def begin(self, values: Mapping[str, Any]) -> None:
        """A new record with the values it begins with."""
        self._take(records.new_record(self.spec.key, self._context.person, **values))
        self.form.focus_field()
        self._context.choices.load(self, lambda choices: self._begin_with_choices(values, choices))

    def _begin_with_choices(self, values: Mapping[str, Any], choices: Choices) -> None:
        if not self.record.id and not self.is_edited():
            self._take(records.new_record(self.spec.key, self._context.person, choices, **values))

    def load(self, id_: int) -> None:
        """Read a record in the background, and show it; where it is gone, that is said."""
        self._context.tasks.query(
            self, lambda session: records.fetch_record(session, self.spec.key, id_), self._take, self._fail, key="load"
        )

    def show_record(self, record: Record) -> None:
        """Show a record that was just read elsewhere, unless something is typed."""
        if not self.is_edited():
            self._take(record)

    def is_edited(self) -> bool:
        """Whether something is typed that is not saved."""
        return bool(self.form.edited_keys())

    def save(self, then: Callable[[], object] | None = None) -> None:
        """Check and save in the background; ``then`` is called when it is saved, or when there is nothing to save."""
        if self._is_saving or self.is_read_only or not self.form.check():
            return
        base, changes = self.record, self.form.changes()
        if base.id and not changes:
            self.form.show_record(base)
            self._announce_edits()
            if then is not None:
                then()
            return

        def work(session: Session) -> Record:
            if base.id:
                return records.save_record(session, base, changes)
            begun = Record(base.entity, 0, 0, {**base.values, **changes})
            created = records.create_record(session, begun)
            return _reread(session, created)

        self._set_saving(is_saving=True)
        self._context.tasks.command(self, work, lambda record: self._take_saved(record, then), self._fail)

    def revert(self) -> None:
        """Forget what was typed."""
        self._take(self.record)

    def may_leave(self) -> bool:
        """Whether what is typed may go: asks, and saves on demand before it answers."""
        if not self.is_edited() or self.is_read_only:
            return True
        answer = ask_unsaved(self, self.record.title)
        if answer == "save":
            return self._save_now()
        return answer == "discard"

    def _save_now(self) -> bool:
        """Save, and wait while the window goes on living; True when it worked."""
        self.save()
        if self._is_saving:
            loop = QEventLoop(self)
            self.save_ended.connect(loop.quit)
            loop.exec()
        return not self.is_edited()

    def _foot(self) -> QHBoxLayout:
        save, again = with_shortcut(_("Save"), SAVE), with_shortcut(_("Save and new"), SAVE_AND_NEW)
        self.save_button = primary_button(save, self.save)
        self.again_button = secondary_button(again, self._save_and_new)
        for key, button in ((SAVE, self.save_button), (SAVE_AND_NEW, self.again_button)):
            QShortcut(QKeySequence(key), button).activated.connect(button.click)
        self.save_button.setAccessibleName(_("Save"))
        self.again_button.setAccessibleName(_("Save and new"))
        self.revert_button = quiet_button(_("Revert"), self.revert, icon_name="arrow-counter-clockwise")
        self.foot = QHBoxLayout()
        self.foot.setSpacing(8)
        self.foot.addWidget(self.revert_button)
        self.foot.addStretch(1)
        self.foot.addWidget(self.again_button)
        self.foot.addWidget(self.save_button)
        return self.foot

    def _save_and_new(self) -> None:
        self.save(self.new_wanted.emit)

    def _take(self, record: Record) -> None:
        self.record = record
        reason = why_not(self._context.person, "update" if record.id else "create", record)
        self.is_read_only = bool(reason)
        self.form.show_record(record, read_only=self.is_read_only)
        self.right_bar.say_one(reason)
        self.colleague_bar.say_one("")
        self.gone_bar.say_one("")
        if self.duplicates is not None:
            self.duplicates.watch(record.id)
        for button in (self.save_button, self.again_button, self.revert_button):
            button.setVisible(not self.is_read_only)
        self.again_button.setVisible(not self.is_read_only and record.id == 0)
        self._announce_edits()
        self.loaded.emit(record)

    def _take_saved(self, record: Record, then: Callable[[], object] | None) -> None:
        is_new = self.record.id == 0
        self._set_saving(is_saving=False)
        self._take(record)
        notify_saved(self._view, record, is_new=is_new)
        self.saved.emit(record)
        self.save_ended.emit()
        if then is not None:
            then()

    def _fail(self, error: KnownError) -> None:
        self._set_saving(is_saving=False)
        if isinstance(error, FieldsError):
            self.form.show_errors(error.fields)
            if not any(key in self.form.editors for key in error.fields):
                messages.show_error(self, error)
        elif isinstance(error, SaveConflictError):
            self._ask_conflict(error)
        elif isinstance(error, RecordGoneError):
            self._say_gone(error)
        else:
            messages.show_error(self, error)
        self.save_ended.emit()

    def _ask_conflict(self, error: SaveConflictError) -> None:
        base, mine = self.record, self.form.changes()

        def decide(kept: Mapping[str, Any]) -> None:
            """My values of the fields in conflict go into the form again, on top of the record as it is now."""
            self.record = error.current
            theirs = [key for key in error.fields if key not in kept]
            for key in theirs:
                self.form.forget(key)
            self.form.set_base(error.current.values)
            self.save()

        def ask(history: list[journal.Change]) -> None:
            dialog = ConflictDialog(self, base, error, mine, history)
            dialog.decided.connect(decide)
            dialog.open_quietly()

        self._context.tasks.query(
            self, lambda session: journal.fetch_history(session, base.entity, base.id), ask, key="history"
        )

    def _say_gone(self, error: KnownError) -> None:
        """What was typed stays on the screen."""
        copy = (_("Copy all fields"), lambda: QGuiApplication.clipboard().setText(self.form.as_text()))
        self.gone_bar.say_one(str(error), copy)
        self.save_button.setEnabled(False)

    def _note_edit(self, _key: str) -> None:
        self._announce_edits()

    def _announce_edits(self) -> None:
        is_edited = self.is_edited()
        self.revert_button.setEnabled(is_edited)
        self.save_button.setEnabled(not self._is_saving)
        if is_edited != self._was_edited:
            self._was_edited = is_edited
            self.edited_changed.emit(is_edited)

    def _set_saving(self, *, is_saving: bool) -> None:
        self._is_saving = is_saving
        self.save_button.setEnabled(not is_saving)
        self.again_button.setEnabled(not is_saving)

    # What others do

    def _table_changed(self, table: str, ids: frozenset[int] | None) -> None:
        record = self.record
        is_mine = table == self.spec.model.__tablename__ and record.id and (ids is None or record.id in ids)
        if not is_mine or self._is_saving:
            return
        is_edited = self.is_edited()

        def read(session: Session) -> tuple[Record, list[journal.Change]]:
            current = records.fetch_record(session, record.entity, record.id)
            history = journal.fetch_history(session, record.entity, record.id) if is_edited else []
            return current, history

        self._context.tasks.query(self, read, self._take_change, self._fail, key="change")

    def _take_change(self, answer: tuple[Record, list[journal.Change]]) -> None:
        current, history = answer
        if current.version == self.record.version or current.id != self.record.id or self._is_saving:
            return
        if not self.is_edited():
            self._take(current)
        else:
            edited = self.form.edited_keys()
            self.colleague_bar.say_one(describe_changes_since(self.record, current, history, edited))


def _reread(session: Session, created: Record) -> Record:
    """With what the database filled in: its number, its owner."""
    read = records.fetch_record(session, created.entity, created.id)
    return Record(read.entity, read.id, read.version, read.values, created.change_set)
