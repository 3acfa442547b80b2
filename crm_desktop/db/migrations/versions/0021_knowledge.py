"""Knowledge articles, votes for them, and where they helped."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0021"
down_revision = "0020"

_VERSION = "Raised by trigger at every change; an update names the one it read"
_MOMENT = postgresql.TIMESTAMP(timezone=True)


def upgrade() -> None:
    op.execute("create sequence crm.knowledge_article_number")
    op.create_table(
        "knowledge_article",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column(
            "code", sa.String(length=40), server_default=sa.text("crm.next_number('knowledge_article')"), nullable=False
        ),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind_id", sa.BigInteger(), nullable=True),
        sa.Column("product_id", sa.BigInteger(), nullable=True),
        sa.Column("category_id", sa.BigInteger(), nullable=True, comment="Where it holds for more than one product"),
        sa.Column("keywords", sa.String(length=300), nullable=True, comment="What else one may call it"),
        sa.Column("problem", sa.Text(), nullable=True, comment="What one sees"),
        sa.Column("solution", sa.Text(), nullable=True),
        sa.Column(
            "state_id", sa.BigInteger(), server_default=sa.text("crm.choice('article_state', 'draft')"), nullable=False
        ),
        sa.Column(
            "owner_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False, comment="Its author"
        ),
        sa.Column(
            "audience_id",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="0 where everybody reads it, else its author; kept by trigger",
        ),
        sa.Column(
            "reviewer_id", sa.BigInteger(), nullable=True, comment="Who published it or sent it back; kept by trigger"
        ),
        sa.Column("review_note", sa.String(length=300), nullable=True, comment="What the reviewer wants to be changed"),
        sa.Column("handed_in_at", _MOMENT, nullable=True, comment="Since when it waits for review; kept by trigger"),
        sa.Column(
            "published_at", _MOMENT, nullable=True, comment="When its present edition was published; kept by trigger"
        ),
        sa.Column(
            "edition",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="Raised whenever it is published; kept by trigger",
        ),
        sa.Column(
            "used_count",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="Requests that it helped to solve; kept by trigger",
        ),
        sa.Column("useful_count", sa.Integer(), server_default="0", nullable=False, comment="Votes; kept by trigger"),
        sa.Column("useless_count", sa.Integer(), server_default="0", nullable=False, comment="Votes; kept by trigger"),
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
            ["category_id"], ["crm.product_category.id"], name="knowledge_article_category_id_fkey"
        ),
        sa.ForeignKeyConstraint(["kind_id"], ["crm.dictionary_entry.id"], name="knowledge_article_kind_id_fkey"),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="knowledge_article_owner_id_fkey"),
        sa.ForeignKeyConstraint(["product_id"], ["crm.product.id"], name="knowledge_article_product_id_fkey"),
        sa.ForeignKeyConstraint(["reviewer_id"], ["crm.employee.id"], name="knowledge_article_reviewer_id_fkey"),
        sa.ForeignKeyConstraint(["state_id"], ["crm.dictionary_entry.id"], name="knowledge_article_state_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="knowledge_article_pkey"),
        sa.UniqueConstraint("code", name="knowledge_article_code_key"),
        schema=SCHEMA,
        comment="Knowledge articles",
    )
    op.create_index(
        "knowledge_article_audience_sort_idx", "knowledge_article", ["audience_id", "sort_key", "id"], schema=SCHEMA
    )
    op.create_index("knowledge_article_category_id_idx", "knowledge_article", ["category_id"], schema=SCHEMA)
    op.create_index("knowledge_article_owner_id_idx", "knowledge_article", ["owner_id"], schema=SCHEMA)
    op.create_index("knowledge_article_product_id_idx", "knowledge_article", ["product_id"], schema=SCHEMA)
    op.create_index("knowledge_article_reviewer_id_idx", "knowledge_article", ["reviewer_id"], schema=SCHEMA)
    op.create_index(
        "knowledge_article_search_idx",
        "knowledge_article",
        [sa.literal_column("crm.owned_grams(search_grams, audience_id)").label("grams")],
        schema=SCHEMA,
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
    op.create_index(
        "knowledge_article_sort_idx",
        "knowledge_article",
        ["sort_key", "id"],
        schema=SCHEMA,
        postgresql_include=["audience_id"],
    )
    op.create_index("knowledge_article_state_id_idx", "knowledge_article", ["state_id"], schema=SCHEMA)
    op.create_table(
        "article_vote",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "edition",
            sa.SmallInteger(),
            server_default="0",
            nullable=False,
            comment="That of the moment; kept by trigger",
        ),
        sa.Column("employee_id", sa.BigInteger(), server_default=sa.text("crm.me()"), nullable=False),
        sa.Column("is_useful", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["crm.knowledge_article.id"], name="article_vote_article_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["employee_id"], ["crm.employee.id"], name="article_vote_employee_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="article_vote_pkey"),
        sa.UniqueConstraint(
            "article_id", "edition", "employee_id", name="article_vote_article_id_edition_employee_id_key"
        ),
        schema=SCHEMA,
        comment="Whom knowledge articles helped",
    )
    op.create_index("article_vote_employee_id_idx", "article_vote", ["employee_id"], schema=SCHEMA)
    op.create_table(
        "article_use",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("version", sa.Integer(), server_default="1", nullable=False, comment=_VERSION),
        sa.Column("request_id", sa.BigInteger(), nullable=False),
        sa.Column(
            "owner_id",
            sa.BigInteger(),
            server_default=sa.text("0"),
            nullable=False,
            comment="The request's owner; kept by trigger",
        ),
        sa.Column("article_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["crm.knowledge_article.id"], name="article_use_article_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["crm.employee.id"], name="article_use_owner_id_fkey"),
        sa.ForeignKeyConstraint(
            ["request_id"], ["crm.service_request.id"], name="article_use_request_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="article_use_pkey"),
        sa.UniqueConstraint("request_id", "article_id", name="article_use_request_id_article_id_key"),
        schema=SCHEMA,
        comment="Knowledge articles that helped with requests",
    )
    op.create_index("article_use_article_id_idx", "article_use", ["article_id"], schema=SCHEMA)
    op.create_index("article_use_owner_id_idx", "article_use", ["owner_id"], schema=SCHEMA)
