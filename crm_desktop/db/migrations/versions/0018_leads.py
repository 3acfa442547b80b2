"""Leads, their follow-ups, and the rules that give them to people."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0018"
down_revision = "0017"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("alter table journal.subject add column named_column text")
    op.execute("create sequence crm.lead_number")
    op.create_table(
        "lead_rule",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("region_id", sa.BigInteger(), nullable=True, comment="With what lies in it; null: any"),
        sa.Column("industry_id", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column(
            "method_id",
            sa.BigInteger(),
            server_default=sa.text("crm.choice('lead_method', 'round_robin')"),
            nullable=False,
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["industry_id"], ["crm.dictionary_entry.id"], name="lead_rule_industry_id_fkey"),
        sa.ForeignKeyConstraint(["method_id"], ["crm.dictionary_entry.id"], name="lead_rule_method_id_fkey"),
        sa.ForeignKeyConstraint(["region_id"], ["crm.dictionary_entry.id"], name="lead_rule_region_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["crm.dictionary_entry.id"], name="lead_rule_source_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="lead_rule_pkey"),
        schema=SCHEMA,
        comment="Rules that give leads to people",
    )
    op.create_table(
        "lead_rule_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("rule_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.Column("given_at", _MOMENT, nullable=True, comment="When the rule last gave him one; kept by trigger"),
        sa.ForeignKeyConstraint(["employee_id"], ["crm.employee.id"], name="lead_rule_member_employee_id_fkey"),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["crm.lead_rule.id"], name="lead_rule_member_rule_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="lead_rule_member_pkey"),
        schema=SCHEMA,
        comment="Whom rules give leads to",
    )
    op.create_index("lead_rule_member_employee_id_idx", "lead_rule_member", ["employee_id"], schema=SCHEMA)
    op.create_index("lead_rule_member_key", "lead_rule_member", ["rule_id", "employee_id"], unique=True, schema=SCHEMA)
    op.create_table(
        "lead",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("code", sa.String(length=40), server_default=sa.text("crm.next_number('lead')"), nullable=False),
        sa.Column(
            "name", sa.String(length=200), nullable=False, comment="The company, or the person where there is none"
        ),
        sa.Column(
            "name_core",
            sa.String(length=200),
            server_default="",
            nullable=False,
            comment="Name without legal form, for matching",
        ),
        sa.Column("contact_name", sa.String(length=100), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=True, comment="Position of the contact"),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("industry_id", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("need", sa.Text(), nullable=True, comment="What they asked for"),
        sa.Column(
            "state_id", sa.BigInteger(), server_default=sa.text("crm.choice('lead_state', 'new')"), nullable=False
        ),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column(
            "registered_by_id",
            sa.BigInteger(),
            server_default=sa.text("crm.me()"),
            nullable=True,
            comment="Kept by trigger",
        ),
        sa.Column(
            "assigned_at", _MOMENT, nullable=True, comment="When its owner got it; null in the pool; kept by trigger"
        ),
        sa.Column(
            "respond_by",
            _MOMENT,
            nullable=True,
            comment="Until then its owner should first take care of it; null once he has; kept by trigger",
        ),
        sa.Column(
            "responded_at", _MOMENT, nullable=True, comment="When somebody first took care of it; kept by trigger"
        ),
        sa.Column(
            "is_in_time",
            sa.Boolean(),
            nullable=True,
            comment="Whether that was before it should have been; null before; kept by trigger",
        ),
        sa.Column("last_contact_at", _MOMENT, nullable=True, comment="Latest follow-up; kept by trigger"),
        sa.Column(
            "recycled_at", _MOMENT, nullable=True, comment="When it last fell back into the pool; kept by trigger"
        ),
        sa.Column("next_step", sa.String(length=300), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", _MOMENT, nullable=True, comment="When it was converted or dropped; kept by trigger"),
        sa.Column("customer_id", sa.BigInteger(), nullable=True, comment="Which it became, or whose it is"),
        sa.Column("customer_owner_id", sa.BigInteger(), nullable=True, comment="The customer's owner; kept by trigger"),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=True),
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
        sa.ForeignKeyConstraint(["contact_id"], ["crm.contact.id"], name="lead_contact_id_fkey", ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="lead_customer_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["customer_owner_id"], ["crm.employee.id"], name="lead_customer_owner_id_fkey"),
        sa.ForeignKeyConstraint(["industry_id"], ["crm.dictionary_entry.id"], name="lead_industry_id_fkey"),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["crm.opportunity.id"], name="lead_opportunity_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="lead_owner_id_fkey"),
        sa.ForeignKeyConstraint(["reason_id"], ["crm.dictionary_entry.id"], name="lead_reason_id_fkey"),
        sa.ForeignKeyConstraint(["region_id"], ["crm.dictionary_entry.id"], name="lead_region_id_fkey"),
        sa.ForeignKeyConstraint(["registered_by_id"], ["crm.employee.id"], name="lead_registered_by_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["crm.dictionary_entry.id"], name="lead_source_id_fkey"),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="lead_state_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="lead_pkey"),
        sa.UniqueConstraint("code", name="lead_code_key"),
        schema=SCHEMA,
        comment="Leads",
    )
    op.create_index(
        "lead_along_idx",
        "lead",
        ["customer_owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("customer_owner_id <> owner_id"),
    )
    op.create_index("lead_contact_id_idx", "lead", ["contact_id"], schema=SCHEMA)
    op.create_index("lead_customer_idx", "lead", ["customer_id", "id"], schema=SCHEMA)
    op.create_index("lead_name_core_idx", "lead", ["name_core"], schema=SCHEMA)
    op.create_index("lead_opportunity_id_idx", "lead", ["opportunity_id"], schema=SCHEMA)
    op.create_index("lead_owner_sort_idx", "lead", ["owner_id", "sort_key", "id"], schema=SCHEMA, postgresql_include=())
    op.create_index(
        "lead_registered_idx",
        "lead",
        ["registered_by_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("registered_by_id <> owner_id"),
    )
    op.create_index(
        "lead_search_idx",
        "lead",
        [sa.literal_column("crm.owned_grams(search_grams, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index("lead_sort_owner_idx", "lead", ["sort_key", "id"], schema=SCHEMA, postgresql_include=["owner_id"])
    op.create_index("lead_state_idx", "lead", ["state_id", "owner_id"], schema=SCHEMA)
    op.create_table(
        "lead_follow_up",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("lead_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The lead's owner; kept by trigger",
        ),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("happened_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("done_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False, comment="What it was about, in one line"),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["done_by_id"], ["crm.employee.id"], name="lead_follow_up_done_by_id_fkey"),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="lead_follow_up_kind_id_fkey"),
        sa.ForeignKeyConstraint(["lead_id"], ["crm.lead.id"], name="lead_follow_up_lead_id_fkey", ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="lead_follow_up_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="lead_follow_up_pkey"),
        schema=SCHEMA,
        comment="What was done about leads",
    )
    op.create_index("lead_follow_up_done_by_id_idx", "lead_follow_up", ["done_by_id"], schema=SCHEMA)
    op.create_index("lead_follow_up_lead_idx", "lead_follow_up", ["lead_id", "happened_at"], schema=SCHEMA)
    op.create_index("lead_follow_up_owner_id_idx", "lead_follow_up", ["owner_id"], schema=SCHEMA)
