"""How opportunities go through the stages of a sales process: what a stage asks for, the move, and the way so far."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from crm_desktop.core import clock
from crm_desktop.core.errors import ConflictError
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.models import (
    DictionaryEntry,
    Employee,
    Opportunity,
    OpportunityStay,
    Product,
    SalesProcess,
    SalesStage,
)
from crm_desktop.services.bulk_steps import Action, Step, column_of
from crm_desktop.services.records import FieldsError, Record, SaveConflictError, fetch_record, save_record
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref

CLOSING = ("closed_on", "reason", "competitor", "summary")
"""What is asked for when an opportunity ends."""
_NEEDED = {"lost": ("reason",), "closed": ("reason",)}


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage of a sales process, named in the language of the moment and toned by what it means."""

    ref: Ref
    process: Ref
    is_offered: bool
    """Whether its process is in use."""
    outcome: str
    """``open won lost closed``."""
    probability: int
    days_allowed: int | None = None
    checklist: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    """Keys of the opportunity's fields."""
    later: frozenset[int] = frozenset()
    """The stages after it in its process: whoever comes from there goes back."""

    @property
    def is_end(self) -> bool:
        """Whether an opportunity is over there."""
        return self.outcome != "open"


class Stages:
    """The stages of all processes, process by process in their order."""

    def __init__(self, stages: Iterable[Stage]) -> None:
        self.all = tuple(stages)
        self._by_id = {stage.ref.id: stage for stage in self.all}

    def find(self, ref: object) -> Stage | None:
        """The stage that a record's field refers to."""
        return self._by_id.get(ref.id) if isinstance(ref, Ref) else None

    @property
    def beginnings(self) -> tuple[Stage, ...]:
        """The first stage of each process in use."""
        found: dict[int, Stage] = {}
        for stage in self.all:
            if stage.is_offered:
                found.setdefault(stage.process.id, stage)
        return tuple(found.values())

    def of(self, process_id: int) -> tuple[Stage, ...]:
        """Those of one process."""
        return tuple(stage for stage in self.all if stage.process.id == process_id)


def fetch_stages(session: Session) -> Stages:
    """All of them. One statement."""
    outcome, process = DictionaryEntry.__table__.alias("outcome"), SalesProcess
    rows = session.execute(
        select(
            SalesStage.id, display_of(SalesStage).label("label"), outcome.c.tone, outcome.c.code,
            SalesStage.process_id, display_of(process).label("process"), process.is_active,
            SalesStage.probability, SalesStage.days_allowed, SalesStage.checklist, SalesStage.required_fields,
        )
        .join(process, process.id == SalesStage.process_id)
        .join(outcome, outcome.c.id == SalesStage.outcome_id)
        .order_by(process.sort_order, process.id, SalesStage.sort_order, SalesStage.id)
    ).all()  # fmt: skip
    return Stages(
        Stage(
            Ref(row.id, row.label, row.tone),
            Ref(row.process_id, row.process),
            row.is_active,
            row.code,
            row.probability,
            row.days_allowed,
            tuple(filter(None, map(str.strip, (row.checklist or "").splitlines()))),
            tuple(row.required_fields),
            frozenset(other.id for other in rows[place + 1 :] if other.process_id == row.process_id),
        )
        for place, row in enumerate(rows)
    )


def count_by_stage(session: Session, process_id: int) -> dict[int, int]:
    """How many opportunities are in each stage of a process, as far as the person sees them. One statement."""
    rows = session.execute(
        select(Opportunity.stage_id, func.count().label("held"))
        .join(SalesStage, SalesStage.id == Opportunity.stage_id)
        .where(SalesStage.process_id == process_id)
        .group_by(Opportunity.stage_id)
    )
    return {row.stage_id: row.held for row in rows}


def needed(stage: Stage) -> tuple[str, ...]:
    """The fields without which an opportunity does not enter a stage, in the order of the form."""
    wanted = {*stage.required, *_NEEDED.get(stage.outcome, ())}
    return tuple(attr.key for attr in by_key("opportunity").form.fields if attr.key in wanted)


def missing(stage: Stage, values: Mapping[str, Any]) -> tuple[str, ...]:
    """Those of the needed fields that an opportunity with these values lacks."""
    return tuple(key for key in needed(stage) if values.get(key) in (None, "", []))


def asked(stage: Stage, values: Mapping[str, Any]) -> tuple[str, ...]:
    """The fields that are asked for on the way into a stage: what is missing, and at the end how it ended."""
    return tuple(dict.fromkeys((*missing(stage, values), *(CLOSING if stage.is_end else ()))))


