"""``crm-desktop server``: what the administrator does on the PostgreSQL server, as its superuser."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from crm_desktop.cli.connection import print_json, progress_on_stderr
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.db import backup as backups
from crm_desktop.db import check as checks
from crm_desktop.db import server as servers
from crm_desktop.services.seed import seed

superuser_url = click.option(
    "--url", required=True, envvar="CRM_SUPERUSER_URL", help="The superuser's address; also from CRM_SUPERUSER_URL."
)
password_stdin = click.option("--password-stdin", is_flag=True, help="Read the new password from standard input.")


@click.group()
def server() -> None:
    """Set up, upgrade, check, back up and restore a database; add people."""


def _password(*, from_stdin: bool) -> str:
    """A password is asked for or read, never an argument: arguments are seen by everybody on the computer."""
    if from_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
    else:
        password = str(click.prompt(_("Password"), hide_input=True, confirmation_prompt=True, err=True))
    if not password:
        raise KnownError(_("The password is empty."), _("Give one on standard input, or type it."))
    return password


@server.command()
@superuser_url
@click.option("--database", default="crm", show_default=True)
@click.option("--admin", required=True, help="Login of the first administrator.")
@click.option("--admin-name", default="", help="His name.")
@password_stdin
def init(*, url: str, database: str, admin: str, admin_name: str, password_stdin: bool) -> None:
    """Create the database, its roles and its first administrator."""
    password = _password(from_stdin=password_stdin)
    servers.init(url, admin_login=admin, admin_password=password, admin_name=admin_name, database=database, seed=seed)
    click.echo(_("The database {database} is ready; {login} can sign in.").format(database=database, login=admin))


@server.command()
@superuser_url
def upgrade(*, url: str) -> None:
    """Bring a database to this program's state."""
    servers.upgrade(url, seed=seed)
    click.echo(_("The database is up to date."))


@server.command()
@superuser_url
@click.option("--json", "as_json", is_flag=True)
def check(*, url: str, as_json: bool) -> None:
    """Verify version, extensions, locale, policies, triggers, grants and pending upgrades."""
    findings = checks.check(url)
    if as_json:
        print_json([{"ok": f.is_ok, "text": f.text, "hint": f.hint} for f in findings])
    else:
        for finding in findings:
            click.echo(f"{'✓' if finding.is_ok else '✗'} {finding.text} {finding.hint}".rstrip())
    if not all(finding.is_ok for finding in findings):
        raise KnownError(_("The database is not as it must be."), _("The lines marked with ✗ say what to do."))


@server.command("add-user")
@superuser_url
@click.argument("login")
@click.option("--name", required=True)
@click.option(
    "--group", "groups", multiple=True, required=True, help="Code of a permission group; several are allowed."
)
@click.option("--department")
@click.option("--superior", help="Login of the superior.")
@password_stdin
def add_user(
    *,
    url: str,
    login: str,
    name: str,
    groups: tuple[str, ...],
    department: str | None,
    superior: str | None,
    password_stdin: bool,
) -> None:
    """Add an employee who can sign in."""
    password = _password(from_stdin=password_stdin)
    servers.add_user(url, login, name=name, password=password, groups=groups, department=department, superior=superior)
    click.echo(_("{login} can sign in.").format(login=login))


@server.command()
@superuser_url
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(*, url: str, file: Path) -> None:
    """Write the whole database to FILE."""
    backups.backup(url, file, progress_on_stderr)
    click.echo(_("Backed up to {file}.").format(file=file))


@server.command()
@superuser_url
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--database", required=True, help="Name of the new database.")
def restore(*, url: str, file: Path, database: str) -> None:
    """Restore FILE to a new database, and verify counts and checksums."""
    restored = backups.restore(url, file, database, progress_on_stderr)
    click.echo(_("Restored to {database} and verified.").format(database=database))
    if restored.locked_logins:
        names = ", ".join(restored.locked_logins)
        words = _("These logins did not exist here and are locked until you unlock them: {names}")
        click.echo(words.format(names=names))
