"""What every page of one record has: a heading, a tab named after it, the way to the next one, and Esc."""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, TypeVar

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services import records
from crm_desktop.services.copying import values_to_copy
from crm_desktop.services.drafts import Draft
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref, facts
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.unsaved import Answer, ask_unsaved
from crm_desktop.ui.form_page.attached import Attached
from crm_desktop.ui.form_page.draft_bar import DraftBar
from crm_desktop.ui.form_page.heading import RecordHeading, chips_of, subtitle_of
from crm_desktop.ui.form_page.notes import Note, Part
from crm_desktop.ui.form_page.record_editor import RecordEditor
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.icons import icon
from crm_desktop.ui.page import Page
from crm_desktop.ui.presence import Onlookers, chips_of_people
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.sharing.actions import SharingActions
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.turns import Turns
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button, restyle

T = TypeVar("T")
UNREAD = "…"  # the title of a page whose record is not there yet, or not any more
Neighbours = Callable[[int, int], int | None]
"""The record before (-1) or after (1) a record in the list it was opened from; None at the end."""


class RecordPage(Page):
    """Base of the pages of one record; id 0 is a new one."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.spec = by_key(entity)
        super().__init__(UNREAD if id_ else self._new_title())
        self.view, self.id = view, id_
        self._is_deleted = False
        self._turns = Turns(self)
        self.neighbours: Neighbours | None = None
        self.heading = RecordHeading()
        self.heading.show_record(self.title, "")
        self.previous_button = icon_button("caret-up", _("Previous record"), lambda: self.step(-1), shortcut="Alt+Up")
        self.next_button = icon_button("caret-down", _("Next record"), lambda: self.step(1), shortcut="Alt+Down")
        for button in (self.previous_button, self.next_button):
            button.hide()
            self.heading.add(button)
        self.print_button = quiet_button(_("Print"), self.print, icon_name="printer", shortcut="Ctrl+P")
        self.print_button.hide()
        self.heading.add(self.print_button)
        self.attached = Attached(self, view)
        self.sharing = SharingActions(self, view, entity, lambda: None)
        for button in (self.attached.files_button, self.attached.star.button):
            self.heading.add(button)
        self.body.addWidget(self.heading)
        self.draft_bar = DraftBar(view)
        self.draft_bar.applied.connect(self.apply_draft)
        self.draft_bar.watch(entity, id_)  # also of a record that cannot be read any more
        self.body.addWidget(self.draft_bar)
        self._notes: dict[str, Note] = {}
        self._sending: set[QWidget] = set()
        self.attached.comments.note = self.keep_note("comment", _("Comment"), {"text": self.attached.comments.box})
        self._is_editing = False
        self._onlookers = Onlookers(view.context.tasks, entity, self)
        self._onlookers.read.connect(lambda people: self.heading.show_people(chips_of_people(people)))
        self.attached.read.connect(lambda found: self._onlookers.show_people(found.present))
        view.context.bus.presence_changed.connect(self._onlookers.note_change)
        self.unsaved_changed.connect(self._note_editing)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut  # Esc in the search box above is not ours
        escape = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=here)
        escape.activated.connect(self.escape)

    def add_content(self, widget: QWidget) -> None:
        """Put the large part of the page below its heading in a later turn: Qt styles what comes into the window."""
        self._turns.add([partial(self._put_in, widget)])

    def _put_in(self, widget: QWidget) -> None:
        meant: QWidget | None = widget.focusWidget()
        self.body.addWidget(widget, 1)
        widget.show()  # now: it may have the keys
        if self.hasFocus():
            (meant or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def event(self, event: QEvent) -> bool:
        """What is typed before the page is put together is meant for where it begins."""
        if event.type() != QEvent.Type.KeyPress or self._turns.is_done:
            return super().event(event)
        self._turns.finish()
        return QApplication.sendEvent(QApplication.focusWidget() or self, event)

    @property
    def editor(self) -> RecordEditor | None:
        """The form of the record, where there is one at the moment."""
        raise NotImplementedError

    def show_id(self, id_: int) -> None:
        """Show another record of the entity in this page."""
        raise NotImplementedError

    def start_new(self, values: Mapping[str, Any]) -> None:
        """Let this page show a new record, after its last one was saved."""
        self.id = 0
        self.set_title(self._new_title())
        self.print_button.hide()
        self.heading.show_record(self.title, "")
        self.attached.show_record(Record(self.spec.key, 0, 0))
        self._rename_tab()
        self.begin(values)

    def begin(self, values: Mapping[str, Any]) -> None:
        """Let a new record begin with these values, unless something is typed already."""
        if self.editor is not None and not self.editor.is_edited():
            self.editor.begin(values)

    def keep_note(self, place: str, label: str, parts: Mapping[str, Part]) -> Note:
        """Keep what is typed into a box of this page as a draft; ``place`` names it, the first part is its text."""
        note = self._notes[place] = Note(self.view.context.drafts, place, label, parts, lambda: self.title, self)
        return note

    def apply_draft(self, draft: Draft) -> None:
        """Go on where one was, in the form or in a box beside it."""
        if draft.kind == "note":
            if draft.place in self._notes:
                self._notes[draft.place].apply(draft)
        elif self.editor is not None:
            self.editor.apply_draft(draft)
            if self.title == UNREAD:
                self.set_title(draft.title)
                self.heading.show_record(draft.title, "")

    def leave_notes(self, answer: Answer) -> bool:
        """What becomes of what is typed into the boxes; whether the page may go. What waits to be sent is not sent."""
        if answer != "stay":
            self.view.context.tasks.give_up_all(self)
        for note in self._notes.values() if answer != "stay" else ():
            if answer == "discard":
                note.discard()
            else:
                note.leave()
        return answer != "stay"

    def is_note_typed(self) -> bool:
        """Whether something stands in a box that was not sent."""
        return self.attached.comments.is_edited()

    def send(self, work: Callable[[Session], T], done: Callable[[T], None], box: QWidget) -> None:
        """Save what stands in a box, once; until then it is not to be changed."""
        if box in self._sending:
            return
        self._sending.add(box)
        lines = [line for line in box.findChildren(QLineEdit) if not line.isReadOnly()]

        def set_sent(*, is_sent: bool) -> None:
            for line in lines:
                line.setReadOnly(is_sent)
                restyle(line)

        def stop() -> None:
            self._sending.discard(box)
            set_sent(is_sent=False)

        def succeed(result: T) -> None:
            stop()
            done(result)

        def fail(error: KnownError) -> None:
            stop()
            messages.show_error(self, error)

        set_sent(is_sent=True)
        self.view.context.tasks.command(self, work, succeed, fail, waits=True)

    def set_neighbours(self, neighbours: Neighbours) -> None:
        """Offer the way to the next and the previous record of a list."""
        self.neighbours = neighbours
        for button in (self.previous_button, self.next_button):
            button.show()
        self._enable_steps()

    def step(self, direction: int) -> None:
        """Go to the next (1) or the previous (-1) record of the list, in this tab."""
        other = self.neighbours(self.id, direction) if self.neighbours else None
        if other is None or not self.may_close():
            return
        self.id = other
        self.show_id(other)
        self._rename_tab()

    def escape(self) -> None:
        """Leave the page, asking about what is typed."""
        self.view.close_page(self)

    def may_close(self) -> bool:
        """Asks about what is typed and not saved."""
        is_typed = not self._is_deleted and self.is_note_typed()
        if is_typed and not self.leave_notes(ask_unsaved(self, self.title, can_save=False)):
            return False
        return self._is_deleted or self.editor is None or self.editor.may_leave()

    def show_heading(self, record: Record) -> None:
        """Name page and tab after a record."""
        may_print = self.view.context.person.may_use(Function.PRINT, self.spec.key)
        self.print_button.setVisible(record.id > 0 and may_print)
        if record.id:
            self.set_title(record.title)
            self.heading.show_record(record.title, subtitle_of(record), chips_of(record))
        if record.id and record.id != self.id:
            self.id = record.id
            self._rename_tab()
        self._enable_steps()
        self.attached.show_record(record)
        self.watch_record(record.id)

    def watch_record(self, id_: int) -> None:
        """The page shows this record now (0: a new one): offer its drafts, say who else is here."""
        entity = self.spec.key
        self.draft_bar.watch(entity, id_)
        for note in self._notes.values():
            note.watch(entity, id_)
        self._onlookers.watch(id_)
        self.view.context.presence.enter(self, entity, id_, is_editing=self._is_editing)

    def _note_editing(self, is_editing: bool) -> None:  # noqa: FBT001 - a slot
        self._is_editing = is_editing
        self.view.context.presence.enter(self, self.spec.key, self.id, is_editing=is_editing)

    def print(self) -> None:
        """Set the record's card and show it before it is printed."""
        entity, id_, title, person = self.spec.key, self.id, self.title, self.view.context.person

        def work(session: Session) -> bytes:
            from crm_desktop.reports.cards import print_card

            pages = io.BytesIO()
            print_card(session, entity, id_, person, pages)
            return pages.getvalue()

        self.view.context.tasks.query(self, work, lambda pdf: show_pages(self, title, pdf), key="print")

    def copy_record(self) -> None:
        """Open a new record that begins as this one is, without what can be there only once."""
        if self.attached.record is not None:
            open_new(self.view, self.spec.key, **values_to_copy(self.attached.record))

    def add_common_actions(self, menu: QMenu) -> None:
        """What the menu of every record offers."""
        self.attached.add_to(menu)
        if self.view.context.person.may("create", self.spec.key):
            menu.addAction(icon("copy-simple"), _("Copy this record…"), self.copy_record)
        if self._task_link and self.view.context.person.may("create", "task"):
            menu.addAction(icon(by_key("task").icon), _("New task…"), self.new_task)
        menu.addSeparator()
        self.sharing.add_to(menu, lambda: ([self.id], self.title), self._is_free, is_one=True)
        menu.addAction(icon("paper-plane-tilt"), _("Send to a colleague…"), self.send_on)
        menu.addSeparator()

    def new_task(self) -> None:
        """Open a new task about this record and its customer."""
        if self.attached.record is not None:
            values = {self._task_link: Ref(self.id, self.title)}
            if customer := self.attached.record.values.get("customer"):
                values["customer"] = customer
            open_new(self.view, "task", **values)

    @property
    def _task_link(self) -> str:
        """The field of a task that names such a record; none for customers, which offer their parts themselves."""
        task, model = by_key("task"), self.spec.model
        links = (attr for attr in task.form.fields if attr is not task.part_of and facts(attr).target is model)
        return next((attr.key for attr in links if attr is not task.fields["owner"]), "")

    def send_on(self) -> None:
        """Write somebody a message with this record."""
        from crm_desktop.ui.dialogs.write_message import WriteDialog  # few records are ever sent on

        WriteDialog(self.view, about=(self.spec.key, self.id, self.title)).open_quietly()

    def _is_free(self) -> bool:
        """Whether the record is in the public pool."""
        owner = self.attached.record.values.get("owner") if self.attached.record is not None else None
        return isinstance(owner, Ref) and owner.id == self.view.context.person.pool_id

    def delete_record(self, record: Record) -> None:
        """Delete after a question, with the way back in the notice; the page goes with it."""
        question = _("Delete “{title}”?").format(title=record.title)
        consequence = _("What belongs to it is deleted with it. You can take it back.")
        if not messages.confirm(self, question, consequence, _("Delete"), danger=True):
            return

        def done(deleted: records.Deleted) -> None:
            if not deleted.count:
                messages.notify(self, _("You may not delete this record."), tone="warn")
                return
            messages.notify(
                self.view,
                _("“{title}” was deleted.").format(title=record.title),
                undo=lambda: undo(self.view, self.view, deleted.change_set),
            )
            self._is_deleted = True
            self.view.close_page(self)

        self.view.context.tasks.command(
            self,
            lambda session: records.delete_records(session, record.entity, [record.id], record.title),
            done,
            waits=True,
        )

    def _new_title(self) -> str:
        return _("New {thing}").format(thing=_(self.spec.label).lower())

    def _rename_tab(self) -> None:
        id_, build = self.id, self.view.area.records[self.spec.key]
        self.view.rename_tab(self, f"{self.spec.key}/{id_}", lambda view: build(view, id_))

    def _enable_steps(self) -> None:
        if self.neighbours is not None:
            self.previous_button.setEnabled(self.neighbours(self.id, -1) is not None)
            self.next_button.setEnabled(self.neighbours(self.id, 1) is not None)


def open_new(view: AreaView, entity: str, **values: Any) -> None:
    """Open the form of a new record that begins with these values."""
    page = view.open_record(entity, 0)
    if isinstance(page, RecordPage):
        page.begin(values)
