"""Commands, groups and options whose help is in the user's language, and click's own words in it too."""

from __future__ import annotations

import gettext
import os
from collections.abc import Callable
from typing import Any

import click

from crm_desktop.core.i18n import LANGUAGES, N_, _, ngettext, set_language
from crm_desktop.core.paths import RESOURCES

# What click says, for the catalogue: it looks these up itself.
_CLICKS_WORDS = (
    N_("Usage:"),
    N_("Options"),
    N_("Commands"),
    N_("Show this message and exit."),
    N_("default: {default}"),
    N_("required"),
    N_("Error: {message}"),
    N_("Try '{command} {option}' for help."),
    N_("Missing argument"),
    N_("Missing option"),
    N_("Missing command."),
    N_("Invalid value for {param_hint}: {message}"),
    N_("No such option {name!r}."),
    N_("{name} {filename!r} does not exist."),
    N_("{name} {filename!r} is a directory."),
    N_("{name} {filename!r} is not readable."),
    N_("{value!r} is not a valid {number_type}."),
    N_("{value} is not in the range {range}."),
    N_("Repeat for confirmation"),
    N_("Error: The two entered values do not match."),
    ngettext("{value!r} is not {choice}.", "{value!r} is not one of {choices}.", 1),
    ngettext("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})", 1),
    ngettext("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments.", 1),
)


def speak(language: str) -> None:
    """From now on everything on the command line is in ``language``, what click says included."""
    set_language(language)
    gettext.bindtextdomain("crm_desktop", RESOURCES / "locale")
    gettext.textdomain("crm_desktop")
    os.environ["LANGUAGE"] = LANGUAGES[language]  # where click's gettext looks


class _Translated:
    """Its ``help`` is a text of the catalogue, translated when it is read."""

    _help: str | None = None

    @property
    def help(self) -> str | None:
        return _(self._help) if self._help else self._help

    @help.setter  # noqa: A003 - click's name
    def help(self, text: str | None) -> None:
        self._help = text


class Option(_Translated, click.Option):
    """An option."""


def _speak(_context: click.Context, _parameter: click.Parameter, language: str | None) -> None:
    if language is not None:
        speak(language)


_LANGUAGE = Option(
    ["--lang"],
    type=click.Choice(sorted(LANGUAGES)),
    is_eager=True,
    expose_value=False,
    callback=_speak,
    help=N_("Language of all texts; else the one chosen in the workbench."),
)


class Command(_Translated, click.Command):
    """A command, which takes ``--lang`` as all do."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """Its arguments and options."""
        return [_LANGUAGE, *super().get_params(ctx)]


class Group(Command, click.Group):
    """Commands under one name. An unknown one is answered with those that there are."""

    command_class = Command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the arguments name."""
        if args[0] not in self.list_commands(ctx) and not args[0].startswith("-"):
            known = ", ".join(self.list_commands(ctx))
            raise click.UsageError(
                _("There is no command “{name}”. There are: {known}.").format(name=args[0], known=known), ctx
            )
        return super().resolve_command(ctx, args)


def command(name: str, text: str) -> Callable[[Callable[..., Any]], Command]:
    """Make a function the command ``name``; ``text`` is its help."""
    return click.command(name, cls=Command, help=text)


def option(*names: str, **settings: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """As ``click.option``."""
    return click.option(*names, cls=Option, **settings)
