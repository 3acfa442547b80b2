"""Which server a command talks to: ``--url`` or ``--profile`` before or behind its name, else ``CRM_URL``."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import quote

import click

from crm_desktop.cli.command import option
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.settings import Profile, load_profiles, password_for
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.engine import Gateway
from crm_desktop.services.custom_fields import load_custom_fields

F = TypeVar("F", bound=Callable[..., Any])


class Choice:
    """What was said about the server; the later word wins."""

    def __init__(self) -> None:
        self._said: tuple[str, str] | None = None

    def choose(self, option_name: str, value: str) -> None:
        """Take ``--url`` or ``--profile``."""
        self._said = option_name, value

    def url(self) -> str | None:
        """The address chosen, None where nothing was said."""
        if self._said is None:
            return os.environ.get("CRM_URL") or None
        option_name, value = self._said
        if option_name == "url":
            return value
        profile = _find_profile(value)
        return profile.url(password_for(profile))


def _find_profile(name: str) -> Profile:
    profiles = {profile.name: profile for profile in load_profiles()}
    if name not in profiles:
        known = ", ".join(profiles) or _("none yet")
        raise KnownError(_("There is no profile “{name}”. Known: {known}.").format(name=name, known=known))
    return profiles[name]


def _remember(context: click.Context, parameter: click.Parameter, value: str | None) -> None:
    if value is not None:
        context.ensure_object(Choice).choose(str(parameter.name), value)


def server_options(function: F) -> F:
    """``--url`` and ``--profile``."""
    texts = {
        "--url": N_("The server: postgresql://user:password@host:port/database; else from CRM_URL."),
        "--profile": N_("The server: the name of a connection of the workbench."),
    }
    for name, text in texts.items():
        function = option(name, expose_value=False, callback=_remember, help=text)(function)  # type: ignore[assignment]
    return function


def chosen_url(context: click.Context) -> str:
    """The address of the server. A missing password is asked for at a terminal.

    Raises a KnownError where nothing was said, or where it cannot be read.
    """
    url = context.ensure_object(Choice).url()
    if url is None:
        raise KnownError(
            _("No server was chosen."), _("Give --url postgresql://user:password@host/database or --profile NAME.")
        )
    address = ConnectionAddress.from_url(url)
    scheme, _colon, rest = url.partition("://")
    login, at, place = rest.partition("@")
    if address.password or not at or not sys.stdin.isatty():
        return url
    prompt = _("Password of {login}").format(login=address.login)
    password = click.prompt(prompt, hide_input=True, default="", show_default=False, err=True)
    return f"{scheme}://{login.rstrip(':')}:{quote(password, safe='')}@{place}"


def sign_in(context: click.Context) -> Gateway:
    """Sign in where the command line says; signed out with the command. Raises a KnownError where that fails."""
    gateway = Gateway.connect(ConnectionAddress.from_url(chosen_url(context)))
    context.call_on_close(gateway.close)
    with gateway.read() as session:
        load_custom_fields(session)
    return gateway
