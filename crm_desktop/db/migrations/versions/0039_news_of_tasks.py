"""Messages to whom a task is given."""

from __future__ import annotations

from alembic import op

revision = "0039"
down_revision = "0038"


def upgrade() -> None:
    op.execute("alter table crm.message drop constraint message_kind_check")
    op.execute(
        "alter table crm.message add constraint message_kind_check check (kind::text in ('personal', 'mention',"
        " 'notice', 'invitation', 'accepted', 'declined', 'moved', 'cancelled', 'released', 'restored', 'task_given',"
        " 'task_done', 'task_returned', 'task_answered', 'request_soon', 'request_breached', 'submitted', 'commented'))"
    )
