"""What superiors are told of requests that are late."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0031"
down_revision = "0030"

_VERSION = "Raised by trigger at every change; an update names the one it read"


def upgrade() -> None:
    op.create_table(
        "request_escalation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("request_id", sa.BigInteger(), nullable=False, comment="No key: an undo may bring the request back"),
        sa.Column("level", sa.String(length=20), nullable=False, comment="soon or breached, as crm.target_state says"),
        sa.PrimaryKeyConstraint("id", name="request_escalation_pkey"),
        sa.UniqueConstraint("request_id", "level", name="request_escalation_request_id_level_key"),
        schema=SCHEMA,
        comment="What superiors were told of late requests",
    )
    op.execute("alter table crm.message drop constraint message_kind_check")
    op.execute(
        "alter table crm.message add constraint message_kind_check check (kind::text in ('personal', 'mention',"
        " 'notice', 'invitation', 'accepted', 'declined', 'moved', 'cancelled', 'released', 'restored', 'task_done',"
        " 'task_returned', 'task_answered', 'request_soon', 'request_breached'))"
    )
