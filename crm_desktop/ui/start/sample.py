"""The sample firm: as whom one wants to look at it."""

from __future__ import annotations

from PySide6.QtWidgets import QButtonGroup, QRadioButton

from crm_desktop.core.access import Group
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.settings import Profile
from crm_desktop.ui.start.page import Connect, StartPage
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.labels import label

ROLES = {
    Group.GENERAL_MANAGER: N_("sees everything, and what everybody changed"),
    Group.SALES_MANAGER: N_("sees the customers of the own department"),
    Group.SALESPERSON: N_("sees the own customers and the pool"),
    Group.CLERK: N_("imports sheets, prints lists and labels"),
    Group.ADMINISTRATOR: N_("looks after employees, rights and choice lists"),
}


def sample_profile(role: str) -> Profile:
    """The sample firm, signed in as somebody of this permission group."""
    return Profile(name=_("Sample firm"), kind="sample", login=role)


class SamplePage(StartPage):
    """The firm is made at the first time, which takes about a minute, and kept."""

    def __init__(self, tasks: Tasks, connect: Connect) -> None:
        super().__init__(
            tasks,
            connect,
            _("Try the sample firm"),
            _("It is filled at the first time, which takes about a minute. Nothing leaves this computer."),
            _("Open the sample firm"),
        )
        self.roles = QButtonGroup(self)
        self.body.addWidget(label(_("As whom do you want to look at it?"), "small"))
        for number, (role, what) in enumerate(ROLES.items()):
            choice = QRadioButton(_("{role}: {what}").format(role=_(role.label), what=_(what)))
            choice.setChecked(number == 0)
            self.roles.addButton(choice, number)
            self.body.addWidget(choice)
        self.setFocusProxy(self.roles.button(0))

    def go(self) -> None:
        """Make or start it, and sign in."""
        self.enter(sample_profile(list(ROLES)[self.roles.checkedId()]), "")
