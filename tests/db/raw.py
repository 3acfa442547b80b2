"""A raw connection that becomes one person after the other: what psql would let him do."""

from __future__ import annotations

from typing import Any

import psycopg2
import psycopg2.extensions


class Raw:
    """Statements of one transaction, each tried in a savepoint of its own where it may be refused."""

    def __init__(self, connection: psycopg2.extensions.connection) -> None:
        self.connection = connection
        self.cursor = connection.cursor()

    def become(self, login: str | None) -> None:
        """Sign in as ``login``, as the server sees it; None is the superuser again."""
        self.cursor.execute("reset session authorization")
        if login:
            self.cursor.execute(f'set session authorization "{login}"')

    def act(self, login: str, kind: str = "edit") -> int:
        """Begin an action of ``login``; the id of its change set."""
        self.become(login)
        return int(self.value("select journal.begin_change(%s, 'test')", kind))

    def rows(self, statement: str, *values: Any) -> list[tuple[Any, ...]]:
        """What the statement returns."""
        self.cursor.execute(statement, values or None)
        return list(self.cursor.fetchall()) if self.cursor.description else []

    def value(self, statement: str, *values: Any) -> Any:
        """The first column of the only row."""
        ((value, *_more),) = self.rows(statement, *values)
        return value

    def column(self, statement: str, *values: Any) -> list[Any]:
        """The first column of all rows."""
        return [row[0] for row in self.rows(statement, *values)]

    def count(self, statement: str, *values: Any) -> int:
        """How many rows the statement changed."""
        self.cursor.execute(statement, values or None)
        return int(self.cursor.rowcount)

    def tried(self, statement: str, *values: Any) -> int | str:
        """How many rows it would change, or the SQLSTATE with which it is refused. Nothing stays."""
        self.cursor.execute("savepoint tried")
        try:
            self.cursor.execute(statement, values or None)
            return int(self.cursor.rowcount)
        except psycopg2.Error as error:
            return str(error.pgcode)
        finally:
            self.cursor.execute("rollback to savepoint tried")
