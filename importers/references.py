"""Rows of other tables by what a sheet calls them: number or name, also one written a little otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Text, any_, cast, func, literal, null, or_, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session

from crm_desktop.core.names import name_core
from crm_desktop.core.text import normalise
from crm_desktop.models import SalesProcess, SalesStage
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref

_BETWEEN = " -_./·()（）、,，'"
"""What stands between the words of a name for one and not for another."""
_DROP = str.maketrans("", "", _BETWEEN)
_MANY = "name_core"
"""Tables of companies are large and have this column, indexed, to be found by."""


class References:
    """What the texts of one import mean in one table; read at once."""

    def __init__(self, session: Session, target: type[Any], texts: Iterable[str]) -> None:
        """One statement. ``texts`` are all that will be asked for."""
        wanted = sorted(set(map(normalise, texts)))
        self._exact: dict[str, set[Ref]] = {}
        self._near: dict[str, set[Ref]] = {}
        for ref, words in _fetch(session, target, wanted):
            for word in words:
                self._exact.setdefault(normalise(word), set()).add(ref)
                self._near.setdefault(_compact(word), set()).add(ref)
                self._near.setdefault(name_core(word), set()).add(ref)

    def find(self, text: str) -> Ref | None:
        """The row that the text means; None where it is none, or one of several."""
        found = self._exact.get(normalise(text)) or self._like(text)
        return next(iter(found)) if len(found) == 1 else None

    def is_near(self, text: str) -> bool:
        """Whether what ``find`` finds is written otherwise."""
        return normalise(text) not in self._exact and len(self._like(text)) == 1

    def _like(self, text: str) -> set[Ref]:
        return self._near.get(_compact(text)) or self._near.get(name_core(text)) or set()


def _compact(text: str) -> str:
    return normalise(text).translate(_DROP)


def _fetch(session: Session, target: type[Any], wanted: list[str]) -> list[tuple[Ref, list[str]]]:
    """The rows that one of these texts could mean, with all that each is called."""
    names = dict.fromkeys((*target.display, "code", "login"))
    columns = [getattr(target, name) for name in names if hasattr(target, name)]
    if hasattr(target, _MANY):
        core: Any = getattr(target, _MANY)
        is_meant = (core == _any(map(name_core, wanted))) | (func.lower(target.code) == _any(wanted))
    else:
        compact = _any(map(_compact, wanted))
        is_meant = or_(*(func.translate(func.lower(cast(column, Text)), _BETWEEN, "") == compact for column in columns))
    process = target.process_id if target is SalesStage else null()
    statement = select(target.id, display_of(target).label("shown"), process.label("process"), *columns)
    rows: Any = session.execute(statement.where(is_meant).order_by(target.id)).all()
    if target is SalesStage:
        rows = _of_one_process(session, rows)
    return [(Ref(row.id, str(row.shown)), [str(word) for word in row[3:] if word]) for row in rows]


def _of_one_process(session: Session, rows: list[Any]) -> list[Any]:
    """Stages of several processes have one name: those of the process that knows most, of equals the usual one."""
    usual = session.scalars(select(SalesProcess.id).where(SalesProcess.is_default)).one_or_none()
    known: dict[int, list[Any]] = {}
    for row in rows:
        known.setdefault(row.process, []).append(row)
    return max(known.items(), key=lambda item: (len(item[1]), item[0] == usual), default=(0, []))[1]


def _any(texts: Iterable[str]) -> Any:
    return any_(literal(list(texts), ARRAY(Text)))
