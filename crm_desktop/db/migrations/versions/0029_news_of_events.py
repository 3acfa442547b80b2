"""Messages about events that are moved or cancelled, and about tasks that are done or given back."""

from __future__ import annotations

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    op.execute("alter table crm.message drop constraint message_kind_check")
    op.execute(
        "alter table crm.message add constraint message_kind_check check (kind::text in ('personal', 'mention',"
        " 'notice', 'invitation', 'accepted', 'declined', 'moved', 'cancelled', 'released', 'restored', 'task_done',"
        " 'task_returned', 'task_answered'))"
    )
