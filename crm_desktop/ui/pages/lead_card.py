"""Where a lead stands and what can be made of it; a line to note what was just done about it."""

from __future__ import annotations

from PySide6.QtCore import Signal, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.leads import State
from crm_desktop.services.records import Record
from crm_desktop.spec.kinds import TIME
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.pages.log_line import LogLine
from crm_desktop.ui.widgets.bar import Bar
from crm_desktop.ui.widgets.buttons import secondary_button, with_shortcut
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.tooltips import plain_tooltip

TAKE_UP, CONVERT, DROP = "Alt+1", "Alt+2", "Alt+3"


class LeadCard(Card):
    """Announces what its user wants; whoever shows it asks and saves."""

    take_up_wanted = Signal()
    convert_wanted = Signal()
    drop_wanted = Signal()

    def __init__(self, view: AreaView) -> None:
        super().__init__(padding=12)
        self.body.setSpacing(8)
        self.words = label("", wrap=True)
        self.take_up_button = self._button(_("Take up"), self.take_up_wanted, "hand-grabbing", TAKE_UP)
        self.convert_button = self._button(_("Convert…"), self.convert_wanted, "check-circle", CONVERT)
        self.drop_button = self._button(_("Drop…"), self.drop_wanted, "prohibit", DROP)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.words, 1)
        for button in (self.take_up_button, self.convert_button, self.drop_button):
            line.addWidget(button)
        self.late = Bar("bad")
        self.log_line = LogLine(view)
        self.body.addLayout(line)
        self.body.addWidget(self.late)
        self.body.addWidget(self.log_line)

    def show_lead(self, lead: Record, state: State | None, *, may_edit: bool) -> None:
        """Show where it stands, and offer what can follow."""
        self.setVisible(state is not None)
        is_open = state in {"new", "working"}
        self.words.setText(_words(lead, state))
        self.late.say_one(_late(lead) if state == "new" else "")
        self.take_up_button.setText(_("Reopen") if state == "dropped" else _("Take up"))
        self.take_up_button.setVisible(may_edit and state in {"new", "dropped"})
        self.convert_button.setVisible(may_edit and is_open)
        self.drop_button.setVisible(may_edit and is_open)
        self.log_line.setVisible(may_edit and is_open)

    @staticmethod
    def _button(text: str, wanted: SignalInstance, picture: str, key: str) -> QPushButton:
        made = secondary_button(text, wanted.emit, icon_name=picture)
        made.setToolTip(plain_tooltip(with_shortcut(text, key)))
        return made


def _words(lead: Record, state: State | None) -> str:
    values = lead.values
    if state == "converted":
        became = [values[key].label for key in ("customer", "contact", "opportunity") if values.get(key)]
        when = TIME.format(values.get("ended_at"))
        return _("Converted on {when}: {what}").format(when=when, what=_(", ").join(became))
    if state == "dropped":
        reason = values["reason"].label if values.get("reason") else ""
        return _("Dropped on {when}: {what}").format(when=TIME.format(values.get("ended_at")), what=reason)
    if state == "working":
        return _("Somebody first took care of it on {when}.").format(when=TIME.format(values.get("responded_at")))
    if values.get("respond_by") is not None:
        return _("New. To be answered by {when}.").format(when=TIME.format(values["respond_by"]))
    return _("New. It belongs to nobody yet.")


def _late(lead: Record) -> str:
    respond_by = lead.values.get("respond_by")
    if respond_by is None or respond_by > clock.now():
        return ""
    return _("It should have been answered by {when}.").format(when=TIME.format(respond_by))
