"""Saved views of lists: a filter, an order and an arrangement under a name. The database decides who sees which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import func, literal, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from crm_desktop.core.access import Person
from crm_desktop.core.errors import ConflictError
from crm_desktop.core.i18n import _
from crm_desktop.db.engine import read_together
from crm_desktop.entities import ALL_ENTITIES
from crm_desktop.models import Employee, SavedView
from crm_desktop.services.listing import ListQuery, parameters_of, shape_of, where_of
from crm_desktop.services.prepared import execute
from crm_desktop.spec.filters import EVERYTHING, Group, from_json, to_json

MOST_COUNTED = 10_000
"""More rows of a view are not counted beside its name."""
PATIENCE_MS = 400
"""A view whose rows take longer to count has no number beside its name."""
_CANCELLED = "57014"  # SQLSTATE of a statement that took too long


@dataclass(frozen=True, kw_only=True)
class View:
    """``id`` is 0 for a view that is not saved yet. ``arrangement`` is what the list page keeps of its columns."""

    id: int = 0
    version: int = 0
    entity: str
    name: str
    icon: str = "funnel"
    owner_id: int = 0
    owner: str = ""
    is_for_everybody: bool = False
    group_ids: tuple[int, ...] = ()
    preset: str = ""
    sort: str = ""
    is_descending: bool = False
    filter: Group = EVERYTHING
    arrangement: Mapping[str, Any] = field(default_factory=dict)

    @property
    def is_shown(self) -> bool:
        """Whether others see it too."""
        return self.is_for_everybody or bool(self.group_ids)

    @property
    def column_keys(self) -> tuple[str, ...]:
        """The columns it shows in their order; none where they are the list's own."""
        keys = self.arrangement.get("columns")
        return tuple(map(str, keys)) if isinstance(keys, list) else ()

    def query(self) -> ListQuery:
        """The list it stands for."""
        return ListQuery(
            entity=self.entity,
            preset=self.preset,
            sort=self.sort,
            is_descending=self.is_descending,
            filter=self.filter,
            title=self.name,
        )

    def with_query(self, query: ListQuery, arrangement: Mapping[str, Any]) -> View:
        """The same view of what a list shows now; what is typed into its quick filter is not part of a view."""
        return replace(
            self, preset=query.preset, sort=query.sort, is_descending=query.is_descending, filter=query.filter,
            arrangement=dict(arrangement),
        )  # fmt: skip

    def content(self) -> dict[str, Any]:
        """As it is stored, and compared."""
        return {
            "preset": self.preset,
            "sort": self.sort,
            "descending": self.is_descending,
            "filter": to_json(self.filter),
            "arrangement": dict(self.arrangement),
        }


def fetch_views(session: Session) -> list[View]:
    """Every view that the person sees, by entity and name. One statement."""
    known = [spec.key for spec in ALL_ENTITIES]
    rows = session.execute(
        select(SavedView, Employee.name)
        .join(Employee, Employee.id == SavedView.owner_id)
        .where(SavedView.entity.in_(known))
        .order_by(SavedView.entity, func.lower(SavedView.name), SavedView.id)
    )
    return [_view(row, owner) for row, owner in rows]


def _view(row: SavedView, owner: str) -> View:
    content = row.content if isinstance(row.content, dict) else {}
    arrangement = content.get("arrangement")
    return View(
        id=row.id,
        version=row.version,
        entity=row.entity,
        name=row.name,
        icon=row.icon,
        owner_id=row.owner_id,
        owner=owner,
        is_for_everybody=row.is_for_everybody,
        group_ids=tuple(row.group_ids),
        preset=str(content.get("preset", "")),
        sort=str(content.get("sort", "")),
        is_descending=content.get("descending") is True,
        filter=from_json(content.get("filter")),
        arrangement=arrangement if isinstance(arrangement, dict) else {},
    )


def save_view(session: Session, view: View) -> View:
    """Write a new view or the changes of one; ConflictError where somebody changed or deleted it meanwhile."""
    values = {
        "name": view.name,
        "icon": view.icon,
        "is_for_everybody": view.is_for_everybody,
        "group_ids": list(view.group_ids),
        "content": view.content(),
    }
    if not view.id:
        made = insert(SavedView).values(entity=view.entity, **values).returning(SavedView.id, SavedView.owner_id)
        id_, owner_id = session.execute(made).one()
        return replace(view, id=id_, version=1, owner_id=owner_id)
    changed = (
        update(SavedView)
        .where(SavedView.id == view.id, SavedView.version == view.version)
        .values(**values)
        .returning(SavedView.version)
        .execution_options(synchronize_session=False)
    )
    version = session.execute(changed).scalar()
    if version is None:
        raise ConflictError(
            _("The view “{name}” was changed or deleted by somebody else.").format(name=view.name),
            _("Look at what it shows now, or save yours under another name."),
        )
    return replace(view, version=version)


def delete_view(session: Session, view: View) -> bool:
    """Whether it was there and could be deleted. ``save_view`` of it with ``id=0`` brings it back."""
    gone = text("delete from crm.saved_view where id = :id returning id")
    return session.execute(gone, {"id": view.id}).scalar() is not None


def fetch_view_counts(session: Session, views: Iterable[View], person: Person) -> dict[int, int | None]:
    """How many rows each view has, at most one more than ``MOST_COUNTED``; None where counting takes too long."""
    found: dict[int, int | None] = {}
    read_together(session)
    session.execute(text(f"set local statement_timeout = {PATIENCE_MS}"))
    for view in views:
        query = view.query()

        def build(query: ListQuery = query) -> Any:
            some = (
                select(literal(1)).select_from(query.spec.model).where(where_of(query, person)).limit(MOST_COUNTED + 1)
            )
            return select(func.count()).select_from(some.subquery())

        try:
            with session.begin_nested():
                count = execute(session, ("view count", shape_of(query, person)), build, parameters_of(query, person))
                found[view.id] = count.scalar_one()
        except DBAPIError as error:
            if getattr(error.orig, "pgcode", None) != _CANCELLED:
                raise
            found[view.id] = None
    return found
