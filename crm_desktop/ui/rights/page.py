"""All groups and all kinds of records in one table, the right of the chosen cell below it, and what it means."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QStackedWidget

from crm_desktop.core.access import Grant
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import grants, reach
from crm_desktop.services.grants import Cell, GroupColumn, Matrix
from crm_desktop.services.reach import Reach
from crm_desktop.services.records import Record
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.ask_text import AskTextDialog
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.page import Page
from crm_desktop.ui.page_draft import PageDraft
from crm_desktop.ui.rights.compare_dialog import CompareGroupsDialog
from crm_desktop.ui.rights.grant_row import GrantRow
from crm_desktop.ui.rights.matrix_table import RightsTable
from crm_desktop.ui.rights.own_rights import save_own_rights
from crm_desktop.ui.sharing.receivers import person_editor
from crm_desktop.ui.soon import Follower, later
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import primary_button, quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.search_box import SearchBox

EMPLOYEE_WIDTH, FILTER_WIDTH = 240, 280
KEY = "permission_group/rights"  # at the side
PAUSE_MS = 250  # between the last choice and the question to the database
TABLES = frozenset({"permission_grant", "permission_group", "group_member"})


class RightsPage(Page):
    """Enter goes from a cell to its choices, Esc back; Ctrl+S saves all that was chosen as one change set."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Rights at a glance"))
        self._view = view
        self._matrix = Matrix((), {})
        self.edited: dict[Cell, Grant] = {}
        self._subjects = {subject.key: subject for subject in grants.subjects()}
        self.table = RightsTable(self._subjects.values())
        self.filter_box = SearchBox(_("Group or kind of record"), "Ctrl+F")
        self.filter_box.setFixedWidth(FILTER_WIDTH)
        self.filter_box.searched.connect(self.table.filter)
        self.rows = {key: GrantRow(subject, may_edit=True) for key, subject in self._subjects.items()}
        self.employee = person_editor(view, self, _("What it means for"))
        self.employee.setFixedWidth(EMPLOYEE_WIDTH)
        self.employee.line.setPlaceholderText(_("The group's first member"))
        self.meaning, self.effect = label("", wrap=True), label("", "muted", wrap=True)
        self._cell_title = label("", "title")
        self.draft = PageDraft(view, KEY, self.title)
        self.draft.applied.connect(self._apply)
        self._lay_out()
        self._follower = Follower(self, self.refresh)
        self._timer = later(PAUSE_MS, self._ask_effect, self)
        self._connect()
        self._enable()
        self.begin_at(self.table)
        self.refresh()

    def refresh(self) -> None:
        """Read what is granted again; what is chosen here and not saved stays."""
        self._view.context.tasks.query(self, grants.fetch_matrix, self._show, key="matrix")

    def choose(self, code: str, key: str) -> None:
        """Go to the cell of a group, by its code, and of a kind of record."""
        self.table.choose(next(group.id for group in self._matrix.groups if group.code == code), key)

    def save(self) -> None:
        """Put what is chosen in force."""
        changes = dict(self.edited)
        if not changes:
            return
        names = _(", ").join(group.name for group in self._matrix.groups if any(group.id == g for g, _key in changes))

        write = partial(grants.save_matrix, changes=changes, label=names)
        works = {lose: self.draft.sending(partial(write, may_lose_own=lose), *self._kept()) for lose in (False, True)}

        def save(session: Session, *, may_lose_own: bool) -> int:
            return works[may_lose_own](session)

        def done(change_set: int) -> None:
            self.draft.settle()
            self.edited = {cell: grant for cell, grant in self.edited.items() if changes.get(cell) != grant}
            words = _("The rights of “{name}” are in force. Who is signed in sees them after the next sign-in.")
            messages.notify(self, words.format(name=names), undo=partial(undo, self._view, self._view, change_set))
            self._enable()
            self.refresh()

        save_own_rights(self._view, self, save, done)

    def revert(self) -> None:
        """Forget what is chosen and not saved; it can be brought back from the discarded drafts."""
        self.draft.discard()
        self.edited = {}
        self._show(self._matrix)
        self._enable()

    def may_close(self) -> bool:
        """Asks about rights that were chosen and not saved."""
        return not self.edited or self.draft.may_leave()

    def compare(self) -> CompareGroupsDialog:
        """Show where two groups differ."""
        group = self._group()
        dialog = CompareGroupsDialog(self, self._matrix, group.id if group is not None else 0)
        dialog.open_quietly()
        return dialog

    def copy_group(self) -> None:
        """Ask what the copy of the current group is called."""
        group = self._group()
        if group is None:
            return
        title = _("A new group with the rights of “{name}”").format(name=group.name)
        dialog = AskTextDialog(self.window(), title, _("Name"), _("Copy the group"))

        def done(made: Record) -> None:
            notify_saved(self._view, made, is_new=True)
            self.refresh()

        def copy() -> None:
            name = str(dialog.editor.value())
            self._view.context.tasks.command(
                self, lambda session: grants.copy_group(session, group.id, name), done, waits=True
            )

        dialog.accepted.connect(copy)
        dialog.open_quietly()

    def open_group(self) -> None:
        """Open the page of the current group, with its members."""
        group = self._group()
        if group is not None:
            self._view.open_record("permission_group", group.id)

    # Building

    def _lay_out(self) -> None:
        self.heading = PageTitle(self.title)
        self.compare_button = secondary_button(_("Compare groups…"), self.compare, icon_name="columns")
        self.copy_button = secondary_button(_("Copy group…"), self.copy_group, icon_name="copy")
        self.open_button = secondary_button(_("Members"), self.open_group, icon_name="users")
        self.revert_button = quiet_button(_("Revert"), self.revert, icon_name="arrow-counter-clockwise")
        self.save_button = primary_button(_("Save rights"), self.save, shortcut="Ctrl+S")
        buttons = (self.compare_button, self.copy_button, self.open_button, self.revert_button, self.save_button)
        for button in buttons:
            self.heading.add(button)
        self._stack = QStackedWidget()
        self._stack.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)  # the table gives way
        for row in self.rows.values():
            row.meaning.hide()  # the page says more
            row.title.hide()
            self._stack.addWidget(row)
        table = Card(padding=8)
        filters = QHBoxLayout()
        filters.setSpacing(16)
        filters.addWidget(self.filter_box)
        legend = _("See, create, change, delete. The more steps: own, subordinates', department, below, all.")
        filters.addWidget(label(legend, "small", wrap=True), 1)
        table.body.setSpacing(8)
        table.body.addLayout(filters)
        table.body.addWidget(self.table, 1)
        self.detail = Card()
        self.detail.body.setSpacing(8)
        self.detail.body.addWidget(self._cell_title)
        self.detail.body.addWidget(self._stack)
        words = QHBoxLayout()
        words.setSpacing(16)
        words.addWidget(self.meaning, 1)
        words.addWidget(self.employee)
        self.detail.body.addLayout(words)
        self.detail.body.addWidget(self.effect)
        self.body.addWidget(self.heading)
        self.body.addWidget(self.draft)
        self.body.addWidget(table, 1)
        self.body.addWidget(self.detail)

    def _connect(self) -> None:
        self.table.cell_chosen.connect(lambda _group, _key: self._show_cell())
        self.table.opened.connect(lambda _index: self._focus_editor())
        for key, row in self.rows.items():
            row.edited.connect(partial(self._take_choice, key))
        self.employee.changed.connect(self._timer.start)
        leave = QShortcut(QKeySequence("Esc"), self.detail, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.table.setFocus)
        self._view.context.bus.changed.connect(self._table_changed)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in TABLES:
            self._follower.note()

    # Showing

    def _show(self, matrix: Matrix) -> None:
        self._matrix = matrix
        known = {group.id for group in matrix.groups}
        self.edited = {
            cell: grant
            for cell, grant in self.edited.items()
            if cell[0] in known and grant != matrix.grants.get(cell, Grant())
        }
        self.table.show_matrix(matrix, self.edited)
        self._enable()
        self._show_cell()
        self.draft.offer()

    def _apply(self, content: Mapping[str, Any]) -> None:
        self.edited |= grants.read_cells(content["cells"])
        self._show(self._matrix)

    def _show_cell(self) -> None:
        cell, group = self.table.current_cell(), self._group()
        if cell is None or group is None:
            return
        row = self.rows[cell[1]]
        self._cell_title.setText(_(": ").join((group.name, _(self._subjects[cell[1]].label))))
        self._stack.setCurrentWidget(row)
        if row.grant() != self._grant(cell):
            row.show_grant(self._grant(cell))
        self.meaning.setText(reach.say_grant(self._subjects[cell[1]], group.name, row.grant()))
        self.effect.setText("")
        self._timer.start()

    def _focus_editor(self) -> None:
        cell = self.table.current_cell()
        if cell is not None:
            scopes = self.rows[cell[1]].scopes.values()
            next(box for box in scopes if box.isEnabled()).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _grant(self, cell: Cell) -> Grant:
        return self.edited.get(cell, self._matrix.grants.get(cell, Grant()))

    def _group(self) -> GroupColumn | None:
        cell = self.table.current_cell()
        return next((group for group in self._matrix.groups if cell and group.id == cell[0]), None)

    def _enable(self) -> None:
        for button in (self.save_button, self.revert_button):
            button.setEnabled(bool(self.edited))
        self.unsaved_changed.emit(bool(self.edited))
        if self.edited:
            self.draft.keep(*self._kept())
        else:
            self.draft.forget()

    def _kept(self) -> tuple[str, dict[str, Any]]:
        """What a draft of the page holds: the words for it, and the cells."""
        names = {group.id: group.name for group in self._matrix.groups}
        chosen = dict.fromkeys(names.get(group_id, "") for group_id, _key in self.edited)
        return _(", ").join(chosen), {"cells": grants.stored_cells(self.edited)}

    # Changing

    def _take_choice(self, key: str) -> None:
        cell = self.table.current_cell()
        if cell is None or cell[1] != key:
            return
        grant = self.rows[key].grant()
        if grant == self._matrix.grants.get(cell, Grant()):
            self.edited.pop(cell, None)
        else:
            self.edited[cell] = grant
        self.table.show_matrix(self._matrix, self.edited)
        self._enable()
        self._show_cell()

    def _ask_effect(self) -> None:
        cell = self.table.current_cell()
        if cell is None:
            return
        group_id, subject, employee = cell[0], self._subjects[cell[1]], self.employee.chosen()
        changes = dict(self.edited)

        def show(found: Reach | None) -> None:
            if cell == self.table.current_cell() and changes == self.edited:
                self.effect.setText(reach.say_reach(found, is_rehearsal=bool(changes)) if found is not None else "")

        def say(error: KnownError) -> None:
            self.effect.setText(str(error))

        tasks = self._view.context.tasks
        if changes:
            tasks.command(
                self, lambda session: reach.rehearse_reach(session, changes, group_id, subject, employee), show, say
            )
        else:
            tasks.query(
                self, lambda session: reach.fetch_reach(session, group_id, subject, employee), show, say, key="reach"
            )
