"""Whose a record is and was, and with whom it is shared."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.services import sharing
from crm_desktop.services.journal import Change
from crm_desktop.services.records import Record
from crm_desktop.services.sharing import EndedLending, Lending, Tenure
from crm_desktop.services.surroundings import Surroundings
from crm_desktop.spec import Ref
from crm_desktop.spec.kinds import DATE
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.sharing.actions import SharingActions
from crm_desktop.ui.sharing.lendings import terms
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label

MOST_PERIODS = 5


class OwnershipCard(Card):
    """The owner since when, his collaborators, who else sees it by a share, and the owners before."""

    def __init__(self, view: AreaView, actions: SharingActions) -> None:
        super().__init__(_("Owner and collaborators"))
        self._view, self._actions = view, actions
        self._record = Record("customer", 0, 0)
        self.tenures: Sequence[Tenure] = ()
        self._lent = 0  # of which record the shares are
        self._lendings: Sequence[Lending] = ()
        self._ended: Sequence[EndedLending] = ()
        self.share_button = icon_button("share-network", _("Share…"), self._share)
        self.who_button = icon_button("eye", _("Who can see this?"), self._show_who)
        self.head.addWidget(self.who_button)
        self.head.addWidget(self.share_button)
        self._inside = QWidget()
        self.body.addWidget(self._inside)
        view.context.bus.changed.connect(self._table_changed)

    def show_record(self, record: Record, history: Sequence[Change]) -> None:
        """Show whose this record is and was; with whom another one is shared is shown next, or was before."""
        if record.id != self._lent:
            self._lendings = self._ended = ()
        self._record = record
        owner = record.values.get("owner")
        self.tenures = sharing.tenures_of(history, record.spec, owner.label if isinstance(owner, Ref) else "")
        self.share_button.setVisible(self._view.context.person.may("update", record.entity))
        self._fill()

    def show_surroundings(self, found: Surroundings) -> None:
        """Show with whom it is and was shared, as it was read with the page."""
        self._lent = found.record_id
        self.show_lendings(found.lendings, found.ended)

    def show_lendings(self, lendings: Sequence[Lending], ended: Sequence[EndedLending] = ()) -> None:
        """Show with whom it is and was shared."""
        if (tuple(lendings), tuple(ended)) != (tuple(self._lendings), tuple(self._ended)):
            self._lendings, self._ended = lendings, ended
            self._fill()

    def _table_changed(self, table: str, _ids: object) -> None:
        """A share came or went; of which record is not said."""
        entity, id_ = self._record.entity, self._record.id
        if table != "share" or not id_:
            return

        def work(session: Session) -> tuple[list[Lending], list[EndedLending]]:
            return sharing.fetch_lendings(session, entity, id_), sharing.fetch_ended(session, entity, id_)

        self._view.context.tasks.query(self, work, lambda answer: self.show_lendings(*answer), key="lendings")

    def _fill(self) -> None:
        self._inside.hide()
        self._inside.deleteLater()
        self._inside = QWidget()
        grid = QGridLayout(self._inside)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(1, 1)
        shown = lines(self.tenures, self._lendings, self._ended)
        owner = self._record.values.get("owner")
        if not self.tenures and isinstance(owner, Ref):  # the journal does not reach back so far
            shown.insert(0, (_("Owner"), owner.label))
        for row, (name, text) in enumerate(shown):
            grid.addWidget(label(name, "muted"), row, 0)
            grid.addWidget(label(text, wrap=True, selectable=True), row, 1)
        self.body.addWidget(self._inside)

    def _share(self) -> None:
        self._actions.share([self._record.id], self._record.title)

    def _show_who(self) -> None:
        self._actions.show_who([self._record.id], self._record.title)


def lines(
    tenures: Sequence[Tenure], lendings: Sequence[Lending], ended: Sequence[EndedLending] = ()
) -> list[tuple[str, str]]:
    """What the card says: name and text of each line."""
    found = []
    for tenure in tenures[:1]:
        since = DATE.format(tenure.since.astimezone().date())
        found.append((_("Owner"), _("{name}, since {day}").format(name=tenure.owner, day=since)))
    people = [one for one in lendings if one.may_write and not one.receiver.is_department]
    others = [one for one in lendings if one not in people]
    for heading, group in ((_(sharing.COLLABORATORS), people), (_("Shared with"), others)):
        if group:
            texts = (
                one.receiver.ref.label if one.ends_at is None and one in people
                else _("{name} ({terms})").format(name=one.receiver.ref.label, terms=terms(one))
                for one in group
            )  # fmt: skip
            found.append((heading, _(", ").join(texts)))
    before = [(one.owner, one.since, one.until) for one in tenures[1:]]
    found += _periods(_("Owners before"), before)
    return found + _periods(_("Shared before"), [(one.name, one.shared_at, one.ended_at) for one in ended])


def _periods(
    heading: str, periods: Sequence[tuple[str, datetime.datetime, datetime.datetime | None]]
) -> list[tuple[str, str]]:
    """A line each; the heading stands at the first."""
    found = []
    for number, (name, since, until) in enumerate(periods[:MOST_PERIODS]):
        days = [DATE.format(moment.astimezone().date()) if moment else "" for moment in (since, until)]
        text = _("{name}, {since} to {until}").format(name=name, since=days[0], until=days[1])
        found.append((heading if number == 0 else "", text))
    return found
