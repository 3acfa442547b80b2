"""Sharing one record or many: with whom, to see or to change, until when; and what would stay as it is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services import sharing
from crm_desktop.services.bulk import Rehearsal
from crm_desktop.services.sharing import Lending, Receiver
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.dialogs.rehearsal import RehearsalView
from crm_desktop.ui.fields.line import DateEditor
from crm_desktop.ui.list_page.words import things
from crm_desktop.ui.sharing.lendings import LendingList
from crm_desktop.ui.sharing.receivers import ReceiversEditor
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.labels import label

WIDTH = 640
Answer = tuple[Rehearsal, list[Lending]]


@dataclass(frozen=True)
class Terms:
    """What was chosen."""

    receivers: Sequence[Receiver]
    may_write: bool
    ends_at: datetime.datetime | None


class ShareDialog(Dialog):
    """``share`` is called with what was chosen and the ids that can be shared, ``end`` with a share to take back."""

    def __init__(
        self,
        view: AreaView,
        spec: EntitySpec,
        ids: Sequence[int],
        name: str,
        share: Callable[[Terms, Sequence[int]], object],
        end: Callable[[Lending], object],
    ) -> None:
        """``name`` is what the only record is called, empty for several."""
        what = f"“{name}”" if name else things(spec, len(ids))
        super().__init__(view.window(), _("Share {what}").format(what=what), width=WIDTH)
        self._view, self._spec, self._ids, self._share = view, spec, list(ids), share
        self._rehearsal: Rehearsal | None = None
        self.whom = ReceiversEditor(view, self)
        self.whom.people.changed.connect(self._enable)
        self.whom.departments.changed.connect(self._enable)
        self.may = QComboBox()
        self.may.setAccessibleName(_("What they may do"))
        self.may.addItem(_("See it"), userData=False)
        self.may.addItem(_("See and change it: collaborators"), userData=True)
        self.until = DateEditor(DATE, _("Until"), help_text=_("Empty: until it is taken back."))
        self.outcome = RehearsalView(spec)
        self.shared = LendingList(end)
        self._heading = label(_("Shared now with"), "strong")
        self._heading.hide()
        self.body.addWidget(self.whom)
        self.body.addLayout(self._terms_line())
        words = _(
            "What belongs to it is shared with it. Nobody it is shared with can delete it, give it away or share it."
        )
        self.body.addWidget(label(words, "muted", wrap=True))
        self.body.addWidget(self._heading)
        self.body.addWidget(self.shared)
        self.body.addWidget(self.outcome)
        self.body.addStretch(1)
        self.add_cancel()
        self.apply = self.add_primary(_("Share"), self._accept)
        self.apply.setEnabled(False)
        self.whom.setFocus()

    def rehearse(self) -> None:
        """Look in the background which of the records can be shared, and with whom the only one is."""
        entity, ids = self._spec.key, self._ids

        def work(session: Session) -> Answer:
            lendings = sharing.fetch_lendings(session, entity, ids[0]) if len(ids) == 1 else []
            return sharing.rehearse_share(session, entity, ids), lendings

        self._view.context.tasks.query(self, work, self.show_answer, self.outcome.show_error, key="rehearse")

    def show_answer(self, answer: Answer) -> None:
        """Say what can be shared, and what is."""
        self._rehearsal, lendings = answer
        count = len(self._rehearsal.targets.ids)
        if len(self._ids) == 1:
            self.outcome.say("" if count else _("You see it, but it is not yours to share."))
        else:
            self.outcome.show_rehearsal(self._rehearsal)
        self._heading.setVisible(bool(lendings))
        self.shared.show_lendings(lendings, may_end=count > 0)
        self._enable()
        self.adjustSize()

    def _terms_line(self) -> QHBoxLayout:
        left = QVBoxLayout()
        left.setSpacing(4)
        left.addWidget(label(_("What they may do"), "small"))
        left.addWidget(self.may)
        left.addStretch(1)
        line = QHBoxLayout()
        line.setSpacing(16)
        line.addLayout(left, 1)
        line.addWidget(self.until, 1)
        return line

    def _enable(self) -> None:
        can = self._rehearsal is not None and len(self._rehearsal.targets.ids) > 0
        self.apply.setEnabled(can and bool(self.whom.value()))

    def _accept(self) -> None:
        if self._rehearsal is None or not self.until.check():
            return
        terms = Terms(self.whom.value(), bool(self.may.currentData()), _end_of_day(self.until))
        self.accept()
        self._share(terms, list(self._rehearsal.targets.ids))


def _end_of_day(editor: DateEditor) -> datetime.datetime | None:
    """The day typed counts to its end."""
    try:
        day = editor.value()
    except KnownError:
        return None
    if day is None:
        return None
    return datetime.datetime.combine(day + datetime.timedelta(days=1), datetime.time()).astimezone()
