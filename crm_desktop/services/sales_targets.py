"""Sales targets of one year made those of the next."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import text
from sqlalchemy.orm import Session

from crm_desktop.services.journal import begin_change

_COPY = text("""
    insert into crm.sales_target (owner_id, year, month, amount)
    select t.owner_id, t.year + 1, t.month, t.amount
    from crm.sales_target t join crm.employee e on e.id = t.owner_id and e.is_active
    where t.id = any (:ids) and t.owner_id in (select unnest(crm.owners_in_scope('sales_target', 'create')))
    on conflict (owner_id, year, month) do nothing
    returning id
""")


def copy_on(session: Session, ids: Sequence[int], label: str) -> tuple[int, int]:
    """The same amounts for the same people and months a year later, where there is no target yet; the change set, and
    how many. Who left gets none. Two statements.
    """
    change_set = begin_change(session, "create", label, "sales_target")
    return change_set, len(session.execute(_COPY, {"ids": list(ids)}).all())
