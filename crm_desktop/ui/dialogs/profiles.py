"""The places somebody signs in to on this computer: their names, order, addresses, and which comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QListWidget, QVBoxLayout, QWidget

from crm_desktop.core.i18n import N_, _
from crm_desktop.core.settings import Options, Profile, forget_password, password_for, save_profiles
from crm_desktop.services.connection_trial import try_connection
from crm_desktop.spec.kinds import TEXT
from crm_desktop.ui.dialogs.connection import ConnectionFields
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.fields.line import LineEditor
from crm_desktop.ui.start.failure import Failure
from crm_desktop.ui.start.trial_view import TrialView
from crm_desktop.ui.tasks import Session, Tasks
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.labels import label

WIDTH = 680
WHERE = {
    "here": N_("The data of this firm lie on this computer. Taken off this list, they stay where they are."),
    "sample": N_("The invented firm on this computer. Taken off this list, it stays and can be opened again."),
}


class ProfilesDialog(Dialog):
    """Nothing is kept before "Save". ``accepted`` tells that the list may be another one."""

    def __init__(self, parent: QWidget | None, options: Options, profiles: Sequence[Profile], tasks: Tasks) -> None:
        super().__init__(parent, _("Connections"), width=WIDTH)
        self._tasks = tasks
        self._profiles = list(profiles)
        self._removed: list[Profile] = []
        self._default = options.default_profile
        self._row = -1
        self.list = QListWidget()
        self.list.setFixedWidth(200)
        self.list.setAccessibleName(_("Connections"))
        self.name = LineEditor(TEXT, _("Name"), required=True)
        self.where = label("", "muted", wrap=True)
        self.database = LineEditor(
            TEXT, _("Database"), required=True, help_text=_("Another one after restoring a backup beside it.")
        )
        self.details = ConnectionFields()
        self.first = QCheckBox(_("Offer this one first at sign-in"))
        self.trial = TrialView()
        self.failure = Failure()
        self.test_button = secondary_button(_("Test the connection"), self.test, icon_name="heartbeat")
        self.remove_button = secondary_button(_("Take off the list"), self.remove, icon_name="trash")
        self._lay_out()
        self.list.currentRowChanged.connect(self._go_to)
        for number, profile in enumerate(self._profiles):
            self.list.addItem(profile.name)
            if profile.name == self._default:
                self.list.setCurrentRow(number)
        if self._profiles and self.list.currentRow() < 0:
            self.list.setCurrentRow(0)
        self.add_cancel()
        self.add_primary(_("Save"), self.save)

    def save(self) -> None:
        """Keep the list; remembered passwords of what was taken off it are forgotten."""
        if not self._take_typed():
            return
        save_profiles(self._profiles)
        names = {profile.name for profile in self._profiles}
        replace(Options.load(), default_profile=self._default if self._default in names else "").save()
        removed = self._removed

        def forget(_session: Session) -> None:
            for profile in removed:
                forget_password(profile)

        self._tasks.query(self, forget, lambda _none: None)
        self.accept()

    def test(self) -> None:
        """Try the chosen server, with the remembered password; without one the way ends there at the latest."""
        if not self._take_typed():
            return
        profile = self._profiles[self._row]
        self.trial.clear()
        self.failure.hide()
        self._tasks.query(
            self,
            lambda _session: try_connection(profile, password_for(profile) or ""),
            self.trial.show_trials,
            self.failure.show_error,
            key="try",
        )

    def remove(self) -> None:
        """Take the chosen one off the list."""
        row = self._row
        if row < 0:
            return
        self._removed.append(self._profiles.pop(row))
        with QSignalBlocker(self.list):  # it announces another row before this one has gone
            self.list.takeItem(row)
        self._row = -1
        self._go_to(self.list.currentRow())
        self._form.setVisible(bool(self._profiles))

    def _go_to(self, row: int) -> None:
        if row == self._row:
            return
        if not self._take_typed():
            self.list.setCurrentRow(self._row)
            return
        self._row = row
        self._form.setVisible(row >= 0)
        self.trial.clear()
        if row < 0:
            return
        profile = self._profiles[row]
        is_server = profile.kind == "server"
        self.name.set_value(profile.name)
        self.where.setText(_(WHERE.get(profile.kind, "")))
        self.where.setHidden(is_server)
        self.details.set_profile(profile)
        self.database.set_value(profile.database)
        self.database.setVisible(profile.kind == "here")
        for widget in (self.details, self.test_button):
            widget.setVisible(is_server)
        self.first.setChecked(profile.name == self._default)

    def _take_typed(self) -> bool:
        """Take what was typed for the one shown; False where it cannot be taken."""
        if self._row < 0:
            return True
        before = self._profiles[self._row]
        if not self.name.check() or (before.kind == "server" and not self.details.check()) or not self.database.check():
            return False
        name = self.name.value()
        if any(one.name == name for number, one in enumerate(self._profiles) if number != self._row):
            self.name.set_error(_("There is another one with this name."))
            return False
        typed = self.details.profile() if before.kind == "server" else before
        if before.kind == "here":
            typed = replace(before, database=self.database.value())
        self._profiles[self._row] = replace(typed, name=name)
        self.list.item(self._row).setText(name)
        if self.first.isChecked():
            self._default = name
        elif self._default in {before.name, name}:
            self._default = ""
        return True

    def _lay_out(self) -> None:
        self._form = QWidget()
        column = QVBoxLayout(self._form)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.setAlignment(Qt.AlignmentFlag.AlignTop)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self.test_button)
        buttons.addWidget(self.remove_button)
        buttons.addStretch(1)
        for widget in (self.name, self.where, self.database, self.details, self.first, self.trial, self.failure):
            column.addWidget(widget)
        column.addLayout(buttons)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addWidget(self.list)
        line.addWidget(self._form, 1)
        self.body.addLayout(line, 1)
        self.list.setFocus()
