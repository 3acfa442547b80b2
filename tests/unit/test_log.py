"""The log tells what happened and no value of a row."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.core.log import set_up_logging, traceback_without_values
from crm_desktop.core.paths import state_home


@contextmanager
def _logging() -> Iterator[Path]:
    root = logging.getLogger()
    handlers, level = root.handlers.copy(), root.level
    try:
        yield set_up_logging()
    finally:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        root.setLevel(level)
        logging.captureWarnings(capture=False)


@pytest.fixture
def log() -> Iterator[Path]:
    with _logging() as file:
        yield file


def test_steps_are_written(log: Path) -> None:
    logging.getLogger("crm_desktop.app").info("Connected to port %s", 5432)
    line = log.read_text(encoding="utf-8")
    assert line.endswith("INFO crm_desktop.app: Connected to port 5432\n")


@pytest.mark.expects_log
def test_words_of_an_error_are_left_out(log: Path) -> None:
    try:
        try:
            int("华工医药")
        except ValueError as error:
            raise KnownError("“华工医药” is not a number.") from error
    except KnownError:
        logging.getLogger("crm_desktop").exception("Saving failed")
    text = log.read_text(encoding="utf-8")
    assert "Saving failed" in text
    assert "builtins.ValueError" in text
    assert "crm_desktop.core.errors.KnownError" in text
    assert "test_words_of_an_error_are_left_out" in text


def test_sqlstate_of_an_error_is_told() -> None:
    error = KnownError("Key (name)=(华工医药) already exists.")
    error.pgcode = "23505"  # type: ignore[attr-defined]
    assert traceback_without_values(error) == "crm_desktop.core.errors.KnownError (SQLSTATE 23505)"


def test_only_the_newest_runs_are_kept() -> None:
    folder = state_home() / "logs"
    folder.mkdir()
    for number in range(30):
        (folder / f"20250101-0000{number:02}-1.log").touch()
    with _logging() as file:
        kept = sorted(path.name for path in folder.iterdir())
    assert len(kept) == 21
    assert kept[-1] == file.name
