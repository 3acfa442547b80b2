"""Looks whether a server and a database are as they must be, and says what to do if not. Changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy import Connection, text

from crm_desktop.core.i18n import N_, _
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.fingerprint import Difference, compare, is_of_this_program
from crm_desktop.db.person import known_revisions
from crm_desktop.db.server import NEWEST, OLDEST, superuser

CONNECTIONS_EACH, CONNECTIONS_SPARE = 3, 10
_LABELS = {
    "column": N_("column"),
    "constraint": N_("constraint"),
    "function": N_("function"),
    "index": N_("index"),
    "language": N_("language"),
    "operator class": N_("operator class"),
    "policy": N_("policy"),
    "schema": N_("schema"),
    "table": N_("table"),
    "trigger": N_("trigger"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at; ``hint`` says what to do where it is not as it must be."""

    is_ok: bool
    text: str
    hint: str = ""


def check(url: str) -> list[Finding]:
    """Everything that was looked at in the database of ``url``. A superuser's address, or an employee's."""
    with superuser(ConnectionAddress.from_url(url)) as connection:
        return look(connection)


def look(connection: Connection) -> list[Finding]:
    """The same through an open connection, which may be an employee's."""
    return list(_findings(connection))


def _findings(connection: Connection) -> Iterator[Finding]:
    yield _version(connection)
    yield _characters(connection)
    if not connection.execute(text("select to_regclass('crm.alembic_version') is not null")).scalar_one():
        message = _("The database is not set up for this program.")
        yield Finding(is_ok=False, text=message, hint=_("Run “server init” to make one."))
        return
    revision = _revision(connection)
    yield revision
    if revision.is_ok:
        yield from _installed(connection)
        yield from _jobs(connection)
    yield from _journal(connection)
    yield from _roles(connection)
    yield from _logins(connection)
    yield _connections(connection)


def _version(connection: Connection) -> Finding:
    version, name = connection.execute(
        text("select current_setting('server_version_num')::int / 10000, current_setting('server_version')")
    ).one()
    return Finding(
        OLDEST <= version <= NEWEST,
        _("The server is PostgreSQL {version}; this program needs {oldest} to {newest}.").format(
            version=name, oldest=OLDEST, newest=NEWEST
        ),
        "" if OLDEST <= version <= NEWEST else _("Install a PostgreSQL of one of these versions."),
    )


def _characters(connection: Connection) -> Finding:
    """``lower()`` must know more than ASCII, or names in other letters are not found as they are typed."""
    encoding, knows_letters = connection.execute(
        text("select current_setting('server_encoding'), lower('Ä') = 'ä'")
    ).one()
    is_ok = encoding == "UTF8" and knows_letters
    return Finding(
        is_ok,
        _("The database's encoding is {encoding}.").format(encoding=encoding),
        "" if is_ok else _("Back it up and restore it: the new database gets the encoding UTF8 and a fitting locale."),
    )


def _revision(connection: Connection) -> Finding:
    revision = connection.execute(text("select version_num from crm.alembic_version")).scalar_one()
    known = known_revisions()
    if revision not in known:
        hint = _("The database is newer than this program: install the new version of the program.")
    elif revision != known[0] or not is_of_this_program(connection):
        hint = _("The database is older than this program: run “server upgrade”.")
    else:
        hint = ""
    return Finding(not hint, _("The database has revision {revision}.").format(revision=revision), hint)


def _installed(connection: Connection) -> Iterator[Finding]:
    differences = compare(connection)
    for difference in differences:
        yield Finding(is_ok=False, text=_sentence(difference), hint=_("Run “server upgrade”, which repairs it."))
    if not differences:
        yield Finding(
            is_ok=True, text=_("Tables, policies, triggers, functions and rights are as they were installed.")
        )


def _sentence(difference: Difference) -> str:
    if not difference.is_present:
        sentence = _("Missing: {kind} {name}.")
    elif not difference.is_expected:
        sentence = _("Not of this program: {kind} {name}.")
    else:
        sentence = _("Altered: {kind} {name}.")
    return sentence.format(kind=_(_LABELS[difference.kind]), name=difference.name)


def _jobs(connection: Connection) -> Iterator[Finding]:
    """Scheduled work that came to nothing; nobody asked for it, so nobody was told."""
    for key, ran_at, failure in connection.execute(text("select key, ran_at, failure from crm.failed_jobs()")):
        words = _("Scheduled work “{job}” failed on {time}: {reason}")
        yield Finding(
            is_ok=False,
            text=words.format(job=key, time=f"{ran_at.astimezone():%Y-%m-%d %H:%M}", reason=failure),
            hint=_(
                "It is tried again by itself every ten minutes. If it goes on, send this to the makers of the program."
            ),
        )


