"""A permission group: what it may do with each kind of record, said in words beside it, and who is in it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from crm_desktop.core.access import Grant
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import administration, grants, search
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import REFERENCE
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.unsaved import ask_unsaved
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.rows import Answer
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.rights.grant_row import GrantRow
from crm_desktop.ui.rights.own_rights import save_own_rights
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card


class PermissionGroupPage(FormPage):
    """The form, the rights and the members."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.grants, self.members = GrantsCard(view), MembersCard(view)
        super().__init__(view, entity, id_)
        self.add_below(self.grants)
        self.add_below(self.members)
        for edited in (self.grants.edited_changed, self.editor.edited_changed):
            edited.connect(lambda: self.unsaved_changed.emit(self.grants.is_edited() or self.editor.is_edited()))

    def may_close(self) -> bool:
        """Asks about rights that were changed and not saved, too."""
        if self.grants.is_edited() and ask_unsaved(self, self.title, can_save=False) != "discard":
            return False
        return super().may_close()

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self.grants.show_group(record)
        self.members.show_group(record)


class GrantsCard(Card):
    """The rights of one group. They are saved together by the button, so that no half-made right is ever in force."""

    edited_changed = Signal(bool)

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Rights"))
        self._view = view
        self._group = Record("permission_group", 0, 0)
        self._saved: dict[str, Grant] = {}
        self._shown: dict[str, Grant] = {}  # as the rows can show what is saved; what differs from it was chosen here
        self.revert_button = quiet_button(_("Revert"), self._revert, icon_name="arrow-counter-clockwise")
        self.save_button = secondary_button(_("Save rights"), self.save)
        self.head.addWidget(self.revert_button)
        self.head.addWidget(self.save_button)
        may_edit = view.context.person.may("update", "permission_group")
        for button in (self.revert_button, self.save_button):
            button.setVisible(may_edit)
        self.rows = {subject.key: GrantRow(subject, may_edit=may_edit) for subject in grants.subjects()}
        for place, row in enumerate(self.rows.values()):
            if place:
                self.body.addWidget(_line())
            self.body.addWidget(row)
            row.edited.connect(self._announce)
        view.context.bus.changed.connect(self._table_changed)

    def show_group(self, group: Record) -> None:
        """Read the rights of this group, unless some are being changed here."""
        is_other = group.id != self._group.id
        self._group = group
        self.setVisible(group.id > 0)
        if group.id and (is_other or not self.is_edited()):
            self._view.context.tasks.query(
                self, lambda session: grants.fetch_grants(session, group.id), self._take, key="grants"
            )

    def is_edited(self) -> bool:
        """Whether something is chosen that is not saved."""
        return bool(self._changes())

    def save(self) -> None:
        """Put what is chosen in force."""
        group, changes = self._group, self._changes()
        if not changes:
            return

        def done(change_set: int) -> None:
            self._saved |= changes
            self._shown |= changes
            self._announce()
            messages.notify(
                self,
                _("The rights of “{name}” are in force. Who is signed in sees them after the next sign-in.").format(
                    name=group.title
                ),
                undo=lambda: undo(self._view, self._view, change_set),
            )

        def save(session: Session, *, may_lose_own: bool) -> int:
            return grants.save_grants(session, group, changes, may_lose_own=may_lose_own)

        save_own_rights(self._view, self, save, done)

    def _changes(self) -> dict[str, Grant]:
        if not self._group.id:
            return {}
        chosen = {key: row.grant() for key, row in self.rows.items()}
        return {key: grant for key, grant in chosen.items() if grant != self._shown.get(key, Grant())}

    def _take(self, saved: dict[str, Grant]) -> None:
        self._saved = saved
        self._revert()

    def _revert(self) -> None:
        for key, row in self.rows.items():
            row.show_grant(self._saved.get(key, Grant()))
            self._shown[key] = row.grant()
        self._announce()

    def _announce(self) -> None:
        is_edited = self.is_edited()
        self.save_button.setEnabled(is_edited)
        self.revert_button.setEnabled(is_edited)
        self.edited_changed.emit(is_edited)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "permission_grant":
            self.show_group(self._group)


class MembersCard(Card):
    """The employees in the group; adding and removing is saved at once, and can be taken back."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Members"))
        self._view = view
        self._group = Record("permission_group", 0, 0)
        self.editor = ReferencesEditor(REFERENCE, "", self._find)
        self.editor.hide_heading()
        self.editor.set_read_only(not view.context.person.may("update", "permission_group"))
        self.editor.changed.connect(self._save)
        self.body.addWidget(self.editor)
        view.context.bus.changed.connect(self._table_changed)

    def show_group(self, group: Record) -> None:
        """Read the members of this group."""
        self._group = group
        self.setVisible(group.id > 0)
        if group.id:
            self._view.context.tasks.query(
                self,
                lambda session: administration.fetch_members(session, group.id),
                self.editor.set_value,
                key="members",
            )

    def _find(self, typed: str, answer: Answer) -> None:
        person = self._view.context.person

        def work(session: Session) -> list[Ref]:
            return [Ref(hit.id, hit.title) for hit in search.find(session, "employee", typed, person)]

        self._view.context.tasks.query(self, work, answer, key="find")

    def _save(self) -> None:
        group, wanted = self._group, frozenset(ref.id for ref in self.editor.value())

        def done(change_set: int) -> None:
            messages.notify(
                self,
                _("The members of “{name}” were saved.").format(name=group.title),
                undo=partial(undo, self._view, self._view, change_set),
            )

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.show_group(group)

        def save(session: Session, *, may_lose_own: bool) -> int:
            return administration.save_members(session, group, wanted, may_lose_own=may_lose_own)

        save_own_rights(self._view, self, save, done, fail)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "group_member":
            self.show_group(self._group)


def _line() -> QFrame:
    line = QFrame()
    line.setObjectName("rule")
    line.setFixedHeight(1)
    return line
