"""The command line, stable since firms script it: exit 0 done, 1 refused with one sentence, 2 usage."""

from __future__ import annotations

import sys

import click

from crm_desktop.cli.connection import Choice
from crm_desktop.cli.data import DATA_COMMANDS
from crm_desktop.cli.demo import demo
from crm_desktop.cli.server import server
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import LANGUAGES, set_language
from crm_desktop.core.settings import Options


@click.group(invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--profile", help="The connection profile to use.")
@click.option("--url", envvar="CRM_URL", help="postgresql://user:password@host:port/database; also from CRM_URL.")
@click.option("--lang", type=click.Choice(sorted(LANGUAGES)), help="Language of all texts.")
@click.version_option(package_name="crm-desktop")
@click.pass_context
def program(context: click.Context, profile: str | None, url: str | None, lang: str | None) -> None:
    """CRM workbench. Without a command it opens the window."""
    set_language(lang or Options.load().language)
    context.obj = Choice(profile, url)
    if context.invoked_subcommand is None:
        from crm_desktop.app import run

        sys.exit(run(context.obj.address()))


for command in (*DATA_COMMANDS, demo, server):
    program.add_command(command)


def main() -> None:
    """Run the program; a refusal is one sentence on stderr."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr] # a pipe on Windows is not
    try:
        program(prog_name="crm-desktop", standalone_mode=False)
    except KnownError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
    except click.UsageError as error:
        error.show()
        sys.exit(2)
    except click.ClickException as error:
        error.show()
        sys.exit(1)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(1)
