"""A bulk edit of 20,000 customers and its undo, as the clerk, beside one hand-written UPDATE with the same journal."""

from __future__ import annotations

import psycopg2

from crm_desktop.db.engine import Gateway
from crm_desktop.services import bulk, journal, listing
from crm_desktop.services.bulk_steps import Action, Step
from crm_desktop.services.listing import ListQuery
from tests.bench.measure import Figure, once

ROWS = 20_000
TURNS = 2
_STEPS = (Step("remark", Action.SET, "bench"),)


class BulkEdit:
    """What is changed is taken back."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        """``url`` signs in the same person."""
        self._gateway, self._url = gateway, url
        with gateway.read() as session:
            self._ids = listing.fetch_ids(session, ListQuery(entity="customer"), gateway.person)[:ROWS]
        self._change_set = 0

    def figures(self) -> list[Figure]:
        """Edit and undo, the best of the turns."""
        edited, by_hand, asked, undone = [], [], [], []
        for _turn in range(TURNS):
            by_hand.append(once(self._by_hand))
            edited.append(once(self._edit))
            asked.append(once(lambda: self._undo(is_rehearsal=True)))
            undone.append(once(self._undo))
        name = f"bulk edit of {len(self._ids):,} customers"
        return [
            Figure(name, min(edited), min(by_hand), 1.5, 0, 0),
            Figure("what its undo would do", min(asked), min(by_hand), 0.5, 0, 0),
            Figure("undo of that edit", min(undone), min(by_hand), 1.5, 0, 0),
        ]

    def _edit(self) -> None:
        with self._gateway.long_write() as session:
            found = bulk.rehearse(session, self._gateway.person, "customer", _STEPS, self._ids)
            changed = bulk.change_all(session, "customer", _STEPS, found.targets, "bench", lambda *_progress: None)
        assert changed.count == len(self._ids)
        self._change_set = changed.change_set

    def _undo(self, *, is_rehearsal: bool = False) -> None:
        with self._gateway.long_write() as session:
            journal.undo(session, self._change_set, is_rehearsal=is_rehearsal)

    def _by_hand(self) -> None:
        connection = psycopg2.connect(self._url)
        with connection.cursor() as cursor:
            cursor.execute("select journal.begin_change('bulk', 'bench')")
            cursor.execute("update crm.customer set remark = 'hand' where id = any(%s)", (list(self._ids),))
        connection.rollback()  # after all the work: what is measured does not stay
        connection.close()
