"""What becomes of tasks: begun, ticked off, done with feedback, given back, cancelled, taken up again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, cast

from sqlalchemy import any_, func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.models import Task
from crm_desktop.services import journal, records
from crm_desktop.services.lookup import Choices
from crm_desktop.services.records import FieldsError, Record, refused_values
from crm_desktop.spec import Ref

State = Literal["open", "working", "done", "cancelled", "declined"]
OPEN: frozenset[State] = frozenset({"open", "working"})
AFTER: dict[State, frozenset[State]] = {
    "open": frozenset({"working", "done", "cancelled", "declined"}),
    "working": frozenset({"open", "done", "cancelled", "declined"}),
    "done": frozenset({"working"}),
    "cancelled": frozenset({"working"}),
    "declined": frozenset({"working", "cancelled"}),
}
"""What is offered of what ``crm.may_become`` allows."""


def state_of(task: Record, choices: Choices) -> State | None:
    """Where a task stands; None for one that is not saved yet."""
    state = task.values.get("state")
    codes = {entry.ref.id: entry.code for entry in choices.of("task_state")}
    return cast("State", codes[state.id]) if task.id and state is not None and state.id in codes else None


def checklist_of(task: Record) -> list[str]:
    """The lines that are ticked off."""
    return [line.strip() for line in (task.values.get("checklist") or "").splitlines() if line.strip()]


def become(session: Session, task: Record, state: Ref, code: State, result: str = "") -> Record:
    """Let a task enter a state, with what its owner tells who gave it. Three statements.

    The next one of a task that repeats is made by the database. Raises FieldsError where one gives it back without a
    word, and SaveConflictError where somebody else was faster.
    """
    changes: dict[str, Any] = {"state": state}
    if result:
        changes["result"] = result
    if code == "declined" and not (result or task.values.get("result")):
        raise FieldsError({"result": _("Say why you give the task back.")})
    with refused_values(task.spec):
        return records.reread(session, records.save_record(session, task, changes))


def tick(session: Session, task: Record, lines: Sequence[str]) -> Record:
    """These lines of the checklist are done, and no others. Three statements."""
    return records.reread(session, records.save_record(session, task, {"checked": list(lines)}))


def finish_several(session: Session, ids: Sequence[int], label: str) -> tuple[int, int]:
    """Those of these tasks are done that are still open and one may change; the change set, and how many. Two
    statements.
    """
    change_set = journal.begin_change(session, "bulk", label, "task")
    still_open = Task.state_id.in_([func.crm.choice("task_state", code) for code in sorted(OPEN)])
    statement = (
        update(Task)
        .where(Task.id == any_(literal(list(ids), ARRAY(BigInteger))), still_open)
        .values(state_id=func.crm.choice("task_state", "done"))
        .returning(Task.id)
    )
    with refused_values(by_key("task")):
        found = session.execute(statement.execution_options(synchronize_session=False)).all()
    return change_set, len(found)
