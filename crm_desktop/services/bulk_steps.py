"""What a bulk edit does to a field, as SQL: the value afterwards, and when that value would not do. Runs nothing."""

from __future__ import annotations

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Integer, Numeric, SmallInteger, any_, case, cast, func, literal, or_
from sqlalchemy.types import Text

from crm_desktop.core.i18n import N_, _
from crm_desktop.services.records import FieldsError, check, to_columns, too_little
from crm_desktop.spec import Attr, EntitySpec, facts

MOST: Mapping[type[Any], Decimal] = {
    SmallInteger: Decimal(2**15 - 1),
    BigInteger: Decimal(2**63 - 1),
    Integer: Decimal(2**31 - 1),
}
_NUMBERS, _TEXTS = frozenset({"integer", "money", "number", "percent"}), frozenset({"text", "long_text"})
_LISTS = "phones"


class Action(enum.StrEnum):
    """What is done to a field of many records."""

    SET = "set"
    CLEAR = "clear"
    ADD = "add"
    MULTIPLY = "multiply"
    APPEND = "append"
    REPLACE = "replace"
    INSERT = "insert"
    REMOVE = "remove"

    @property
    def label(self) -> str:
        """The words for it, not yet translated."""
        return _LABELS[self]


_LABELS = {
    Action.SET: N_("Set to"),
    Action.CLEAR: N_("Clear"),
    Action.ADD: N_("Add the amount"),
    Action.MULTIPLY: N_("Multiply by"),
    Action.APPEND: N_("Append the text"),
    Action.REPLACE: N_("Replace the text"),
    Action.INSERT: N_("Add to the list"),
    Action.REMOVE: N_("Remove from the list"),
}


@dataclass(frozen=True, slots=True)
class Step:
    """One field's change. ``value`` is of the field's kind, a number or a text as the action wants; REPLACE puts ``by``
    where ``value`` stood.
    """

    key: str
    action: Action
    value: Any = None
    by: str = ""


def editable(spec: EntitySpec) -> tuple[Attr, ...]:
    """The fields that many records can be given at once: those of the form without what only one record can have."""
    table = spec.model.__table__
    return tuple(
        attr
        for attr in spec.form.fields
        if attr not in spec.form.read_only and not facts(attr).is_list and not table.c[facts(attr).column].unique
    )


def actions_for(attr: Attr) -> tuple[Action, ...]:
    """What can be done to a field."""
    fact = facts(attr)
    kind = fact.kind.name
    actions = [Action.SET]
    if kind != "bool" and (not fact.is_required or kind == _LISTS):
        actions.append(Action.CLEAR)
    if kind in _NUMBERS:
        actions += [Action.ADD, Action.MULTIPLY]
    if kind in _TEXTS:
        actions += [Action.APPEND, Action.REPLACE]
    if kind == _LISTS:
        actions += [Action.INSERT, Action.REMOVE]
    return tuple(actions)


def check_steps(spec: EntitySpec, steps: Sequence[Step]) -> None:
    """Raise FieldsError for values that no record could take."""
    values = {step.key: step.value for step in steps if step.action in {Action.SET, Action.CLEAR}}
    wrong = {key: why for key, why in check(spec, values).items() if key in values}
    if wrong:
        raise FieldsError(wrong)


def column_of(spec: EntitySpec, key: str) -> Any:
    """The table's column behind a field."""
    return spec.model.__table__.c[facts(spec.fields[key]).column]


def after(spec: EntitySpec, step: Step) -> ColumnElement[Any]:
    """The field's value after the step; numbers not yet cut to what the column holds."""
    column = column_of(spec, step.key)
    found: ColumnElement[Any]
    match step.action:
        case Action.SET | Action.CLEAR:
            value = step.value if step.action is Action.SET else None
            (kept,) = to_columns(spec, {step.key: value}).values()
            found = literal(kept, column.type)
        case Action.ADD:
            found = cast(column, Numeric) + literal(step.value, Numeric)
        case Action.MULTIPLY:
            found = func.round(cast(column, Numeric) * literal(step.value, Numeric), _scale(column))
        case Action.APPEND:
            gap = "\n" if facts(spec.fields[step.key]).kind.name == "long_text" else " "
            found = func.concat_ws(gap, func.nullif(column, ""), literal(step.value, Text))
        case Action.REPLACE:
            replaced = func.replace(column, literal(step.value, Text), literal(step.by, Text))
            found = func.nullif(func.btrim(replaced), "")
        case Action.INSERT:
            found = column
            for item in step.value:
                has_it = literal(item, Text) == any_(found)
                found = case((has_it, found), else_=func.array_append(found, literal(item, Text)))
        case Action.REMOVE:
            found = column
            for item in step.value:
                found = func.array_remove(found, literal(item, Text))
    return found


def stored(spec: EntitySpec, step: Step) -> ColumnElement[Any]:
    """The value afterwards as the column takes it."""
    return cast(after(spec, step), column_of(spec, step.key).type)


def refusals(spec: EntitySpec, step: Step) -> Iterator[tuple[ColumnElement[bool], str]]:
    """When a record cannot take the step, and the sentence that says why."""
    if step.action in {Action.SET, Action.CLEAR}:
        return
    fact, value, column = facts(spec.fields[step.key]), after(spec, step), column_of(spec, step.key)
    label = _(spec.label_of(step.key))
    if fact.is_required and fact.kind.name in _TEXTS:
        yield func.coalesce(value, "") == "", _("{field} is needed.").format(field=label)
    if fact.max_length:
        sentence = _("{field} may have at most {count} characters.").format(field=label, count=fact.max_length)
        yield func.char_length(value) > fact.max_length, sentence
    if fact.least is not None:
        yield value < fact.least, too_little(label, fact.least)
    if fact.kind.name in _NUMBERS:
        most = _most(column)
        yield or_(value > most, value < -most), _("{field} would become too large.").format(field=label)


def _scale(column: Any) -> int:
    return 0 if isinstance(column.type, Integer) else column.type.scale or 0


def _most(column: Any) -> Decimal:
    """The largest number the column holds."""
    if isinstance(column.type, Integer):
        return next(most for kind, most in MOST.items() if isinstance(column.type, kind))
    return Decimal(10) ** ((column.type.precision or 1000) - (column.type.scale or 0)) - 1
