"""Fields that the administrator adds."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.execute("""
        create table crm.custom_field (
          id bigint generated always as identity,
          version integer not null default 1,
          entity varchar(40) not null,
          column_name varchar(63) not null default '',
          kind varchar(20) not null,
          name varchar(60) not null,
          name_en varchar(60),
          help varchar(200),
          section varchar(60),
          position smallint,
          target varchar(40),
          dictionary_id bigint,
          is_required boolean not null default false,
          is_listed boolean not null default false,
          is_active boolean not null default true,
          created_at timestamptz not null default now(),
          updated_at timestamptz not null default now(),
          constraint custom_field_pkey primary key (id),
          constraint custom_field_entity_name_key unique (entity, name),
          constraint custom_field_words_check
            check (btrim(name) <> '' and name || coalesce(name_en, '') !~ '[[:cntrl:]]'),
          constraint custom_field_dictionary_id_fkey foreign key (dictionary_id) references crm.dictionary (id)
        )
    """)
    for column, comment in (
        ("entity", "The table, such as customer"),
        ("column_name", "Made by trigger, never changed: x_text_12"),
        ("kind", "text long_text email number money date bool choice reference"),
        ("name_en", "Null: the name serves in English too"),
        ("help", "Shown below the field while one edits it"),
        ("section", "Part of the form; null: with the other custom fields"),
        ("position", "Order within the entity"),
        ("target", "The table that a reference refers to"),
        ("dictionary_id", "What a choice chooses from; made with the field"),
        ("is_required", "Asked for in forms"),
        ("is_listed", "A column that lists show unasked"),
        ("is_active", "False: shown nowhere, its data stay"),
        ("version", "Raised by trigger at every change; an update names the one it read"),
    ):
        op.execute(f"comment on column crm.custom_field.{column} is '{comment}'")
    op.execute(
        "comment on table crm.custom_field is"
        " 'Fields added by the administrator; each is a column of its entity''s table'"
    )
