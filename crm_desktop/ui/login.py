"""Signing in: server, login, password. What fails is said in the dialog itself, with what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDialog, QFrame, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _, language
from crm_desktop.core.settings import Profile, forget_password, password_for, remember_password, save_profiles
from crm_desktop.spec.kinds import CHOICE, TEXT, Ref
from crm_desktop.ui import icons
from crm_desktop.ui.dialogs.connection import ConnectionFields
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.buttons import link_button, primary_button
from crm_desktop.ui.widgets.labels import label

Connect = Callable[[Profile, str], object]
WIDTH = 352
OTHER_LANGUAGE = {"zh": ("en", "English"), "en": ("zh", "简体中文")}


class LoginDialog(QDialog):
    """``connect(profile, password)`` runs in the background; what it returns comes out of ``signed_in``."""

    signed_in = Signal(object, str)  # the result of connect; a remark for the user, or nothing
    language_chosen = Signal(str)

    def __init__(self, profiles: Sequence[Profile], last_profile: str, connect: Connect, tasks: Tasks) -> None:
        super().__init__()
        self._profiles = list(profiles)
        self._connect, self._tasks = connect, tasks
        self.setWindowTitle(_("Sign in"))
        self.server = ChoiceEditor(CHOICE, _("Server"), self._answer_servers, required=True)
        self.details = ConnectionFields()
        self._details_button = link_button(_("Connection settings"), self._toggle_details)
        self.login = LineEditor(TEXT, _("Login"), required=True)
        self.password = LineEditor(TEXT, _("Password"))
        self.password.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.remember = QCheckBox(_("Remember the password on this computer"))
        self.failure = _Failure()
        self.button = primary_button(_("Sign in"), self.sign_in)
        self.button.setDefault(True)
        self._inputs = QWidget()
        self._lay_out()
        self.server.changed.connect(self._server_chosen)
        self._choose(next((p for p in self._profiles if p.name == last_profile), None))

    def sign_in(self) -> None:
        """Check what was typed and connect in the background."""
        if not all([self.details.check(), self.login.check()]):
            if self.details.check():
                self.login.setFocus()
            else:
                self.details.show()
            return
        profile = Profile(**{**vars(self.details.profile()), "login": self.login.value()})
        password = self.password.line.text()
        remember = self.remember.isChecked()
        profiles = [profile, *(one for one in self._profiles if one.name != profile.name)]
        self._set_busy(True)

        def work(_session: object) -> tuple[object, str]:
            return self._connect(profile, password), _keep(profiles, password, remember=remember)

        self._tasks.query(self, work, self._succeeded, self._failed, key="sign in")

    def _succeeded(self, answer: tuple[object, str]) -> None:
        self.signed_in.emit(*answer)
        self.accept()

    def _failed(self, error: KnownError) -> None:
        self._set_busy(False)
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
        if chosen.name:
            self.server.set_value(Ref(self._profiles.index(chosen), chosen.name))
        self.server.setVisible(bool(self._profiles))
        self.details.set_profile(chosen)
        self.details.setVisible(not self._profiles)
        self.login.set_value(chosen.login)
        self.password.line.clear()
        if not self._profiles:
            self.details.host.setFocus()
        else:
            (self.password if chosen.login else self.login).setFocus()
        if chosen.login:
            # The keyring may ask the desktop and take its time.
            self._tasks.query(self, lambda _session: password_for(chosen), self._fill_password, key="password")

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
            self.details.set_profile(Profile(name=""))
            self.details.show()
            self.details.host.setFocus()
        self.adjustSize()

    def _answer_servers(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        refs = [Ref(place, profile.name) for place, profile in enumerate(self._profiles)]
        answer([*refs, Ref(len(refs), _("Another server…"))])

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
        self._inputs.setFixedWidth(WIDTH)
        inputs = QVBoxLayout(self._inputs)
        inputs.setContentsMargins(0, 0, 0, 0)
        inputs.setSpacing(12)
        for widget in (self.server, self.details, self.login, self.password, self.remember):
            inputs.addWidget(widget)
        foot = QHBoxLayout()
        foot.addWidget(self._details_button)
        foot.addStretch(1)
        foot.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(16)
        column.setSizeConstraint(QVBoxLayout.SizeConstraint.SetFixedSize)
        column.addLayout(head)
        column.addWidget(self._inputs)
        column.addWidget(self.failure)
        column.addLayout(foot)


class _Failure(QFrame):
    """Cause and remedy in a red frame."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("failure")
        self._message = label("", "strong", wrap=True, selectable=True)
        self._hint = label("", "body", wrap=True, selectable=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(4)
        column.addWidget(self._message)
        column.addWidget(self._hint)
        self.hide()

    def show_error(self, error: KnownError) -> None:
        self._message.setText(error.message)
        self._hint.setText(error.hint)
        self._hint.setVisible(bool(error.hint))
        self.show()

    def text(self) -> str:
        return f"{self._message.text()} {self._hint.text()}".strip()


def _keep(profiles: list[Profile], password: str, *, remember: bool) -> str:
    """Save the profiles, the one used first, and its password or none. Returns a remark where that cannot be
    done.
    """
    save_profiles(profiles)
    if not remember:
        forget_password(profiles[0])
        return ""
    try:
        remember_password(profiles[0], password)
    except KnownError as error:
        return str(error)
    return ""