def is_back(record: Record, stage: Stage) -> bool:
    """Whether the stage lies before the one the record is in."""
    return record.values["stage"].id in stage.later


def move(session: Session, record: Record, stage: Stage, values: Mapping[str, Any], note: str) -> Record:
    """Let a record enter a stage, with what the stage asked for and why. Two statements; what follows from the stage
    is the database's, so the record is to be read again.

    Raises FieldsError where something needed is missing, ConflictError where somebody else has moved it meanwhile.
    """
    wrong = {key: _lacks(key) for key in missing(stage, {**record.values, **values})}
    if not note and is_back(record, stage):
        wrong["stage_note"] = _("Say why it goes back.")
    if wrong:
        raise FieldsError(wrong)
    try:
        return save_record(session, record, {**values, "stage": stage.ref, "stage_note": note or None})
    except SaveConflictError as error:
        if "stage" not in error.fields:
            raise
        raise _moved_elsewhere(error.current) from None


def fetch_where_seen(session: Session, opportunity_id: int, stage_id: int) -> Record:
    """An opportunity that was seen in this stage. One statement; raises ConflictError where it has left it, and
    RecordGoneError where it is gone.
    """
    record = fetch_record(session, "opportunity", opportunity_id)
    if record.values["stage"].id != stage_id:
        raise _moved_elsewhere(record)
    return record


def _moved_elsewhere(record: Record) -> ConflictError:
    return ConflictError(
        _("Somebody else has moved it to “{stage}” in the meantime.").format(stage=record.values["stage"].label),
        _("Look at it, and move it again if you still want to."),
    )


def steps(stage: Stage, values: Mapping[str, Any], note: str) -> tuple[Step, ...]:
    """The move as a change of many records at once."""
    given = {"stage": stage.ref, **values, "stage_note": note}
    return tuple(
        Step(key, Action.SET, value) if value not in (None, "", []) else Step(key, Action.CLEAR)
        for key, value in given.items()
        if key == "stage_note" or value not in (None, "", [])
    )


def refusals(stage: Stage, values: Mapping[str, Any], note: str) -> Iterator[tuple[ColumnElement[bool], str]]:
    """Which of many records cannot go there, and the sentence that says why."""
    spec = by_key("opportunity")
    at = column_of(spec, "stage")
    yield at == stage.ref.id, _("They are in this stage already.")
    if not note:
        yield at.in_(stage.later), _("Say why it goes back.")
    for key in missing(stage, values):
        yield column_of(spec, key).is_(None), _lacks(key)


def _lacks(key: str) -> str:
    return _("{field} is needed.").format(field=_(by_key("opportunity").label_of(key)))


@dataclass(frozen=True, slots=True)
class Stay:
    """A time in a stage. ``days`` are whole ones; None where it stays for good."""

    stage: Ref
    entered_at: datetime.datetime
    days: int | None
    by: str
    note: str


def fetch_stays(session: Session, opportunity_id: int) -> list[Stay]:
    """The stages it went through, the present one last: each ends where the next begins. One statement."""
    stay, outcome = OpportunityStay, DictionaryEntry
    rows: Sequence[Any] = session.execute(
        select(
            stay.stage_id, display_of(SalesStage).label("label"), outcome.tone, outcome.code, stay.entered_at,
            func.lead(stay.entered_at).over(order_by=(stay.entered_at, stay.id)).label("left_at"),
            func.coalesce(Employee.name, "").label("by"), func.coalesce(stay.note, "").label("note"),
        )
        .join(SalesStage, SalesStage.id == stay.stage_id)
        .join(outcome, outcome.id == SalesStage.outcome_id)
        .outerjoin(Employee, Employee.id == stay.moved_by_id)
        .where(stay.opportunity_id == opportunity_id)
        .order_by(stay.entered_at, stay.id)
    ).all()  # fmt: skip
    found = []
    for row in rows:
        until = row.left_at or (clock.now() if row.code == "open" else None)
        days = max(0, (until - row.entered_at).days) if until is not None else None
        found.append(Stay(Ref(row.stage_id, row.label, row.tone), row.entered_at, days, row.by, row.note))
    return found


def fetch_list_price(session: Session, product_id: int) -> Any:
    """What a product costs per unit where nothing else was agreed, in yuan; None where nobody said. One statement."""
    return session.scalar(select(Product.list_price).where(Product.id == product_id))
