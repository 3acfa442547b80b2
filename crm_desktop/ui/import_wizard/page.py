"""The import wizard: a page in a tab that leads from a file to records, and back again if they were the wrong ones.
Until the person consents nothing is written.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import Signal
from PySide6.QtGui import QFocusEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QStackedWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.services.drafts import Draft
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.drafts import DraftKeeper
from crm_desktop.ui.import_wizard.columns_step import ColumnsStep
from crm_desktop.ui.import_wizard.decisions import decisions_of, take_decisions
from crm_desktop.ui.import_wizard.draft import ImportDraft, Step
from crm_desktop.ui.import_wizard.file_step import FileStep
from crm_desktop.ui.import_wizard.import_step import ImportStep
from crm_desktop.ui.import_wizard.matching_step import MatchingStep
from crm_desktop.ui.import_wizard.preview_step import PreviewStep
from crm_desktop.ui.import_wizard.result_step import ResultStep
from crm_desktop.ui.import_wizard.step import StepPage
from crm_desktop.ui.import_wizard.step_bar import StepBar
from crm_desktop.ui.import_wizard.work import FileRead, Rehearsal, Stoppable, carry_out, read_again, read_file, rehearse
from crm_desktop.ui.long_work import LongWork
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Page
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button, with_shortcut
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.page_title import PageTitle
from importers.kinds import CUSTOMER, KINDS, allowed_kinds
from importers.plan import OnMatch
from importers.run import Result

TAB = "import"
AnyStep = TypeVar("AnyStep", bound=StepPage)


def open_import(
    place: AreaView | MainWindow, path: Path | None = None, *, draft: Draft | None = None, kind: str = ""
) -> ImportPage | None:
    """Open the wizard in a tab, or go to it: with a file if there is one, where an earlier import was left, or for a
    list of one kind. A file dropped on the wizard is of the kind that was chosen there. None where the person has no
    area for any of that.
    """
    if draft is not None:
        kind = draft.content.get("kind", CUSTOMER)
    view = place if isinstance(place, AreaView) else _view_for(place, kind)
    if view is None:
        return None
    was_in_front = isinstance(view.current_page(), ImportPage)
    begun = ImportDraft(kind, is_kind_chosen=bool(kind))
    page = view.open_tab(TAB, lambda view: ImportPage(view, begun))
    assert isinstance(page, ImportPage)
    if draft is not None:
        page.go_on_with(draft)
    elif path is not None:
        page.open_file(path, kind or (None if was_in_front else ""))
    elif kind:
        page.begin_with(kind)
    return page


def _view_for(window: MainWindow, kind: str) -> AreaView | None:
    """Where this is imported; the wizard in front, if there is one and no other kind is asked for."""
    view = window.view(window.current_area())
    if not kind and isinstance(view.current_page(), ImportPage):
        return view
    wanted = (kind,) if kind else KINDS
    areas = (area for one in wanted for area in window.context.areas if one in area.records)
    area = next(areas, None)
    return window.show_area(area.key) if area else None


class ImportPage(Page):
    """Goes through the steps; what is chosen in them stands in the draft."""

    step_shown = Signal(int)

    def __init__(self, view: AreaView, draft: ImportDraft) -> None:
        super().__init__(_("Import"))
        self._view, self.draft = view, draft
        self._context = view.context
        self._reading: Stoppable | None = None
        self._import: LongWork | None = None
        self._keeper = DraftKeeper(self._context.drafts, "import", "", self)
        self._keeper.watch("import", 0)
        self._left_behind: Draft | None = None
        self.title_line = PageTitle(self.title)
        self.body.addWidget(self.title_line)
        kinds = allowed_kinds(self._context.person)
        if not kinds:
            self._refuse()
            return
        self.back_button = secondary_button(_("Back"), self.go_back, icon_name="arrow-left", shortcut="Alt+Left")
        self.next_button = primary_button(_("Next"), self.go_on)
        self.next_button.setToolTip(with_shortcut(_("Next"), "Ctrl+Return"))
        QShortcut(QKeySequence("Ctrl+Return"), self).activated.connect(self.go_on)
        self.step_bar = StepBar()
        self.step_bar.chosen.connect(lambda number: self.go_to(Step(number)))
        self._problem = Bar("bad")
        self._stack = QStackedWidget()
        self.file_step = self._added(FileStep(draft, kinds))
        self.file_step.file_chosen.connect(self.open_file)
        self.file_step.kind_line.chosen.connect(self.choose_kind)
        self.file_step.cancelled.connect(self._forget_reading)
        self.another_button = secondary_button(_("Another file"), self.file_step.choose_file, icon_name="folder-open")
        for button in (self.another_button, self.back_button, self.next_button):
            self.title_line.add(button)
        for widget in (self.step_bar, self._problem):
            self.body.addWidget(widget)
        self.body.addWidget(self._stack, 1)
        self.go_to(draft.step)
        if draft.path is not None and draft.file is None:  # built anew while it was being read
            self.open_file(draft.path)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Hand the keyboard on to the step."""
        super().focusInEvent(event)
        self.current().take_focus()

    def go_on_with(self, left_behind: Draft) -> None:
        """Read the file of an import that was not finished, and decide again what was decided."""
        self.open_file(Path(left_behind.content["path"]), left_behind.content.get("kind", CUSTOMER))
        if self._reading is not None:
            self._left_behind = left_behind

    def begin_with(self, kind: str) -> None:
        """Get ready for a list of this kind, unless there is something under way."""
        is_free = self.draft.path is None or self.draft.step is Step.RESULT
        if is_free and self._import is None and self._reading is None:
            self.draft.forget_file(None)
            self.draft.choose_kind(kind)
            self.go_to(Step.FILE)

    def open_file(self, path: Path, kind: str | None = None) -> None:
        """Begin with this file, unless an import is running. ``kind`` is what it holds, empty for what its headings
        say; without it that stays as chosen for this import.
        """
        if kind is None:
            is_kept = self.draft.is_kind_chosen and self.draft.result is None
            kind = self.draft.kind if is_kept else ""
        self._read(path, kind, partial(read_file, path=path))

    def choose_kind(self, kind: str) -> None:
        """Say what the list holds; a file is looked through anew."""
        read = self.draft.file
        if self.draft.path is None:
            self.draft.choose_kind(kind)
            self.go_to(Step.FILE)
        elif read is None:
            self.open_file(self.draft.path, kind)
        else:
            self._read(self.draft.path, kind, partial(read_again, read=read))

    def _read(self, path: Path, kind: str, read: Callable[..., FileRead]) -> None:
        """Look through a file in the background, unless something would be lost by it."""
        if not allowed_kinds(self._context.person):
            return
        if self._import is not None:
            messages.notify(self, _("An import is running; wait for its end or cancel it."), tone="warn")
            return
        if not self._may_forget():
            self.file_step.show_draft()
            return
        self.stop_reading()
        self._left_behind = None
        self.draft.forget_file(path)
        self.draft.choose_kind(kind)
        self.go_to(Step.FILE)
        person, work = self._context.person, Stoppable()
        self._reading = work
        self.file_step.show_reading(work)

        def take(found: FileRead) -> None:
            if work is self._reading:
                self._reading = None
                self.draft.take_file(found)
                self._decide_again()
                self.go_to(Step.FILE)

        def fail(error: KnownError) -> None:
            if work is self._reading:
                self._reading = None
                self.file_step.show_failure(error)

        self._context.tasks.query(
            self, lambda session: read(session, person=person, kind=kind, progress=work), take, fail
        )

    def _decide_again(self) -> None:
        left_behind, self._left_behind = self._left_behind, None
        if left_behind is None:
            return
        try:
            is_same_file = take_decisions(self.draft, left_behind.content)
        except KnownError as error:
            messages.show_error(self, error)
            return
        if is_same_file:
            self._keeper.take(left_behind)
        else:
            messages.notify(self, _("The file has other columns by now; please choose again."), tone="warn")

    def go_on(self) -> None:
        """To the next step, if this one is complete; else say what is missing."""
        step = self.draft.step
        if self._reading is not None or step is Step.IMPORT:
            return
        if step is Step.RESULT:
            self._view.show_list(self.draft.kind)
            return
        problem = self.current().problem()
        self._problem.say_one(problem)
        if problem:
            return
        if step is Step.PREVIEW:
            self._start_import()
        else:
            self.go_to(Step(step + 1))

    def go_back(self) -> None:
        """To the step before; a comparison under way is given up."""
        if Step.FILE < self.draft.step < Step.IMPORT:
            self.go_to(Step(self.draft.step - 1))

    def go_to(self, step: Step) -> None:
        """Show a step with the draft as it is."""
        self.stop_reading()
        self.draft.step = step
        current = self.current()
        current.show_draft()
        self._problem.say_one("")
        self._stack.setCurrentWidget(current)
        if step is Step.PREVIEW and self.draft.rehearsal is None:
            self._compare()
        self._show_buttons()
        current.take_focus()
        self.step_shown.emit(int(step))

    def current(self) -> StepPage:
        """The step in front."""
        match self.draft.step:
            case Step.FILE:
                return self.file_step
            case Step.COLUMNS:
                return self.columns_step
            case Step.MATCHING:
                return self.matching_step
            case Step.PREVIEW:
                return self.preview_step
            case Step.IMPORT:
                return self.import_step
            case Step.RESULT:
                return self.result_step

    # The steps after the first are made when one gets there: all of them would hold up whoever opens the wizard.

    @cached_property
    def columns_step(self) -> ColumnsStep:
        """What each column is."""
        return self._added(ColumnsStep(self.draft))

    @cached_property
    def matching_step(self) -> MatchingStep:
        """What becomes of rows that are there already."""
        return self._added(MatchingStep(self.draft))

    @cached_property
    def preview_step(self) -> PreviewStep:
        """What would happen to each row."""
        made = self._added(PreviewStep(self.draft))
        made.cancelled.connect(self.go_back)
        made.decided.connect(self._decide)
        return made

    @cached_property
    def import_step(self) -> ImportStep:
        """How far it is."""
        made = self._added(ImportStep(self.draft))
        made.cancelled.connect(self._cancel_import)
        return made

    @cached_property
    def result_step(self) -> ResultStep:
        """What happened."""
        made = self._added(ResultStep(self.draft, self._view))
        made.restart_chosen.connect(self._restart)
        return made

    def _added(self, step: AnyStep) -> AnyStep:
        step.changed.connect(self._note_change)
        self._stack.addWidget(step)
        return step

    def stop_reading(self) -> None:
        """Give up what is being read or compared."""
        if self._reading is not None:
            self._reading.stop()
            self._reading = None

    def may_close(self) -> bool:
        """A running import is asked about, and so is what was chosen."""
        if self._import is not None:
            title, text = _("Stop the import?"), _("It is still running. Nothing of it will be left behind.")
            if not messages.confirm(self, title, text, _("Stop the import"), danger=True):
                return False
            if self._import is not None:
                self._import.cancel()
                self.draft.step = Step.PREVIEW
        elif not self._may_forget():
            return False
        self.stop_reading()
        return True

    def _may_forget(self) -> bool:
        """Whether what was chosen may be lost, if anything was."""
        if not self.draft.is_touched or self.draft.result is not None:
            return True
        text = _("Nothing has been written. What you chose for {file} stays in the list of drafts.").format(
            file=self.draft.file_name
        )
        may_go = messages.confirm(self, _("Give up this import?"), text, _("Give up"))
        if may_go:
            self._keeper.leave()
        return may_go

    # What the steps ask for

    def _compare(self) -> None:
        work = Stoppable()
        self.preview_step.show_comparing(work)
        self._rehearse(work, lambda: self.go_to(Step.PREVIEW))

    def _decide(self, at: str, on_match: OnMatch) -> None:
        """For one row alone; the others stay in sight while all are compared once more."""
        self.draft.set_rule(self.draft.rule.deciding(at, on_match))
        self._keep()
        if self.draft.rehearsal is not None:
            return
        self.stop_reading()
        self.preview_step.show_deciding()
        self._rehearse(Stoppable(), self._show_decided)

    def _show_decided(self) -> None:
        assert self.draft.rehearsal is not None
        self.preview_step.show_decided(self.draft.rehearsal)
        self._note_change()

    def _rehearse(self, work: Stoppable, show: Callable[[], object]) -> None:
        self._reading = work
        source, rule, person = self.draft.source(), self.draft.rule, self._context.person

        def take(rehearsal: Rehearsal) -> None:
            if work is self._reading:
                self._reading = None
                self.draft.rehearsal = rehearsal
                show()

        def fail(error: KnownError) -> None:
            if work is self._reading:
                self.go_back()
                self._problem.say_one(str(error))

        self._context.tasks.query(
            self, lambda session: rehearse(session, person, source, rule, work), take, fail, key="rehearsal"
        )

    def _start_import(self) -> None:
        rehearsal, source, rule = self.draft.rehearsal, self.draft.source(), self.draft.rule
        assert rehearsal is not None
        person, sent = self._context.person, decisions_of(self.draft)

        def work(session: Session, report: Progress) -> Result:
            return carry_out(session, person, rehearsal, source, rule, report)

        def take(result: Result) -> None:
            self._import = None
            self.draft.result = result
            self._keeper.forget()
            self.go_to(Step.RESULT)
            if not self.isVisible():
                messages.notify(self, _("The import of {file} is done.").format(file=self.draft.file_name))

        def fail(error: KnownError) -> None:
            self._import = None
            self.go_to(Step.PREVIEW)
            if isinstance(error, CancelledError):
                messages.notify(self, _("The import was cancelled. Nothing was written."), tone="warn")
            else:
                self._problem.say_one(str(error))

        self.go_to(Step.IMPORT)
        self._import = self._context.tasks.long_command(
            self, self._keeper.sending(work, lambda _result: sent), take, fail, waits=True
        )
        self._import.progressed.connect(self.import_step.waiting.show_progress)

    def _cancel_import(self) -> None:
        if self._import is not None:
            self._import.cancel()

    def _forget_reading(self) -> None:
        self.stop_reading()
        self._restart()

    def _restart(self) -> None:
        self.draft.forget_file(None)
        self.go_to(Step.FILE)

    # What is shown

    def _note_change(self) -> None:
        self._keep()
        self._problem.say_one("")
        self._show_buttons()

    def _keep(self) -> None:
        """So that a crash does not take the decisions with it."""
        if self.draft.is_touched and self.draft.result is None and self.draft.file is not None:
            self._keeper.keep(self.draft.file_name, decisions_of(self.draft))

    def _show_buttons(self) -> None:
        step, text = self.draft.step, self.current().next_text()
        may_go_back = Step.FILE < step < Step.IMPORT
        self.next_button.setVisible(bool(text))
        self.next_button.setText(text)
        self.back_button.setVisible(may_go_back)
        self.another_button.setVisible(step is Step.FILE and self.draft.file is not None)
        self.step_bar.show_step(step, may_go_back=may_go_back)
        things = _(self.draft.spec.label_plural).lower()
        self.set_title(_("Import {things}").format(things=things) if self.draft.kind else _("Import"))
        self.title_line.set_title(self.title)
        self.title_line.set_note(self.draft.file_name)

    def _refuse(self) -> None:
        text = _("Ask your administrator for the function “Import”.")
        close = secondary_button(_("Close"), lambda: self._view.close_page(self))
        self.body.addWidget(EmptyState("lock-simple", _("You may not import anything."), text, (close,)), 1)
        self.begin_at(close)
