"""Who has which record open."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from crm_desktop.models import SCHEMA

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "presence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("pid", sa.Integer(), nullable=False, comment="The server's process of the listening connection"),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("table_name", sa.Text(), nullable=False),
        sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("is_editing", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="presence_pkey"),
        sa.UniqueConstraint("table_name", "row_id", "pid", name="presence_table_name_row_id_pid_key"),
        schema=SCHEMA,
        comment="Who has which record open",
        prefixes=["UNLOGGED"],
    )
    op.create_index("presence_pid_idx", "presence", ["pid"], schema=SCHEMA)
