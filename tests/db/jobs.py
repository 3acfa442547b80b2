"""Scheduled work in tests: one job alone is due, whatever others there are and whenever they would be."""

from __future__ import annotations

import psycopg2
import pytest

from crm_desktop.db.embedded import ServerAddress

SNAPSHOT = "weekly_snapshot"


def leave_only(server: ServerAddress, database: str, key: str) -> None:
    """From now on nothing is due in this database but this job."""
    with psycopg2.connect(server.url(database)) as connection, connection.cursor() as cursor:
        cursor.execute("update crm.job set done_for = now() + interval '1 year' where key <> %s", (key,))
    connection.close()


@pytest.fixture
def only_snapshot(server: ServerAddress, own_database: str) -> None:
    """In this test's database nothing is due but the weekly snapshot."""
    leave_only(server, own_database, SNAPSHOT)
