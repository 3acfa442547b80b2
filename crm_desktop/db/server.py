"""What a superuser does on a server: set a database up, upgrade it, add people. The workbench never comes here."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace

from sqlalchemy import Connection, NullPool, create_engine, text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.text import search_keys
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.connection import open_connection
from crm_desktop.db.errors import known_errors
from crm_desktop.db.fingerprint import SQL
from crm_desktop.db.install import install, run_script
from crm_desktop.db.scram import scram_verifier

OLDEST, NEWEST = 15, 18
"""Major versions of PostgreSQL that the tests run on."""
_BUILTIN_LOCALE_SINCE = 17
Seed = Callable[[Session], None]


def init(
    url: str, *, admin_login: str, admin_password: str, admin_name: str = "", database: str = "crm", seed: Seed
) -> None:
    """Create ``database`` on the superuser's server, with ``seed``'s rows and one administrator.

    Raises ``KnownError`` where the server does not fit, or the database exists already.
    """
    address = ConnectionAddress.from_url(url)
    with superuser(replace(address, database="postgres"), autocommit=True) as connection:
        check_server(connection)
        ensure_roles(connection)
        create_database(connection, database)
    try:
        with superuser(replace(address, database=database)) as connection:
            _build(connection, seed)
            _add_employee(connection, admin_login, admin_name or admin_login, ["administrator"], None, None)
            _create_login(connection, admin_login, admin_password)
    except BaseException:
        with superuser(replace(address, database="postgres"), autocommit=True) as connection:
            connection.execute(text(f"drop database {quoted(connection, database)}"))
        raise


def upgrade(url: str, *, seed: Seed) -> None:
    """Bring the superuser's database to this program's state; what the firm changed in its data stays."""
    with superuser(ConnectionAddress.from_url(url)) as connection:
        check_server(connection)
        if not connection.execute(text("select to_regclass('crm.alembic_version') is not null")).scalar_one():
            raise KnownError(_("The database is not set up for this program."), _("Run “server init” to make one."))
        ensure_roles(connection)
        _build(connection, seed)


def add_user(
    url: str,
    login: str,
    *,
    name: str,
    password: str,
    groups: Sequence[str] = (),
    department: str | None = None,
    superior: str | None = None,
) -> int:
    """Make an employee who can sign in; returns his id.

    Groups are named by code, the department by name or code, the superior by login. Raises ``KnownError`` where one of
    them is not there, or somebody has this login already.
    """
    with superuser(ConnectionAddress.from_url(url)) as connection:
        _check_login_is_free(connection, login)
        connection.execute(text("set local role crm_owner"))
        connection.execute(text("select journal.begin_change('create', :label)"), {"label": f"employee:{name}"})
        department_id = _one_id(connection, "department", department) if department else None
        superior_id = _one_id(connection, "employee", superior) if superior else None
        employee_id = _add_employee(connection, login, name, groups, department_id, superior_id)
        _create_login(connection, login, password)
        return employee_id


@contextmanager
def superuser(address: ConnectionAddress, *, autocommit: bool = False) -> Iterator[Connection]:
    """One transaction, or none at all for what creates databases."""
    engine = create_engine(
        "postgresql+psycopg2://",
        creator=lambda: open_connection(address, "crm-desktop server", lock_timeout="60s"),
        poolclass=NullPool,
        hide_parameters=True,
        isolation_level="AUTOCOMMIT" if autocommit else "READ COMMITTED",
    )
    with engine.connect() as connection, known_errors(), connection.begin():
        yield connection


def check_server(connection: Connection) -> None:
    """Raise ``KnownError`` where the server's version does not fit, or the login is no superuser."""
    version, is_superuser = connection.execute(
        text("select current_setting('server_version_num')::int / 10000, current_setting('is_superuser')::bool")
    ).one()
    if not OLDEST <= version <= NEWEST:
        raise KnownError(
            _("The server is PostgreSQL {version}; this program needs {oldest} to {newest}.").format(
                version=version, oldest=OLDEST, newest=NEWEST
            ),
            _("Install a PostgreSQL of one of these versions."),
        )
    if not is_superuser:
        raise KnownError(
            _("The login of this address is not a superuser of the server."),
            _("Use the login postgres, or another superuser."),
        )


def ensure_roles(connection: Connection) -> None:
    """The owner of all and the group of all employees exist, and are what they must be."""
    run_script(connection, (SQL / "before" / "roles.sql").read_text(encoding="utf-8"))


