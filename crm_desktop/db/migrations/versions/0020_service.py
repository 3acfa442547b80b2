"""The service desk: products that customers own, requests, their targets and the way they went."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0020"
down_revision = "0019"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("create sequence crm.service_request_number")
    op.create_table(
        "service_target",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("priority_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "response_minutes", sa.Integer(), nullable=False, comment="Working minutes until somebody has taken it up"
        ),
        sa.Column("solution_minutes", sa.Integer(), nullable=False, comment="Working minutes until it is solved"),
        sa.Column(
            "warn_percent",
            sa.SmallInteger(),
            server_default="75",
            nullable=False,
            comment="It is about to be missed when so much of the time has gone",
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "response_minutes > 0 and solution_minutes > 0 and warn_percent between 1 and 100",
            name="service_target_time_check",
        ),
        sa.ForeignKeyConstraint(["priority_id"], ["crm.dictionary_entry.id"], name="service_target_priority_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="service_target_pkey"),
        sa.UniqueConstraint("priority_id", name="service_target_priority_id_key"),
        schema=SCHEMA,
        comment="Targets of service requests",
    )
    op.create_table(
        "installed_product",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The customer's owner; kept by trigger",
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "serial", sa.String(length=100), nullable=False, comment="Or what else tells it from others of its kind"
        ),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("warranty_until", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=True, comment="Where it stands"),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "sort_key", sa.Text(collation="C"), server_default="", nullable=False, comment="Pinyin order of the name"
        ),
        sa.Column(
            "search_text",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="Name, pinyin, code and digits as core.text writes them",
        ),
        sa.Column(
            "search_grams",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="Pieces of search_text of one and two characters, and exact tokens",
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="installed_product_customer_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="installed_product_owner_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["crm.product.id"], name="installed_product_product_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="installed_product_pkey"),
        schema=SCHEMA,
        comment="Products that customers own",
    )
    op.create_index("installed_product_customer_idx", "installed_product", ["customer_id", "id"], schema=SCHEMA)
    op.create_index(
        "installed_product_owner_sort_idx",
        "installed_product",
        ["owner_id", "sort_key", "id"],
        schema=SCHEMA,
        postgresql_include=("customer_id",),
    )
    op.create_index("installed_product_product_id_idx", "installed_product", ["product_id"], schema=SCHEMA)
    op.create_index(
        "installed_product_search_idx",
        "installed_product",
        [sa.literal_column("crm.owned_grams(search_grams, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index(
        "installed_product_sort_owner_idx",
        "installed_product",
        ["sort_key", "id"],
        schema=SCHEMA,
        postgresql_include=["owner_id", "customer_id"],
    )
    op.create_table(
        "service_request",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "code", sa.String(length=40), server_default=sa.text("crm.next_number('service_request')"), nullable=False
        ),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column("customer_owner_id", sa.BigInteger(), nullable=True, comment="The customer's owner; kept by trigger"),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("installed_product_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "product_id", sa.BigInteger(), nullable=True, comment="That of the installed one where nothing was said"
        ),
        sa.Column(
            "type_id", sa.BigInteger(), server_default=sa.text("crm.choice('request_type', 'request')"), nullable=False
        ),
        sa.Column("channel_id", sa.BigInteger(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("severity_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "priority_id", sa.BigInteger(), server_default=sa.text("crm.choice('priority', 'normal')"), nullable=False
        ),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("crm.pool_owner()"),
            nullable=False,
            comment="Who does it",
        ),
        sa.Column(
            "state_id", sa.BigInteger(), server_default=sa.text("crm.choice('request_state', 'new')"), nullable=False
        ),
        sa.Column("state_note", sa.String(length=300), nullable=True, comment="Why it went there; kept with the state"),
        sa.Column("state_since", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("reported_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("responded_at", _MOMENT, nullable=True, comment="When somebody took it up"),
        sa.Column("solved_at", _MOMENT, nullable=True),
        sa.Column("closed_at", _MOMENT, nullable=True),
        sa.Column(
            "counted_from",
            _MOMENT,
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it was reported or last opened again",
        ),
        sa.Column("waiting_since", _MOMENT, nullable=True, comment="Since when its targets are paused"),
        sa.Column(
            "waited_minutes",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Working minutes of pauses that are over",
        ),
        sa.Column("response_due_at", _MOMENT, nullable=True),
        sa.Column("solution_due_at", _MOMENT, nullable=True),
        sa.Column(
            "due_at", _MOMENT, nullable=True, comment="The next of both; null while it waits and when it is over"
        ),
        sa.Column("warn_at", _MOMENT, nullable=True, comment="When that one is about to be missed"),
        sa.Column(
            "was_late",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="Whether a target was ever missed",
        ),
        sa.Column("times_reopened", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("cause_id", sa.BigInteger(), nullable=True),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column("hours", sa.Numeric(precision=7, scale=2), nullable=True, comment="Hours of work spent on it"),
        sa.Column("revisited_at", _MOMENT, nullable=True, comment="When the customer was asked"),
        sa.Column("satisfaction_id", sa.BigInteger(), nullable=True),
        sa.Column("revisit_note", sa.Text(), nullable=True, comment="What the customer said of it"),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column(
            "sort_key", sa.Text(collation="C"), server_default="", nullable=False, comment="Pinyin order of the name"
        ),
        sa.Column(
            "search_text",
            sa.Text(),
            server_default="",
            nullable=False,
            comment="Name, pinyin, code and digits as core.text writes them",
        ),
        sa.Column(
            "search_grams",
            postgresql.ARRAY(sa.Text()),
            nullable=True,
            comment="Pieces of search_text of one and two characters, and exact tokens",
        ),
        sa.ForeignKeyConstraint(["cause_id"], ["crm.dictionary_entry.id"], name="service_request_cause_id_fkey"),
        sa.ForeignKeyConstraint(["channel_id"], ["crm.dictionary_entry.id"], name="service_request_channel_id_fkey"),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["crm.contact.id"], name="service_request_contact_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["customer_id"], ["crm.customer.id"], name="service_request_customer_id_fkey"),
        sa.ForeignKeyConstraint(
            ["customer_owner_id"], ["crm.employee.id"], name="service_request_customer_owner_id_fkey"
        ),
        sa.ForeignKeyConstraint(
            ["installed_product_id"],
            ["crm.installed_product.id"],
            name="service_request_installed_product_id_fkey",
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="service_request_owner_id_fkey"),
        sa.ForeignKeyConstraint(["priority_id"], ["crm.dictionary_entry.id"], name="service_request_priority_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["crm.product.id"], name="service_request_product_id_fkey"),
        sa.ForeignKeyConstraint(
            ["satisfaction_id"], ["crm.dictionary_entry.id"], name="service_request_satisfaction_id_fkey"
        ),
        sa.ForeignKeyConstraint(["severity_id"], ["crm.dictionary_entry.id"], name="service_request_severity_id_fkey"),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="service_request_state_id_fkey"),
        sa.ForeignKeyConstraint(["type_id"], ["crm.dictionary_entry.id"], name="service_request_type_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="service_request_pkey"),
        sa.UniqueConstraint("code", name="service_request_code_key"),
        schema=SCHEMA,
        comment="Service requests",
    )
    op.create_index(
        "service_request_along_idx",
        "service_request",
        ["customer_owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("customer_owner_id <> owner_id"),
    )
    op.create_index("service_request_contact_id_idx", "service_request", ["contact_id"], schema=SCHEMA)
    op.create_index("service_request_customer_idx", "service_request", ["customer_id", "id"], schema=SCHEMA)
    op.create_index(
        "service_request_due_idx",
        "service_request",
        ["due_at", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("due_at is not null"),
    )
    op.create_index(
        "service_request_installed_product_id_idx", "service_request", ["installed_product_id"], schema=SCHEMA
    )
    op.create_index(
        "service_request_owner_sort_idx",
        "service_request",
        ["owner_id", "sort_key", "id"],
        schema=SCHEMA,
        postgresql_include=(),
    )
    op.create_index("service_request_product_id_idx", "service_request", ["product_id"], schema=SCHEMA)
    op.create_index("service_request_reported_idx", "service_request", ["reported_at", "id"], schema=SCHEMA)
    op.create_index(
        "service_request_search_idx",
        "service_request",
        [sa.literal_column("crm.owned_grams(search_grams, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index(
        "service_request_sort_owner_idx",
        "service_request",
        ["sort_key", "id"],
        schema=SCHEMA,
        postgresql_include=["owner_id"],
    )
    op.create_index("service_request_state_idx", "service_request", ["state_id", "id"], schema=SCHEMA)
    op.create_table(
        "service_stay",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The record's owner; kept by trigger",
        ),
        sa.Column("state_id", sa.BigInteger(), nullable=False),
        sa.Column("engineer_id", sa.BigInteger(), nullable=False, comment="Who had it then"),
        sa.Column("entered_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("moved_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True, comment="Why it went there"),
        sa.ForeignKeyConstraint(["engineer_id"], ["crm.employee.id"], name="service_stay_engineer_id_fkey"),
        sa.ForeignKeyConstraint(["moved_by_id"], ["crm.employee.id"], name="service_stay_moved_by_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="service_stay_owner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["crm.service_request.id"], name="service_stay_request_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="service_stay_state_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="service_stay_pkey"),
        schema=SCHEMA,
        comment="States that service requests went through",
    )
    op.create_index("service_stay_owner_id_idx", "service_stay", ["owner_id"], schema=SCHEMA)
    op.create_index("service_stay_request_idx", "service_stay", ["request_id", "entered_at"], schema=SCHEMA)
