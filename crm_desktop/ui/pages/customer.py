"""A customer from all sides: facts and contacts at the left, the log line and one timeline at the right.

F2 turns the facts into the form in the same place; the timeline stays in sight.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.entities import parts_of
from crm_desktop.entities.customer import QUIET_DAYS
from crm_desktop.entities.sales_reports import TRADE
from crm_desktop.services import records
from crm_desktop.services.drafts import Draft
from crm_desktop.services.overview import Overview, fetch_overview, log_activity
from crm_desktop.services.records import Record, RecordGoneError
from crm_desktop.services.rights import why_not
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.heading import chips_of
from crm_desktop.ui.form_page.record_editor import RecordEditor
from crm_desktop.ui.form_page.record_page import RecordPage, open_new
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.icons import icon
from crm_desktop.ui.pages.contacts_card import ContactsCard
from crm_desktop.ui.pages.facts_card import FactsCard
from crm_desktop.ui.pages.figures_card import FiguresCard
from crm_desktop.ui.pages.log_line import NOTE
from crm_desktop.ui.pages.story_card import COMMENTS, StoryCard
from crm_desktop.ui.sharing.ownership_card import OwnershipCard
from crm_desktop.ui.side_entries import REPORT
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import icon_button, secondary_button, set_rank
from crm_desktop.ui.widgets.chip import Tone
from crm_desktop.ui.widgets.skeleton import Skeleton

CARDS = frozenset({"contact"})
"""Parts that are shown at the left; all others are beside the timeline."""
SHARES = (560, 566)  # px of the two halves at first; the window scales them


class CustomerPage(RecordPage):
    """F2 edits, Ctrl+L logs, Ctrl+P prints, Esc goes back."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        super().__init__(view, entity, id_)
        self._editor: RecordEditor | None = None
        self._overview: Overview | None = None
        self._logs_when_read = self._has_cards = self._is_gone = False
        self._person = view.context.person
        self._parts = [part for part in parts_of(self.spec) if self._person.may("read", part.key)]
        self._tables = {spec.model.__tablename__ for spec in (self.spec, *self._parts)} | {"dictionary_entry"}
        if id_:
            self.refresh()  # read while the page is put together
        self.edit_button = secondary_button(_("Edit"), self.edit, icon_name="pencil-simple", shortcut="F2")
        self.more_button = self._more_button()
        for button in (self.edit_button, self.more_button):
            self.heading.add(button)
        self._left = QStackedWidget()
        self.splitter = QSplitter()
        self.splitter.addWidget(self._left)
        self.splitter.setHandleWidth(12)
        self.splitter.setChildrenCollapsible(False)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._table_changed)
        view.context.fields.changed.connect(self._fields_changed)
        if id_:
            self._turns.add([self._add_cards])
        else:
            for part in (self.attached.comments, self.attached.files):
                part.setParent(self)
                part.hide()
            self._show_new()
        self.add_content(self.splitter)

    def _add_cards(self) -> None:
        """Put in what only a saved customer has. A new one does without: its form alone is a lot to build."""
        if self._has_cards:
            return
        self._has_cards = True
        view = self.view
        self.figures, self.contacts, self.facts = FiguresCard(self._person), ContactsCard(view), FactsCard(view)
        self.ownership = OwnershipCard(view, self.sharing)
        self.attached.read.connect(self.ownership.show_surroundings)
        beside = [part for part in self._parts if part.key not in CARDS]
        self.story = StoryCard(view, self.attached.comments, self.spec.key, beside)
        self._facts_area, self._skeleton = self._area_of_cards(), Skeleton(8)
        self._left.addWidget(self._facts_area)
        self._left.addWidget(self._skeleton)
        if self._editor is None:
            self._left.setCurrentWidget(self._skeleton)
        self.splitter.addWidget(self.story)
        self.splitter.setSizes(list(SHARES))
        self.figures.opened.connect(self.open_figure)
        self.facts.edit_wanted.connect(self.edit)
        self.contacts.added.connect(self._add_contact)
        self.story.log_line.logged.connect(self._log)
        self.story.table_wanted.connect(self.refresh)
        log = self.story.log_line
        self._log_note = self.keep_note(NOTE, _("Log"), log.parts)
        self._contact_note = self.keep_note("contact", _("New contact"), self.contacts.parts)
        self._rank_buttons()
        self.begin_at(log.line)

    def _rank_buttons(self) -> None:
        """One primary button a page: the form's while there is one."""
        if self._has_cards:
            set_rank(self.story.log_line.button, "primary" if self._editor is None else "secondary")

    @property
    def editor(self) -> RecordEditor | None:
        """The form while it is open."""
        return self._editor

    def show_id(self, id_: int) -> None:
        """Show another customer in this page."""
        self._add_cards()
        self._close_editor()
        self.id = id_
        self._overview, self._logs_when_read, self._is_gone = None, False, False
        self._set_readable(is_readable=True)
        self.watch_record(id_)
        self.story.log_line.clear()
        for part in self.contacts.parts.values():
            part.clear()
        self._left.setCurrentWidget(self._skeleton)
        self.refresh()

    def refresh(self) -> None:
        """Read everything again, without touching what is being typed."""
        id_, person = self.id, self._person
        tables = {"contact", *self.story.tables} if self._has_cards else {"contact"}
        self.view.context.tasks.query(
            self,
            lambda session: fetch_overview(session, "customer", id_, person, tables),
            self._show,
            self._fail,
            key="overview",
        )

    def edit(self, key: str = "") -> None:
        """Turn the facts into the form."""
        if self._editor is None and self._overview is not None:
            self._open_editor(self._overview.record)
        if self._editor is not None:
            self._editor.form.focus_field(key)

    def escape(self) -> None:
        """Close the form, or the page."""
        if self._editor is None or self.id == 0:
            super().escape()
        elif self._editor.may_leave():
            self._close_editor()

    def is_note_typed(self) -> bool:
        """Also a line that was not logged, and a contact that was not added."""
        boxes = (self.story.log_line, self.contacts) if self._has_cards else ()
        return super().is_note_typed() or any(box.is_edited() for box in boxes)

    def apply_draft(self, draft: Draft) -> None:
        """Open what it is to be shown in."""
        if self.id:
            self._add_cards()
        if draft.kind == "record":
            self.edit()
            if self._editor is None:  # the customer could not be read
                self._left.show()
                self._open_editor()
        elif draft.place == "contact":
            self.contacts.show_adder()
        elif draft.place == "comment":
            self.story.choose(COMMENTS)
        super().apply_draft(draft)

    def start_new(self, values: Mapping[str, Any]) -> None:
        """Another new customer in this page."""
        self._show_new()
        super().start_new(values)

    # What is shown

    def _show(self, overview: Overview) -> None:
        if overview.record.id != self.id or (overview == self._overview and not self._is_gone):
            return  # what is shown keeps its focus and selection
        self._overview, self._is_gone = overview, False
        self._add_cards()
        record = overview.record
        self._set_readable(is_readable=True)
        self.show_heading(record)
        self.heading.show_chips(_chips(overview))
        may_edit = not why_not(self._person, "update", record)
        self.edit_button.setVisible(self._editor is None)
        self.edit_button.setText(_("Edit") if may_edit else _("All fields"))
        self.story.show_overview(overview)
        self._turns.add(partial(show, overview) for show in (self._show_left, self._show_facts, self._show_cards))
        if self._logs_when_read:
            self._logs_when_read = False
            self.story.log_line.log()

    def _show_left(self, overview: Overview) -> None:
        """The other half of what was read, in later turns."""
        if overview is self._overview:
            self.figures.show_overview(overview)
            contacts = overview.parts.get("contact", ())
            self.contacts.show_contacts(contacts, may_add=self._person.may("create", "contact"))
            self.ownership.show_record(overview.record, overview.history)

    def _show_facts(self, overview: Overview) -> None:
        if overview is self._overview:
            self.facts.show_record(overview.record)

    def _show_cards(self, overview: Overview) -> None:
        if overview is self._overview and self._editor is None:
            self._left.setCurrentWidget(self._facts_area)

    def _fail(self, error: KnownError) -> None:
        if not isinstance(error, RecordGoneError):
            messages.show_error(self, error)
            return
        self._is_gone = True
        self._add_cards()
        self.heading.show_record(error.message, error.hint)
        self.heading.show_people(())
        self.print_button.hide()
        self.attached.forget_record()
        is_typed = self._editor is not None or self.is_note_typed()
        if self._overview is None or not is_typed:  # else what is typed stays on the screen
            self._set_readable(is_readable=False)

    def _set_readable(self, *, is_readable: bool) -> None:
        """Show the customer, or only why it cannot be shown: what is hidden must not get the keys."""
        self.begin_at(self.story.log_line.line if is_readable else self.heading)
        if not is_readable and self.isAncestorOf(self.window().focusWidget()):  # also while another window is in front
            self.setFocus()
        for widget in (self._left, self.story, self.edit_button, self.more_button):
            widget.setVisible(is_readable)

    def _show_new(self) -> None:
        self._close_editor()
        self._overview = None
        if self._has_cards:
            self.story.hide()
        for button in (self.edit_button, self.more_button):
            button.hide()
        editor = self._open_editor()
        self.begin_at(editor)
        editor.begin({})
        self.watch_record(0)

    # The form

    def _open_editor(self, record: Record | None = None) -> RecordEditor:
        self._editor = editor = RecordEditor(self.view, "customer")
        if record is not None:  # before the window styles it
            editor.show_record(record)
        editor.edited_changed.connect(self.unsaved_changed)
        editor.saved.connect(self._take_saved)
        editor.new_wanted.connect(lambda: self.start_new({}))
        self._left.addWidget(editor)
        self._left.setCurrentWidget(editor)
        self._rank_buttons()
        self.edit_button.hide()
        return editor

    def _close_editor(self) -> None:
        if self._editor is None:
            return
        editor, self._editor = self._editor, None
        self._rank_buttons()
        self._left.removeWidget(editor)
        editor.hide()
        editor.deleteLater()
        self.unsaved_changed.emit(False)
        if self._has_cards:
            self._left.setCurrentWidget(self._facts_area)
        self.edit_button.show()
        self.edit_button.setFocus()
        if self._is_gone:
            self.refresh()

    def _take_saved(self, record: Record) -> None:
        """Back to the facts; a new customer becomes an old one."""
        self._add_cards()
        self.show_heading(record)
        for widget in (self.story, self.more_button):
            widget.show()
        self.begin_at(self.story.log_line.line)
        if self._overview is None:
            self.refresh()
        else:  # the rest is read when the server tells of this change, and not twice
            self._show(replace(self._overview, record=record))
        self._turns.add([partial(self._leave_saved, self._editor)])  # over the facts as they are then

    def _leave_saved(self, editor: RecordEditor | None) -> None:
        """Unless one has gone on typing while it was saved, or has another form by now."""
        if editor is not None and editor is self._editor and not editor.is_edited():
            self._close_editor()

    # What is added in place

    def _log(self, values: Mapping[str, Any]) -> None:
        if self._overview is None:  # one has typed before it was read
            self._logs_when_read = True
            return
        customer, person = self._overview.record, self._person

        def done(logged: Record) -> None:
            self.story.log_line.clear()
            self._tell(_("Logged."), logged)

        work = self._log_note.sending(lambda session: log_activity(session, customer, person, **values))
        self.send(work, done, self.story.log_line)

    def _add_contact(self, values: Mapping[str, Any]) -> None:
        assert self._overview is not None
        customer = Ref(self.id, self._overview.record.title)
        contact = records.new_record("contact", self._person, customer=customer, **values)

        def done(created: Record) -> None:
            self.contacts.clear()
            self._tell(_("“{title}” was created.").format(title=created.title), created)

        work = self._contact_note.sending(lambda session: records.create_record(session, contact))
        self.send(work, done, self.contacts.adder)

    def _tell(self, text: str, record: Record) -> None:
        messages.notify(self, text, undo=lambda: undo(self.view, self.view, record.change_set))
        self._follower.has_read(record.change_set)
        self.refresh()

    # What others do

    def _table_changed(self, table: str, ids: frozenset[int] | None, change_sets: frozenset[int]) -> None:
        is_other = table == "customer" and ids is not None and self.id not in ids
        if table in self._tables and self.id and not is_other:
            self._follower.note(change_sets)

    def _fields_changed(self, entities: frozenset[str]) -> None:
        if "customer" in entities and self.id:
            self._follower.note()

    # Parts of the page

    def _area_of_cards(self) -> QScrollArea:
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for card in (self.figures, self.contacts, self.facts, self.ownership, self.attached.files):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        return area

    def _more_button(self) -> QPushButton:
        button = icon_button("dots-three", _("More"))
        menu = QMenu(button)
        for part in self._parts:
            if self._person.may("create", part.key):
                words = _("New {thing}…").format(thing=_(part.label).lower())
                menu.addAction(icon(part.icon), words, partial(self._open_part, part.key))
        menu.addSeparator()
        if self._person.may("read", TRADE.entity):
            menu.addAction(icon("chart-bar"), _("Trade overview"), self.show_trade)
        self.add_common_actions(menu)
        delete = menu.addAction(icon("trash", "bad"), _("Delete…"), self._delete)
        menu.aboutToShow.connect(lambda: delete.setVisible(self._may_delete()))
        button.setMenu(menu)
        return button

    def open_figure(self, entity: str, rows: Group) -> None:
        """List what a figure counts."""
        own = Condition("customer", "any_of", (Ref(self.id, self.title),))
        self.view.open_list(entity, Group((own, *rows.items)))

    def show_trade(self) -> None:
        """What was opened, won, delivered and asked for with this customer, year by year."""
        whose = Group((Condition("customer", "any_of", (Ref(self.id, self.title),)),))
        self.view.open_filtered(REPORT + TRADE.key, whose)

    def _open_part(self, entity: str) -> None:
        open_new(self.view, entity, customer=Ref(self.id, self.title))

    def _may_delete(self) -> bool:
        return self._overview is not None and not why_not(self._person, "delete", self._overview.record)

    def _delete(self) -> None:
        if self._overview is not None:
            self.delete_record(self._overview.record)


def _chips(overview: Overview) -> list[tuple[str, Tone]]:
    """Level and life cycle, how long nobody was in touch, and a warning where nobody shall be."""
    record, figures = overview.record, overview.figures
    chips: list[tuple[str, Tone]] = []
    level = record.values.get("level")
    if isinstance(level, Ref):
        chips.append((_("Level {level}").format(level=level.label), "violet" if level.tone == "violet" else "neutral"))
    chips += [chip for chip in chips_of(record) if not isinstance(level, Ref) or chip[0] != level.label]
    days = figures.days_since_contact if figures else None
    if days is None:
        chips.append((_("never contacted"), "warn"))
    elif days > QUIET_DAYS:
        quiet = ngettext("{count} day without contact", "{count} days without contact", days)
        chips.append((quiet.format(count=days), "bad"))
    if record.values.get("is_do_not_contact"):
        chips.append((_("Do not contact"), "bad"))
    return chips