def _journal(connection: Connection) -> Iterator[Finding]:
    """Partitions are made by the months, so they are no part of what was installed."""
    partitions = connection.execute(
        text("""
        select c.relname, c.relrowsecurity and c.relforcerowsecurity and c.relowner = 'crm_owner'::regrole
                          and not exists (select from aclexplode(c.relacl) a where a.grantee <> c.relowner)
        from pg_inherits i join pg_class c on c.oid = i.inhrelid where i.inhparent = to_regclass('journal.change')
        """)
    ).all()
    for name, is_closed in partitions:
        if not is_closed:
            yield Finding(
                is_ok=False,
                text=_("The journal's table {name} is open to people.").format(name=name),
                hint=_("Run “server upgrade”, which repairs it."),
            )
    if not partitions:
        yield Finding(
            is_ok=False,
            text=_("The journal has no table for any month."),
            hint=_("Run “server upgrade”, which repairs it."),
        )


def _roles(connection: Connection) -> Iterator[Finding]:
    powers: dict[str, bool] = dict(
        connection.execute(
            text("""
            select rolname, rolcanlogin or rolsuper or rolbypassrls or (rolname = 'crm_owner') <> rolcreaterole
            from pg_roles where rolname in ('crm_owner', 'crm_user')
            """)
        ).all()
    )
    is_ok = powers == {"crm_owner": False, "crm_user": False}
    yield Finding(
        is_ok,
        _("The roles crm_owner and crm_user are there, and nobody can sign in as them.")
        if is_ok
        else _("The roles crm_owner and crm_user are not as they must be."),
        "" if is_ok else _("Run “server upgrade”, which repairs it."),
    )
    is_open = connection.execute(
        text("""
        select exists (select from pg_database d cross join aclexplode(coalesce(d.datacl, acldefault('d', d.datdba))) a
                       where d.datname = current_database() and a.grantee = 0)
        """)
    ).scalar_one()
    yield Finding(
        not is_open,
        _("Others than employees may enter the database.") if is_open else _("Only employees may enter the database."),
        _("Run “server upgrade”, which closes it to all others.") if is_open else "",
    )
    for (name,) in connection.execute(
        text("""
        select r.rolname from pg_roles r where (r.rolsuper or r.rolbypassrls)
          and exists (select from pg_auth_members m where m.member = r.oid and m.roleid = to_regrole('crm_user'))
        """)
    ):
        yield Finding(
            is_ok=False,
            text=_("The login {name} is above row security: it sees everything.").format(name=name),
            hint=_("Take its power away with ALTER ROLE, or take it out of the group crm_user."),
        )


def _logins(connection: Connection) -> Iterator[Finding]:
    strangers = connection.execute(
        text("""
        select e.login, r.oid is null from crm.employee e left join pg_roles r on r.rolname = e.login
        where e.login is not null and e.is_active and (r.oid is null or not r.rolcanlogin) order by 1
        """)
    ).all()
    for login, is_missing in strangers:
        yield Finding(
            is_ok=False,
            text=_("The employee with the login {login} cannot sign in.").format(login=login),
            hint=_("Make the login anew on the employee's page.") if is_missing else _("Unlock the employee again."),
        )
    if not strangers:
        yield Finding(is_ok=True, text=_("Every active employee's login is there."))
    if connection.execute(text("select current_setting('server_version_num')::int >= 160000")).scalar_one():
        yield from _unmanaged_logins(connection)


def _unmanaged_logins(connection: Connection) -> Iterator[Finding]:
    """Since PostgreSQL 16 the owner role needs the admin option on every login it is to change."""
    unmanaged = connection.execute(
        text("""
        select e.login from crm.employee e join pg_roles r on r.rolname = e.login
        where pg_has_role(r.oid, 'crm_user', 'member') and not exists (
          select from pg_auth_members m
          where m.roleid = r.oid and m.member = 'crm_owner'::regrole and m.admin_option) order by 1
        """)
    ).scalars()
    for login in unmanaged:
        yield Finding(
            is_ok=False,
            text=_("The administrator cannot change or lock the login {login}.").format(login=login),
            hint=_("Run “server upgrade”, which repairs it."),
        )


def _connections(connection: Connection) -> Finding:
    most, people = connection.execute(
        text("""
        select current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int,
               (select count(*) from crm.employee where is_active and login is not null)
        """)
    ).one()
    needed = CONNECTIONS_EACH * people + CONNECTIONS_SPARE
    return Finding(
        most >= needed,
        _("The server admits {most} connections; {people} people need {needed}.").format(
            most=most, people=people, needed=needed
        ),
        "" if most >= needed else _("Raise max_connections in postgresql.conf and restart the server."),
    )
