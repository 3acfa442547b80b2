"""An employee: his form, how he signs in, which permission groups he is in, and what belongs to him."""

from __future__ import annotations

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import administration, records
from crm_desktop.services.records import Record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.give_password import GivePasswordDialog
from crm_desktop.ui.form_page.form_page import FormPage
from crm_desktop.ui.form_page.undoing import undo
from crm_desktop.ui.pages.owned_card import OwnedCard
from crm_desktop.ui.rights.own_rights import save_own_rights
from crm_desktop.ui.sharing.why_dialog import WhyDialog
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import quiet_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.flow_layout import FlowLayout
from crm_desktop.ui.widgets.labels import label


class EmployeePage(FormPage):
    """The form and the cards of the administrator below it."""

    def __init__(self, view: AreaView, entity: str, id_: int) -> None:
        self.sign_in, self.groups, self.owned = SignInCard(view), GroupsCard(view), OwnedCard(view)
        super().__init__(view, entity, id_)
        self.add_below(self.sign_in)
        self.add_below(self.groups)
        self.add_below(self.owned)

    def _show_record(self, record: Record) -> None:
        super()._show_record(record)
        self.sign_in.show_employee(record)
        self.groups.show_employee(record)
        self.owned.show_employee(record)


class SignInCard(Card):
    """Login, password, locked or not. Only the administrator gets the buttons."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Sign-in"))
        self._view = view
        self._employee = Record("employee", 0, 0)
        self._state = Chip("")
        self.head.addWidget(self._state)
        self._words = label("", "muted", wrap=True)
        self.body.addWidget(self._words)
        self.create_button = secondary_button(_("Create login…"), self._ask_login, icon_name="key")
        self.reset_button = secondary_button(_("New password…"), self._ask_password, icon_name="key")
        self.lock_button = secondary_button(_("Lock"), self._toggle_lock, icon_name="lock-simple")
        line = QHBoxLayout()
        line.setSpacing(8)
        for button in (self.create_button, self.reset_button, self.lock_button):
            line.addWidget(button)
        line.addStretch(1)
        self.body.addLayout(line)

    def show_employee(self, employee: Record) -> None:
        """Show how this employee signs in."""
        self._employee = employee
        login, is_active = employee.values.get("login"), bool(employee.values.get("is_active"))
        self.setVisible(employee.id > 0)
        if not login:
            self._words.setText(_("Has no login yet and cannot sign in."))
        else:
            self._words.setText(_("Signs in as “{login}”.").format(login=login))
        if not is_active:
            self._state.set_text(_("locked"), "bad")
        elif login:
            self._state.set_text(_("may sign in"), "good")
        else:
            self._state.set_text(_("no login"), "neutral")
        may_edit = self._view.context.person.may("update", "employee")
        self.create_button.setVisible(may_edit and not login)
        self.reset_button.setVisible(may_edit and bool(login))
        self.lock_button.setVisible(may_edit)
        self.lock_button.setText(_("Lock") if is_active else _("Unlock"))

    def _ask_login(self) -> None:
        suggestion = administration.suggest_login(self._employee.title)
        dialog = GivePasswordDialog(self, self._employee.title, suggestion, is_new=True)
        dialog.chosen.connect(lambda login, password: self._give(dialog, login, password))
        dialog.open_quietly()

    def _ask_password(self) -> None:
        dialog = GivePasswordDialog(self, self._employee.title, str(self._employee.values["login"]), is_new=False)
        dialog.chosen.connect(lambda login, password: self._give(dialog, login, password))
        dialog.open_quietly()

    def _give(self, dialog: GivePasswordDialog, login: str, password: str) -> None:
        employee = self._employee
        is_new = not employee.values.get("login")

        def work(session: Session) -> None:
            if is_new:
                administration.create_login(session, employee, login, password)
            else:
                administration.set_password(session, login, password)

        def done(_nothing: None) -> None:
            dialog.accept()
            words = _("{name} can sign in as “{login}” now.") if is_new else _("The password of “{login}” is changed.")
            messages.notify(self, words.format(name=employee.title, login=login))

        def fail(error: KnownError) -> None:
            dialog.login.set_error(str(error))

        self._view.context.tasks.command(self, work, done, fail)

    def _toggle_lock(self) -> None:
        employee = self._employee
        is_active = not employee.values.get("is_active")
        is_me = employee.id == self._view.context.person.id
        if is_me and not messages.confirm(
            self,
            _("Lock yourself?"),
            _("You could not sign in again, and only another administrator could unlock you."),
            _("Lock"),
            danger=True,
        ):
            return

        def work(session: Session) -> Record:
            current = records.fetch_record(session, "employee", employee.id)
            return administration.set_active(session, current, is_active=is_active)

        def done(saved: Record) -> None:
            words = (
                _("{name} may sign in again.")
                if is_active
                else _("{name} is locked. Who is signed in stays so until he leaves.")
            )
            messages.notify(
                self, words.format(name=saved.title), undo=lambda: undo(self._view, self._view, saved.change_set)
            )

        self._view.context.tasks.command(self, work, done)


class GroupsCard(Card):
    """A box for each permission group; ticking one is saved at once, and can be taken back."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Permission groups"))
        self._view = view
        self._employee = Record("employee", 0, 0)
        self._boxes: dict[int, QCheckBox] = {}
        self._lines = QWidget()
        self._flow = FlowLayout(self._lines, gap=16)
        self.body.addWidget(self._lines)
        self.body.addWidget(label(_("What he may do is the sum of his groups."), "small"))
        self.why_button = quiet_button(_("What can he see?"), self._explain, icon_name="eye")
        self.head.addWidget(self.why_button)
        self.why_button.setVisible(view.context.person.may("update", "permission_group"))
        view.context.bus.changed.connect(self._table_changed)

    def show_employee(self, employee: Record) -> None:
        """Show the groups of this employee."""
        self._employee = employee
        self.setVisible(employee.id > 0)
        if not employee.id:
            return
        self._view.context.tasks.query(
            self,
            lambda session: (
                administration.fetch_groups(session),
                administration.fetch_groups_of(session, employee.id),
            ),
            lambda answer: self._show(*answer),
            key="groups",
        )

    def _show(self, groups: list[Ref], held: frozenset[int]) -> None:
        may_edit = self._view.context.person.may("update", "permission_group")
        if [(group.id, group.label) for group in groups] != [(id_, box.text()) for id_, box in self._boxes.items()]:
            self._flow.clear()
            self._boxes = {group.id: QCheckBox(group.label) for group in groups}
            for box in self._boxes.values():
                box.setEnabled(may_edit)
                box.clicked.connect(self._save)
                self._flow.addWidget(box)
        for id_, box in self._boxes.items():  # the one just ticked keeps the keys
            box.setChecked(id_ in held)

    def _explain(self) -> None:
        WhyDialog(self._view, Ref(self._employee.id, self._employee.title)).open_quietly()

    def _save(self) -> None:
        employee = self._employee
        wanted = frozenset(id_ for id_, box in self._boxes.items() if box.isChecked())

        def done(change_set: int) -> None:
            messages.notify(
                self,
                _("The groups of {name} were saved.").format(name=employee.title),
                undo=lambda: undo(self._view, self._view, change_set),
            )

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.show_employee(employee)

        def save(session: Session, *, may_lose_own: bool) -> int:
            return administration.save_groups_of(session, employee, wanted, may_lose_own=may_lose_own)

        save_own_rights(self._view, self, save, done, fail)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in {"group_member", "permission_group"}:
            self.show_employee(self._employee)
