"""One record: read, check, save with the version that was read, delete. Plain data in and out."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal

from sqlalchemy import Select, any_, bindparam, delete, insert, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core import clock
from crm_desktop.core.access import Person
from crm_desktop.core.errors import ConflictError, KnownError, NoRightError
from crm_desktop.core.i18n import _, language
from crm_desktop.db.errors import OutOfReachError, RefusedValueError, known_errors
from crm_desktop.entities import by_key, every_entity, guard_of
from crm_desktop.services.journal import begin_change
from crm_desktop.services.keys import affects_keys, derived_columns
from crm_desktop.services.lookup import Choices
from crm_desktop.services.merge import merge_texts
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import lent_to_write, read_values, select_values
from crm_desktop.spec import EntitySpec, Ref, facts
from crm_desktop.spec.kinds import LONG_TEXT


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it was read; ``id`` and ``version`` are 0 for one that is not saved yet."""

    entity: str
    id: int
    version: int
    values: Mapping[str, Any] = field(default_factory=dict)
    change_set: int = 0
    """The change set of the save that this record comes from, so that it can be undone; 0 for one that was read."""
    is_lent: bool = False
    """Whether it, or what it belongs to, is shared with the person to write."""
    spec: EntitySpec = field(init=False, compare=False, repr=False)
    """Of the entity, with the fields it had when the record was read."""

    def __post_init__(self) -> None:
        """Keep the spec of this moment: the administrator may take a field away while somebody types in it."""
        object.__setattr__(self, "spec", by_key(self.entity))

    @property
    def title(self) -> str:
        """What names the record, in the language of the moment where it has names in both."""
        fact = facts(self.spec.table.columns[0].path[0])
        chinese, english = self.spec.model.display  # type: ignore[attr-defined]
        shown = english if language() == "en" else chinese
        name = self.spec.search.name.key if self.spec.search else shown
        return str(self.values.get(name) or fact.kind.format(self.values.get(fact.key)))


@dataclass(frozen=True, slots=True)
class Deleted:
    """How many records were deleted, and the change set by which they come back."""

    change_set: int
    count: int


class FieldsError(KnownError):
    """Some fields cannot be saved as they are; ``fields`` says why, by field key."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        """The message joins the sentences."""
        super().__init__(" ".join(fields.values()))
        self.fields = fields


class RecordGoneError(ConflictError):
    """The record was deleted, or is no longer in sight."""


class SaveConflictError(ConflictError):
    """Others changed the same fields; ``current`` is the record as it is now, ``fields`` the keys both changed.

    ``merged`` are long texts that both changed too, but that hold both changes already.
    """

    def __init__(
        self, current: Record, fields: tuple[str, ...], merged: Mapping[str, str | None] | None = None
    ) -> None:
        """The message names the fields."""
        labels = _(", ").join(_(current.spec.label_of(key)) for key in fields)
        super().__init__(
            _("Somebody else has changed {fields} in the meantime.").format(fields=labels),
            _("Compare, and choose which value is to stay."),
        )
        self.current = current
        self.fields = fields
        self.merged = merged or {}


def fetch_record(session: Session, entity: str, id_: int) -> Record:
    """The record with all its labelled fields; a RecordGoneError where it is gone or out of sight. One statement."""
    record = fetch_records(session, entity, [id_]).get(id_)
    if record is None:
        raise RecordGoneError(
            _("This record is no longer there, or you may no longer see it."), _("The list shows what is there now.")
        )
    return record


def fetch_records(session: Session, entity: str, ids: Sequence[int]) -> dict[int, Record]:
    """The records that are there and visible, by id. One statement."""
    spec = by_key(entity)
    attrs = tuple(attr for attr in spec.labels if not facts(attr).is_list)
    paths = [(attr,) for attr in attrs]

    def build() -> Select[Any]:
        model: Any = spec.model
        statement = select_values(spec, paths).add_columns(lent_to_write(spec))
        return statement.where(model.id == any_(bindparam("ids", type_=ARRAY(BigInteger))))

    key = ("records", entity, tuple(a.key for a in attrs))
    return {
        row[0]: Record(
            entity,
            row[0],
            row[1],
            {a.key: v for a, v in zip(attrs, read_values(paths, row[2:-1]), strict=True)},
            is_lent=row[-1],
        )
        for row in execute(session, key, build, {"ids": list(ids)}, is_planned_once=True)
    }


def reread(session: Session, saved: Record) -> Record:
    """A record that was just saved, with what the database filled in. One statement."""
    read = fetch_record(session, saved.entity, saved.id)
    return Record(read.entity, read.id, read.version, read.values, saved.change_set, read.is_lent)


def save_and_reread(session: Session, record: Record, changes: Mapping[str, Any]) -> Record:
    """Save some fields of a record; where triggers derive others that its page shows, they are read again: one
    statement more than ``save_record``.
    """
    saved = save_record(session, record, changes)
    if not _has_derived_fields(record.entity):
        return saved
    try:
        return reread(session, saved)
    except RecordGoneError:  # it was given to somebody whose records one does not see
        return saved


@cache
def _has_derived_fields(entity: str) -> bool:
    spec = by_key(entity)
    columns = spec.model.__table__.columns
    return any(
        column.info.get("kept") for attr in spec.labels if (column := columns.get(facts(attr).column)) is not None
    )


def may_begin(entity: str, person: Person) -> bool:
    """Whether to offer a new record: what triggers alone write nobody begins, whatever his rights."""
    return person.may("create", entity) and guard_of(by_key(entity)).editable != ()


def new_record(entity: str, person: Person, choices: Choices | None = None, **values: Any) -> Record:
    """An unsaved record with the values a new one begins with."""
    spec = by_key(entity)
    defaults = {
        "crm.me()": Ref(person.id, person.name),
        "now()": clock.now(),
        "current_date": clock.today(),
        "true": True,
        "false": False,
    }
    begun = {attr.key: defaults[default] for attr in spec.form.fields if (default := facts(attr).default) in defaults}
    for attr in spec.form.fields:
        fact = facts(attr)
        if fact.hours_ahead is not None:
            hour = clock.now().replace(minute=0, second=0, microsecond=0)
            begun[attr.key] = hour + datetime.timedelta(hours=1 + fact.hours_ahead)
        if choices is not None and fact.dictionary and fact.default_choice:
            begun[attr.key] = choices.find(fact.dictionary, fact.default_choice)
    return Record(entity, 0, 0, begun | values)


def check(spec: EntitySpec, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with ``values`` (all fields of the form), one sentence by field key."""
    wrong: dict[str, str] = {}
    for attr in spec.form.fields:
        fact = facts(attr)
        value = values.get(fact.key)
        label = _(spec.labels[attr])
        if fact.is_required and fact.default is None and value in (None, ""):
            wrong[fact.key] = _("{field} is needed.").format(field=label)
        elif fact.max_length and isinstance(value, str) and len(value) > fact.max_length:
            wrong[fact.key] = _("{field} may have at most {count} characters.").format(
                field=label, count=fact.max_length
            )
        elif fact.least is not None and value is not None and value < fact.least:
            wrong[fact.key] = too_little(label, fact.least)
        elif isinstance(value, str) and "\0" in value:
            wrong[fact.key] = _("{field} contains a character that cannot be stored.").format(field=label)
    return wrong


