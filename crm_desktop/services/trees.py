"""What lies in each other: departments, and the categories of products. The database lets nothing lie in itself."""

from __future__ import annotations

from typing import Any, NamedTuple

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from crm_desktop.models import Department, Employee, Product, ProductCategory
from crm_desktop.services.records import Record, fetch_record, save_record
from crm_desktop.spec import Ref

_MODELS: dict[str, Any] = {"department": Department, "product_category": ProductCategory}
_MEMBERS: dict[str, Any] = {"department": Employee.department_id, "product_category": Product.category_id}


class Node(NamedTuple):
    """A department or category, with how many active people or products it holds, not counting those below it."""

    id: int
    parent_id: int | None
    name: str
    code: str
    held: int
    is_active: bool


def fetch(session: Session, entity: str) -> list[Node]:
    """All nodes in their order. One statement."""
    model, member = _MODELS[entity], _MEMBERS[entity]
    held = select(func.count()).where(member == model.id, member.class_.is_active).correlate(model).scalar_subquery()
    code = getattr(model, "code", None)
    rows = session.execute(
        select(model.id, model.parent_id, model.name, func.coalesce(code, ""), held, model.is_active).order_by(
            model.sort_order, model.id
        )
    )
    return [Node(*row) for row in rows]


def move(session: Session, entity: str, id_: int, parent: Ref | None) -> Record:
    """Put a node below another, or at the top; with all that is below it."""
    return save_record(session, fetch_record(session, entity, id_), {"parent": parent})
