"""Statements that are made once and run often: building and compiling them costs more than the server's answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from itertools import count
from typing import Any

from sqlalchemy import Connection, Select
from sqlalchemy.dialects.postgresql import psycopg2
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import language

_MOST = 2000
_MOST_PLANS = 24
"""On one connection: the largest, of a search, takes the server a megabyte."""
_dialect = psycopg2.dialect()  # type: ignore[no-untyped-call]
_numbers = count()
_WIDELY = "set local max_parallel_workers_per_gather = 2; "  # in one round trip
_FROM_THE_FIRST = "set local plan_cache_mode = force_generic_plan; "
"""Else the server plans the first five runs on each connection one by one: for a customer's page 40 ms each."""
_compiled: dict[Hashable, tuple[str, Mapping[str, Any]]] = {}


def execute(
    session: Session,
    key: Hashable,
    build: Callable[[], Select[Any]],
    parameters: Mapping[str, Any] | None = None,
    *,
    is_planned_once: bool = False,
    is_wide: bool = False,
) -> Any:
    """The result of the statement that ``build`` makes; it is built once for each ``key`` and language.

    What differs between two runs of one key must come in as ``parameters``, the values of its named ``bindparam``.
    What finds rows by their keys ``is_planned_once`` a connection: to plan it takes the server longer than to run it.
    What may have to read all of a large table ``is_wide``: several processors of the server share the work.
    """
    key = (language(), key)
    if key not in _compiled:
        if len(_compiled) >= _MOST:
            _compiled.clear()
        compiled = build().compile(dialect=_dialect)
        _compiled[key] = (str(compiled), compiled.params)
    sql, fixed = _compiled[key]
    values = {**fixed, **(parameters or {})}
    connection = session.connection()
    if is_planned_once:
        return _run_planned(connection, key, sql, values, [name for name in parameters or () if f"%({name})s" in sql])
    return connection.exec_driver_sql(_WIDELY + sql if is_wide else sql, values)


def _run_planned(
    connection: Connection, key: Hashable, sql: str, values: Mapping[str, Any], parameters: Sequence[str]
) -> Any:
    plans: dict[Hashable, str] = connection.info.setdefault("plans", {})
    plan = plans.get(key, f"plan_{next(_numbers)}")  # never a name given before: a failed attempt may leave its plan
    run = f"execute {plan}" + (f" ({', '.join(f'%({name})s' for name in parameters)})" if parameters else "")
    line: Any = connection.connection.dbapi_connection
    if line.autocommit:  # in a longer transaction it would hold for all that follows
        run = _FROM_THE_FIRST + run
    if key in plans:
        plans[key] = plans.pop(key)  # used last
        return connection.exec_driver_sql(run, dict(values))
    forgotten = ""
    if len(plans) >= _MOST_PLANS:
        forgotten = f"deallocate {plans.pop(next(iter(plans)))}; "
    for number, name in enumerate(parameters, start=1):
        sql = sql.replace(f"%({name})s", f"${number}")
    result = connection.exec_driver_sql(f"{forgotten}prepare {plan} as {sql}; {run}", dict(values))  # in one round trip
    plans[key] = plan
    return result