def too_little(label: str, least: int) -> str:
    """The sentence about a number that makes no sense."""
    return _("{field} cannot be less than {least}.").format(field=label, least=least)


def create_record(session: Session, record: Record, change_set: int = 0) -> Record:
    """Save a new record; returns it with id and version. Two statements, raises FieldsError.

    ``change_set`` is that of an action which has begun and of which this is a step.
    """
    spec = record.spec
    raise_if_wrong(spec, record.values)
    change_set = change_set or begin_change(session, "create", record.title, record.entity)
    model: Any = spec.model
    columns = to_columns(spec, {k: v for k, v in record.values.items() if v not in (None, "", [])})
    columns |= derived_columns(spec, record.values)
    with refused_values(spec):
        id_, version = session.execute(insert(model).values(**columns).returning(model.id, model.version)).one()
    return Record(record.entity, id_, version, record.values, change_set)


def save_record(
    session: Session,
    base: Record,
    changes: Mapping[str, Any],
    kind: Literal["edit", "put_back"] = "edit",
    change_set: int = 0,
) -> Record:
    """Write the changed fields of a record that was read as ``base``.

    Two statements where nobody else wrote in between. Where somebody did, other fields and different places of long
    texts merge silently (four statements), and the same field raises SaveConflictError. Raises FieldsError, and
    RecordGoneError where the record is gone. ``change_set`` is that of an action of which this is a step.
    """
    spec = base.spec
    changes = {key: value for key, value in changes.items() if not is_same(value, base.values.get(key))}
    if not changes:
        return base
    raise_if_wrong(spec, {**base.values, **changes})
    change_set = change_set or begin_change(session, kind, base.title, base.entity)
    version = _update(session, spec, base, changes)
    if version is None:
        current = fetch_record(session, base.entity, base.id)
        theirs = current.values
        both = tuple(
            k for k, mine in changes.items()
            if k in theirs and not is_same(theirs[k], base.values.get(k)) and not is_same(theirs[k], mine)
        )  # fmt: skip
        merged = _merged_texts(base, current, {key: changes[key] for key in both})
        if len(merged) < len(both):
            raise SaveConflictError(current, tuple(key for key in both if key not in merged), merged)
        changes |= merged
        if current.version == base.version:
            raise _may_not_change(base)
        base = current
        version = _update(session, spec, base, changes)
        if version is None:
            raise ConflictError(_("Somebody else is saving this record at the same moment."), _("Save again."))
    return Record(base.entity, base.id, version, {**base.values, **changes}, change_set, base.is_lent)


