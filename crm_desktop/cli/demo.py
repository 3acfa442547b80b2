"""``crm-desktop demo``: the sample firm on the embedded server."""

from __future__ import annotations

import sys
import threading
from typing import Any

import click

from crm_desktop.cli.connection import print_json, progress_on_stderr
from crm_desktop.core.i18n import _
from crm_desktop.core.paths import state_home
from crm_desktop.demo import SCALES, Demo, prepare_demo

USERS_SHOWN = 40
"""Of the big firms only so many logins are printed for people; ``--json`` has them all."""


@click.command()
@click.option("--scale", type=click.Choice(list(SCALES)), default="office", show_default=True)
@click.option("--reset", is_flag=True, help="Make the sample firm again.")
@click.option("--serve", is_flag=True, help="Open no window; say where the server listens, and stay.")
@click.option("--json", "as_json", is_flag=True)
def demo(*, scale: str, reset: bool, serve: bool, as_json: bool) -> None:
    """Open the sample firm, signed in as its manager."""
    sample = prepare_demo(state_home() / "embedded", scale, reset=reset, progress=progress_on_stderr)
    try:
        if serve:
            _serve(sample, as_json=as_json)
        else:
            _open(sample)
    finally:
        sample.server.stop()


def _open(sample: Demo) -> None:
    from crm_desktop.app import run
    from crm_desktop.db.address import ConnectionAddress

    code = run(ConnectionAddress.from_url(sample.url))
    if code:
        sys.exit(code)


def _serve(sample: Demo, *, as_json: bool) -> None:
    if as_json:
        print_json(_as_json(sample))
    else:
        click.echo(sample.url)
        for user in sample.users[:USERS_SHOWN]:
            click.echo(f"{user.login}\t{user.password}\t{user.name}\t{user.department}\t{', '.join(user.groups)}")
        click.echo(_("Ctrl+C stops the server."), err=True)
    sys.stdout.flush()
    stopped = threading.Event()
    while not stopped.wait(1):  # a wait without end hears no Ctrl+C on Windows
        pass


def _as_json(sample: Demo) -> dict[str, Any]:
    users = [
        {
            "login": user.login,
            "password": user.password,
            "name": user.name,
            "groups": user.groups,
            "department": user.department,
        }
        for user in sample.users
    ]
    return {"url": sample.url, "port": sample.address.port, "database": sample.database, "users": users}
