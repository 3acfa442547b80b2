"""What stands below the rows: how many are selected and what can be done with them, how many there are, and totals of
number columns, of all rows or of those selected.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from PySide6.QtCore import QObject

from crm_desktop.core.errors import KnownError
from crm_desktop.services.listing import MOST_SUMMED
from crm_desktop.services.totals import Totals, default_totals, fetch_totals
from crm_desktop.spec import Column
from crm_desktop.ui.list_page import words
from crm_desktop.ui.list_page.list_card import ListCard
from crm_desktop.ui.list_page.list_table import ListTable
from crm_desktop.ui.list_page.row_model import RowModel
from crm_desktop.ui.list_page.source import ListSource
from crm_desktop.ui.tasks import Tasks

Amounts = Mapping[str, Decimal]


class Footer(QObject):
    """``wanted`` answers which total each column shows at the moment; ``actions`` what can be done with several rows.

    The usual totals of a short list come with its ids; others are asked for, and so are those of a selection.
    """

    def __init__(
        self,
        table: ListTable,
        card: ListCard,
        tasks: Tasks,
        wanted: Callable[[Sequence[Column]], Totals],
        actions: Callable[[], Sequence[tuple[str, Callable[[], object]]]],
    ) -> None:
        super().__init__(table)
        self._table, self._card, self._tasks, self._wanted, self._actions = table, card, tasks, wanted, actions
        self._model: RowModel = table.rows
        self._whole: Amounts = {}
        self._selected: Amounts = {}
        self._model.opening.connect(self._stop_reading)
        self._model.counted.connect(self._read_whole)
        table.selection_changed.connect(self._forget_selected)
        table.selection_settled.connect(self._read_selected)

    def show_texts(self) -> None:
        """Say it all again."""
        model, count = self._model, self._table.selected_count()
        source = model.source
        totals = self._wanted(source.columns)
        selected = words.selection_text(count)
        if self._selected:
            selected += "   " + words.totals_text(source.spec, source.columns, totals, self._selected)
        whole = ""
        if model.is_counted and not self._selected:  # both would not fit; the head says how many there are
            amounts = words.totals_text(source.spec, source.columns, totals, self._whole)
            whole = "   ".join(filter(None, [words.things(source.spec, len(model.ids())), amounts]))
        self._card.set_footer(selected, whole, self._actions() if count else ())

    def _stop_reading(self) -> None:
        for key in ("totals", "selected"):
            self._tasks.drop_query(self, key)

    def _read_whole(self) -> None:
        source = self._model.source
        totals = self._wanted(source.columns)
        usual = default_totals([column for column in source.columns if len(column.path) == 1])
        if not source.is_grouped and totals == usual and self._model.sums:
            self._take_whole(self._model.sums)
        else:
            self._take_whole({})
            self._read(source, totals, None, self._take_whole, "totals")

    def _forget_selected(self) -> None:
        self._selected = {}
        self.show_texts()

    def _read_selected(self) -> None:
        count = self._table.selected_count()
        if 1 < count <= MOST_SUMMED and self._model.is_counted:
            source = self._model.source
            self._read(
                source, self._wanted(source.columns), self._table.selected_ids(), self._take_selected, "selected"
            )

    def _read(
        self, source: Any, totals: Totals, ids: Sequence[int] | None, take: Callable[[Amounts], None], key: str
    ) -> None:
        if not totals or not isinstance(source, ListSource):
            take({})
            return
        plain = None if ids is None else list(ids)
        query, person = source.query, source.person
        self._tasks.query(
            self, lambda session: fetch_totals(session, query, person, totals, plain), take, _say_nothing, key=key
        )

    def _take_whole(self, amounts: Amounts) -> None:
        self._whole = amounts
        self.show_texts()

    def _take_selected(self, amounts: Amounts) -> None:
        self._selected = amounts
        self.show_texts()


def _say_nothing(_error: KnownError) -> None:
    """The list itself says when it cannot be read."""
