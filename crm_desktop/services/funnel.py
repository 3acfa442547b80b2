"""How far opportunities came: of those that match, how many reached each stage of a process, by their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.models import DictionaryEntry, Opportunity, OpportunityStay, SalesProcess, SalesStage, choice_id
from crm_desktop.services.listing import ListQuery, parameters_of, shape_of, where_of
from crm_desktop.services.prepared import execute
from crm_desktop.services.statements import display_of
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group


@dataclass(frozen=True, slots=True)
class FunnelStage:
    """A stage on the way to the deal, or the deal. Amounts are in yuan."""

    ref: Ref
    process: Ref
    outcome: str
    """``open won lost closed``."""
    reached: int
    """So many were there at some time, or in a later stage of the way."""
    reached_amount: Decimal
    count: int
    """So many are there now."""
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Funnel:
    """The stages of all processes in their order."""

    stages: tuple[FunnelStage, ...] = ()

    def processes(self) -> tuple[Ref, ...]:
        """Once each."""
        return tuple(dict.fromkeys(stage.process for stage in self.stages))

    def of(self, process_id: int) -> Funnel:
        """One process; the first one where there is none of this id."""
        processes = self.processes()
        chosen = next((one for one in processes if one.id == process_id), processes[0] if processes else None)
        return Funnel(tuple(stage for stage in self.stages if stage.process == chosen))

    @property
    def way(self) -> tuple[FunnelStage, ...]:
        """The stages from the first contact to the deal."""
        return tuple(stage for stage in self.stages if stage.outcome in ("open", "won"))

    @property
    def ends(self) -> tuple[FunnelStage, ...]:
        """Where what was not won is."""
        return tuple(stage for stage in self.stages if stage.outcome not in ("open", "won"))

    def conversion(self, number: int) -> float | None:
        """The share of a stage of the way that reached the next one; None at the end and of none."""
        way = self.way
        if number + 1 >= len(way) or not way[number].reached:
            return None
        return way[number + 1].reached / way[number].reached

    def rows_of(self, stage: FunnelStage) -> Group:
        """The filter that its number stands for: what reached the stage; what is in it, beside the way."""
        if stage not in self.way:
            return Group((Condition("stage", "any_of", (stage.ref,)),))
        later = tuple(one.ref for one in self.way[self.way.index(stage) :])
        return Group((Condition("stage", "any_of", later),), part="opportunity_stay")


def fetch_funnel(session: Session, query: ListQuery, person: Person) -> Funnel:
    """The funnels of all processes, of the opportunities in the query. One statement."""
    key = ("funnel", shape_of(query, person))
    rows = execute(session, key, lambda: _select_funnel(query, person), parameters_of(query, person))
    return Funnel(tuple(map(_read, rows)))


def _select_funnel(query: ListQuery, person: Person) -> Select[Any]:
    stage, process, outcome = SalesStage, SalesProcess, DictionaryEntry
    place = func.row_number().over(partition_by=stage.process_id, order_by=(stage.sort_order, stage.id))
    is_on_way = stage.outcome_id.in_([choice_id("outcome", "open"), choice_id("outcome", "won")])
    way = select(stage.id, stage.process_id, place.label("place")).where(is_on_way).cte("way")
    own = Opportunity
    deals = select(own.id, own.stage_id, own.amount).where(where_of(query, person)).cte("deals")
    furthest = (
        select(deals.c.id, deals.c.amount, way.c.process_id, func.max(way.c.place).label("place"))
        .join(OpportunityStay, OpportunityStay.opportunity_id == deals.c.id)
        .join(way, way.c.id == OpportunityStay.stage_id)
        .group_by(deals.c.id, deals.c.amount, way.c.process_id)
        .cte("furthest")
    )
    there = (
        select(deals.c.stage_id, func.count().label("count"), func.sum(deals.c.amount).label("amount"))
        .group_by(deals.c.stage_id)
        .cte("there")
    )
    reached = (
        select(way.c.id, func.count().label("count"), func.sum(furthest.c.amount).label("amount"))
        .join(furthest, (furthest.c.process_id == way.c.process_id) & (furthest.c.place >= way.c.place))
        .group_by(way.c.id)
        .cte("reached")
    )
    return (
        select(
            stage.id, display_of(stage), outcome.tone, process.id, display_of(process), outcome.code,
            reached.c.count, reached.c.amount, there.c.count, there.c.amount,
        )
        .select_from(stage)
        .join(process, process.id == stage.process_id)
        .join(outcome, outcome.id == stage.outcome_id)
        .outerjoin(reached, reached.c.id == stage.id)
        .outerjoin(there, there.c.stage_id == stage.id)
        .order_by(process.sort_order, process.id, stage.sort_order, stage.id)
    )  # fmt: skip


def _read(row: Sequence[Any]) -> FunnelStage:
    id_, label, tone, process_id, process, outcome, reached, reached_amount, count, amount = row
    return FunnelStage(
        Ref(id_, label, tone), Ref(process_id, process), outcome,
        reached or 0, reached_amount or Decimal(0), count or 0, amount or Decimal(0),
    )  # fmt: skip
