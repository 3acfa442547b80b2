"""Change sets: naming one, reading a record's history, taking one back. The database writes and guards the journal."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from crm_desktop.core.errors import Attempt, ConflictError
from crm_desktop.core.i18n import COUNTED, N_, _, counted, in_each_language
from crm_desktop.db.engine import ATTEMPT, take_time
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services.administrators import DECIDING_TABLES, check_somebody_administers
from crm_desktop.services.keys import complete_keys
from crm_desktop.services.statements import display_of
from crm_desktop.spec import EntitySpec, Ref, facts
from crm_desktop.spec.kinds import DATE, MONEY, NUMBER, TIME

KINDS = {
    "create": N_("Created"), "edit": N_("Edited"), "delete": N_("Deleted"), "import": N_("Import"), "undo": N_("Undo"),
    "bulk": N_("Bulk edit"), "put_back": N_("Put back"), "sql": N_("Outside the program"), "setup": N_("Set-up"),
    "export": N_("Export"),
    "recipe": N_("Columns remembered"), "attach": N_("File"), "detach": N_("File removed"), "comment": N_("Comment"),
    "uncomment": N_("Comment removed"), "share": N_("Shared"), "share_end": N_("Share ended"),
    "assign": N_("Assigned"), "convert": N_("Converted"), "recycle": N_("Back into the pool"),
    "job": N_("Automatic"),
}  # fmt: skip
WHY_KEPT = {
    "changed_since": N_("changed since"),
    "built_on": N_("others have added to it"),
    "part_kept": N_("belongs to a record that stays"),
    "no_right": N_("you may not change it"),
    "gone": N_("no longer there"),
    "conflict": N_("its number is used again"),
    "parent_gone": N_("what it belonged to is gone"),
}
_TABLES = {spec.model.__tablename__: spec.key for spec in ALL_ENTITIES}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after, as values of its kind."""

    key: str
    label: str
    before: Any
    after: Any

    def texts(self, spec: EntitySpec) -> tuple[str, str]:
        """Before and after as the user reads them."""
        kind = facts(spec.fields[self.key]).kind
        return kind.format(self.before), kind.format(self.after)


@dataclass(frozen=True, slots=True)
class Change:
    """One change of one record. ``operation`` is I, U or D."""

    id: int
    change_set: int
    at: datetime.datetime
    who: str
    employee_id: int | None
    kind: str
    label: str
    operation: str
    fields: tuple[FieldChange, ...]

    @property
    def source(self) -> str:
        """The file that an import came from; nothing for other changes."""
        return _subject(self.label)[1] if self.kind == "import" else ""


@dataclass(frozen=True, slots=True)
class ChangeSet:
    """One action of one person."""

    id: int
    at: datetime.datetime
    who: str
    kind: str
    label: str
    rows: int
    is_mine: bool
    undoes: int | None
    undone_by: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """Something an undo leaves as it is, and why."""

    entity: str
    id: int
    name: str
    fields: tuple[str, ...]
    why: str
    who: str
    at: datetime.datetime | None

    def sentence(self) -> str:
        """``华工医药: Phones — changed since, 何毅, 2026-11-20 14:03``."""
        what = _(": ").join(filter(None, [self.name, _(", ").join(self.fields)]))
        return _(", ").join(filter(None, [f"{what} — {self.why}", self.who, TIME.format(self.at)]))


@dataclass(frozen=True, slots=True)
class UndoResult:
    """What an undo did, or would do: numbers of records by entity, and what it keeps."""

    change_set: int | None
    restored: Mapping[str, int]
    brought_back: Mapping[str, int]
    removed: Mapping[str, int]
    kept: tuple[Kept, ...]


def begin_change(session: Session, kind: str, label: str, entity: str = "") -> int:
    """Name what this transaction does; returns the change set's id. One statement."""
    label = f"{entity}:{label}" if entity else label
    statement = text("select journal.begin_change(:kind, :label), pg_current_xact_id()::text::bigint")
    attempt = Attempt(*session.execute(statement, {"kind": kind, "label": label[:500]}).one())
    session.info[ATTEMPT] = attempt
    return attempt.change_set


