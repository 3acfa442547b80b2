"""Statements that are made once and run often: building and compiling them costs more than the server's answer."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import psycopg2
from sqlalchemy.orm import Session

from crm_desktop.core.i18n import language

_MOST = 2000
_dialect = psycopg2.dialect()  # type: ignore[no-untyped-call]
_compiled: dict[Hashable, tuple[str, Mapping[str, Any]]] = {}


def execute(
    session: Session, key: Hashable, build: Callable[[], Select[Any]], parameters: Mapping[str, Any] | None = None
) -> Any:
    """The result of the statement that ``build`` makes; it is built once for each ``key`` and language.

    What differs between two runs of one key must come in as ``parameters``, the values of its named ``bindparam``.
    """
    key = (language(), key)
    if key not in _compiled:
        if len(_compiled) >= _MOST:
            _compiled.clear()
        compiled = build().compile(dialect=_dialect)
        _compiled[key] = (str(compiled), compiled.params)
    sql, fixed = _compiled[key]
    return session.connection().exec_driver_sql(sql, {**fixed, **(parameters or {})})
