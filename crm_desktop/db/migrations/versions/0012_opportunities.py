"""Sales processes, their stages, and opportunities."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0012"
down_revision = "0011"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("create sequence crm.opportunity_number")
    op.create_table(
        "sales_process",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column(
            "is_default",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="New opportunities begin in it",
        ),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="sales_process_pkey"),
        schema=SCHEMA,
        comment="Sales processes",
    )
    op.create_index(
        "sales_process_default_key",
        "sales_process",
        ["is_default"],
        unique=True,
        schema=SCHEMA,
        postgresql_where=sa.text("is_default"),
    )
    op.create_table(
        "sales_stage",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("process_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column(
            "outcome_id",
            sa.BigInteger(),
            server_default=sa.text("crm.choice('outcome', 'open')"),
            nullable=False,
            comment="What it means for an opportunity to be there: it is open, won, lost or closed",
        ),
        sa.Column(
            "probability", sa.SmallInteger(), server_default="0", nullable=False, comment="Of winning, in percent"
        ),
        sa.Column("days_allowed", sa.SmallInteger(), nullable=True, comment="Longer than this it counts as stalled"),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("checklist", sa.Text(), nullable=True, comment="What is to be done in this stage, a line each"),
        sa.Column(
            "required_fields",
            postgresql.ARRAY(sa.Text()),
            server_default="{}",
            nullable=False,
            comment="Columns of the opportunity that must be filled in to enter it",
        ),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("probability between 0 and 100", name="sales_stage_probability_check"),
        sa.ForeignKeyConstraint(["category_id"], ["crm.dictionary_entry.id"], name="sales_stage_category_id_fkey"),
        sa.ForeignKeyConstraint(["outcome_id"], ["crm.dictionary_entry.id"], name="sales_stage_outcome_id_fkey"),
        sa.ForeignKeyConstraint(
            ["process_id"], ["crm.sales_process.id"], name="sales_stage_process_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="sales_stage_pkey"),
        schema=SCHEMA,
        comment="Stages of the sales processes",
    )
    op.create_index("sales_stage_order_idx", "sales_stage", ["process_id", "sort_order", "id"], schema=SCHEMA)
    op.create_table(
        "opportunity",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "code", sa.String(length=40), server_default=sa.text("crm.next_number('opportunity')"), nullable=False
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("customer_id", sa.BigInteger(), nullable=True),
        sa.Column("customer_owner_id", sa.BigInteger(), nullable=True, comment="The customer's owner; kept by trigger"),
        sa.Column("owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("stage_id", sa.BigInteger(), server_default=sa.text("crm.first_sales_stage()"), nullable=False),
        sa.Column(
            "outcome_id",
            sa.BigInteger(),
            server_default=sa.text("crm.choice('outcome', 'open')"),
            nullable=False,
            comment="The stage's; kept by trigger",
        ),
        sa.Column(
            "stage_since",
            _MOMENT,
            server_default=sa.text("now()"),
            nullable=False,
            comment="When it entered its stage; kept by trigger",
        ),
        sa.Column(
            "stalls_on",
            sa.Date(),
            nullable=True,
            comment="From then on it counts as stalled: longer in its stage than that allows; kept by trigger",
        ),
        sa.Column("stage_note", sa.String(length=300), nullable=True, comment="Why it went there; kept with the stage"),
        sa.Column(
            "probability",
            sa.SmallInteger(),
            nullable=True,
            comment="Of winning, in percent; that of the stage until somebody knows better",
        ),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.Numeric(precision=18, scale=2), nullable=True, comment="Expected, then agreed, in yuan"),
        sa.Column(
            "weighted_amount",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="By its probability; kept by trigger",
        ),
        sa.Column("opened_on", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.Column("expected_on", sa.Date(), nullable=True, comment="When we expect to win it"),
        sa.Column("closed_on", sa.Date(), nullable=True, comment="When it was won, lost or closed"),
        sa.Column("source_id", sa.BigInteger(), nullable=True),
        sa.Column("next_step", sa.String(length=300), nullable=True),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("need", sa.Text(), nullable=True, comment="What the customer wants to solve"),
        sa.Column("strengths", sa.Text(), nullable=True),
        sa.Column("weaknesses", sa.Text(), nullable=True),
        sa.Column("chances", sa.Text(), nullable=True),
        sa.Column("threats", sa.Text(), nullable=True),
        sa.Column("reason_id", sa.BigInteger(), nullable=True),
        sa.Column("competitor", sa.String(length=200), nullable=True, comment="Who else was asked, or got it"),
        sa.Column("summary", sa.Text(), nullable=True, comment="What we learned when it was over"),
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
        sa.CheckConstraint("probability between 0 and 100", name="opportunity_probability_check"),
        sa.ForeignKeyConstraint(["category_id"], ["crm.dictionary_entry.id"], name="opportunity_category_id_fkey"),
        sa.ForeignKeyConstraint(["customer_id"], ["crm.customer.id"], name="opportunity_customer_id_fkey"),
        sa.ForeignKeyConstraint(["customer_owner_id"], ["crm.employee.id"], name="opportunity_customer_owner_id_fkey"),
        sa.ForeignKeyConstraint(["outcome_id"], ["crm.dictionary_entry.id"], name="opportunity_outcome_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="opportunity_owner_id_fkey"),
        sa.ForeignKeyConstraint(["reason_id"], ["crm.dictionary_entry.id"], name="opportunity_reason_id_fkey"),
        sa.ForeignKeyConstraint(["source_id"], ["crm.dictionary_entry.id"], name="opportunity_source_id_fkey"),
        sa.ForeignKeyConstraint(["stage_id"], ["crm.sales_stage.id"], name="opportunity_stage_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="opportunity_pkey"),
        sa.UniqueConstraint("code", name="opportunity_code_key"),
        schema=SCHEMA,
        comment="Opportunities",
    )
    op.create_index(
        "opportunity_along_idx",
        "opportunity",
        ["customer_owner_id", "id"],
        schema=SCHEMA,
        postgresql_where=sa.text("customer_owner_id <> owner_id"),
    )
    op.create_index("opportunity_customer_idx", "opportunity", ["customer_id", "id"], schema=SCHEMA)
    op.create_index("opportunity_outcome_idx", "opportunity", ["outcome_id", "owner_id", "closed_on"], schema=SCHEMA)
    op.create_index("opportunity_owner_sort_idx", "opportunity", ["owner_id", "sort_key", "id"], schema=SCHEMA)
    op.create_index(
        "opportunity_search_idx",
        "opportunity",
        [sa.literal_column("crm.owned_grams(search_grams, owner_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index(
        "opportunity_sort_owner_idx", "opportunity", ["sort_key", "id"], schema=SCHEMA, postgresql_include=["owner_id"]
    )
    op.create_index("opportunity_stage_idx", "opportunity", ["stage_id", "id"], schema=SCHEMA)
    op.create_table(
        "opportunity_contact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The opportunity's owner; kept by trigger",
        ),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("role_id", sa.BigInteger(), nullable=True),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["crm.contact.id"], name="opportunity_contact_contact_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["opportunity_id"],
            ["crm.opportunity.id"],
            name="opportunity_contact_opportunity_id_fkey",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="opportunity_contact_owner_id_fkey"),
        sa.ForeignKeyConstraint(["role_id"], ["crm.dictionary_entry.id"], name="opportunity_contact_role_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="opportunity_contact_pkey"),
        schema=SCHEMA,
        comment="Contacts of opportunities",
    )
    op.create_index("opportunity_contact_contact_id_idx", "opportunity_contact", ["contact_id"], schema=SCHEMA)
    op.create_index(
        "opportunity_contact_key", "opportunity_contact", ["opportunity_id", "contact_id"], unique=True, schema=SCHEMA
    )
    op.create_index("opportunity_contact_owner_id_idx", "opportunity_contact", ["owner_id"], schema=SCHEMA)
    op.create_table(
        "opportunity_line",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The opportunity's owner; kept by trigger",
        ),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column("quantity", sa.Numeric(precision=14, scale=3), server_default="1", nullable=False),
        sa.Column(
            "unit_price",
            sa.Numeric(precision=18, scale=2),
            nullable=True,
            comment="In yuan; the product's list price where nothing was said",
        ),
        sa.Column(
            "amount", sa.Numeric(precision=18, scale=2), nullable=True, comment="Quantity by price; kept by trigger"
        ),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["crm.opportunity.id"], name="opportunity_line_opportunity_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="opportunity_line_owner_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["crm.product.id"], name="opportunity_line_product_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="opportunity_line_pkey"),
        schema=SCHEMA,
        comment="Products of opportunities",
    )
    op.create_index("opportunity_line_opportunity_idx", "opportunity_line", ["opportunity_id", "id"], schema=SCHEMA)
    op.create_index("opportunity_line_owner_id_idx", "opportunity_line", ["owner_id"], schema=SCHEMA)
    op.create_index("opportunity_line_product_id_idx", "opportunity_line", ["product_id"], schema=SCHEMA)
    op.create_table(
        "opportunity_stay",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("opportunity_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The opportunity's owner; kept by trigger",
        ),
        sa.Column("stage_id", sa.BigInteger(), nullable=False),
        sa.Column("entered_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("moved_by_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=True),
        sa.Column("note", sa.String(length=300), nullable=True, comment="Why it went there"),
        sa.ForeignKeyConstraint(["moved_by_id"], ["crm.employee.id"], name="opportunity_stay_moved_by_id_fkey"),
        sa.ForeignKeyConstraint(
            ["opportunity_id"], ["crm.opportunity.id"], name="opportunity_stay_opportunity_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="opportunity_stay_owner_id_fkey"),
        sa.ForeignKeyConstraint(["stage_id"], ["crm.sales_stage.id"], name="opportunity_stay_stage_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="opportunity_stay_pkey"),
        schema=SCHEMA,
        comment="Stages that opportunities went through",
    )
    op.create_index(
        "opportunity_stay_opportunity_idx", "opportunity_stay", ["opportunity_id", "entered_at"], schema=SCHEMA
    )
    op.create_index("opportunity_stay_owner_id_idx", "opportunity_stay", ["owner_id"], schema=SCHEMA)
    op.create_index("opportunity_stay_stage_id_idx", "opportunity_stay", ["stage_id"], schema=SCHEMA)