def describe(kind: str, label: str) -> str:
    """A change set in words: ``Edited: customer 华工医药``."""
    spec, name = _subject(label)
    what = (_recounted(spec, name) or f"{_(spec.label)} {name}") if spec else label
    return (
        _("{action}: {what}").format(action=_(KINDS.get(kind, kind)), what=what) if what else _(KINDS.get(kind, kind))
    )


def _recounted(spec: EntitySpec, name: str) -> str:
    """A number of such records in the language of the moment, whatever it was written in; empty for other names."""
    number = name.partition(" ")[0]
    names = [word.lower() for one in (spec.label, spec.label_plural) for word in in_each_language(one)]
    written = (pattern.format(count=number, things=word) for pattern in in_each_language(COUNTED) for word in names)
    count = number.replace(",", "")
    return counted(spec.label, spec.label_plural, int(count)) if count.isdecimal() and name in written else ""


def _subject(label: str) -> tuple[EntitySpec | None, str]:
    """The kind of records that the label of a change set names, and the rest of it."""
    entity, _colon, name = label.partition(":")
    spec = next((spec for spec in ALL_ENTITIES if spec.key == entity), None)
    return (spec, name) if spec else (None, label)


def fetch_history(session: Session, entity: str, id_: int) -> list[Change]:
    """The record's changes, newest first. At most three statements: the journal, and the names of what it refers to."""
    spec = by_key(entity)
    rows = session.execute(
        text("select * from journal.history(:table, :id)"), {"table": spec.model.__tablename__, "id": id_}
    ).all()
    names = names_of(session, spec, [v for row in rows for v in (row.before, row.after) if v])
    return [
        Change(
            row.change_id,
            row.change_set_id,
            row.at,
            row.who or row.login,
            row.employee_id,
            row.kind,
            row.label,
            row.operation,
            tuple(_field_changes(spec, row, names)),
        )
        for row in sorted(rows, key=lambda row: -row.change_id)
    ]


def _field_changes(spec: EntitySpec, row: Any, names: Mapping[tuple[type[Any], int], str]) -> list[FieldChange]:
    if row.operation != "U":
        return []
    before, after = row.before or {}, row.after or {}
    return [
        FieldChange(attr.key, label, value_of(attr, before[column], names), value_of(attr, after.get(column), names))
        for attr, label in spec.labels.items()
        if (column := facts(attr).column) in before
    ]


def value_of(attr: Any, stored: Any, names: Mapping[tuple[type[Any], int], str]) -> Any:
    """A value of the journal (JSON) as a value of the field's kind."""
    fact = facts(attr)
    if stored is None:
        return None
    if fact.target is not None:
        return Ref(stored, names.get((fact.target, stored), f"#{stored}"))
    if fact.kind is TIME:
        return datetime.datetime.fromisoformat(stored)
    if fact.kind is DATE:
        return datetime.date.fromisoformat(stored)
    if fact.kind in {MONEY, NUMBER}:
        return Decimal(str(stored))  # JSON knows no decimals
    return stored


def names_of(
    session: Session, spec: EntitySpec, stored: Sequence[Mapping[str, Any]]
) -> dict[tuple[type[Any], int], str]:
    """Names of all rows that the stored values refer to, in one statement; those that are gone, in another."""
    wanted: dict[type[Any], set[int]] = {}
    for attr in spec.labels:
        fact = facts(attr)
        if fact.target is not None and not fact.is_list:
            ids = {values[fact.column] for values in stored if values.get(fact.column) is not None}
            wanted.setdefault(fact.target, set()).update(ids)
    targets: list[Any] = [target for target, ids in wanted.items() if ids]
    if not targets:
        return {}
    parts = [
        select(text(str(n)), target.id, display_of(target)).where(target.id.in_(wanted[target]))
        for n, target in enumerate(targets)
    ]
    rows = session.execute(parts[0].union_all(*parts[1:]))
    names = {(targets[n], id_): name for n, id_, name in rows}
    if gone := [(target, id_) for target in targets for id_ in wanted[target] if (target, id_) not in names]:
        named = text(
            "select journal.name_of(t, i) from unnest(cast(:tables as text[]), cast(:ids as bigint[])) x (t, i)"
        )
        asked = {"tables": [target.__tablename__ for target, _id in gone], "ids": [id_ for _target, id_ in gone]}
        found = session.scalars(named, asked)
        names |= {one: name for one, name in zip(gone, found, strict=True) if name}
    return names


