"""A signed-in person's sessions: at most two connections, one transaction each, given back at once. Knows no entity."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import psycopg2
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.exc import InvalidatePoolError
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.errors import ServerLostError
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.connection import open_connection, program_name
from crm_desktop.db.errors import During, known_errors
from crm_desktop.db.person import check_fit, fetch_common_pieces, fetch_person
from crm_desktop.db.stored_json import read_json
from crm_desktop.db.watch import Watch, WatchedConnection

CONNECTIONS = 2
"""For work; the listener has a third. So sixty workbenches fit into one server."""
SERVER_SETTINGS = {
    "statement_timeout": "60s",  # of ordinary work; ``long_write`` lifts it
    "lock_timeout": "20s",
    "idle_in_transaction_session_timeout": "300s",  # a workbench that hangs or sleeps must not hold locks all day
    "work_mem": "16MB",  # so that the ids of 100,000 rows are sorted without a file
    "jit": "off",  # costs a tenth of a second on lists whose rows come in a millisecond
    "max_parallel_workers_per_gather": "0",  # of ordinary statements; what is wide asks for more
    "enable_parallel_hash": "off",  # takes shared memory of which containers have little
}

_ONLY_READS = "set default_transaction_read_only = on"
"""Not among ``SERVER_SETTINGS``: the driver would take the server for a standby."""
_BIRTH = text("select extract(epoch from created_at), clock_timestamp() from crm.employee where id = :id")
# The index of search takes in many rows at once three times as fast as a few at a time.
_UNHURRIED = text("""
    select pg_backend_pid(), set_config('statement_timeout', '0', true),
           set_config('gin_pending_list_limit', '16MB', true)
""")
_AT_WORK = """
    select from pg_stat_activity
    where pid = %s and usename = session_user and state = 'active' and wait_event is distinct from 'ClientRead'
"""
SILENCE_SECONDS = 75.0
"""After so long without an answer the server is lost: it would have stopped any ordinary statement itself by then."""
DOUBTFUL_SECONDS = 5.0
"""After so long without an answer, when another connection has found the server silent, this one is silent too."""
LINE = "line"
"""Key in ``Session.info`` of the driver's connection."""
ATTEMPT = "attempt"
"""Key in ``Session.info`` of the ``Attempt`` that a service has begun."""


class Gateway:
    """All that one signed-in person does in the database goes through here. Several threads may use it."""

    def __init__(self, address: ConnectionAddress, engine: Engine, watch: Watch, person: Person, identity: str) -> None:
        self.address = address
        self._watch = watch
        self.person = person
        self._engine = engine
        self.identity = identity
        """Names the person and the database for as long as either exists, wherever the server may move."""

    @classmethod
    def connect(cls, address: ConnectionAddress, *, learns_later: bool = False) -> Self:
        """Sign in. Raises ``SignInError`` or ``ServerLostError`` with the cause and what to do.

        Who ``learns_later`` calls ``learn`` when nobody waits for it: until then searches in large tables are slow.
        """

        def is_at_work(process: int) -> bool:
            with (
                contextlib.closing(watch.add(open_connection(address, program_name(), **SERVER_SETTINGS))) as asking,
                known_errors("reading"),
                asking.cursor() as cursor,
            ):
                cursor.execute(_AT_WORK, [process])
                return bool(cursor.rowcount)

        watch = Watch(SILENCE_SECONDS, is_at_work)
        engine = create_engine(
            "postgresql+psycopg2://",
            creator=lambda: watch.add(open_connection(address, program_name(), **SERVER_SETTINGS)),
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_use_lifo=True,
            hide_parameters=True,
            use_native_hstore=False,  # else the server is asked about that type on every new connection
            json_deserializer=read_json,
        )
        event.listen(engine, "connect", _prepare)
        event.listen(engine, "checkout", _look_at)
        try:
            with known_errors("reading"), engine.connect() as connection:
                check_fit(connection, address)
                person = fetch_person(connection, address)
                born, now = connection.execute(_BIRTH, {"id": person.id}).one()
                clock.set_by(now)
                if not learns_later:
                    person.common_pieces.update(fetch_common_pieces(connection))
                identity = f"{person.login} {born}"
        except BaseException:
            engine.dispose()
            watch.stop()
            raise
        return cls(address, engine, watch, person, identity)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that cannot write. Take plain data out of it: it is over at the end of the block.

        Each statement is a transaction of its own, which saves two round trips; see ``read_together``.
        """
        with self._session("reading") as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """One transaction: committed at the end of the block, rolled back when anything is raised in it.

        No statement may take longer than a minute.
        """
        with self._session("writing") as session:
            yield session
            session.flush()
            try:
                with known_errors("commit"):
                    session.commit()
            except ServerLostError as error:
                error.is_open, error.attempt = True, session.info.get(ATTEMPT)
                raise

    @contextmanager
    def long_write(self) -> Iterator[Session]:
        """Like ``write``, for imports, undo and other work whose statements may take as long as they need."""
        with self.write() as session:
            take_time(session)
            yield session

    def learn(self, session: Session) -> None:
        """Read what searches in large tables go by."""
        self.person.common_pieces.update(fetch_common_pieces(session.connection()))

    def interrupt(self, session: Session) -> None:
        """From another thread: let the statement that a session runs end with an error. A session that is over is left
        alone, and so is whoever has its connection now.
        """
        line: WatchedConnection | None = session.info.get(LINE)
        if line is None:
            return
        with line.interrupting, contextlib.suppress(psycopg2.Error):  # a lost connection tells of itself
            if LINE in session.info:
                line.cancel()

    def doubt(self) -> None:
        """The listener's connection is lost: break those that have waited too, rather than let them wait on."""
        self._watch.break_after(DOUBTFUL_SECONDS)

    def close(self) -> None:
        """Close the connections. One in use is closed when its session ends."""
        self._engine.dispose()
        self._watch.stop()

    @contextmanager
    def _session(self, during: During) -> Iterator[Session]:
        try:
            with known_errors(during), Session(self._engine, expire_on_commit=False) as session:
                # Taken and tried now, so that a server that had been away breaks nothing half way.
                line = _line(session)
                line.use(begins=during != "reading", writes=during != "reading")
                session.info[LINE] = line
                try:
                    yield session
                finally:
                    line.unhurried = None
                    if not line.closed:  # else there is nothing to wait for
                        with line.interrupting:
                            del session.info[LINE]
        except ServerLostError:
            self._engine.dispose()  # the other connection leads to the same server: after a failover, to the wrong one
            raise


def take_time(session: Session) -> None:
    """Let the statements of this transaction take as long as they need, and expect many rows."""
    _line(session).unhurried = session.scalar(_UNHURRIED)


def read_together(session: Session) -> None:
    """Let what a reading session does from now on be one transaction."""
    line = _line(session)
    if line.autocommit:
        line.use(begins=True)


def _prepare(line: WatchedConnection, _record: object) -> None:
    """What only reads can be left to single statements then, and still not write; what writes says so as it begins."""
    line.use(begins=False)
    with line.cursor() as cursor:
        cursor.execute(_ONLY_READS)


def _look_at(line: WatchedConnection, _record: object, _held: object) -> None:
    """A connection that died while nobody used it is replaced without anybody noticing."""
    if not line.is_alive():
        raise InvalidatePoolError


def _line(session: Session) -> WatchedConnection:
    """The driver's connection under a session."""
    line = session.connection().connection.dbapi_connection
    assert isinstance(line, WatchedConnection)
    return line
