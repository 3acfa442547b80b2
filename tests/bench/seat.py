"""One person at one database, through the services and through bare psycopg2."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg2
from sqlalchemy import Engine, event

from crm_desktop.db.engine import Gateway
from tests.bench.measure import Figure, compare


class Seat:
    """Counts the statements that the services send."""

    def __init__(self, gateway: Gateway, url: str) -> None:
        """``url`` signs in the same person."""
        self.gateway = gateway
        self.person = gateway.person
        self.connection = psycopg2.connect(url)
        self._sent = 0
        event.listen(Engine, "before_cursor_execute", self._count)

    def _count(self, *_arguments: object) -> None:
        self._sent += 1

    def figures(self) -> Iterator[Figure]:
        """All cases of this place, in order."""
        raise NotImplementedError

    def close(self) -> None:
        """Sign out."""
        event.remove(Engine, "before_cursor_execute", self._count)
        self.connection.close()
        self.gateway.close()

    @contextmanager
    def by_hand(self) -> Iterator[Any]:
        """A cursor in a transaction of its own, as the services have one."""
        with self.connection, self.connection.cursor() as cursor:
            yield cursor

    def hand(self, *statements: str, **values: Any) -> None:
        """Run the statements and fetch what they return."""
        with self.by_hand() as cursor:
            for statement in statements:
                cursor.execute(statement, values)
                cursor.fetchall()

    def figure(
        self,
        name: str,
        ours: Callable[[], object],
        best: Callable[[], object],
        limit: float,
        most: int = 0,
        most_ms: float = 0,
    ) -> Figure:
        """Measure one case."""
        self._sent = 0
        ours()
        sent = self._sent
        return Figure(name, *compare(ours, best), limit, sent, most, most_ms)
