"""Products in a tree of categories, and what they cost. Dictionaries that the program decides by."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0011"
down_revision = "0010"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    for column in ("along_table", "along_column", "along_owner_column"):
        op.execute(f"alter table journal.subject add column {column} text")
    op.execute("create sequence crm.product_number")
    op.create_table(
        "product_category",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["crm.product_category.id"], name="product_category_parent_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="product_category_pkey"),
        schema=SCHEMA,
        comment="Product categories, a tree",
    )
    op.create_index("product_category_parent_id_idx", "product_category", ["parent_id"], schema=SCHEMA)
    op.create_table(
        "product",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("code", sa.String(length=40), server_default=sa.text("crm.next_number('product')"), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("category_id", sa.BigInteger(), nullable=True),
        sa.Column("specification", sa.String(length=200), nullable=True),
        sa.Column("product_model", sa.String(length=100), nullable=True, comment="The maker's model number"),
        sa.Column("unit_id", sa.BigInteger(), nullable=True),
        sa.Column("list_price", sa.Numeric(precision=18, scale=2), nullable=True, comment="Per unit, in yuan"),
        sa.Column(
            "is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False, comment="False: no longer sold"
        ),
        sa.Column("description", sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(["category_id"], ["crm.product_category.id"], name="product_category_id_fkey"),
        sa.ForeignKeyConstraint(["unit_id"], ["crm.dictionary_entry.id"], name="product_unit_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="product_pkey"),
        sa.UniqueConstraint("code", name="product_code_key"),
        schema=SCHEMA,
        comment="Products and services",
    )
    op.create_index("product_category_id_idx", "product", ["category_id"], schema=SCHEMA)
    op.create_index(
        "product_search_idx",
        "product",
        [sa.literal_column("search_grams").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index("product_sort_idx", "product", ["sort_key", "id"], schema=SCHEMA)
    op.create_table(
        "product_cost",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("product_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False, comment="Who entered it"
        ),
        sa.Column("valid_from", sa.Date(), server_default=sa.text("current_date"), nullable=False),
        sa.Column("cost", sa.Numeric(precision=18, scale=2), nullable=False, comment="Per unit, in yuan"),
        sa.Column("remark", sa.String(length=300), nullable=True),
        sa.Column("created_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", _MOMENT, server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="product_cost_owner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["product_id"], ["crm.product.id"], name="product_cost_product_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="product_cost_pkey"),
        sa.UniqueConstraint("product_id", "valid_from", name="product_cost_product_id_valid_from_key"),
        schema=SCHEMA,
        comment="What products cost us; only for who is granted it",
    )
    op.create_index("product_cost_owner_id_idx", "product_cost", ["owner_id"], schema=SCHEMA)
    op.add_column(
        "dictionary",
        sa.Column(
            "is_fixed",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The program decides by its entries: none comes, none goes",
        ),
        schema=SCHEMA,
    )
