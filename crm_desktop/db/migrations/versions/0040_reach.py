"""Who reaches whose records, kept instead of worked out for every table of every statement. Each upgrade fills it."""

from __future__ import annotations

from alembic import op

revision = "0040"
down_revision = "0039"


def upgrade() -> None:
    op.execute(
        "create table journal.reach (employee_id bigint not null references crm.employee on delete cascade,"
        " entity text not null, verb text not null, owner_ids bigint[] not null,"
        " primary key (employee_id, entity, verb))"
    )
    op.execute("comment on table journal.reach is 'Whose records an employee reaches; kept by triggers, see reach.sql'")
