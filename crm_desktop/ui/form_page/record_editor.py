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
from crm_desktop.services.drafts import Draft, Typed, base_of, record_content, sent_content
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record, RecordGoneError, SaveConflictError
from crm_desktop.services.rights import why_not
from crm_desktop.spec import Ref, facts
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.conflict import ConflictDialog
from crm_desktop.ui.dialogs.unsaved import ask_unsaved
from crm_desktop.ui.drafts import DraftKeeper
from crm_desktop.ui.form_page.duplicate_bar import DuplicateBar
from crm_desktop.ui.form_page.field_maker import NUMBERED
from crm_desktop.ui.form_page.form import Form
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.form_page.wording import describe_changes_since
from crm_desktop.ui.tasks import Session, WaitingCommand
from crm_desktop.ui.widgets.bar import Action, Bar
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

    def __init__(self, view: AreaView, entity: str, *, makes_several: bool = True) -> None:
        """Without ``makes_several`` another new record after this one is not offered."""
        super().__init__()
        self._view = view
        self._context = view.context
        self.spec = by_key(entity)
        self.record = Record(entity, 0, 0)
        self.is_read_only = False
        self._makes_several = makes_several
        self._is_saving = False
        self._sent: Mapping[str, Any] = {}  # what is being saved
        self._was_edited = False
        self._unread = 0  # the id of a record that is still to be read
        self._waiting: WaitingCommand | None = None
        self._meanwhile: tuple[Record, list[journal.Change]] | None = None  # what others made of it while one types
        self._draft = DraftKeeper(self._context.drafts, "record", "", self)
        self.form = Form(view, self.spec)
        self.form.edited.connect(self._note_edit)
        self.form.rebuilt.connect(self._read_around_edits)
        self.right_bar, self.gone_bar, self.colleague_bar = Bar("neutral"), Bar("bad"), Bar("accent")
        self.waiting_bar = Bar("warn")
        self.duplicates = DuplicateBar(view, entity, self.form) if entity in {"customer", "lead"} else None
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab goes from field to field, and they come into sight
        inside, self._inside = _plain_column()
        below, self._below = _plain_column()
        below.hide()
        self.form.completed.connect(below.show)
        self._inside.addWidget(self.form)
        self._inside.addWidget(below)
        self._inside.addStretch(1)
        area.setWidget(inside)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for bar in (self.right_bar, self.gone_bar, self.waiting_bar, self.colleague_bar, self.duplicates):
            if bar is not None:
                column.addWidget(bar)
        column.addWidget(area, 1)
        column.addLayout(self._foot())
        self.setFocusProxy(self.form)
        self.setMaximumWidth(WIDEST)
        self._context.bus.changed.connect(self._table_changed)

    def add_above(self, widget: QWidget) -> None:
        """Put something over the fields; it scrolls with them."""
        self._inside.insertWidget(0, widget)

    def add_below(self, widget: QWidget) -> None:
        """Put something under the fields; it scrolls with them. Shown, and styled, when all of them are there."""
        self._below.addWidget(widget)

    def begin(self, values: Mapping[str, Any]) -> None:
        """A new record with the values it begins with."""
        self._take(records.new_record(self.spec.key, self._context.person, **values))
        self.form.focus_field()
        self._context.choices.load(self, lambda choices: self._begin_with_choices(values, choices))

    def _begin_with_choices(self, values: Mapping[str, Any], choices: Choices) -> None:
        if not self.record.id and not self.is_edited():
            self._take(records.new_record(self.spec.key, self._context.person, choices, **values))

    def load(self, id_: int) -> None:
        """Read a record in the background, and show it; where it is gone, that is said. Without a server it is read
        as soon as one is there.
        """
        self._unread = id_
        self._context.tasks.query(
            self,
            lambda session: records.fetch_record(session, self.spec.key, id_),
            self._take_read,
            self._fail,
            key="load",
        )

    def _take_read(self, record: Record) -> None:
        """Unless a draft was applied in the meantime."""
        if self.is_edited() and self.record.id == record.id:
            self._compare_with_now()
        else:
            self._take(record)

    def show_record(self, record: Record) -> None:
        """Show a record that was just read elsewhere, unless something is typed."""
        if not self.is_edited():
            self._take(record)

    def apply_draft(self, draft: Draft) -> None:
        """Go on with what was typed earlier; saving merges it with what the record has become."""
        if self.is_read_only:
            self._view.context.drafts.leave(draft.id)
            messages.notify(self, why_not(self._context.person, "update", self.record), tone="warn")
            return
        self._unread = 0
        before, self.record = self.record, base_of(draft)
        if before.id != self.record.id:  # it could not be read: the server is away, or the record is
            self.form.show_record(self.record)
        self._draft.take(draft)
        self.form.type_again(draft.content["typed"], self.record.values)
        self._announce_edits()
        if self.record.id:
            self._compare_with_now()

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
            self._note_edit("")
            if then is not None:
                then()
            return

        def work(session: Session) -> Record:
            if base.id:
                return records.save_and_reread(session, base, changes)
            begun = Record(base.entity, 0, 0, {**base.values, **changes})
            return records.reread(session, records.create_record(session, begun))

        noted = self._draft.sending(work, lambda saved: sent_content(saved, changes))
        self._set_saving(is_saving=True)
        self._sent = changes
        self._context.tasks.command(
            self, noted, lambda record: self._take_saved(record, changes, then), self._fail, waiting=self._wait
        )

    def revert(self) -> None:
        """Forget what was typed; it can be brought back from the discarded drafts."""
        self._give_up()
        self._draft.discard()
        self._take(self.record)

    def may_leave(self) -> bool:
        """Whether what is typed may go: asks, and saves on demand before it answers."""
        if not self.is_edited() or self.is_read_only:
            return True
        answer = ask_unsaved(self, self.record.title)
        if answer == "save":
            return self._save_now()
        if answer == "stay":
            return False
        self._give_up()
        if answer == "keep":
            self._draft.leave()
        else:
            self._draft.discard()
        return True

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
        self.again_button.hide()  # for a new record only
        self.foot.addWidget(self.save_button)
        return self.foot

    def _save_and_new(self) -> None:
        self.save(self.new_wanted.emit)

    def _take(self, record: Record, sent: Mapping[str, Any] | None = None) -> None:
        """Show a record, in place of everything typed but what was typed since ``sent`` was sent off."""
        self.record = record
        self._meanwhile = None
        self._unread = 0
        reason = why_not(self._context.person, "update" if record.id else "create", record)
        self.is_read_only = bool(reason)
        self.form.show_record(record, read_only=self.is_read_only, sent=sent)
        self._draft.watch(record.entity, record.id)
        self.right_bar.say_one(reason)
        self.colleague_bar.say_one("")
        self.gone_bar.say_one("")
        if self.duplicates is not None:
            self.duplicates.watch(record.id)
        for button in (self.save_button, self.again_button, self.revert_button):
            button.setVisible(not self.is_read_only)
        self.again_button.setVisible(self._makes_several and not self.is_read_only and record.id == 0)
        self._note_edit("")
        self.loaded.emit(record)

    def take_written(self, record: Record) -> None:
        """Show the record as the page saved it past the fields; what is typed stays."""
        self._take(record, {})

    def _take_saved(self, record: Record, sent: Mapping[str, Any], then: Callable[[], object] | None) -> None:
        is_new = self.record.id == 0
        self._set_saving(is_saving=False)
        self._draft.settle(record.id)
        self._take(record, sent)
        notify_saved(self._view, record, is_new=is_new)
        self.saved.emit(record)
        self.save_ended.emit()
        if then is not None and not self.is_edited():
            then()

    def _wait(self, command: WaitingCommand) -> None:
        """The server is away. One can go on typing; what was to be saved is saved when it is back."""
        self._waiting = command
        self.waiting_bar.say_one(
            _("The server is away. This is saved as soon as it is back."), (_("Do not wait"), self._give_up)
        )
        self.save_ended.emit()

    def _give_up(self) -> None:
        if self._waiting is not None:
            self._waiting.give_up()
            self._set_saving(is_saving=False)

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

        def decide(results: Mapping[str, Any]) -> None:
            """What is to be saved goes into the form, on top of the record as it is now."""
            self.record = error.current
            kept = {**error.merged, **results}
            self.form.type_again(kept, error.current.values)
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
        actions: list[Action] = [
            (_("Copy all fields"), lambda: QGuiApplication.clipboard().setText(self.form.as_text()))
        ]
        if self._context.person.may("create", self.spec.key):
            actions.append((_("Save as new"), self._begin_as_new))
        if self.is_edited():
            actions.append((_("Keep as draft"), self._keep_for_later))
        self.gone_bar.say([(str(error), actions)])
        self.save_button.setEnabled(False)

    def _begin_as_new(self) -> None:
        """All that stands in the fields becomes a new record, as yet unsaved; the database numbers it anew."""
        fields = {attr.key: facts(attr) for attr in self.spec.form.fields}
        values = {
            key: value
            for key, fact in fields.items()
            if not (fact.default or "").startswith(NUMBERED) and (value := self.form.value_of(key)) is not None
        }
        self._draft.forget()
        begun = records.new_record(self.spec.key, self._context.person)
        self._take(begun)
        self.form.type_again(values, begun.values)
        self._note_edit("")

    def _keep_for_later(self) -> None:
        self._draft.leave()
        self._take(self.record)
        messages.notify(self, _("Kept. The list of drafts is in the menu with your name."))

    def _note_edit(self, _key: str) -> None:
        typed = self.form.typed(self._sent)
        if typed:
            values = {**self.record.values, **{k: v for k, v in typed.items() if not isinstance(v, Typed)}}
            title = Record(self.record.entity, 0, 0, values).title
            self._draft.keep(title, record_content(self.record, typed))
        else:
            self._draft.forget()
        self._announce_edits()
        self._say_meanwhile()

    def _announce_edits(self) -> None:
        is_edited = self.is_edited()
        self.revert_button.setEnabled(is_edited)
        self.save_button.setEnabled(not self._is_saving)
        if is_edited != self._was_edited:
            self._was_edited = is_edited
            self.edited_changed.emit(is_edited)

    def _set_saving(self, *, is_saving: bool) -> None:
        self._is_saving = is_saving
        self._sent = {}
        self._waiting = None
        self.waiting_bar.say_one("")
        self.save_button.setEnabled(not is_saving)
        self.again_button.setEnabled(not is_saving)

    # What others do

    def _read_around_edits(self) -> None:
        """The administrator added fields to a form that is open, or called a choice something else."""
        id_ = self.record.id

        def take(record: Record) -> None:
            if (record.id, record.version) == (self.record.id, self.record.version):
                self.record = record
                self.form.set_base(record.values)

        if id_:
            self._context.tasks.query(
                self, lambda session: records.fetch_record(session, self.spec.key, id_), take, key="fields"
            )

    def _table_changed(self, table: str, ids: frozenset[int] | None, change_sets: frozenset[int]) -> None:
        record = self.record
        if table == "dictionary_entry":
            self._read_around_edits()
        elif self._unread and ids is None:
            self.load(self._unread)
        elif (
            record.id
            and self._is_about(table, ids)
            and not self._is_saving
            and not (record.change_set and change_sets == {record.change_set})
        ):
            self._compare_with_now()

    def _is_about(self, table: str, ids: frozenset[int] | None) -> bool:
        """Whether such a change may be one of the record: its own, or of what it is part of, with which it is lent."""
        if table == self.spec.model.__tablename__:
            return ids is None or self.record.id in ids
        whole = self.spec.part_of
        target = facts(whole).target if whole is not None else None
        if whole is None or target is None or target.__tablename__ != table:
            return False
        parent = self.record.values.get(whole.key)
        return isinstance(parent, Ref) and (ids is None or parent.id in ids)

    def _compare_with_now(self) -> None:
        """Read what others have made of the record, and show or say it."""
        record = self.record

        def read(session: Session) -> tuple[Record, list[journal.Change]]:
            current = records.fetch_record(session, record.entity, record.id)
            is_known = current.version == record.version  # what was heard of is one's own save
            return current, [] if is_known else journal.fetch_history(session, record.entity, record.id)

        self._context.tasks.query(self, read, self._take_change, self._fail_to_compare, key="change")

    def _fail_to_compare(self, error: KnownError) -> None:
        """Nobody asked for it, so that only a record that is gone is worth a word."""
        if isinstance(error, RecordGoneError):
            self._say_gone(error)

    def _take_change(self, answer: tuple[Record, list[journal.Change]]) -> None:
        current, history = answer
        if self.gone_bar.texts() and current.id == self.record.id:
            self.gone_bar.say_one("")  # it was out of sight for a while
            self._announce_edits()
        if current.id != self.record.id or self._is_saving:
            return
        if current.version == self.record.version:
            if current.values != self.record.values and not self.form.edited_keys():
                self._take(current)  # nobody wrote it: time has passed, such as a target
            return
        base = self.record
        if self.form.edited_keys():
            self._meanwhile = current, history
            self._say_meanwhile()
            return
        self._take(current)
        if history and history[0].employee_id != self._context.person.id:
            self.colleague_bar.say_one(describe_changes_since(base, current, history))

    def _say_meanwhile(self) -> None:
        """Say what others have made of the record since, and whether saving will ask: so it is with each other field
        that is typed into.
        """
        edited = self.form.edited_keys()
        if self._meanwhile is not None and edited:
            self.colleague_bar.say_one(describe_changes_since(self.record, *self._meanwhile, edited))


def _plain_column() -> tuple[QWidget, QVBoxLayout]:
    widget = QWidget()
    widget.setObjectName("plain")
    column = QVBoxLayout(widget)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(12)
    return widget, column
