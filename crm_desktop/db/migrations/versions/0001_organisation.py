"""Departments, employees, permissions, choice lists, settings."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from crm_desktop.models import SCHEMA

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "department",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("code", sa.String(length=40), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("sort_order", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["crm.department.id"], name="department_parent_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="department_pkey"),
        sa.UniqueConstraint("code", name="department_code_key"),
        schema=SCHEMA,
        comment="Departments, a tree",
    )
    op.create_index("department_parent_id_idx", "department", ["parent_id"], unique=False, schema=SCHEMA)
    op.create_table(
        "dictionary",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.PrimaryKeyConstraint("id", name="dictionary_pkey"),
        sa.UniqueConstraint("code", name="dictionary_code_key"),
        schema=SCHEMA,
        comment="Choice lists",
    )
    op.create_table(
        "import_recipe",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False, comment="Fingerprint of the column labels"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("mapping", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="import_recipe_pkey"),
        sa.UniqueConstraint("entity", "shape", name="import_recipe_entity_shape_key"),
        schema=SCHEMA,
        comment="Import mappings by file shape",
    )
    op.create_table(
        "permission_group",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("code", sa.String(length=40), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column("is_builtin", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", postgresql.TIMESTAMP(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name="permission_group_pkey"),
        sa.UniqueConstraint("code", name="permission_group_code_key"),
        schema=SCHEMA,
        comment="Permission groups",
    )
    op.create_table(
        "setting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("key", sa.String(length=60), nullable=False),
        sa.Column("value", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="setting_pkey"),
        sa.UniqueConstraint("key", name="setting_key_key"),
        schema=SCHEMA,
        comment="Settings of the firm",
    )
    op.create_table(
        "dictionary_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("dictionary_id", sa.BigInteger(), nullable=False),
        sa.Column("parent_id", sa.BigInteger(), nullable=True),
        sa.Column("code", sa.String(length=40), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("name_en", sa.String(length=100), nullable=True, comment="Null: the name serves in English too"),
        sa.Column(
            "full_name",
            sa.String(length=200),
            server_default="",
            nullable=False,
            comment="With the parents' names, for trees: 广东广州天河; kept by trigger",
        ),
        sa.Column("sort_order", sa.Integer(), server_default="0", nullable=False),
        sa.Column("tone", sa.String(length=10), nullable=True, comment="Colour of its chip: good warn bad violet"),
        sa.Column("is_active", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.ForeignKeyConstraint(
            ["dictionary_id"], ["crm.dictionary.id"], name="dictionary_entry_dictionary_id_fkey", ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["parent_id"], ["crm.dictionary_entry.id"], name="dictionary_entry_parent_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="dictionary_entry_pkey"),
        sa.UniqueConstraint("dictionary_id", "code", name="dictionary_entry_dictionary_id_code_key"),
        schema=SCHEMA,
        comment="Choices of the lists",
    )
    op.create_index(
        "dictionary_entry_order_idx",
        "dictionary_entry",
        ["dictionary_id", "sort_order", "id"],
        unique=False,
        schema=SCHEMA,
    )
    op.create_index("dictionary_entry_parent_id_idx", "dictionary_entry", ["parent_id"], unique=False, schema=SCHEMA)
    op.create_table(
        "employee",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("login", sa.String(length=63), nullable=True),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("department_id", sa.BigInteger(), nullable=True),
        sa.Column("superior_id", sa.BigInteger(), nullable=True),
        sa.Column("title", sa.String(length=100), nullable=True, comment="Position in the firm"),
        sa.Column("phones", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.Column("email", sa.String(length=200), nullable=True),
        sa.Column(
            "is_active",
            sa.Boolean(),
            server_default=sa.text("true"),
            nullable=False,
            comment="False: locked, cannot sign in",
        ),
        sa.Column(
            "is_pool",
            sa.Boolean(),
            server_default=sa.text("false"),
            nullable=False,
            comment="The one owner of records without owner",
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
        sa.ForeignKeyConstraint(["department_id"], ["crm.department.id"], name="employee_department_id_fkey"),
        sa.ForeignKeyConstraint(["superior_id"], ["crm.employee.id"], name="employee_superior_id_fkey"),
        sa.PrimaryKeyConstraint("id", name="employee_pkey"),
        sa.UniqueConstraint("login", name="employee_login_key"),
        schema=SCHEMA,
        comment="Employees; each login is a PostgreSQL role",
    )
    op.create_index("employee_department_id_idx", "employee", ["department_id"], unique=False, schema=SCHEMA)
    op.create_index(
        "employee_pool_key", "employee", ["is_pool"], unique=True, schema=SCHEMA, postgresql_where=sa.text("is_pool")
    )
    op.create_index("employee_superior_id_idx", "employee", ["superior_id"], unique=False, schema=SCHEMA)
    op.create_table(
        "permission_grant",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column(
            "version",
            sa.Integer(),
            server_default="1",
            nullable=False,
            comment="Raised by trigger at every change; an update names the one it read",
        ),
        sa.Column("group_id", sa.BigInteger(), nullable=False),
        sa.Column("entity", sa.String(length=40), nullable=False),
        sa.Column("read_scope", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("create_scope", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("update_scope", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("delete_scope", sa.SmallInteger(), server_default="0", nullable=False),
        sa.Column("functions", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["crm.permission_group.id"], name="permission_grant_group_id_fkey", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name="permission_grant_pkey"),
        sa.UniqueConstraint("group_id", "entity", name="permission_grant_group_id_entity_key"),
        schema=SCHEMA,
        comment="Entity x verb x scope by group",
    )
