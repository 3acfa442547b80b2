"""The office's server: where it is, who signs in, and a trial that says at which step the way ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.settings import Profile
from crm_desktop.services.connection_trial import Trial, try_connection
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.connection import ConnectionFields
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.start.page import Connect, StartPage
from crm_desktop.ui.start.trial_view import TrialView
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.buttons import secondary_button


class OfficePage(StartPage):
    """The trial needs no more than what is typed; it changes nothing anywhere."""

    def __init__(self, tasks: Tasks, connect: Connect) -> None:
        super().__init__(
            tasks,
            connect,
            _("Connect to the office's server"),
            _("All this is on the note from your administrator. Port and database are mostly right as they are."),
            _("Sign in"),
        )
        self.details = ConnectionFields()
        self.details.set_profile(Profile(name="", host=""))
        self.login = LineEditor(TEXT, _("Login"), required=True)
        self.password = LineEditor(TEXT, _("Password"))
        self.password.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.remember = QCheckBox(_("Remember the password on this computer"))
        self.trial = TrialView()
        self.test_button = secondary_button(_("Test the connection"), self.test, icon_name="heartbeat")
        self.foot.insertWidget(2, self.test_button)
        who = QGridLayout()
        who.setHorizontalSpacing(12)
        who.addWidget(self.login, 0, 0)
        who.addWidget(self.password, 0, 1)
        self.body.addWidget(self.details)
        self.body.addLayout(who)
        self.body.addWidget(self.remember)
        self.body.addWidget(self.trial)
        self.setFocusProxy(self.details)
        self.scroll_area.verticalScrollBar().rangeChanged.connect(self._show_end_of_trial)

    def go(self) -> None:
        """Sign in."""
        if self._check():
            self.trial.clear()
            self.enter(self._profile(), self.password.line.text(), remember=self.remember.isChecked())

    def test(self) -> None:
        """Try every step and show how far one comes."""
        if not self._check():
            return
        profile, password = self._profile(), self.password.line.text()
        self.trial.clear()
        self.failure.hide()
        self.test_button.setEnabled(False)
        self.test_button.setText(_("Trying…"))
        self._tasks.query(
            self, lambda _session: try_connection(profile, password), self._show_trials, self._trial_failed, key="try"
        )

    def _show_trials(self, trials: Sequence[Trial]) -> None:
        self._end_trial()
        self.trial.show_trials(trials)

    def _show_end_of_trial(self, _least: int, most: int) -> None:
        if not self.trial.isHidden():
            self.scroll_area.verticalScrollBar().setValue(most)

    def _trial_failed(self, error: KnownError) -> None:
        self._end_trial()
        self.failure.show_error(error)

    def _end_trial(self) -> None:
        self.test_button.setEnabled(True)
        self.test_button.setFocus()
        self.test_button.setText(_("Test the connection"))

    def _profile(self) -> Profile:
        return replace(self.details.profile(), login=self.login.value())

    def _check(self) -> bool:
        return all([self.details.check(), self.login.check()])
