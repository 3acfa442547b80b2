"""The command line, stable since firms script it: exit 0 done, 1 refused with one sentence, 2 usage."""

from __future__ import annotations

import errno
import io
import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module

import click

from crm_desktop.cli.command import Group, option, speak
from crm_desktop.cli.connection import Choice, server_options
from crm_desktop.core.errors import KnownError, system_reason
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.log import set_up_logging
from crm_desktop.core.settings import Options

DONE, REFUSED = 0, 1
COMMANDS = {
    "call": "open_link.take_call",
    "demo": "demo.demo",
    "export": "records.export",
    "history": "records.history",
    "import": "imports.import_file",
    "open": "open_link.open_link",
    "print": "records.print_record",
    "report": "report.report",
    "search": "records.search",
    "server": "server.server",
    "undo": "records.undo",
}
"""Where each is, below this package."""


class _Program(Group):
    """A command is loaded when it is named: who opens the window needs none."""

    def list_commands(self, _ctx: click.Context) -> list[str]:
        """Their names in order."""
        return list(COMMANDS)

    def get_command(self, _ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, if there is one."""
        if cmd_name not in COMMANDS:
            return None
        module, _dot, name = COMMANDS[cmd_name].rpartition(".")
        command: click.Command = getattr(import_module(f"{__name__}.{module}"), name)
        return command


def _show_version(context: click.Context, _parameter: click.Parameter, wanted: bool) -> None:  # noqa: FBT001 - click's
    if wanted:
        from importlib.metadata import version

        click.echo(f"crm-desktop {version('crm-desktop')}")
        context.exit()


@click.group(
    cls=_Program,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
    help=N_("CRM workbench. Without a command it opens the window."),
)
@server_options
@option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_show_version, help=N_("Show the version.")
)
@click.pass_context
def program(context: click.Context) -> None:
    """Everything begins here."""
    if context.invoked_subcommand is None:
        from crm_desktop.app import run as open_workbench
        from crm_desktop.db.address import ConnectionAddress

        url = context.ensure_object(Choice).url()
        context.exit(open_workbench(ConnectionAddress.from_url(url) if url else None))


def main() -> None:
    """The program itself, on this process's arguments and streams."""
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="replace")  # a pipe on Windows speaks another encoding
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Do what the arguments say; returns the exit code. Whatever goes wrong is one sentence on stderr."""
    try:
        speak(_language(arguments))
        code = program(arguments, "crm-desktop", standalone_mode=False)
        if sys.stdout:  # a program without console has none
            sys.stdout.flush()
    except KnownError as error:
        sentence = str(error)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        sentence = _("Stopped.")
    except UnicodeEncodeError:  # bytes of the command line that are no UTF-8
        sentence = _("What was typed cannot be read as text.")
    except OSError as error:
        sentence = _system_error(error)
    except Exception:  # a bug; its words may quote what somebody typed, the log tells only where it was
        file = set_up_logging()
        logging.getLogger(__name__).exception("Unexpected error")
        sentence = _("The program has a fault here. Send this file to its makers: {file}").format(file=file)
    else:
        return code if isinstance(code, int) else DONE
    if sentence:
        click.echo(sentence, err=True)
    return REFUSED


def _language(arguments: Sequence[str]) -> str:
    """The one chosen in the workbench. A broken file of options stops a command; the window sets it aside itself."""
    try:
        return Options.load().language
    except KnownError:
        if any(argument in COMMANDS for argument in arguments):
            raise
        return Options().language


def _system_error(error: OSError) -> str:
    """What the system refused; nothing where who read our output has seen enough (``| head``)."""
    if error.errno in {errno.EPIPE, errno.EINVAL} and error.filename is None:  # EINVAL is Windows' word for it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing fails again at the end
        return ""
    where = f"{error.filename}: " if error.filename else ""
    return _("The computer refused: {reason}").format(reason=f"{where}{system_reason(error)}")
