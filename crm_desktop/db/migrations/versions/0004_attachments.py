"""Attachments, comments, stars and recent records."""

from __future__ import annotations

import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0004"
down_revision = "0003"

_VERSION = "Raised by trigger at every change; an update names the one it read"


def _table(name: str, comment: str, *parts: sa.schema.SchemaItem) -> None:
    op.create_table(
        name,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        *parts,
        sa.PrimaryKeyConstraint("id", name=f"{name}_pkey"),
        schema=SCHEMA,
        comment=comment,
    )


def _moment(name: str) -> sa.Column[datetime.datetime]:
    return sa.Column(name, postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False)


def _record() -> tuple[sa.Column[str], sa.Column[int]]:
    return (
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("record_id", sa.BigInteger(), nullable=False),
    )


def _person(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False)


def upgrade() -> None:
    _table(
        "attachment_content",
        "Contents of attached files",
        sa.Column(
            "hash",
            sa.LargeBinary(),
            nullable=True,
            comment="SHA-256 over the SHA-256 of the pieces; null while it is written",
        ),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False, comment="Bytes"),
        sa.Column("transaction_id", sa.BigInteger(), nullable=True, comment="Who may still write it"),
        _moment("begun_at"),
        sa.UniqueConstraint("hash", name="attachment_content_hash_key"),
    )
    _table(
        "attachment_piece",
        "Pieces of contents",
        sa.Column("content_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("bytes", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["content_id"], ["crm.attachment_content.id"], name="attachment_piece_content_id_fkey", ondelete="CASCADE"
        ),
        sa.UniqueConstraint("content_id", "position", name="attachment_piece_content_id_position_key"),
    )
    # Most files are compressed by themselves; another attempt costs time and gains nothing.
    op.execute("alter table crm.attachment_piece alter column bytes set storage external")
    _table(
        "attachment",
        "Files at records",
        *_record(),
        sa.Column("name", sa.String(length=255), nullable=False),
        sa.Column("mime_type", sa.String(length=100), nullable=False),
        sa.Column("size", sa.BigInteger(), server_default="0", nullable=False, comment="Bytes; set by trigger"),
        sa.Column("content_id", sa.BigInteger(), nullable=False),
        _person("added_by_id"),
        _moment("added_at"),
        sa.CheckConstraint("name <> ''", name="attachment_name_check"),
        sa.ForeignKeyConstraint(["content_id"], ["crm.attachment_content.id"], name="attachment_content_id_fkey"),
        sa.ForeignKeyConstraint(["added_by_id"], ["crm.employee.id"], name="attachment_added_by_id_fkey"),
    )
    op.create_index("attachment_record_idx", "attachment", ["entity", "record_id"], schema=SCHEMA)
    op.create_index("attachment_content_id_idx", "attachment", ["content_id"], schema=SCHEMA)
    op.create_index("attachment_added_by_id_idx", "attachment", ["added_by_id"], schema=SCHEMA)
    _table(
        "comment",
        "Comments on records",
        *_record(),
        _person("author_id"),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column(
            "mentions",
            postgresql.ARRAY(sa.BigInteger()),
            server_default="{}",
            nullable=False,
            comment="Employees whom it names with @",
        ),
        _moment("created_at"),
        _moment("updated_at"),
        sa.CheckConstraint("body <> '' and length(body) <= 10000", name="comment_body_check"),
        sa.ForeignKeyConstraint(["author_id"], ["crm.employee.id"], name="comment_author_id_fkey"),
    )
    op.create_index("comment_record_idx", "comment", ["entity", "record_id", "id"], schema=SCHEMA)
    op.create_index("comment_author_id_idx", "comment", ["author_id"], schema=SCHEMA)
    for name, comment, moment in (
        ("star", "Records people marked for themselves", "starred_at"),
        ("recent_record", "Records people opened last", "opened_at"),
    ):
        _table(
            name,
            comment,
            _person("employee_id"),
            *_record(),
            _moment(moment),
            sa.ForeignKeyConstraint(
                ["employee_id"], ["crm.employee.id"], name=f"{name}_employee_id_fkey", ondelete="CASCADE"
            ),
            sa.UniqueConstraint("employee_id", "entity", "record_id", name=f"{name}_employee_id_entity_record_id_key"),
        )
    op.create_index("recent_record_time_idx", "recent_record", ["employee_id", "opened_at"], schema=SCHEMA)
