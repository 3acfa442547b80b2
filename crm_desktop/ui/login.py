"""Signing in: where the data are, login, password. What fails is said in the dialog itself, and what to do then."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.errors import CancelledError, KnownError
from crm_desktop.core.i18n import _, language
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Profile, can_remember_passwords, password_for
from crm_desktop.spec.kinds import CHOICE, TEXT, Ref
from crm_desktop.ui import icons
from crm_desktop.ui.dialogs.connection import ConnectionFields
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.start.failure import Failure
from crm_desktop.ui.start.page import OTHER_LANGUAGE, Connect, keep
from crm_desktop.ui.start.sample import ROLES
from crm_desktop.ui.start.work_bar import WorkBar
from crm_desktop.ui.tasks import Session, Tasks
from crm_desktop.ui.theme import dress
from crm_desktop.ui.widgets.buttons import link_button, primary_button
from crm_desktop.ui.widgets.labels import label

WIDTH = 352


class LoginDialog(QDialog):
    """``connect`` runs in the background; what it returns comes out of ``signed_in``."""

    signed_in = Signal(object, str)  # the result of connect; a remark for the user, or nothing
    language_chosen = Signal(str)
    another_chosen = Signal()  # another way to begin, or another server
    profiles_chosen = Signal()  # to look after the list of them

    def __init__(self, profiles: Sequence[Profile], last_profile: str, connect: Connect, tasks: Tasks) -> None:
        super().__init__()
        dress(self)
        self._profiles = list(profiles)
        self._profile = Profile(name="")
        self._connect, self._tasks = connect, tasks
        self.setWindowTitle(_("Sign in"))
        self.server = ChoiceEditor(CHOICE, _("Where the data are"), self._answer_servers, required=True)
        self.role = ChoiceEditor(CHOICE, _("Look at it as"), self._answer_roles, required=True)
        self.details = ConnectionFields()
        self._details_button = link_button(_("Connection settings"), self._toggle_details)
        self.login = LineEditor(TEXT, _("Login"), required=True)
        self.password = LineEditor(TEXT, _("Password"))
        self.password.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.remember = QCheckBox(_("Remember the password on this computer"))
        self.failure = Failure()
        self.work_bar = WorkBar()
        self.manage_button = link_button(_("Manage connections…"), self.profiles_chosen.emit)
        self.button = primary_button(_("Sign in"), self.sign_in)
        self.button.setDefault(True)
        self._inputs = QWidget()
        self._lay_out()
        self.server.changed.connect(self._server_chosen)
        self._choose(next((p for p in self._profiles if p.name == last_profile), None))
        self._tasks.query(self, lambda _session: can_remember_passwords(), self._tell_of_keyring, key="keyring")

    def sign_in(self) -> None:
        """Check what was typed and connect in the background."""
        profile = self._typed_profile()
        if profile is None:
            return
        password = self.password.line.text()
        remember = self.remember.isChecked()
        self._set_busy(True)

        def work(_session: Session, progress: Progress) -> tuple[object, str]:
            return self._connect(profile, password, progress), keep(profile, password, remember=remember)

        long_work = self._tasks.long_command(self, work, self._succeeded, self._failed)
        if profile.kind != "server":  # a server here may have to start, or be filled, first
            self.work_bar.follow(long_work)

    def reject(self) -> None:
        """Esc stops a server that is just starting; else it leaves."""
        if self.work_bar.isVisible():
            self.work_bar.cancel()
        else:
            super().reject()

    def _typed_profile(self) -> Profile | None:
        if self._profile.kind == "sample":
            chosen = self.role.chosen()
            return replace(self._profile, login=list(ROLES)[chosen.id if chosen else 0])
        is_server = self._profile.kind == "server"
        if not all([not is_server or self.details.check(), self.login.check()]):
            if self.login.error():
                self.login.setFocus()
            if is_server and not self.details.check():
                self.details.show()
            return None
        return replace(self.details.profile() if is_server else self._profile, login=self.login.value())

    def _succeeded(self, answer: tuple[object, str]) -> None:
        self.signed_in.emit(*answer)
        self.accept()

    def _failed(self, error: KnownError) -> None:
        self._set_busy(False)
        if not isinstance(error, CancelledError):
            self.failure.show_error(error)
        self.adjustSize()
        self.password.line.setFocus()
        self.password.line.selectAll()

    def _set_busy(self, busy: bool) -> None:  # noqa: FBT001 - one boolean, as in Qt's setters
        self._inputs.setEnabled(not busy)
        self.button.setEnabled(not busy)
        self.button.setText(_("Signing in…") if busy else _("Sign in"))
        if busy:
            self.failure.hide()
            self.adjustSize()

    def _choose(self, profile: Profile | None) -> None:
        chosen = profile or (self._profiles[0] if self._profiles else Profile(name=""))
        self._profile = chosen
        if chosen.name:
            self.server.set_value(Ref(self._profiles.index(chosen), chosen.name))
        is_server, is_sample = chosen.kind == "server", chosen.kind == "sample"
        self.server.setVisible(bool(self._profiles))
        self.details.set_profile(chosen)
        self.details.setVisible(not self._profiles)
        self._details_button.setVisible(is_server and bool(self._profiles))
        self.role.setVisible(is_sample)
        for widget in (self.login, self.password, self.remember):
            widget.setVisible(not is_sample)
        self.login.set_value("" if is_sample else chosen.login)
        self.password.line.clear()
        if is_sample:
            number = [*map(str, ROLES)].index(chosen.login) if chosen.login in ROLES else 0
            self.role.set_value(Ref(number, _(list(ROLES)[number].label)))
            self.button.setFocus()
        elif not self._profiles:
            self.details.host.setFocus()
        else:
            (self.password if chosen.login else self.login).setFocus()
        if chosen.login and not is_sample:
            # The keyring may ask the desktop and take its time.
            self._tasks.query(self, lambda _session: password_for(chosen), self._fill_password, key="password")

    def _tell_of_keyring(self, can_remember: bool) -> None:  # noqa: FBT001 - the answer of a query
        self.remember.setEnabled(can_remember)
        if not can_remember:
            self.remember.setChecked(False)
            self.remember.setText(_("Passwords cannot be kept safely here"))

    def _fill_password(self, password: str | None) -> None:
        self.remember.setChecked(password is not None)
        if password is not None and not self.password.line.text():
            self.password.line.setText(password)
            self.button.setFocus()

    def _server_chosen(self) -> None:
        ref = self.server.chosen()
        if ref is None:
            return
        if ref.id < len(self._profiles):
            self._choose(self._profiles[ref.id])
        else:
            self.server.set_value(Ref(self._profiles.index(self._profile), self._profile.name))
            self.another_chosen.emit()
        self.adjustSize()

    def _answer_servers(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        refs = [Ref(place, profile.name) for place, profile in enumerate(self._profiles)]
        answer([*refs, Ref(len(refs), _("Another server or way to begin…"))])

    def _answer_roles(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer([Ref(number, _(role.label)) for number, role in enumerate(ROLES)])

    def _toggle_details(self) -> None:
        self.details.setVisible(self.details.isHidden())
        self.adjustSize()

    def _lay_out(self) -> None:
        picture = QLabel()
        picture.setPixmap(icons.pixmap("address-book", 32, "accent"))
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(picture)
        head.addWidget(label(_("CRM"), "page"), 1)
        other, name = OTHER_LANGUAGE[language()]
        head.addWidget(link_button(name, lambda: self.language_chosen.emit(other)))
        self._inputs.setMinimumWidth(WIDTH)
        inputs = QVBoxLayout(self._inputs)
        inputs.setContentsMargins(0, 0, 0, 0)
        inputs.setSpacing(12)
        for widget in (self.server, self.role, self.details, self.login, self.password, self.remember):
            inputs.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self._details_button)
        foot.addWidget(self.manage_button)
        foot.addStretch(1)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.addLayout(head)
        column.addWidget(self._inputs)
        column.addWidget(self.failure)
        column.addWidget(self.work_bar)
        column.addLayout(foot)