def fetch_change_sets(session: Session, limit: int = 200, *, everybodys: bool = False) -> list[ChangeSet]:
    """The newest change sets: mine, or with the right to it everybody's. One statement."""
    function = "journal.change_sets" if everybodys else "journal.my_change_sets"
    rows = session.execute(text(f"select * from {function}(:limit)"), {"limit": limit})  # noqa: S608 - two literals
    return [
        ChangeSet(
            row.id, row.at, row.who or row.login, row.kind, row.label, row.rows, row.is_mine, row.undoes, row.undone_by
        )
        for row in rows
    ]


def fetch_last(session: Session, *, to_redo: bool = False) -> ChangeSet | None:
    """My newest action that Ctrl+Z would take back, or the undo that Ctrl+Y would; None where there is none.

    An undo is named by what it took back.

    As in every editor, an undo can be redone only until something else is done. One statement.
    """
    newest = fetch_change_sets(session, 100)
    undoing = {change_set.id for change_set in newest if change_set.undoes is not None}
    for change_set in newest:
        is_redo = change_set.undoes in undoing
        if change_set.undone_by is not None or is_redo or change_set.kind in {"export", "recipe", "setup", "job"}:
            continue
        if (change_set.undoes is not None) == to_redo:
            undone = next((one for one in newest if one.id == change_set.undoes), change_set)
            return replace(change_set, kind=undone.kind)
        if to_redo:
            return None
    return None


def undo(
    session: Session, change_set: int, *, is_rehearsal: bool = False, entity: str = "", ids: Sequence[int] = ()
) -> UndoResult:
    """Take a change set back as far as nobody has built on it; a rehearsal writes nothing.

    With ``entity``: only those of its records, with their parts. Raises NoRightError for others' change sets without
    the right, ConflictError where it was undone before, KnownError where nobody could administer any more.
    """
    take_time(session)  # a large import needs it
    table = by_key(entity).model.__tablename__ if entity else None
    result, transaction = session.execute(
        text("""
            select journal.undo(:change_set, :rehearsal, :table, cast(:ids as bigint[])),
                   pg_current_xact_id()::text::bigint
        """),
        {"change_set": change_set, "rehearsal": is_rehearsal, "table": table, "ids": list(ids)},
    ).one()
    if result is None:
        raise ConflictError(_("There is no change set {number}.").format(number=change_set))
    if not is_rehearsal:
        if result["change_set"] is not None:
            session.info[ATTEMPT] = Attempt(result["change_set"], transaction)
        complete_keys(session)
        if DECIDING_TABLES & {*result["restored"], *result["brought_back"], *result["removed"]}:
            check_somebody_administers(session)
    return UndoResult(
        change_set=result["change_set"],
        restored={_entity(t): n["rows"] if isinstance(n, dict) else n for t, n in result["restored"].items()},
        brought_back={_entity(t): n for t, n in result["brought_back"].items()},
        removed={_entity(t): n for t, n in result["removed"].items()},
        kept=tuple(_kept(row) for row in result["kept"]),
    )


def _entity(table: str) -> str:
    return _TABLES.get(table, table)


def _kept(row: Mapping[str, Any]) -> Kept:
    spec = by_key(_TABLES[row["table"]]) if row["table"] in _TABLES else None
    columns = {facts(attr).column: _(label) for attr, label in spec.labels.items()} if spec else {}
    return Kept(
        _entity(row["table"]),
        row["id"],
        row["name"] or f"#{row['id']}",
        tuple(columns.get(c, c) for c in row["fields"] or ()),
        _(WHY_KEPT.get(row["why"], row["why"])),
        row["who"] or "",
        datetime.datetime.fromisoformat(row["at"]) if row["at"] else None,
    )