def _merged_texts(base: Record, current: Record, mine: Mapping[str, Any]) -> dict[str, str | None]:
    """The long texts that both changed in different places, with both changes."""
    merged = {}
    for key, text in mine.items():
        if facts(base.spec.fields[key]).kind is LONG_TEXT:
            found = merge_texts(base.values.get(key) or "", current.values.get(key) or "", text or "").text
            if found is not None:
                merged[key] = found or None
    return merged


def is_same(one: Any, other: Any) -> bool:
    """Whether two values of a field mean the same: references by their row, not their label; nothing is nothing."""
    if isinstance(one, Ref) and isinstance(other, Ref):
        return one.id == other.id
    return one == other or (_is_nothing(one) and _is_nothing(other))


def _is_nothing(value: Any) -> bool:
    return value is None or value is False or value in ("", [])


def _may_not_change(record: Record) -> KnownError:
    return NoRightError(
        _("You may read “{title}”, but not change it.").format(title=record.title),
        _("Ask its owner or your administrator."),
    )


def _update(session: Session, spec: EntitySpec, base: Record, changes: Mapping[str, Any]) -> int | None:
    """The new version; None where the row is gone, changed, or not this person's to change."""
    model: Any = spec.model
    columns = to_columns(spec, changes)
    if affects_keys(spec, changes):
        columns |= derived_columns(spec, {**base.values, **changes})
    statement = (
        update(model)
        .where(model.id == base.id, model.version == base.version)
        .values(**columns)
        .returning(model.version)
        .execution_options(synchronize_session=False)
    )
    with refused_values(spec):
        new_version: int | None = session.scalar(statement)
    return new_version


@contextmanager
def refused_values(spec: EntitySpec) -> Iterator[None]:
    """What the database refuses in a field is said of that field."""
    try:
        with known_errors():
            yield
    except OutOfReachError:
        if spec.part_of is None:
            raise
        whole = _(spec.label_of(spec.part_of.key)).lower()
        raise NoRightError(
            _(
                "The {whole} of this record is no longer there for you, or you may not change what belongs to it."
            ).format(whole=whole),
            _("Choose another {whole}, or ask the administrator for the right.").format(whole=whole),
        ) from None
    except RefusedValueError as error:
        columns = {facts(attr).column: attr for attr in spec.form.fields}
        refused = [columns[column] for column in error.columns if column in columns]
        if not refused:
            raise
        sentence = f"{error.message} {error.hint}"
        if error.kind == "check" and len(refused) > 1:
            names = _(", ").join(f"“{_(spec.labels[attr])}”" for attr in refused)
            sentence = _("{fields} do not fit together.").format(fields=names)
        raise FieldsError({attr.key: sentence for attr in refused}) from None


@contextmanager
def refused_addition() -> Iterator[None]:
    """What cannot be added to a record, such as a comment, is said of the record: it may be gone meanwhile."""
    try:
        with known_errors():
            yield
    except OutOfReachError:
        raise RecordGoneError(
            _("This record is no longer there, or you may not add anything to it."),
            _("The list shows what is there now."),
        ) from None


@contextmanager
def refused_deletion() -> Iterator[None]:
    """What is still needed is said by what needs it."""
    try:
        with known_errors():
            yield
    except RefusedValueError as error:
        user = next((spec for spec in every_entity() if spec.model.__tablename__ == error.table), None)
        if error.kind != "used" or user is None:
            raise
        raise KnownError(
            _("There are still {things} that belong here, so it cannot be deleted.").format(
                things=_(user.label_plural).lower()
            ),
            _("Delete them first, or move them elsewhere. There may be some that you do not see."),
        ) from None


def delete_records(session: Session, entity: str, ids: Sequence[int], label: str) -> Deleted:
    """Delete what this person may delete of ``ids``. The journal keeps them."""
    model: Any = by_key(entity).model
    change_set = begin_change(session, "delete", label, entity)
    statement = delete(model).where(model.id == any_(literal(list(ids), ARRAY(BigInteger)))).returning(model.id)
    with refused_deletion():
        rows = session.execute(statement.execution_options(synchronize_session=False)).all()
    return Deleted(change_set, len(rows))


def to_columns(spec: EntitySpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field key as values by table column: references by their id, empty lists and False instead of NULL."""
    attrs = spec.fields
    return {
        facts(attrs[key]).column: value.id if isinstance(value, Ref) else _stored(attrs[key], value)
        for key, value in values.items()
        if key in attrs
    }


def _stored(attr: Any, value: Any) -> Any:
    """An empty value of a column that takes no NULL: an empty list or False."""
    fact = facts(attr)
    if value is not None or not fact.is_required:
        return value
    return {"phones": [], "texts": [], "fields": [], "bool": False}.get(fact.kind.name)


def raise_if_wrong(spec: EntitySpec, values: Mapping[str, Any]) -> None:
    """A FieldsError where some of the values of a form cannot be saved."""
    if wrong := check(spec, values):
        raise FieldsError(wrong)
