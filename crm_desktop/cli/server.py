"""``crm-desktop server``: what the administrator does on the PostgreSQL server, as its superuser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crm_desktop.cli.command import Group, option
from crm_desktop.cli.connection import chosen_url, server_options
from crm_desktop.cli.output import as_json_option, print_json, progress_on_stderr
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.db import backup as backups
from crm_desktop.db import check as checks
from crm_desktop.db import server as servers
from crm_desktop.services.administration import check_password
from crm_desktop.services.seed import seed

password_stdin_option = option(
    "--password-stdin", is_flag=True, help=N_("Read the new password from standard input; else it is asked for.")
)


@click.group("server", cls=Group, help=N_("Set up and look after a database."))
def server() -> None:
    return


def _new_password(*, from_stdin: bool) -> str:
    """A password is asked for or read, never an argument: arguments are seen by everybody on the computer."""
    if from_stdin:
        password = _first_line()
    else:
        password = str(click.prompt(_("New password"), hide_input=True, confirmation_prompt=True, err=True))
    if not password:
        raise KnownError(_("The password is empty."), _("Give one on standard input, or type it."))
    check_password(password)
    return password


def _first_line() -> str:
    try:
        return sys.stdin.buffer.readline().decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise KnownError(_("The password on standard input is not written in UTF-8."), _("Type it instead.")) from None


@server.command("init", help=N_("Create the database, its roles and its first administrator."))
@option("--database", default="crm", show_default=True, help=N_("Name of the new database."))
@option("--admin", required=True, help=N_("Login of the first administrator."))
@option("--admin-name", default="", help=N_("Name of the first administrator; else the login."))
@password_stdin_option
@server_options
@click.pass_context
def init(context: click.Context, *, database: str, admin: str, admin_name: str, password_stdin: bool) -> None:
    url = chosen_url(context)
    password = _new_password(from_stdin=password_stdin)
    servers.init(url, admin_login=admin, admin_password=password, admin_name=admin_name, database=database, seed=seed)
    click.echo(_("The database {database} is ready; {login} can sign in.").format(database=database, login=admin))


@server.command("upgrade", help=N_("Bring a database to this program's state."))
@server_options
@click.pass_context
def upgrade(context: click.Context) -> None:
    servers.upgrade(chosen_url(context), seed=seed)
    click.echo(_("The database is up to date."))


@server.command("check", help=N_("Say what is wrong with a database."))
@as_json_option
@server_options
@click.pass_context
def check(context: click.Context, *, as_json: bool) -> None:
    findings = checks.check(chosen_url(context))
    if as_json:
        print_json([{"ok": f.is_ok, "text": f.text, "hint": f.hint} for f in findings])
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.is_ok else '✗'} {finding.text} {finding.hint}".rstrip())
    if not all(finding.is_ok for finding in findings):
        raise KnownError(_("The database is not as it must be."), _("The lines marked with ✗ say what to do."))


@server.command("add-user", help=N_("Add an employee who can sign in."))
@click.argument("login")
@option("--name", required=True, help=N_("Name of the employee."))
@option(
    "--group",
    "groups",
    multiple=True,
    required=True,
    help=N_("Code or name of a permission group, such as salesperson; several are allowed."),
)
@option("--department", help=N_("Name or code of the department."))
@option("--superior", help=N_("Login of the superior."))
@password_stdin_option
@server_options
@click.pass_context
def add_user(
    context: click.Context,
    login: str,
    *,
    name: str,
    groups: tuple[str, ...],
    department: str | None,
    superior: str | None,
    password_stdin: bool,
) -> None:
    url = chosen_url(context)
    password = _new_password(from_stdin=password_stdin)
    servers.add_user(url, login, name=name, password=password, groups=groups, department=department, superior=superior)
    click.echo(_("{login} can sign in.").format(login=login))


@server.command("backup", help=N_("Write the whole database to FILE."))
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@server_options
@click.pass_context
def backup(context: click.Context, file: Path) -> None:
    with progress_on_stderr() as progress:
        backups.backup(chosen_url(context), file, progress)
    click.echo(_("Backed up to {file}.").format(file=file))


@server.command("restore", help=N_("Restore FILE to a new database, and verify it."))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@option("--database", required=True, help=N_("Name of the new database."))
@server_options
@click.pass_context
def restore(context: click.Context, file: Path, database: str) -> None:
    with progress_on_stderr() as progress:
        restored = backups.restore(chosen_url(context), file, database, progress)
    click.echo(_("Restored to {database} and verified.").format(database=database))
    if restored.locked_logins:
        names = ", ".join(restored.locked_logins)
        words = _("These logins did not exist here and are locked until you unlock them: {names}")
        click.echo(words.format(names=names))
