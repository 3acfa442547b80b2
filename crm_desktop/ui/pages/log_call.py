"""Logging a call while one talks: who, which product, what is wrong; by keyboard alone, then the next one."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QCheckBox, QGridLayout, QHBoxLayout, QScrollArea, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.text import digits
from crm_desktop.entities import by_key
from crm_desktop.services import calls, knowledge
from crm_desktop.services.calls import Call, Caller, Logged, Machine
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError
from crm_desktop.services.search import Hit
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import CHOICE, LONG_TEXT, TEXT
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.fields.long_text import LongTextEditor
from crm_desktop.ui.form_page.field_maker import FieldMaker
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.page import Page
from crm_desktop.ui.page_draft import PageDraft
from crm_desktop.ui.pages.caller_card import CallerCard
from crm_desktop.ui.pages.caller_editor import CallerEditor
from crm_desktop.ui.pages.known_solutions import KnownSolutions
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import primary_button, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.page_title import PageTitle

CHOSEN = ("type", "channel", "severity", "priority")
LEAST_DIGITS = 5  # so many are a number, and no name
CARD_WIDTH = 340


class LogCallPage(Page):
    """Enter takes the caller that was found, Tab goes on, Ctrl+S saves and begins the next call."""

    keys = (
        ("Ctrl+S", N_("Save the call and begin the next")),
        ("Alt+1", N_("Show the first known solution, Alt+2 the second, and so on")),
        ("Alt+H", N_("The solution that is shown helped")),
    )

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Log a call"))
        self._view = view
        self._caller: Caller | None = None
        self._codes: dict[int, str] = {}
        self._priorities: dict[str, Ref] = {}
        self._starts: dict[str, Ref | None] = {}
        self._has_chosen_priority = False
        spec, person = by_key("service_request"), view.context.person
        self.caller = CallerEditor(view, may_create=person.may("create", "customer"))
        self.new_name = LineEditor(TEXT, _("Name of the new customer"), max_length=200)
        self.new_phone = LineEditor(TEXT, _("Telephone"), max_length=40)
        self.new_contact = LineEditor(TEXT, _("Who called"), max_length=50)
        self.contact = ChoiceEditor(CHOICE, _("Contact"), self._answer_contacts)
        self.machine = ChoiceEditor(CHOICE, _("Product or serial number"), self._answer_machines)
        self.subject = LineEditor(TEXT, _("Problem"), required=True, max_length=200)
        self.description = LongTextEditor(LONG_TEXT, _("Description"))
        maker = FieldMaker(view, self, spec, lambda _key: None)
        self.chosen = {key: maker.make(spec.fields[key]) for key in CHOSEN}
        self.keeps = QCheckBox(_("I do it myself"))
        self.card, self.known_solutions = CallerCard(view), KnownSolutions(view, self)
        self.save_button = primary_button(_("Save"), self.save, shortcut="Ctrl+S")
        heading = PageTitle(self.title)
        heading.add(quiet_button(_("Clear"), self._throw_away, icon_name="x"))
        heading.add(self.save_button)
        self.body.addWidget(heading)
        self.draft = PageDraft(view, "log_call", self.title)
        self.body.addWidget(self.draft)
        self._lay_out()
        self._connect()
        self.begin_at(self.caller.line)
        self._show_new("", is_shown=False)
        view.context.choices.load(self, self._take_choices)

    def take_call(self, number: str) -> None:
        """Begin with who calls from this number. What is typed for another call stays as a draft."""
        if self._says_something():
            self.draft.leave()
        self.clear()
        self.caller.look(number)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Who calls next is typed over who called last."""
        super().setFocus(reason)
        self.caller.line.selectAll()

    def clear(self) -> None:
        """Begin the next call."""
        self._caller, self._has_chosen_priority = None, False
        for editor in self._editors():
            editor.set_value(None)
        self.keeps.setChecked(False)
        self._show_new("", is_shown=False)
        self.card.show_caller(None)
        self.known_solutions.clear()
        for key, ref in self._starts.items():
            self.chosen[key].set_value(ref)
        self.draft.forget()
        self.unsaved_changed.emit(False)
        self.caller.line.setFocus()

    def save(self) -> None:
        """Log it, and begin the next."""
        wrong = [editor for editor in self._editors() if not editor.check()]
        if not wrong and self._caller is None and not self.new_name.value():
            self.caller.set_error(_("Say who calls."))
            wrong = [self.caller]
        if wrong:
            wrong[0].setFocus()
            return
        person, call, used = self._view.context.person, self._call(), self.known_solutions.used
        sent = self._kept()

        def work(session: Session) -> Logged:
            logged = calls.log_call(session, person, call)
            if used:
                knowledge.note_use(session, logged.id, used)
            return logged

        self.save_button.setEnabled(False)
        noted = self.draft.sending(work, *sent)
        done = partial(self._saved, str(call.values["subject"]))
        self._view.context.tasks.command(self, noted, done, self._not_saved)

    def may_close(self) -> bool:
        """Asks about what was typed and not saved."""
        return not self._is_typed() or self.draft.may_leave()

    # What is typed

    def _editors(self) -> Sequence[FieldEditor]:
        lines = (self.caller, self.new_name, self.new_phone, self.new_contact, self.contact, self.machine, self.subject)
        return (*lines, *self.chosen.values(), self.description)

    def _is_typed(self) -> bool:
        return bool(self._caller or self.new_name.line.text() or self.subject.line.text() or self.caller.line.text())

    def _says_something(self) -> bool:
        """Whether more is typed than who calls, which the telephone tells again."""
        return bool({self.subject.line.text(), self.description.value(), self.new_name.value()} - {"", None})

    def _throw_away(self) -> None:
        self.draft.discard()
        self.clear()

    def _call(self) -> Call:
        values: dict[str, Any] = {key: editor.value() for key, editor in self.chosen.items()}
        values |= {"subject": self.subject.value(), "description": self.description.value()}
        values |= {"contact": self.contact.value(), "installed_product": self.machine.value()}
        if self.keeps.isChecked():
            person = self._view.context.person
            values["owner"] = Ref(person.id, person.name)
        if self._caller is not None:
            return Call(self._caller.customer, values)
        return Call(None, values, self.new_name.value(), self.new_phone.value() or "", self.new_contact.value() or "")

    def _edited(self) -> None:
        self.draft.keep(*self._kept())
        self.unsaved_changed.emit(True)

    def _kept(self) -> tuple[str, dict[str, Any]]:
        """What a draft of the page holds: the words for it, and what is typed."""
        words = " · ".join(
            filter(None, (self.caller.line.text() or self.new_name.line.text(), self.subject.line.text()))
        )
        return words or self.title, {"typed": [editor.typed() for editor in self._editors()]}

    def _apply(self, content: Mapping[str, Any]) -> None:
        for editor, typed in zip(self._editors(), content["typed"], strict=True):
            editor.type_again(typed)
        self._show_new(self.new_name.line.text(), is_shown=bool(self.new_name.line.text()))
        customer = self.caller.chosen()
        if customer is not None:
            self._fetch(Hit("customer", customer.id, customer.label, ""), self._show_known)
        self._edited()

    def _look_for_solutions(self) -> None:
        machine = self.machine.typed()
        if self._view.context.person.may("read", "knowledge_article"):
            self.known_solutions.look(self.subject.line.text().strip(), machine.id if isinstance(machine, Ref) else 0)

    # Who calls

    def _find(self, hit: Hit) -> None:
        self._fetch(hit, self._show_caller)

    def _fetch(self, hit: Hit, show: Callable[[Caller | None], None]) -> None:
        self._view.context.tasks.query(self, lambda session: calls.fetch_caller(session, hit), show, key="caller_card")

    def _show_caller(self, caller: Caller | None) -> None:
        self._show_known(caller)
        self.contact.set_value(caller.contact if caller is not None else None)
        machines = caller.machines if caller is not None else ()
        self.machine.set_value(_named(machines[0]) if len(machines) == 1 else None)
        self._suggest()
        self._edited()
        if caller is not None:
            (self.machine if len(machines) > 1 else self.subject).setFocus()

    def _show_known(self, caller: Caller | None) -> None:
        self._caller = caller
        self._show_new("", is_shown=False)
        self.caller.set_value(caller.customer if caller is not None else None)
        self.card.show_caller(caller)

    def _begin_new(self, typed: str) -> None:
        self._caller = None
        self.card.show_caller(None)
        self._show_new(typed, is_shown=True)
        (self.new_name if self.new_phone.line.text() else self.new_contact).setFocus()
        self._edited()

    def _show_new(self, typed: str, *, is_shown: bool) -> None:
        """A number that nobody has is the new customer's number, words are his name."""
        is_number = len(digits(typed)) >= LEAST_DIGITS
        self.new_phone.set_value(typed if is_number else None)
        self.new_name.set_value(None if is_number else typed or None)
        self._new.setVisible(is_shown)
        self._known.setVisible(not is_shown)

    def _answer_contacts(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer(self._caller.contacts if self._caller is not None else ())

    def _answer_machines(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        machines = self._caller.machines if self._caller is not None else ()
        answer([_named(one) for one in machines])

    # How urgent it is

    def _take_choices(self, choices: Choices) -> None:
        self._codes = {entry.ref.id: entry.code for entry in choices.of("severity")}
        self._priorities = {entry.code: entry.ref for entry in choices.of("priority")}
        firsts = {
            "type": ("request_type", "request"),
            "channel": ("channel", "phone"),
            "priority": ("priority", "normal"),
        }
        self._starts = {key: choices.find(*first) for key, first in firsts.items()}
        for key, ref in self._starts.items():
            if not self.chosen[key].typed():
                self.chosen[key].set_value(ref)
        self.draft.offer()

    def _suggest(self) -> None:
        """Propose the priority, until somebody has chosen one."""
        typed = self.chosen["severity"].typed()
        severity = typed if isinstance(typed, Ref) else None  # words still to be found in the list say nothing yet
        if not self._has_chosen_priority and (severity is not None or self._caller is not None):
            level = self._caller.level_code if self._caller is not None else ""
            code = calls.suggest_priority(level, self._codes.get(severity.id, "") if severity is not None else "")
            self.chosen["priority"].set_value(self._priorities.get(code))

    def _choose_priority(self) -> None:
        self._has_chosen_priority = True

    # Afterwards

    def _saved(self, subject: str, logged: Logged) -> None:
        self.save_button.setEnabled(True)
        self.draft.settle()
        self.draft.leave()  # what was typed while it was saved
        self.clear()
        words = _("{code} “{subject}” is logged.").format(code=logged.code, subject=subject)
        messages.notify(self, words, undo=partial(undo, self._view, self._view, logged.change_set))

    def _not_saved(self, error: KnownError) -> None:
        self.save_button.setEnabled(True)
        if isinstance(error, FieldsError):
            editors = {**self.chosen, "subject": self.subject, "customer": self.caller, "contact": self.contact}
            for key, sentence in error.fields.items():
                editors.get(key, self.new_name).set_error(sentence)
            return
        messages.show_error(self, error)

    def _connect(self) -> None:
        self.caller.found.connect(self._find)
        self.caller.new_wanted.connect(self._begin_new)
        self.draft.applied.connect(self._apply)
        for editor in self._editors():
            editor.changed.connect(self._edited)
        self.chosen["severity"].changed.connect(self._suggest)
        self.chosen["priority"].changed.connect(self._choose_priority)
        self.subject.line.textEdited.connect(self._look_for_solutions)
        self.machine.changed.connect(self._look_for_solutions)
        self.known_solutions.changed.connect(self._edited)
        here = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence("Ctrl+Return"), self, context=here).activated.connect(self.save)

    def _lay_out(self) -> None:
        form = Card()
        form.body.addWidget(self.caller)
        self._new, self._known = (
            _side_by_side(self.new_name, self.new_phone, self.new_contact),
            _side_by_side(self.contact, self.machine),
        )
        form.body.addWidget(self._new)
        form.body.addWidget(self._known)
        form.body.addWidget(self.subject)
        form.body.addWidget(self.known_solutions)
        form.body.addWidget(_side_by_side(*self.chosen.values()))
        form.body.addWidget(self.description)
        form.body.addWidget(self.keeps)
        form.body.addStretch(1)
        self.card.setFixedWidth(CARD_WIDTH)
        line = QHBoxLayout()
        line.setSpacing(12)
        line.addWidget(form, 1)
        line.addWidget(self.card)
        holder = QWidget()
        holder.setObjectName("plain")
        holder.setLayout(line)
        line.setContentsMargins(0, 0, 0, 0)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setWidget(holder)
        self.body.addWidget(scroll, 1)


def _named(machine: Machine) -> Ref:
    """With the product, as one speaks of it."""
    return Ref(machine.ref.id, f"{machine.name} {machine.ref.label}".strip())


def _side_by_side(*editors: QWidget) -> QWidget:
    made = QWidget()
    grid = QGridLayout(made)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(12)
    for place, editor in enumerate(editors):
        grid.addWidget(editor, 0, place)
        grid.setColumnStretch(place, 1)
    return made
