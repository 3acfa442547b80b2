"""The facts of the signed-in person, and whether this program and this database fit together."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, text

from crm_desktop.core.access import Function, Grant, Lent, Person, Scope
from crm_desktop.core.errors import SignInError
from crm_desktop.core.i18n import _
from crm_desktop.db.address import ConnectionAddress
from crm_desktop.db.diagnosis import NO_RIGHT_TO_DATABASE

MIGRATIONS = Path(__file__).parent / "migrations"
_STATE = text("""
    select to_regnamespace('crm') is not null as has_schema,
           coalesce(has_schema_privilege(to_regnamespace('crm'), 'usage'), false) as may_enter,
           coalesce(has_table_privilege(to_regclass('crm.alembic_version'), 'select'), false) as has_revision
""")
_FACTS = text("""
    select e.id, e.login, e.name, e.is_active, e.department_id, d.name as department,
           array(select g.code from crm.group_member m join crm.permission_group g on g.id = m.group_id
                 where m.employee_id = e.id order by g.code) as groups,
           (select jsonb_agg(to_jsonb(x)) from crm.my_grants() x) as grants,
           (select jsonb_agg(to_jsonb(x)) from crm.my_scopes() x) as scopes,
           crm.shared_tables() as lent,
           (select p.id from crm.employee p where p.is_pool) as pool_id,
           current_setting('server_version_num')::int as server_version
    from crm.employee e left join crm.department d on d.id = e.department_id
    where e.id = crm.me()
""")
_COMMON_PIECES = text("select table_name, pieces from crm.common_pieces()")


def check_fit(connection: Connection, address: ConnectionAddress) -> None:
    """Raise ``SignInError`` where the database is not set up, or older or newer than this program."""
    state = connection.execute(_STATE).one()
    if not state.has_schema:
        raise SignInError(
            _("The database {database} is not set up for this program.").format(database=address.database),
            _("Check its name, or let the administrator run “server init”."),
        )
    if not state.may_enter or not state.has_revision:
        raise NO_RIGHT_TO_DATABASE.error(address)
    revision = connection.execute(text("select version_num from crm.alembic_version")).scalar()
    known = known_revisions()
    if revision == known[0]:
        return
    if revision in known:
        raise SignInError(
            _("The database {database} is older than this program.").format(database=address.database),
            _("Ask the administrator to run “server upgrade”, or use the earlier program until then."),
        )
    raise SignInError(
        _("The database {database} is newer than this program.").format(database=address.database),
        _("Install the new version of the program on this computer."),
    )


def fetch_person(connection: Connection, address: ConnectionAddress) -> Person:
    """The person of this connection, in one statement. Raises ``SignInError`` where he is no (active) employee."""
    row = connection.execute(_FACTS).one_or_none()
    if row is None or not row.is_active:
        raise NO_RIGHT_TO_DATABASE.error(address)
    return Person(
        id=row.id,
        login=row.login,
        name=row.name,
        department_id=row.department_id,
        department=row.department or "",
        groups=tuple(row.groups),
        grants={grant["entity"]: _grant(grant) for grant in row.grants or ()},
        owners={(scope["entity"], scope["verb"]): tuple(scope["owner_ids"]) for scope in row.scopes or ()},
        server_version=row.server_version,
        pool_id=row.pool_id or 0,
        lent=Lent(frozenset(row.lent)),
    )


def fetch_common_pieces(connection: Connection) -> dict[str, frozenset[str]]:
    """By large table, the pieces of text that many of its rows have. A tenth of a second for millions of rows."""
    return {table: frozenset(pieces) for table, pieces in connection.execute(_COMMON_PIECES)}


def _grant(row: dict[str, Any]) -> Grant:
    known = {function.value for function in Function}
    return Grant(
        read=Scope(row["read_scope"]),
        create=Scope(row["create_scope"]),
        update=Scope(row["update_scope"]),
        delete=Scope(row["delete_scope"]),
        functions=frozenset(Function(name) for name in row["functions"] if name in known),
    )


def known_revisions() -> tuple[str, ...]:
    """The revisions of this program's own migrations, newest first: the numbers with which their files begin."""
    files = (MIGRATIONS / "versions").glob("[0-9]*.py")
    return tuple(sorted((file.name.partition("_")[0] for file in files), reverse=True))
