"""Customers, contacts, activities, and the counter of customers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute("create sequence crm.customer_number")
    op.create_table(
        "customer",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column(
            "code",
            sa.String(length=40),
            server_default=sa.text("crm.next_number('customer')"),
            nullable=False,
            comment="Number the firm files it under",
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column(
            "name_core",
            sa.String(length=200),
            server_default="",
            nullable=False,
            comment="Name without legal form, for matching",
        ),
        sa.Column("short_name", sa.String(length=100), nullable=True),
        sa.Column("type_id", sa.BigInteger(), nullable=True),
        sa.Column("life_cycle_id", sa.BigInteger(), nullable=True),
        sa.Column("level_id", sa.BigInteger(), nullable=True),
        sa.Column("industry_id", sa.BigInteger(), nullable=True),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("region_id", sa.BigInteger(), nullable=True),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("website", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column("postcode", sa.String(length=20), nullable=True),
        sa.Column("delivery_address", sa.String(length=300), nullable=True),
        sa.Column("preferred_channel_id", sa.BigInteger(), nullable=True),
        sa.Column("is_do_not_contact", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("invoice_title", sa.String(length=200), nullable=True),
        sa.Column("tax_no", sa.String(length=40), nullable=True),
        sa.Column("bank_name", sa.String(length=100), nullable=True),
        sa.Column("bank_account", sa.String(length=60), nullable=True),
        sa.Column("invoice_address", sa.String(length=300), nullable=True),
        sa.Column("invoice_phone", sa.String(length=60), nullable=True),
        sa.Column("employee_count", sa.Integer(), nullable=True),
        sa.Column("annual_revenue", sa.Numeric(precision=18, scale=2), nullable=True),
        sa.Column("founded_on", sa.Date(), nullable=True),
        sa.Column("registered_on", sa.Date(), server_default=sa.text("current_date"), nullable=True),
        sa.Column("first_deal_on", sa.Date(), nullable=True),
        sa.Column("total_amount", sa.Numeric(precision=18, scale=2), nullable=True, comment="Turnover so far, in yuan"),
        sa.Column("interests", sa.String(length=300), nullable=True),
        sa.Column("anniversary", sa.String(length=10), nullable=True),
        sa.Column("anniversary_name", sa.String(length=100), nullable=True),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column(
            "last_contact_at",
            postgresql.TIMESTAMP(timezone=True),
            nullable=True,
            comment="Latest activity; kept by trigger",
        ),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
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
        sa.ForeignKeyConstraint(["industry_id"], ["crm.dictionary_entry.id"], name="customer_industry_id_fkey"),
        sa.ForeignKeyConstraint(["level_id"], ["crm.dictionary_entry.id"], name="customer_level_id_fkey"),
        sa.ForeignKeyConstraint(["life_cycle_id"], ["crm.dictionary_entry.id"], name="customer_life_cycle_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="customer_owner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["crm.customer.id"], name="customer_parent_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["preferred_channel_id"], ["crm.dictionary_entry.id"], name="customer_preferred_channel_id_fkey"
        ),
        sa.ForeignKeyConstraint(["region_id"], ["crm.dictionary_entry.id"], name="customer_region_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["crm.dictionary_entry.id"], name="customer_source_id_fkey"),
        sa.ForeignKeyConstraint(["type_id"], ["crm.dictionary_entry.id"], name="customer_type_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="customer_pkey"),
        sa.UniqueConstraint("code", name="customer_code_key"),
        schema=SCHEMA,
        comment="Customers",
    )
    op.create_index("customer_name_core_idx", "customer", ["name_core"], unique=False, schema=SCHEMA)
    op.create_index(
        "customer_owner_contact_idx", "customer", ["owner_id", "last_contact_at"], unique=False, schema=SCHEMA
    )
    op.create_index("customer_owner_sort_idx", "customer", ["owner_id", "sort_key", "id"], unique=False, schema=SCHEMA)
    op.create_index("customer_parent_id_idx", "customer", ["parent_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "customer_sort_owner_idx",
        "customer",
        ["sort_key", "id"],
        unique=False,
        schema=SCHEMA,
        postgresql_include=["owner_id"],
    )
    op.create_index("customer_tax_no_idx", "customer", ["tax_no"], unique=False, schema=SCHEMA)
    op.create_table(
        "group_member",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("employee_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="group_member_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["crm.permission_group.id"], name="group_member_group_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="group_member_pkey"),
        sa.UniqueConstraint("group_id", "employee_id", name="group_member_group_id_employee_id_key"),
        schema=SCHEMA,
        comment="Who is in which permission group",
    )
    op.create_index("group_member_employee_id_idx", "group_member", ["employee_id"], unique=False, schema=SCHEMA)
    op.create_table(
        "preference",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("employee_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("key", sa.String(length=100), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="preference_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="preference_pkey"),
        sa.UniqueConstraint("employee_id", "key", name="preference_employee_id_key_key"),
        schema=SCHEMA,
        comment="Personal arrangement of the workbench",
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The customer's owner; kept by trigger",
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("is_main", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=True, comment="Position"),
        sa.Column("department_name", sa.String(length=100), nullable=True),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("superior_id", sa.BigInteger(), nullable=True),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("fax", sa.String(length=60), nullable=True),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column("address", sa.String(length=300), nullable=True),
        sa.Column(
            "birthday", sa.String(length=10), nullable=True, comment="YYYY-MM-DD, or --MM-DD where the year is unknown"
        ),
        sa.Column("is_birthday_lunar", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("hobbies", sa.String(length=300), nullable=True),
        sa.Column("has_left", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("remark", sa.Text(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
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
        sa.CheckConstraint("birthday ~ '^(\\d{4}|-)-\\d\\d-\\d\\d$'", name=op.f("contact_birthday_check")),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="contact_customer_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="contact_owner_id_fkey"),
        sa.ForeignKeyConstraint(["role_id"], ["crm.dictionary_entry.id"], name="contact_role_id_fkey"),
        sa.ForeignKeyConstraint(
            ["superior_id"], ["crm.contact.id"], name="contact_superior_id_fkey", ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name="contact_pkey"),
        schema=SCHEMA,
        comment="People at customers",
    )
    op.create_index("contact_customer_id_idx", "contact", ["customer_id"], unique=False, schema=SCHEMA)
    op.create_index("contact_owner_sort_idx", "contact", ["owner_id", "sort_key", "id"], unique=False, schema=SCHEMA)
    op.create_index(
        "contact_sort_owner_idx",
        "contact",
        ["sort_key", "id"],
        unique=False,
        schema=SCHEMA,
        postgresql_include=["owner_id"],
    )
    op.create_index("contact_superior_id_idx", "contact", ["superior_id"], unique=False, schema=SCHEMA)
    op.create_table(
        "activity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("customer_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The customer's owner; kept by trigger",
        ),
        sa.Column("contact_id", sa.BigInteger(), nullable=True),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("happened_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("done_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("subject", sa.String(length=300), nullable=False, comment="What it was about, in one line"),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("result", sa.String(length=300), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["crm.contact.id"], name="activity_contact_id_fkey", ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["crm.customer.id"], name="activity_customer_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["crm.employee.id"], name="activity_done_by_id_fkey"),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="activity_kind_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="activity_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="activity_pkey"),
        schema=SCHEMA,
        comment="What happened with customers",
    )
    op.create_index("activity_contact_id_idx", "activity", ["contact_id"], unique=False, schema=SCHEMA)
    op.create_index("activity_customer_idx", "activity", ["customer_id", "happened_at"], unique=False, schema=SCHEMA)
    op.create_index("activity_done_by_id_idx", "activity", ["done_by_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "activity_owner_time_idx", "activity", ["owner_id", "happened_at", "id"], unique=False, schema=SCHEMA
    )
    op.create_index(
        "activity_time_owner_idx",
        "activity",
        ["happened_at", "id"],
        unique=False,
        schema=SCHEMA,
        postgresql_include=["owner_id"],
    )
    op.create_table(
        "contact_relation",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("other_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The contact's owner; kept by trigger",
        ),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("contact_id <> other_id", name=op.f("contact_relation_different_check")),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["crm.contact.id"], name="contact_relation_contact_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="contact_relation_kind_id_fkey"),
        sa.ForeignKeyConstraint(
            ["other_id"], ["crm.contact.id"], name="contact_relation_other_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="contact_relation_owner_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="contact_relation_pkey"),
        schema=SCHEMA,
        comment="Relations between contacts",
    )
    op.create_index("contact_relation_contact_id_idx", "contact_relation", ["contact_id"], unique=False, schema=SCHEMA)
    op.create_index("contact_relation_other_id_idx", "contact_relation", ["other_id"], unique=False, schema=SCHEMA)
    op.create_index("contact_relation_owner_id_idx", "contact_relation", ["owner_id"], unique=False, schema=SCHEMA)
