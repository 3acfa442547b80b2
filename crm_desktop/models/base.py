"""What all tables share: key, version, times, the search columns, and how the database guards them."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

from sqlalchemy import BigInteger, Identity, Index, Integer, MetaData, Text, func, literal_column
from sqlalchemy.dialects.postgresql import ARRAY, TIMESTAMP
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

SCHEMA = "crm"
POLICY = "guard"
"""Key in ``Table.info`` of the table's :class:`Guard`."""
CUSTOM = "custom"
"""Key in ``Column.info`` of columns that an administrator added: not every database has them."""
KEPT: dict[str, Any] = {"kept": True}
"""``Column.info`` of columns that only triggers write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """How row security decides about a table; ``db/guard.py`` turns it into policies and triggers.

    ``owned``: the person in ``owner_column`` must be in the reader's scope for ``entity``; ``writer_column`` may name
    another column that decides about update and delete.
    ``common``: everybody reads, the grants of ``entity`` decide who writes.
    ``personal``: only the person in ``owner_column``.
    ``attached``: whoever sees the record that ``entity`` and ``record_id`` of the row name; to write he must be allowed
    to change that record, or with a ``writer_column`` be the person in it. It goes when the record goes.
    With ``is_for_owners`` only he writes who may share the record, to whom it is only lent may not.
    ``shown``: the person in ``owner_column``, and those to whom he shows the row (``is_for_everybody``, ``group_ids``);
    to show it, or to change what is shown, one needs the function ``share_views`` of the row's ``entity``.
    ``closed``: nobody, but for what ``db/sql`` opens.
    ``editable`` are the only columns that may change once the row is there, where not all may; with none at all, only
    triggers write the table.
    A part carries its parent's owner (``parent_column`` points to ``parent_table``), kept by trigger.
    A record with an owner of its own can lie at another one (``along_column`` points to ``along_table``): whoever
    reaches the owner of that one, kept by trigger in ``along_owner_column``, and to whom that one is lent, may read it.
    Whoever is named in ``named_column`` may read it too: who registered it, or asked for it. With ``named_may_write``
    it is his like something lent to write.
    With a ``reader_column``, that one is asked instead of the owner's: kept by trigger, it has the owner too, or minus
    the owner where the row is private, which is in his own reach alone. Named ``audience_id``, it has 0 where everybody
    reads the row who reads any of these.
    """

    rule: Literal["owned", "common", "personal", "attached", "shown", "closed"]
    entity: str
    owner_column: str | None = None
    reader_column: str | None = None
    writer_column: str | None = None
    parent_column: str | None = None
    parent_table: str | None = None
    along_column: str | None = None
    along_table: str | None = None
    along_owner_column: str | None = None
    named_column: str | None = None
    named_may_write: bool = False
    editable: tuple[str, ...] | None = None
    is_for_owners: bool = False

    @property
    def comes_into_sight(self) -> bool:
        """Whether rows can be in sight of people who are neither in scope nor were lent them."""
        return self.along_column is not None or self.named_column is not None

    @property
    def judged_column(self) -> str | None:
        """The column that must be in scope: that of the owner, or what stands for it."""
        return self.reader_column or self.owner_column


class Base(DeclarativeBase):
    """One business table. Every table has ``id`` and ``version``; the journal and the workbench rely on both."""

    metadata = MetaData(
        schema=SCHEMA,
        naming_convention={
            "pk": "%(table_name)s_pkey",
            "fk": "%(table_name)s_%(column_0_N_name)s_fkey",
            "uq": "%(table_name)s_%(column_0_N_name)s_key",
            "ix": "%(table_name)s_%(column_0_N_name)s_idx",
            "ck": "%(table_name)s_%(constraint_name)s_check",
        },
    )
    display: ClassVar[tuple[str, str]] = ("name", "name")
    """Attributes that name a row to the user: Chinese, English."""
    order: ClassVar[str] = "id"
    """Attribute that sorts rows of this table where another table refers to them."""

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True, sort_order=-2)
    version: Mapped[int] = mapped_column(
        Integer,
        server_default="1",
        sort_order=-1,
        comment="Raised by trigger at every change; an update names the one it read",
    )


class Timed:
    """When a row was made and last changed, set by trigger."""

    created_at: Mapped[datetime.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now(), sort_order=90
    )
    updated_at: Mapped[datetime.datetime] = mapped_column(
        TIMESTAMP(timezone=True), server_default=func.now(), sort_order=91
    )


class Searchable:
    """What the universal search and the pinyin order read; written by ``services.keys`` with the record itself."""

    sort_key: Mapped[str] = mapped_column(
        Text(collation="C"), server_default="", sort_order=92, comment="Pinyin order of the name"
    )
    search_text: Mapped[str] = mapped_column(
        Text, server_default="", sort_order=93, comment="Name, pinyin, code and digits as core.text writes them"
    )
    search_grams: Mapped[list[str] | None] = mapped_column(
        ARRAY(Text), sort_order=94, comment="Pieces of search_text of one and two characters, and exact tokens"
    )


def owner_indexes(table: str, *included: str) -> tuple[Index, ...]:
    """The indexes each owned list needs: in order for a small scope and for everything, and the same for search.

    ``included`` is what else a long list is read by without its table: the column of a part's parent, at which its
    policy looks, and what many rows are filtered, grouped and added up by.
    """
    return (
        Index(f"{table}_owner_sort_idx", "owner_id", "sort_key", "id", postgresql_include=included),
        Index(f"{table}_sort_owner_idx", "sort_key", "id", postgresql_include=["owner_id", *included]),
        gram_index(table, "crm.owned_grams(search_grams, owner_id)"),
    )


def gram_index(table: str, grams: str) -> Index:
    """The index that search looks up pieces of text and owners in; ``grams`` is SQL."""
    return Index(
        f"{table}_search_idx",
        literal_column(grams).label("grams"),
        postgresql_using="gin",
        postgresql_ops={"grams": "crm.gram_ops"},
    )
