"""Which server a command talks to: ``--url`` or ``--profile``, before or behind the command's name."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import click

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.settings import Profile, load_profiles, password_for
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class Choice:
    """What was said on the command line; the later word wins."""

    profile: str | None
    url: str | None

    def address(self) -> ConnectionAddress | None:
        """The address chosen, None where nothing was said."""
        if self.url:
            return ConnectionAddress.from_url(self.url)
        if self.profile:
            profile = _find_profile(self.profile)
            return ConnectionAddress.from_url(profile.url(password_for(profile)))
        return None


def _find_profile(name: str) -> Profile:
    profiles = {profile.name: profile for profile in load_profiles()}
    if name not in profiles:
        known = ", ".join(profiles) or _("none yet")
        raise KnownError(_("There is no profile “{name}”. Known: {known}.").format(name=name, known=known))
    return profiles[name]


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value and isinstance(context.obj, Choice):
        setattr(context.obj, str(parameter.name), value)


def server_options(command: F) -> F:
    """``--url`` and ``--profile`` behind the command's name too."""
    for name in ("--url", "--profile"):
        command = click.option(name, expose_value=False, callback=_remember, help="As before the command.")(command)
    return command


def sign_in(context: click.Context) -> Gateway:
    """Sign in where the command line says. Raises a KnownError where it says nothing or the server refuses."""
    address = context.obj.address()
    if address is None:
        raise KnownError(
            _("No server was chosen."), _("Give --url postgresql://user:password@host/database or --profile NAME.")
        )
    return Gateway.connect(address)


def print_json(document: object) -> None:
    """One JSON document on stdout."""
    click.echo(json.dumps(document, ensure_ascii=False, indent=2, default=str))


def progress_on_stderr(done: int, total: int, what: str = "") -> None:
    """How far a long work is, in one line that is written over."""
    end = "\n" if total and done >= total else ""
    click.echo(f"\r{what} {done}/{total}" if total else f"\r{what} {done}", err=True, nl=False)
    if end:
        click.echo(err=True)
