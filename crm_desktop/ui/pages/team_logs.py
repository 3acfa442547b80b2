"""Who has submitted his work log of a day or a week, and who has not: for whoever is above them."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from functools import partial

from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core import clock
from crm_desktop.core.i18n import _
from crm_desktop.services.messages import Receiver
from crm_desktop.services.work_logs import Colleague, Period, State, fetch_team
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.write_message import WriteDialog
from crm_desktop.ui.form_page.wording import moment_text
from crm_desktop.ui.page import Page
from crm_desktop.ui.pages.home_cards import RowsCard, Shown
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button, secondary_button
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle


class TeamLogsPage(Page):
    """Two cards: those who are missing, and the others with what they wrote."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Who has submitted"))
        self._view = view
        self._day = clock.today()
        self._missing: Sequence[Receiver] = ()
        self.when = label("", "strong")
        self.weekly_button = quiet_button(_("By the week"), self._change_period, icon_name="calendar-blank")
        self.weekly_button.setCheckable(True)
        heading = PageTitle(_("Who has submitted"))
        heading.add(icon_button("caret-left", _("Earlier"), partial(self.go, -1), shortcut="Alt+Left"))
        heading.add(self.when)
        heading.add(icon_button("caret-right", _("Later"), partial(self.go, 1), shortcut="Alt+Right"))
        heading.add(quiet_button(_("Today"), self.go_today))
        heading.add(self.weekly_button)
        self.missing = RowsCard(_("Not submitted"), _("Everybody has submitted it."))
        self.remind_button = secondary_button(_("Remind them…"), self.remind, icon_name="paper-plane-tilt")
        self.missing.add_action(self.remind_button)
        self.submitted = RowsCard(_("Submitted"), _("Nobody has submitted it yet."))
        inside = QWidget()
        inside.setObjectName("plain")
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for card in (self.missing, self.submitted):
            column.addWidget(card)
        column.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inside)
        self.body.addWidget(heading)
        self.body.addWidget(area, 1)
        self.begin_at(self.submitted.table)
        self._follower = Follower(self, self.refresh)
        view.context.bus.changed.connect(self._table_changed)
        self.refresh()

    @property
    def period(self) -> Period:
        """Whether days or weeks are shown."""
        return "week" if self.weekly_button.isChecked() else "day"

    @property
    def begins_on(self) -> datetime.date:
        """The day that is shown, or the first one of the week."""
        return self._day - datetime.timedelta(days=self._day.weekday()) if self.period == "week" else self._day

    def go(self, step: int) -> None:
        """To a later day or week, or an earlier one."""
        self._day += datetime.timedelta(days=step * (7 if self.period == "week" else 1))
        self.refresh()

    def go_today(self) -> None:
        """To this day, or this week."""
        self._day = clock.today()
        self.refresh()

    def refresh(self) -> None:
        """Read them again."""
        begins_on, period = self.begins_on, self.period
        last = begins_on + datetime.timedelta(days=6)
        self.when.setText(
            f"{DATE.format(begins_on)} – {DATE.format(last)}" if period == "week" else DATE.format(begins_on)
        )
        self._view.context.tasks.query(
            self, lambda session: fetch_team(session, begins_on, period), self._show, key="team"
        )

    def remind(self) -> None:
        """Write to all who are missing."""
        self._write(self._missing)

    def _show(self, team: Sequence[Colleague]) -> None:
        missing = [one for one in team if one.log_id is None]
        self._missing = [_receiver(one) for one in missing]
        self.remind_button.setVisible(bool(missing))
        self.missing.show_rows([
            Shown(one.name, one.department, "", partial(self._write, [_receiver(one)])) for one in missing
        ])  # fmt: skip
        self.submitted.show_rows([
            Shown(
                one.name, one.summary.partition("\n")[0], _at(one.state, one.submitted_at),
                partial(self._view.open_record, "work_log", one.log_id),
                "warn" if one.state == "submitted" else "",
            )
            for one in team if one.log_id is not None and one.submitted_at is not None
        ])  # fmt: skip

    def _write(self, receivers: Sequence[Receiver]) -> None:
        dialog = WriteDialog(self._view, receivers)
        dialog.text.setPlainText(_("Please submit your work log of {when}.").format(when=self.when.text()))
        dialog.open_quietly()

    def _change_period(self) -> None:
        self.refresh()

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in {"work_log", "employee"}:
            self._follower.note()


def _at(state: State | None, submitted_at: datetime.datetime) -> str:
    words = _("Commented") if state == "commented" else _("Submitted")
    return f"{words} · {moment_text(submitted_at)}"


def _receiver(colleague: Colleague) -> Receiver:
    return Receiver("employee", Ref(colleague.id, colleague.name))
