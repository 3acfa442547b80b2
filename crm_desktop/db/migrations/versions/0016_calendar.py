"""Events, participants, rooms and cars."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0016"
down_revision = "0015"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.create_table(
        "resource",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("seats", sa.SmallInteger(), nullable=True, comment="For how many people"),
        sa.Column("place", sa.String(length=200), nullable=True, comment="Where it is"),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: no longer to be booked",
        ),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="resource_kind_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="resource_pkey"),
        sa.UniqueConstraint("name", name="resource_name_key"),
        schema=SCHEMA,
        comment="Rooms, cars and devices that are booked",
    )
    op.create_table(
        "event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("subject", sa.String(length=300), nullable=False),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True, comment="Its colour in the calendar"),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column(
            "reader_id",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="Who reaches the owner reads it; minus the owner where it is private: himself. Kept by trigger",
        ),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False, comment="The first moment after it"),
        sa.Column(
            "is_all_day",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="From midnight to midnight, of one day or several",
        ),
        sa.Column("place", sa.String(length=200), nullable=True),
        sa.Column("is_private", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_owner_id", sa.BigInteger(), nullable=True, comment="The customer's owner; kept by trigger"),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("rule", sa.String(length=300), nullable=True, comment="RRULE of RFC 5545, where it repeats"),
        sa.Column(
            "exceptions",
            postgresql.ARRAY(_MOMENT),
            server_default="{}",
            nullable=False,
            comment="EXDATE: when the rule does not hold",
        ),
        sa.Column(
            "occurs_at",
            postgresql.ARRAY(_MOMENT),
            nullable=True,
            comment="When the rule lets it begin, as far ahead as was worked out; null where there is no rule",
        ),
        sa.Column(
            "series_id", sa.BigInteger(), nullable=True, comment="Of which series this is one changed occurrence"
        ),
        sa.Column("original_at", _MOMENT, nullable=True, comment="When the rule of its series had it begin"),
        sa.Column("arrived_at", _MOMENT, nullable=True),
        sa.Column("departed_at", _MOMENT, nullable=True),
        sa.Column("outcome", sa.String(length=300), nullable=True, comment="What came of it"),
        sa.Column("uid", sa.String(length=255), nullable=True, comment="UID of RFC 5545, where it came from elsewhere"),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("departed_at >= arrived_at", name="event_departed_at_check"),
        sa.CheckConstraint("ends_at > starts_at", name="event_ends_at_check"),
        sa.ForeignKeyConstraint(["category_id"], ["crm.dictionary_entry.id"], name="event_category_id_fkey"),
        sa.ForeignKeyConstraint(["contact_id"], ["crm.contact.id"], name="event_contact_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="event_customer_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["customer_owner_id"], ["crm.employee.id"], name="event_customer_owner_id_fkey"),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="event_kind_id_fkey"),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["crm.opportunity.id"], name="event_opportunity_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="event_owner_id_fkey"),
        sa.ForeignKeyConstraint(["series_id"], ["crm.event.id"], name="event_series_id_fkey", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="event_pkey"),
        schema=SCHEMA,
        comment="What is to happen when",
    )
    op.create_index(
        "event_along_idx",
        "event",
        ["customer_owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("customer_owner_id <> reader_id"),
    )
    op.create_index(
        "event_contact_idx", "event", ["contact_id"], schema=SCHEMA, postgresql_where=sa.text("contact_id is not null")
    )
    op.create_index("event_customer_idx", "event", ["customer_id", "starts_at"], schema=SCHEMA)
    op.create_index(
        "event_opportunity_idx",
        "event",
        ["opportunity_id"],
        schema=SCHEMA,
        postgresql_where=sa.text("opportunity_id is not null"),
    )
    op.create_index("event_owner_id_idx", "event", ["owner_id"], schema=SCHEMA)
    op.create_index("event_reader_time_idx", "event", ["reader_id", "starts_at", "id"], schema=SCHEMA)
    op.create_index("event_rule_idx", "event", ["id"], schema=SCHEMA, postgresql_where=sa.text("rule is not null"))
    op.create_index(
        "event_search_idx",
        "event",
        [sa.literal_column("crm.owned_pieces(subject, reader_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index(
        "event_series_idx",
        "event",
        ["series_id", "original_at"],
        schema=SCHEMA,
        postgresql_where=sa.text("series_id is not null"),
    )
    op.create_index(
        "event_time_reader_idx", "event", ["starts_at", "id"], schema=SCHEMA, postgresql_include=["reader_id"]
    )
    op.create_index("event_uid_idx", "event", ["uid"], schema=SCHEMA, postgresql_where=sa.text("uid is not null"))
    op.create_table(
        "event_occurrence",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=True),
        sa.Column("resource_id", sa.BigInteger(), nullable=True),
        sa.Column("starts_at", _MOMENT, nullable=False),
        sa.Column("ends_at", _MOMENT, nullable=False),
        sa.Column("slot", postgresql.INT8RANGE(), nullable=False),
        postgresql.ExcludeConstraint(
            (sa.column("slot"), "&&"),
            where=sa.text("resource_id is not null"),
            using="gist",
            name="event_occurrence_booked_once",
        ),
        sa.CheckConstraint("num_nonnulls(employee_id, resource_id) = 1", name="event_occurrence_one_check"),
        sa.ForeignKeyConstraint(["employee_id"], ["crm.employee.id"], name="event_occurrence_employee_id_fkey"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["crm.event.id"], name="event_occurrence_event_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["crm.resource.id"], name="event_occurrence_resource_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="event_occurrence_pkey"),
        schema=SCHEMA,
        comment="When events occupy people and resources",
    )
    op.create_index(
        "event_occurrence_employee_idx",
        "event_occurrence",
        ["slot"],
        schema=SCHEMA,
        postgresql_using="gist",
        postgresql_where=sa.text("employee_id is not null"),
    )
    op.create_index("event_occurrence_event_idx", "event_occurrence", ["event_id"], schema=SCHEMA)
    op.create_table(
        "event_participant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The event's reader_id; kept by trigger",
        ),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "answer_id",
            sa.BigInteger(),
            server_default=sa.text("crm.choice('event_answer', 'invited')"),
            nullable=False,
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["crm.dictionary_entry.id"], name="event_participant_answer_id_fkey"),
        sa.ForeignKeyConstraint(["employee_id"], ["crm.employee.id"], name="event_participant_employee_id_fkey"),
        sa.ForeignKeyConstraint(
            ["event_id"], ["crm.event.id"], name="event_participant_event_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="event_participant_pkey"),
        schema=SCHEMA,
        comment="Who takes part in events",
    )
    op.create_index(
        "event_participant_employee_idx",
        "event_participant",
        ["employee_id", "answer_id"],
        schema=SCHEMA,
        postgresql_include=["event_id"],
    )
    op.create_index(
        "event_participant_key", "event_participant", ["event_id", "employee_id"], unique=True, schema=SCHEMA
    )
    op.create_index("event_participant_owner_id_idx", "event_participant", ["owner_id"], schema=SCHEMA)
    op.create_table(
        "event_resource",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("event_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The event's reader_id; kept by trigger",
        ),
        sa.Column("resource_id", sa.BigInteger(), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id"], ["crm.event.id"], name="event_resource_event_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["crm.resource.id"], name="event_resource_resource_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="event_resource_pkey"),
        schema=SCHEMA,
        comment="What events take",
    )
    op.create_index("event_resource_key", "event_resource", ["event_id", "resource_id"], unique=True, schema=SCHEMA)
    op.create_index("event_resource_owner_id_idx", "event_resource", ["owner_id"], schema=SCHEMA)
    op.create_index("event_resource_resource_id_idx", "event_resource", ["resource_id"], schema=SCHEMA)
