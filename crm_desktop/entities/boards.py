"""The boards of the program."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from crm_desktop.core import clock
from crm_desktop.core.i18n import _, ngettext
from crm_desktop.models import Opportunity, SalesStage, ServiceRequest, Task
from crm_desktop.spec import Ref
from crm_desktop.spec.board import BoardSpec, Flag


def _flags(card: Mapping[str, Any]) -> Iterator[Flag]:
    stalls_on = card.get("stalls_on")
    days = (clock.today() - stalls_on).days if stalls_on is not None else -1
    if days > 0:
        yield Flag(ngettext("Stalled {count} day", "Stalled {count} days", days).format(count=days), "bad")
    elif days == 0:
        yield Flag(_("Stalled"), "bad")
    if card.get("closed_on") is None and not (card.get("next_step") and card.get("next_on")):
        yield Flag(_("No next step"), "warn")


OPPORTUNITY_BOARD = BoardSpec(
    entity="opportunity",
    column=Opportunity.stage,
    process=SalesStage.process,
    state=SalesStage.outcome,
    order=(Opportunity.closed_on.desc().nulls_first(), Opportunity.expected_on.asc().nulls_last()),
    title=Opportunity.name,
    subtitle=Opportunity.customer,
    person=Opportunity.owner,
    days=(Opportunity.closed_on, Opportunity.expected_on),
    amount=Opportunity.amount,
    weighted=Opportunity.weighted_amount,
    told=(Opportunity.stalls_on, Opportunity.next_step, Opportunity.next_on),
    flags=_flags,
)
"""Where each deal stands; what is over begins with the last."""


def _service_flags(card: Mapping[str, Any]) -> Iterator[Flag]:
    for key in ("target", "priority"):
        shown = card.get(key)
        if isinstance(shown, Ref) and shown.tone in {"bad", "warn"}:
            yield Flag(shown.label, shown.tone)


def _service_board(column: Any) -> BoardSpec:
    return BoardSpec(
        entity="service_request",
        column=column,
        order=(ServiceRequest.due_at.asc().nulls_last(), ServiceRequest.reported_at.desc()),
        title=ServiceRequest.subject,
        subtitle=ServiceRequest.customer,
        person=ServiceRequest.owner,
        days=(ServiceRequest.due_at, ServiceRequest.solved_at),
        told=(ServiceRequest.state, ServiceRequest.target, ServiceRequest.priority, ServiceRequest.warn_at),
        flags=_service_flags,
    )


SERVICE_BOARD = _service_board(ServiceRequest.state)
"""What is due next stands uppermost."""
ENGINEER_BOARD = _service_board(ServiceRequest.owner)
"""Who has what; whoever has nothing has no column."""


def _task_flags(card: Mapping[str, Any]) -> Iterator[Flag]:
    due_at, priority = card.get("due_at"), card.get("priority")
    if due_at is not None and due_at <= clock.now():
        yield Flag(_("Overdue"), "bad")
    if isinstance(priority, Ref) and priority.tone in {"bad", "warn"}:
        yield Flag(priority.label, priority.tone)


TASK_BOARD = BoardSpec(
    entity="task",
    column=Task.state,
    order=(Task.done_at.desc().nulls_first(), Task.due_on.asc().nulls_last()),
    title=Task.subject,
    subtitle=Task.customer,
    person=Task.owner,
    days=(Task.done_at, Task.due_on),
    told=(Task.due_at, Task.priority),
    flags=_task_flags,
)
"""What is due next stands uppermost; of what is done, the last."""
