"""What the tests of the UI share: the look applied once, and tasks whose session is a plain word."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtWidgets import QApplication

from crm_desktop.services import marks
from crm_desktop.ui import soon
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.tasks import Tasks
from crm_desktop.ui.theme import apply_theme


@pytest.fixture(scope="session")
def qapp(qapp: QApplication) -> Iterator[QApplication]:
    apply_theme(qapp, "light")
    yield qapp
    qapp.clipboard().clear()  # what Python put there is gone when Qt, without a screen, gives it back at the end


@pytest.fixture(autouse=True)
def every_read_is_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is read again soon is so after the same moment, however slow the computer."""
    monkeypatch.setattr(soon, "MOST_MS", soon.LEAST_MS)


@contextmanager
def _session() -> Iterator[str]:
    yield "session"


@pytest.fixture
def tasks(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[Tasks]:
    monkeypatch.setattr(marks, "fetch_marked", lambda *_all: marks.Marked((), ()))  # asked by the empty search box
    made = Tasks(_session, _session, qapp)
    yield made
    made.close()


@pytest.fixture
def bus(qapp: QApplication) -> Bus:
    return Bus(qapp)
