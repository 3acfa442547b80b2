"""What all tests share: one PostgreSQL for the whole run, state of their own, and no unexpected message."""

from __future__ import annotations

import gc
import logging
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from crm_desktop.core import clock
from crm_desktop.core.i18n import set_language
from crm_desktop.db.embedded import EmbeddedServer, ServerAddress
from crm_desktop.entities import take_custom_fields
from crm_desktop.ui.collector import collect_due

# Before Qt, keyring and the PostgreSQL driver are loaded: no window, no secret, no setting of this computer.
os.environ["QT_QPA_PLATFORM"] = "offscreen"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
for _name in [name for name in os.environ if name.startswith(("PG", "CRM_")) and name != "CRM_TEST_POSTGRES"]:
    del os.environ[_name]

gc.disable()  # as in the program, where crm_desktop.ui.collector says why; here it is due after each test


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--postgres",
        choices=["embedded", "system"],
        default=os.environ.get("CRM_TEST_POSTGRES", "embedded"),
        help="the embedded PostgreSQL, or the newest one installed on this system",
    )


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long files first, so that no worker is left with one at the end: dev.py gives them out in this order."""
    here, folders = Path(__file__).parent, ["unit", "contract", "db", "ui", "e2e"]
    items.sort(key=lambda item: -folders.index(item.path.relative_to(here).parts[0]))


@pytest.fixture(scope="session")
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerAddress]:
    """One server for all workers: the first starts it, the last stops and deletes it."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent
    binaries = _system_binaries() if request.config.getoption("--postgres") == "system" else None
    embedded = EmbeddedServer(folder / "server", throwaway=True, binaries=binaries)
    yield embedded.start()
    embedded.stop()


def _system_binaries() -> Path:
    found = {int(path.parts[-2]): path for path in Path("/usr/lib/postgresql").glob("[1-9]*/bin")}
    if not found:
        pytest.skip("no PostgreSQL is installed below /usr/lib/postgresql")
    return found[max(found)]


@pytest.fixture(autouse=True)
def _own_state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What the program has once in a process, as it is at the program's start."""
    monkeypatch.setenv("CRM_HOME", str(tmp_path / "crm-home"))
    set_language("en")
    yield
    collect_due()
    take_custom_fields(())
    clock.set_by(clock._own_time())


@pytest.fixture(autouse=True)
def _no_unexpected_log(request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    yield
    if request.node.get_closest_marker("expects_log"):
        return
    records = [*caplog.get_records("setup"), *caplog.get_records("call")]
    unexpected = [record.getMessage() for record in records if record.levelno >= logging.WARNING]
    assert not unexpected, f"logged: {unexpected}"
