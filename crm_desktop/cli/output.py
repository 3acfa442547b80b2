"""What commands say: one JSON document on stdout for programs, how far a long work is on stderr for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click

from crm_desktop.cli.command import option
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.progress import Progress

MOST_LINES = 20

as_json_option = option("--json", "as_json", is_flag=True, help=N_("Print one JSON document."))


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def print_first(lines: Sequence[str]) -> None:
    """As many lines as somebody reads, and how many more there are."""
    for line in lines[:MOST_LINES]:
        click.echo(line)
    if (left := len(lines) - MOST_LINES) > 0:
        click.echo(_("… and {count} more").format(count=left))


@contextmanager
def progress_on_stderr() -> Iterator[Progress]:
    """Shows done, of (0: unknown) and what: on a terminal in one line that is written over, else a line a stage."""
    stream = sys.stderr
    is_terminal = stream.isatty()
    shown = ""

    def show(done: int, total: int, what: str) -> None:
        nonlocal shown
        if is_terminal:
            line = f"{what} {done:,} / {total:,}" if total else f"{what} {done:,}"
            stream.write(f"\r{line}{'  ' * max(0, len(shown) - len(line))}")
            stream.flush()
            shown = line
        elif what != shown:
            click.echo(what, err=True)
            shown = what

    try:
        yield show
    finally:
        if is_terminal and shown:
            click.echo(err=True)
