"""``crm-desktop demo``: the sample firm on the embedded server."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import TYPE_CHECKING, Any

import click

from crm_desktop.cli.command import command, option
from crm_desktop.cli.output import as_json_option, print_json, progress_on_stderr
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.paths import state_home
from crm_desktop.demo.scale import SCALES

if TYPE_CHECKING:
    from crm_desktop.demo.prepare import Demo

USERS_SHOWN = 40
"""Of the big firms only so many logins are printed for people; ``--json`` has them all."""
STOPPING = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
"""How the user, the system, a closed terminal and a Windows console (Ctrl+Break) end a program; each where known."""


@command("demo", N_("Open the sample firm, signed in as its manager."))
@option(
    "--scale",
    type=click.Choice(list(SCALES)),
    default="office",
    show_default=True,
    help=N_("How large the firm is; empty: its employees and lists only."),
)
@option("--reset", is_flag=True, help=N_("Make the sample firm again."))
@option("--serve", is_flag=True, help=N_("Open no window; say where the server listens, and stay."))
@as_json_option
@click.pass_context
def demo(context: click.Context, *, scale: str, reset: bool, serve: bool, as_json: bool) -> None:
    from crm_desktop.demo.prepare import prepare_demo  # names and stories: not for a real firm

    if serve:
        _hear_signals()
    with progress_on_stderr() as progress:
        sample = prepare_demo(
            state_home() / "embedded",
            scale,
            reset=reset,
            progress=lambda done, total: progress(done, total, _("Making the sample firm")),
        )
    try:
        if as_json:
            print_json(_as_json(sample))
        elif serve:
            _say(sample)
        sys.stdout.flush()
        if serve:
            _wait()
        else:
            context.exit(_open(sample))
    finally:
        sample.server.stop()


def _hear_signals() -> None:
    """The first signal ends the work at hand; the next ones do not disturb the server's shutdown."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        for name in names:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise KeyboardInterrupt

    names = [name for name in STOPPING if hasattr(signal, name)]

    for name in names:
        signal.signal(getattr(signal, name), stop)


def _wait() -> None:
    try:
        while True:
            time.sleep(1)  # a sleep without end hears no Ctrl+C on Windows
    except KeyboardInterrupt:
        return


def _open(sample: Demo) -> int:
    from crm_desktop.app import run
    from crm_desktop.db.address import ConnectionAddress

    return run(ConnectionAddress.from_url(sample.url), superuser_url=sample.superuser_url)


def _say(sample: Demo) -> None:
    click.echo(sample.url)
    for user in sample.users[:USERS_SHOWN]:
        click.echo(f"{user.login}\t{user.password}\t{user.name}\t{user.department}\t{', '.join(user.groups)}")
    click.echo(_("Ctrl+C stops the server."), err=True)


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