def create_database(connection: Connection, database: str) -> None:
    """An empty database of the right encoding. Raises ``KnownError`` where there is one of this name already."""
    exists = text("select exists (select from pg_database where datname = :name)")
    if connection.execute(exists, {"name": database}).scalar_one():
        raise KnownError(
            _("There is already a database named {database} on this server.").format(database=database),
            _("Choose another name with --database, or use “server upgrade”."),
        )
    version, has_plain_ctype = connection.execute(
        text("""
        select current_setting('server_version_num')::int / 10000, datctype in ('C', 'POSIX')
        from pg_database where datname = 'template0'
        """)
    ).one()
    # lower() must know more than ASCII: under LC_CTYPE C it does not.
    if version >= _BUILTIN_LOCALE_SINCE:
        characters = "locale_provider builtin builtin_locale 'C.UTF-8'"
    else:
        characters = "lc_ctype 'C.UTF-8'" if has_plain_ctype else ""
    name = quoted(connection, database)
    connection.execute(text(f"create database {name} owner crm_owner template template0 encoding 'UTF8' {characters}"))


def open_for_employees(connection: Connection) -> None:
    """Nobody but employees may enter the connection's database, and they bring no functions of their own.

    What a trigger writes on its way is taken for derived (``pg_trigger_depth``): one on somebody's temporary table
    would write past the journal.
    """
    name = quoted(connection, connection.execute(text("select current_database()")).scalar_one())
    connection.execute(text(f"alter database {name} owner to crm_owner"))
    connection.execute(text(f"revoke all on database {name} from public"))
    connection.execute(text(f"grant connect, temporary on database {name} to crm_user"))
    connection.execute(text("revoke usage on language sql, plpgsql from public"))
    connection.execute(text("grant usage on language sql, plpgsql to crm_owner"))


def _build(connection: Connection, seed: Seed) -> None:
    open_for_employees(connection)
    install(connection)
    connection.execute(text("set local role crm_owner"))
    connection.execute(text("select journal.begin_change('setup', '')"))
    with Session(connection, join_transaction_mode="rollback_only") as session:
        seed(session)
        session.flush()


def _check_login_is_free(connection: Connection, login: str) -> None:
    taken = text("select exists (select from crm.employee where login = :login)")
    if connection.execute(taken, {"login": login}).scalar_one():
        raise KnownError(
            _("There is already an employee with the login {login}.").format(login=login),
            _("Choose another login; a new password is set on the employee's page."),
        )


def _add_employee(
    connection: Connection,
    login: str,
    name: str,
    groups: Sequence[str],
    department_id: int | None,
    superior_id: int | None,
) -> int:
    employee_id: int = connection.execute(
        text("""
        insert into crm.employee (login, name, department_id, superior_id, sort_key, search_text, search_grams)
        values (:login, :name, :department_id, :superior_id, :sort_key, :search_text, :search_grams) returning id
        """),
        {"login": login, "name": name, "department_id": department_id, "superior_id": superior_id}
        | search_keys(name, [login])._asdict(),
    ).scalar_one()
    for group in groups:
        connection.execute(
            text("insert into crm.group_member (group_id, employee_id) values (:group_id, :employee_id)"),
            {"group_id": _one_id(connection, "permission_group", group), "employee_id": employee_id},
        )
    return employee_id


_FINDERS = {
    "department": "select id from crm.department where :key in (name, code)",
    "employee": "select id from crm.employee where login = :key",
    "permission_group": "select id from crm.permission_group where :key in (code, name, name_en)",
}


def _one_id(connection: Connection, table: str, key: str) -> int:
    found = connection.execute(text(_FINDERS[table]), {"key": key}).scalars().all()
    if len(found) == 1:
        return int(found[0])
    message = {
        "department": _("There is no department {key}, or more than one."),
        "employee": _("There is no employee with the login {key}."),
        "permission_group": _("There is no permission group {key}."),
    }[table]
    hint = _("Check how it is written.")
    if table == "department":
        names = ", ".join(connection.execute(text("select name from crm.department order by name")).scalars())
        hint = _("There are: {known}.").format(known=names or _("none yet"))
    raise KnownError(message.format(key=key), hint)


def _create_login(connection: Connection, login: str, password: str) -> None:
    if not password:
        raise KnownError(_("The password is empty."), _("Choose a password."))
    connection.execute(
        text("select crm.create_login(:login, :verifier)"), {"login": login, "verifier": scram_verifier(password)}
    )


def quoted(connection: Connection, name: str) -> str:
    """The name of a database as it stands in a statement."""
    return str(connection.dialect.identifier_preparer.quote_identifier(name))
