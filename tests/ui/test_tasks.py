"""Background work: what is delivered, what is dropped, and how failures are shown."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QObject, QThread
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from crm_desktop.core.errors import CancelledError, KnownError, ServerLostError
from crm_desktop.core.paths import state_home
from crm_desktop.core.progress import Progress
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.widgets.notice import Notice, Notices

SECRET = "13800001234"


def test_query_works_on_another_thread_and_answers_on_this_one(qtbot: QtBot, tasks: Tasks) -> None:
    threads: list[object] = []
    answers: list[str] = []

    def work(session: str) -> str:
        threads.append(QThread.currentThread())
        return session

    def success(answer: str) -> None:
        threads.append(QThread.currentThread())
        answers.append(answer)

    tasks.query(tasks, work, success)
    qtbot.waitUntil(lambda: bool(answers))
    assert answers == ["session"]
    assert threads[0] is not threads[1]
    assert threads[1] is QThread.currentThread()


def test_late_answer_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    owner, go = QObject(), threading.Event()
    answers: list[object] = []
    tasks.query(owner, lambda _session: go.wait(), answers.append)
    owner.deleteLater()
    with qtbot.waitSignal(owner.destroyed):
        pass
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert answers == []


def test_only_the_newest_query_of_a_key_is_answered(qtbot: QtBot, tasks: Tasks) -> None:
    owner, go = QObject(), threading.Event()
    answers: list[str] = []
    started: list[str] = []

    def work(name: str) -> str:
        started.append(name)
        go.wait()
        return name

    for name in ("a", "b", "c", "d"):
        tasks.query(owner, lambda _session, name=name: work(name), answers.append, key="search")  # type: ignore[misc]
    tasks.query(owner, lambda _session: "other", answers.append, key="other")
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert sorted(answers) == ["d", "other"]
    assert "c" not in started, "what is superseded before it starts is never worked on"


def test_what_nobody_waits_for_is_stopped_on_the_server(qtbot: QtBot) -> None:
    interrupted: list[threading.Event] = []

    @contextmanager
    def session() -> Iterator[threading.Event]:
        yield threading.Event()

    def interrupt(running: threading.Event) -> None:
        interrupted.append(running)
        running.set()

    running: list[threading.Event] = []

    def work(session: threading.Event) -> None:
        running.append(session)
        session.wait()

    tasks = Tasks(session, session, interrupt=interrupt)
    owner, closed_page = QObject(), QObject()
    tasks.query(owner, work, _never, key="filter")
    tasks.query(closed_page, work, _never)
    qtbot.waitUntil(lambda: len(running) == 2)
    closed_page.deleteLater()
    with qtbot.waitSignal(closed_page.destroyed):
        pass
    tasks.query(owner, work, _never, key="filter")  # both workers are busy: it could not run otherwise
    qtbot.waitUntil(lambda: len(running) == 3)
    tasks.drop_query(owner, "filter")
    qtbot.waitUntil(lambda: not tasks.busy)
    assert set(interrupted) == set(running)
    tasks.query(owner, work, _never)
    qtbot.waitUntil(lambda: len(running) == 4)
    tasks.close()
    assert set(interrupted) == set(running), "closing waits for no statement"


def test_two_queries_run_at_the_same_time(qtbot: QtBot, tasks: Tasks) -> None:
    both = threading.Barrier(2, timeout=60)
    answers: list[int] = []
    for _each in range(2):
        tasks.query(tasks, lambda _session: both.wait(), answers.append)
    qtbot.waitUntil(lambda: len(answers) == 2)
    assert sorted(answers) == [0, 1]


def test_known_error_without_handler_becomes_a_notice(qtbot: QtBot, tasks: Tasks) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window)
    tasks.query(window, _refuse, _never)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert notices.texts() == ["The row is locked.\nTry again."]


def test_handler_takes_the_known_error(qtbot: QtBot, tasks: Tasks) -> None:
    errors: list[KnownError] = []
    tasks.command(tasks, _refuse, _never, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert (errors[0].message, errors[0].hint) == ("The row is locked.", "Try again.")


def test_failed_command_of_a_closed_page_is_still_shown(qtbot: QtBot, tasks: Tasks) -> None:
    window, page, go = QWidget(), QLabel(), threading.Event()
    qtbot.addWidget(window)
    notices = Notices(window)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)

    def work(session: str) -> None:
        go.wait()
        _refuse(session)

    tasks.command(page, work, _never)
    page.deleteLater()
    with qtbot.waitSignal(page.destroyed):
        pass
    go.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert notices.texts() == ["The row is locked.\nTry again."]


@pytest.mark.expects_log
def test_bug_saves_a_report_without_values_and_frees_the_page(
    qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    errors: list[KnownError] = []

    def work(_session: str) -> None:
        raise ValueError(SECRET)

    tasks.query(tasks, work, _never, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    (report,) = (state_home() / "reports").glob("*.txt")
    text = report.read_text(encoding="utf-8")
    assert "builtins.ValueError" in text
    assert "test_tasks.py" in text
    assert SECRET not in text + caplog.text
    _close_dialogs(qtbot)


def test_failed_answer_does_not_hold_back_the_others(qtbot: QtBot, tasks: Tasks) -> None:
    answers: list[int] = []

    def fail(_answer: int) -> None:
        raise ValueError

    with qtbot.captureExceptions() as raised:
        tasks.query(tasks, lambda _session: 1, fail)
        tasks.query(tasks, lambda _session: 2, answers.append)
        qtbot.waitUntil(lambda: bool(answers))
    assert answers == [2]
    assert [kind for kind, _error, _trace in raised] == [ValueError]


def test_cancelled_work_is_rolled_back_and_says_nothing(qtbot: QtBot) -> None:
    ended: list[str] = []

    @contextmanager
    def transaction() -> Iterator[None]:
        try:
            yield
        except CancelledError:
            ended.append("rolled back")
            raise
        ended.append("committed")

    tasks, started = Tasks(transaction, transaction), threading.Event()

    def work(_session: None, progress: Progress) -> None:
        while True:
            progress(1, 10, "row")
            started.set()

    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window)
    long_work = tasks.long_command(window, work, _never)
    started.wait()
    long_work.cancel()
    qtbot.waitUntil(lambda: not tasks.busy)
    tasks.close()
    assert ended == ["rolled back"]
    assert notices.texts() == []


def test_cancelling_a_long_work_interrupts_its_statement(qtbot: QtBot) -> None:
    running, interrupted = threading.Event(), threading.Event()
    failures: list[KnownError] = []

    @contextmanager
    def transaction() -> Iterator[str]:
        yield "session"

    def work(_session: str, _progress: Progress) -> None:
        running.set()
        interrupted.wait()
        raise KnownError("The server stopped this.")

    tasks = Tasks(transaction, transaction, interrupt=lambda _session: interrupted.set())
    long_work = tasks.long_command(tasks, work, _never, failures.append)
    running.wait()
    long_work.cancel()
    qtbot.waitUntil(lambda: bool(failures))
    tasks.close()
    assert isinstance(failures[0], CancelledError)


def test_closing_cancels_a_long_work(tasks: Tasks) -> None:
    started, stopped = threading.Event(), threading.Event()

    def work(_session: str, progress: Progress) -> None:
        try:
            while True:
                progress(1, 10, "row")
                started.set()
        except CancelledError:
            stopped.set()
            raise

    tasks.long_command(tasks, work, _never)
    started.wait()
    tasks.close()
    assert stopped.is_set()


def test_long_works_follow_each_other_while_commands_go_on(qtbot: QtBot, tasks: Tasks) -> None:
    first, second = threading.Event(), threading.Event()
    done: list[str] = []
    tasks.long_command(tasks, lambda _session, _progress: first.wait(), lambda _answer: done.append("long 1"))
    tasks.long_command(tasks, lambda _session, _progress: second.wait(), lambda _answer: done.append("long 2"))
    tasks.command(tasks, lambda _session: None, lambda _answer: done.append("save"))
    qtbot.waitUntil(lambda: done == ["save"])
    second.set()
    first.set()
    qtbot.waitUntil(lambda: not tasks.busy)
    assert done == ["save", "long 1", "long 2"]


def test_progress_arrives_on_this_thread(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[int, int, str]] = []

    def work(_session: str, progress: Progress) -> None:
        progress(10, 10, "all rows")

    tasks.long_command(tasks, work, lambda _answer: None).progressed.connect(lambda *step: seen.append(step))
    qtbot.waitUntil(lambda: not tasks.busy)
    assert seen == [(10, 10, "all rows")]


def _refuse(_session: str) -> None:
    raise KnownError("The row is locked.", "Try again.")


def _never(_answer: object) -> None:
    pytest.fail("nothing succeeded")


def _close_dialogs(qtbot: QtBot) -> None:
    from PySide6.QtWidgets import QApplication, QDialog

    for dialog in QApplication.topLevelWidgets():
        if isinstance(dialog, QDialog) and dialog.isVisible():
            with qtbot.waitSignal(dialog.destroyed):
                dialog.reject()


class _Server:
    """Is away until ``is_there``."""

    def __init__(self) -> None:
        self.is_there = False

    @contextmanager
    def session(self) -> Iterator[str]:
        if not self.is_there:
            raise ServerLostError("No server.")
        yield "session"


@pytest.fixture
def server() -> _Server:
    return _Server()


@pytest.fixture
def waiting_tasks(server: _Server, qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks(server.session, server.session, qapp)
    yield made
    made.close()


def test_what_waits_for_the_server_is_done_in_its_order(qtbot: QtBot, waiting_tasks: Tasks, server: _Server) -> None:
    owner = QObject()
    done: list[int] = []
    for number in range(9):
        waiting_tasks.command(owner, lambda _session, n=number: done.append(n), lambda _none: None, waits=True)  # type: ignore[misc]
        qtbot.waitUntil(lambda: not waiting_tasks.busy)
    assert waiting_tasks.waiting_count == 9
    waiting_tasks.server_is_back()  # a false alarm
    qtbot.waitUntil(lambda: not waiting_tasks.busy)
    assert waiting_tasks.waiting_count == 9
    server.is_there = True
    waiting_tasks.server_is_back()
    qtbot.waitUntil(lambda: not waiting_tasks.busy and not waiting_tasks.waiting_count)
    assert done == list(range(9))


def test_answer_of_the_server_is_the_sign_for_what_waits(qtbot: QtBot, waiting_tasks: Tasks, server: _Server) -> None:
    owner = QObject()
    done: list[str] = []
    waiting_tasks.command(owner, lambda _session: done.append("first"), lambda _none: None, waits=True)
    qtbot.waitUntil(lambda: waiting_tasks.waiting_count == 1)
    server.is_there = True
    waiting_tasks.command(owner, lambda _session: None, lambda _none: done.append("second"))
    qtbot.waitUntil(lambda: len(done) == 2)
    assert waiting_tasks.waiting_count == 0


def test_who_does_not_wait_is_answered_that_nothing_was_done(
    qtbot: QtBot, waiting_tasks: Tasks, server: _Server
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    notices = Notices(window)
    errors: list[KnownError] = []
    waiting_tasks.command(window, _never, _never, errors.append, waits=True)
    qtbot.waitUntil(lambda: waiting_tasks.waiting_count == 1)
    (notice,) = notices.findChildren(Notice)
    assert notice.action_button is not None
    notice.action_button.click()
    assert waiting_tasks.waiting_count == 0
    assert [type(error) for error in errors] == [CancelledError]
    assert notices.texts() == []
    server.is_there = True
    waiting_tasks.server_is_back()
    assert not waiting_tasks.busy
