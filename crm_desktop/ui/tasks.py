"""Background work: ``query`` reads, ``command`` and ``long_command`` write, nothing else in ``ui`` may wait.

``work`` runs on a worker thread with a session and touches no widget; ``success`` and ``failure`` run on
the UI thread.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Hashable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from itertools import count
from typing import Any, TypeVar

import shiboken6
from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import Attempt, CancelledError, KnownError, ServerLostError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.services.outcome import was_committed
from crm_desktop.ui import messages
from crm_desktop.ui.long_work import LongWork, cancelled
from crm_desktop.ui.soon import later
from crm_desktop.ui.widgets.notice import Notice

T = TypeVar("T")
Session = Any  # the database's own class; ui only hands it on to services
SessionFactory = Callable[[], AbstractContextManager[Session]]
Failure = Callable[[KnownError], object]

Waiting = Callable[["WaitingCommand"], None]

WORKERS = 2  # a workbench has three connections, and one of them listens
FIRST_PAUSE_MS, LONGEST_PAUSE_MS = 1000, 30_000  # between two attempts to save what waits for the server


class WaitingCommand:
    """A command that found no server and is carried out when it is back. Never twice: where the answer of the last
    attempt was lost, the server is asked first what became of it.
    """

    def __init__(
        self,
        tasks: Tasks,
        work: Callable[[Session], Any],
        write: SessionFactory,
        answer: Callable[[Future[Any]], None],
        owner: QObject,
        *,
        is_long: bool = False,
    ) -> None:
        """``answer`` gets the future of every attempt."""
        self._tasks, self._work, self._write, self.owner = tasks, work, write, owner
        self.answer, self.is_long = answer, is_long
        self.number = next(tasks.numbers)
        self.attempt: Attempt | None = None
        self.error: ServerLostError | None = None
        """Why it waits."""
        self.is_given_up = False
        self.session: Session | None = None
        """While it works."""
        self._result: Any = None

    def give_up(self) -> bool:
        """Wait no longer; what the last attempt did stays. False: an attempt is under way, whose answer comes yet."""
        self.is_given_up = True
        return self._tasks.forget(self)

    def given_up(self) -> Future[Any]:
        """What is answered in place of the work."""
        answer: Future[Any] = Future()
        answer.set_exception(self.error if self.attempt else cancelled())
        return answer

    def run(self, read: SessionFactory) -> Any:
        """Carry it out on a worker thread."""
        if self.attempt is not None:
            with read() as session:
                if was_committed(session, self.attempt):
                    return self._result
            self.attempt = None
        with self._write() as session:
            self.session = session
            try:
                self._result = self._work(session)
            finally:
                self.session = None
        return self._result


class _Query:
    """A read under way."""

    def __init__(self, owner: QObject, read: SessionFactory, work: Callable[[Session], Any]) -> None:
        self.owner, self._read, self._work = owner, read, work
        self.future: Future[Any] = Future()
        self.session: Session | None = None
        """Once it has begun."""
        self.is_dropped = False

    def run(self) -> Any:
        """Carry it out on a worker thread."""
        with self._read() as session:
            self.session = session
            if self.is_dropped:
                raise cancelled()
            return self._work(session)


class Tasks(QObject):
    """Runs work on worker threads and answers on the UI thread. Lives as long as the application."""

    became_idle = Signal()
    server_missed = Signal()  # some work found no server
    server_found = Signal()  # what waited for the server has reached it
    waiting_changed = Signal(int)  # how many commands wait for the server
    _answer_ready = Signal()

    def __init__(
        self,
        read: SessionFactory,
        write: SessionFactory,
        parent: QObject | None = None,
        *,
        long_write: SessionFactory | None = None,
        interrupt: Callable[[Session], None] = lambda _session: None,
    ) -> None:
        """``long_write`` is for ``long_command``: a transaction whose statements may take their time. ``interrupt``
        ends the statement that a session of another thread runs.
        """
        super().__init__(parent)
        self._read, self._write, self._long_write = read, write, long_write or write
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="work")
        self._answers: deque[Callable[[], None]] = deque()
        self._interrupt = interrupt
        self._queries: set[_Query] = set()
        self._newest: dict[tuple[int, Hashable], _Query] = {}
        self._long_work: LongWork | None = None  # the one that runs
        self._long_waiting: deque[Callable[[], None]] = deque()
        self._open = 0
        self._lock = threading.Lock()
        self._closed = False
        self.numbers = count()
        self._waiting: list[WaitingCommand] = []
        self._trying: WaitingCommand | None = None
        self._pause_ms = FIRST_PAUSE_MS
        self._retry = later(FIRST_PAUSE_MS, self._try_waiting, self)
        # Each answer gets a turn of the event loop for itself: keys and clicks come between who asked and the answer.
        self._turn = later(0, lambda: None, self)
        self._answer_ready.connect(self._turn.start, Qt.ConnectionType.QueuedConnection)
        self._turn.timeout.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def busy(self) -> bool:
        """Whether any work has still to be answered."""
        return self._open > 0

    def when_idle(self, act: Callable[[], object]) -> None:
        """Call it when nothing is under way any more, at the earliest in the next turn of the event loop: what nobody
        waits for, such as while a window opens.
        """

        def look() -> None:
            if self.busy:
                self.became_idle.connect(act, Qt.ConnectionType.SingleShotConnection)
            else:
                act()

        QTimer.singleShot(0, self, look)

    def query(
        self,
        owner: QObject,
        work: Callable[[Session], T],
        success: Callable[[T], None],
        failure: Failure | None = None,
        *,
        key: Hashable | None = None,
    ) -> None:
        """Read in the background; ``success`` is dropped when ``owner`` is gone by then.

        With a ``key``, only the newest query of this owner and key is answered. What nobody waits for any more is
        stopped, on the server too.
        """
        for other in tuple(self._queries):
            if not shiboken6.isValid(other.owner):
                self._stop(other)
        if key is not None:
            self.drop_query(owner, key)
        query = _Query(owner, self._read, work)
        query.future = self._run(query.run)
        self._queries.add(query)
        if key is not None:
            self._newest[id(owner), key] = query
        self._answer_with(query.future, lambda: self._answer_query(query, key, success, failure))

    def drop_query(self, owner: QObject, key: Hashable) -> None:
        """Nobody waits any more for the answer to the query of this owner and key, if there is one."""
        query = self._newest.pop((id(owner), key), None)
        if query is not None:
            self._stop(query)

    def command(
        self,
        owner: QObject,
        work: Callable[[Session], T],
        success: Callable[[T], None],
        failure: Failure | None = None,
        *,
        waits: bool = False,
        waiting: Waiting | None = None,
    ) -> None:
        """Do ``work`` as one transaction in the background. A failure is shown even when ``owner`` is gone by
        then.

        What ``waits`` is done when a missing server is back; a notice says so, and who does not want to wait gets a
        ``CancelledError``. With ``waiting`` the owner says it himself. Without either, it fails at once, unless it may
        have been committed: that is asked when the server is back.
        """
        notice: Notice | None = None

        def answer(future: Future[T]) -> None:
            nonlocal notice
            if not self._has_to_wait(command, future, always=waits or waiting is not None):
                if notice is not None and shiboken6.isValid(notice):
                    notice.dismiss()
                self._answer_command(owner, future, success, failure)
            elif waiting is not None and shiboken6.isValid(owner):
                waiting(command)
            elif waits and notice is None:
                notice = messages.say_waiting(owner if shiboken6.isValid(owner) else None, stop)

        def stop() -> None:
            if command.give_up():
                self._answer_command(owner, command.given_up(), success, failure)

        command = WaitingCommand(self, work, self._write, answer, owner)
        self._start(command)

    @property
    def waiting_count(self) -> int:
        """How many commands wait for the server."""
        return len(self._waiting)

    def server_is_back(self) -> None:
        """Carry out at once what waits."""
        self._pause_ms = FIRST_PAUSE_MS
        self._try_waiting()

    def give_up_all(self, place: QWidget) -> None:
        """Wait no longer with what was begun in a part of the window; what is typed there stays typed."""
        for command in tuple(self._waiting):
            owner = command.owner
            if (
                shiboken6.isValid(owner)
                and isinstance(owner, QWidget)
                and (owner is place or place.isAncestorOf(owner))
            ):
                command.give_up()

    def forget(self, command: WaitingCommand) -> bool:
        """Carry it out no more; whether it has waited."""
        if command not in self._waiting:
            return False
        self._waiting.remove(command)
        self.waiting_changed.emit(len(self._waiting))
        return True

    def _start(self, command: WaitingCommand) -> None:
        future = self._run(lambda: command.run(self._read))
        self._answer_with(future, lambda: command.answer(future))

    def _has_to_wait(self, command: WaitingCommand, future: Future[Any], *, always: bool) -> bool:
        """Whether this attempt met no server, and the command is tried again."""
        if self._trying is command:
            self._trying = None
        error = None if future.cancelled() else future.exception()
        if not isinstance(error, ServerLostError):
            self._pause_ms = FIRST_PAUSE_MS
            if command.error is not None:
                self.server_found.emit()
            self._try_waiting()
            return False
        command.attempt = error.attempt or command.attempt
        if command.is_given_up or (command.attempt is None and (error.is_open or not always)):
            return False
        self._wait_for_server(command, error)
        return True

    def _wait_for_server(self, command: WaitingCommand, error: ServerLostError) -> None:
        command.error = error
        self._waiting.append(command)
        self._waiting.sort(key=lambda one: one.number)
        self.waiting_changed.emit(len(self._waiting))
        self.server_missed.emit()
        if not self._retry.isActive():
            self._retry.start(self._pause_ms)
            self._pause_ms = min(2 * self._pause_ms, LONGEST_PAUSE_MS)

    def _try_waiting(self) -> None:
        """The first of what waits, since one may build on the other; beside it the long one."""
        self._retry.stop()
        short = [command for command in self._waiting if not command.is_long and self._trying is None][:1]
        for command in [*short, *(command for command in self._waiting if command.is_long)]:
            self.forget(command)
            self._start(command)
        if short:
            self._trying = short[0]

    def long_command(
        self,
        owner: QObject,
        work: Callable[[Session, Progress], T],
        success: Callable[[T], None],
        failure: Failure | None = None,
        *,
        waits: bool = False,
    ) -> LongWork:
        """A command that reports progress and can be cancelled. Several run one after the other, so that
        saves go on. One that ``waits`` for a missing server begins again when it is back.
        """
        long_work = LongWork(self._post, self)

        def start() -> None:
            self._long_work = long_work
            self._start(command)

        def answer(future: Future[T]) -> None:
            if self._has_to_wait(command, future, always=waits):
                long_work.progressed.emit(0, 0, _("The server is away. This goes on by itself when it is back."))
            else:
                finish(future)

        def stop() -> None:
            if command.give_up():
                finish(command.given_up())
            else:
                self._interrupt_soon(command.session)

        def finish(future: Future[T]) -> None:
            self._long_work = None
            if self._long_waiting:
                self._long_waiting.popleft()()
            long_work.finished.emit()
            long_work.deleteLater()
            error = future.exception()
            if long_work.is_cancelled and isinstance(error, KnownError) and not isinstance(error, ServerLostError):
                future = command.given_up()  # its last statement was interrupted
            self._answer_command(owner, future, success, failure)

        command = WaitingCommand(
            self, lambda session: work(session, long_work.report), self._long_write, answer, owner, is_long=True
        )
        long_work.cancelled.connect(stop)
        if self._long_work is not None:
            self._long_waiting.append(start)
        else:
            start()
        return long_work

    def close(self) -> None:
        """Drop what waits, cancel a long work, let the rest end. No answer is delivered any more."""
        self._waiting.clear()
        self._retry.stop()
        if self._long_work is not None:
            self._long_work.cancel()
        for query in tuple(self._queries):
            self._stop(query)
        with self._lock:
            self._closed = True
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _stop(self, query: _Query) -> None:
        if query.is_dropped:
            return
        query.is_dropped = True
        if not query.future.cancel():
            self._interrupt_soon(query.session)

    def _interrupt_soon(self, session: Session | None) -> None:
        """On a thread of its own: both workers may be busy, and the server has to be reached."""
        if session is not None:
            threading.Thread(target=self._interrupt, args=(session,), name="interrupt", daemon=True).start()

    def _run(self, run: Callable[[], T]) -> Future[T]:
        if self._closed:  # asked by a timer of a page that is about to go
            never: Future[T] = Future()
            never.cancel()
            return never
        self._open += 1
        return self._pool.submit(run)

    def _answer_with(self, future: Future[T], answer: Callable[[], None]) -> None:
        def closing() -> None:
            self._open -= 1
            try:
                answer()
            finally:
                if not self._open:
                    self.became_idle.emit()

        future.add_done_callback(lambda _future: self._post(closing))

    def _post(self, answer: Callable[[], None]) -> None:
        with self._lock:
            if self._closed:
                return
            self._answers.append(answer)
            self._answer_ready.emit()

    @Slot()
    def _deliver(self) -> None:
        with self._lock:
            answer = self._answers.popleft() if self._answers else None
            if self._answers:
                self._turn.start()  # before: an error in one of them cannot hold back the others
        if answer is not None:
            answer()

    def _answer_query(
        self, query: _Query, key: Hashable | None, success: Callable[[Any], None], failure: Failure | None
    ) -> None:
        self._queries.discard(query)
        if self._newest.get((id(query.owner), key)) is query:
            del self._newest[id(query.owner), key]
        if query.is_dropped or query.future.cancelled() or not shiboken6.isValid(query.owner):
            return
        error = query.future.exception()
        if error is None:
            success(query.future.result())
        else:
            self._fail(query.owner, error, failure)

    def _answer_command(
        self, owner: QObject, future: Future[T], success: Callable[[T], None], failure: Failure | None
    ) -> None:
        if future.cancelled():
            return
        error = future.exception()
        alive = shiboken6.isValid(owner)
        if error is not None:
            self._fail(owner if alive else None, error, failure if alive else None)
        elif alive:
            success(future.result())

    def _fail(self, owner: QObject | None, error: BaseException, failure: Failure | None) -> None:
        if isinstance(error, ServerLostError):
            self.server_missed.emit()
        _fail(owner, error, failure)


def _fail(owner: QObject | None, error: BaseException, failure: Failure | None) -> None:
    """Show or hand on what went wrong. A bug reaches ``failure`` as a known error too, so that a page leaves
    its busy state.
    """
    if isinstance(error, KnownError):
        known = error
    else:
        messages.report_bug(error)
        if failure is None:
            return
        known = messages.bug_as_known_error()
    if failure is not None:
        failure(known)
    elif not isinstance(known, CancelledError):
        messages.show_error(owner, known)
