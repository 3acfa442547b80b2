"""What was done in the days of a work log, a line each, which opens its record."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal

from crm_desktop.core.i18n import _, language
from crm_desktop.entities import by_key
from crm_desktop.services.records import Record
from crm_desktop.services.work_logs import MOST_DEEDS, Deed, fetch_deeds
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.checklist import ChecklistDialog
from crm_desktop.ui.pages.home_cards import RowsCard, Shown
from crm_desktop.ui.soon import Follower
from crm_desktop.ui.widgets.buttons import quiet_button
from crm_desktop.ui.widgets.labels import label

MOST_HIGH = 6  # rows in sight before the card scrolls
_TABLES = frozenset({"activity", "lead_follow_up", "opportunity", "service_request", "event", "task", "attachment"})


class DeedsCard(RowsCard):
    """Of a draft it follows what happens; its writer may leave lines out."""

    chosen = Signal(object)  # keys of the lines that do not belong in it

    def __init__(self, view: AreaView) -> None:
        super().__init__(
            _("What was done"), _("No record says that something was done in this time."), most_high=MOST_HIGH
        )
        self._view = view
        self._log = Record("work_log", 0, 0)
        self._deeds: Sequence[Deed] = ()
        self._may_choose = False
        self.choose_button = quiet_button(_("Leave out…"), self.choose, icon_name="check-square")
        self.add_action(self.choose_button)
        words = _("A work log has room for {count} lines; what was done after them is not told.")
        self.full = label(words.format(count=MOST_DEEDS), "muted", wrap=True)
        self.full.hide()
        self.body.addWidget(self.full)
        self._follower = Follower(self, self._read)
        view.context.bus.changed.connect(self._table_changed)

    def show_log(self, log: Record, *, may_choose: bool) -> None:
        """Show what this one tells."""
        self._log = log
        self._may_choose = may_choose
        self.setVisible(log.id > 0)
        self._read()

    def choose(self) -> None:
        """Ask which lines belong in the log."""
        choices = [(one.key, f"{one.title} · {self._about(one)}") for one in self._deeds]
        keys = [key for key, _words in choices]
        shown = [one.key for one in self._deeds if not one.is_left_out]
        ChecklistDialog(
            self.window(), _("What belongs in the work log"), choices, keys, shown, self._choose, _("Show these")
        ).open_quietly()

    def _choose(self, shown: list[str]) -> None:
        self.chosen.emit([one.key for one in self._deeds if one.key not in shown])

    def _read(self) -> None:
        id_ = self._log.id
        if id_:
            self._view.context.tasks.query(self, lambda session: fetch_deeds(session, id_), self._show, key="deeds")

    def _show(self, deeds: Sequence[Deed]) -> None:
        self._deeds = deeds
        self.full.setVisible(len(deeds) >= MOST_DEEDS)
        self.choose_button.setVisible(self._may_choose and bool(deeds))
        is_one_day = self._log.values["begins_on"] == self._log.values["ends_on"]
        self.show_rows([
            Shown(
                one.title, self._about(one), f"{one.at:%H:%M}" if is_one_day else f"{one.at:%m-%d %H:%M}",
                partial(self._view.open_record, one.entity, one.record_id),
            )
            for one in deeds if not one.is_left_out
        ])  # fmt: skip

    @staticmethod
    def _about(deed: Deed) -> str:
        what = deed.what_en if language() == "en" else deed.what
        return " · ".join(filter(None, (_(by_key(deed.entity).label), what, deed.whose)))

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in _TABLES and not self._log.values.get("submitted_at"):
            self._follower.note()
