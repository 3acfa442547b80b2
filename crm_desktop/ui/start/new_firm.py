"""A real firm on this computer: its name, its administrator, and where the daily copies go."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QCheckBox, QFileDialog, QGridLayout, QHBoxLayout, QLineEdit

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.core.settings import Options, Profile
from crm_desktop.services import firm_here
from crm_desktop.services.administration import SHORTEST_PASSWORD, suggest_login
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.start.page import Connect, StartPage
from crm_desktop.ui.tasks import Session, Tasks
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import secondary_button

FOLDER = "crm-backup"
BACKUPS = "*.crmbackup *.backup"


class NewFirmPage(StartPage):
    """Sets the firm up and signs its administrator in. Where a firm is kept here already, it is offered instead."""

    def __init__(self, tasks: Tasks, connect: Connect) -> None:
        super().__init__(tasks, connect, _("This computer keeps the data"), "", _("Set up the firm"))
        self._is_there = False
        self._truth = Bar("accent")
        self._truth.say_one(
            _(
                "Only this computer can work with these data. When colleagues join, move to a server of the office: "
                "a backup made here can be restored there."
            )
        )
        self.firm_name = LineEditor(TEXT, _("Name of the firm"), required=True)
        self.admin_name = LineEditor(TEXT, _("Your name"), required=True)
        self.login = LineEditor(TEXT, _("Login"), required=True, help_text=_("Small letters and digits."))
        least = _("At least {count} characters.").format(count=SHORTEST_PASSWORD)
        self.password = LineEditor(TEXT, _("Password"), required=True, help_text=least)
        self.again = LineEditor(TEXT, _("The same again"), required=True)
        for editor in (self.password, self.again):
            editor.line.setEchoMode(QLineEdit.EchoMode.Password)
        self.copies = QCheckBox(_("Make a copy of all data every day"))
        self.copies.setChecked(True)
        self.folder = LineEditor(
            TEXT, _("Folder for the copies"), help_text=_("Best on another drive, a stick or a network folder.")
        )
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        self.folder.set_value(str(Path(documents) / FOLDER))
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(12)
        grid.addWidget(self.firm_name, 0, 0, 1, 2)
        grid.addWidget(self.admin_name, 1, 0)
        grid.addWidget(self.login, 1, 1)
        grid.addWidget(self.password, 2, 0)
        grid.addWidget(self.again, 2, 1)
        place = QHBoxLayout()
        place.setSpacing(8)
        place.addWidget(self.folder, 1)
        self._choose_button = secondary_button(_("Choose…"), self._choose_folder)
        place.addWidget(self._choose_button)
        self.body.addWidget(self._truth)
        self.body.addLayout(grid)
        self.body.addWidget(self.copies)
        self.body.addLayout(place)
        self._restore_button = secondary_button(_("Begin with a backup…"), self._choose_backup)
        self.foot.insertWidget(2, self._restore_button)
        self.copies.toggled.connect(self.folder.setEnabled)
        self.copies.toggled.connect(self._choose_button.setEnabled)
        self.admin_name.line.editingFinished.connect(self._suggest_login)
        self.setFocusProxy(self.firm_name)

    def go(self) -> None:
        """Set up and sign in."""
        if not self._check():
            return
        password = self.password.line.text()
        if self._is_there:
            self.enter(Profile(name=_("Firm on this computer"), kind="here", login=self.login.value()), password)
            return
        firm = firm_here.NewFirm(self.firm_name.value(), self.admin_name.value(), self.login.value(), password)
        folder = self.folder.value() or "" if self.copies.isChecked() else ""

        def work(_session: Session, progress: Progress) -> None:
            firm_here.set_up(firm, progress)
            replace(Options.load(), backup_folder=folder).save()

        profile = Profile(name=firm.name, kind="here", login=firm.admin_login)
        self.run(work, lambda _none: self.enter(profile, password))

    def restore(self, file: Path) -> None:
        """Make the firm of a backup, then ask who signs in."""
        self.run(lambda _session, progress: firm_here.set_up_from(file, progress), lambda _none: self._ask_who())

    def _fail(self, error: KnownError) -> None:
        super()._fail(error)
        if isinstance(error, firm_here.AlreadyThereError):
            self._ask_who()

    def _ask_who(self) -> None:
        """The firm is there: all that is asked is a login and its password."""
        self._is_there = True
        self.button.setText(_("Sign in"))
        self._truth.say_one(_("The firm's data are on this computer. Sign in as you did before."))
        asked = (self.firm_name, self.admin_name, self.again, self.copies, self.folder)
        for widget in (*asked, self._choose_button, self._restore_button):
            widget.hide()
        self.login.setFocus()

    def _choose_backup(self) -> None:
        words = _("Backups ({kinds})").format(kinds=BACKUPS)
        chosen, _kind = QFileDialog.getOpenFileName(self, _("Begin with a backup"), "", words)
        if chosen:
            self.restore(Path(chosen))

    def _check(self) -> bool:
        if self._is_there:
            return self.login.check()
        editors = [self.firm_name, self.admin_name, self.login, self.password, self.again]
        if not all([editor.check() for editor in editors]):  # noqa: C419 - all of them are to say what is wrong
            return False
        if len(self.password.line.text()) < SHORTEST_PASSWORD:
            self.password.set_error(_("At least {count} characters.").format(count=SHORTEST_PASSWORD))
            return False
        if self.again.line.text() != self.password.line.text():
            self.again.set_error(_("The two are not the same."))
            return False
        return True

    def _suggest_login(self) -> None:
        if not self.login.line.text():
            self.login.set_value(suggest_login(self.admin_name.line.text()))

    def _choose_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Folder for the copies"), self.folder.line.text())
        if chosen:
            self.folder.set_value(chosen)
