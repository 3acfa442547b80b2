"""The log of one run, in a file under the local state. No value of a row gets into it, not even from an error."""

from __future__ import annotations

import logging
import os
import traceback
from copy import copy
from datetime import datetime
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from crm_desktop.core.paths import state_home

_RUNS_KEPT = 20
_LARGEST = 1_000_000  # bytes; twice that is kept of a long run


def set_up_logging() -> Path:
    """Start the log of this run and return its file. Each run has its own: programs run side by side."""
    folder = state_home() / "logs"
    folder.mkdir(exist_ok=True)
    _drop_old(folder)
    file = folder / f"{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.getpid()}.log"
    handler = RotatingFileHandler(file, maxBytes=_LARGEST, backupCount=1, encoding="utf-8")
    handler.setFormatter(_Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    logging.captureWarnings(capture=True)
    return file


def traceback_without_values(error: BaseException) -> str:
    """Where ``error`` came from, with its causes, and none of its words: these may quote what a user typed."""
    parts = []
    seen: BaseException | None = error
    while seen is not None:
        code = getattr(seen, "pgcode", None) or getattr(getattr(seen, "orig", None), "pgcode", None)
        name = f"{type(seen).__module__}.{type(seen).__qualname__}" + (f" (SQLSTATE {code})" if code else "")
        parts.append("".join(traceback.format_tb(seen.__traceback__)) + name)
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return "\nwhich came after\n".join(parts)


class _Formatter(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        record = copy(record)
        record.exc_text = None  # what another handler wrote there repeats the error's words
        return super().format(record)

    def formatException(  # noqa: N802 - logging's own name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        return traceback_without_values(ei[1]) if ei[1] else ""


def _drop_old(folder: Path) -> None:
    for file in sorted(folder.glob("*.log*"))[:-_RUNS_KEPT]:
        try:
            file.unlink()
        except OSError:
            continue  # on Windows a program that still runs holds it
