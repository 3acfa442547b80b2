"""Files attached to records of any entity; their bytes lie once, in pieces, however often they are attached."""

from __future__ import annotations

import datetime

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard

_NOW = text("now()")


class AttachmentContent(Base):
    """The bytes of a file, known by their hash. Without a hash it is still being written, by one transaction."""

    __tablename__ = "attachment_content"
    __table_args__ = {
        "comment": "Contents of attached files",
        "info": {POLICY: Guard(rule="closed", entity="attachment")},
    }

    hash: Mapped[bytes | None] = mapped_column(
        LargeBinary, unique=True, comment="SHA-256 over the SHA-256 of the pieces; null while it is written"
    )
    size: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="Bytes")
    transaction_id: Mapped[int | None] = mapped_column(BigInteger, comment="Who may still write it")
    begun_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=_NOW)


class AttachmentPiece(Base):
    """A piece of a content: no side ever holds a large file in one value."""

    __tablename__ = "attachment_piece"
    __table_args__ = (
        UniqueConstraint("content_id", "position"),
        {"comment": "Pieces of contents", "info": {POLICY: Guard(rule="closed", entity="attachment")}},
    )

    content_id: Mapped[int] = mapped_column(ForeignKey("crm.attachment_content.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    bytes: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """A file at a record. A new one names a content that its own transaction wrote; the database adds size and time."""

    __tablename__ = "attachment"
    __table_args__ = (
        Index("attachment_record_idx", "entity", "record_id"),
        CheckConstraint("name <> ''", name="name"),
        {
            "comment": "Files at records",
            "info": {POLICY: Guard(rule="attached", entity="attachment", editable=("name",))},
        },
    )

    entity: Mapped[str] = mapped_column(String(40))
    record_id: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(255))
    mime_type: Mapped[str] = mapped_column(String(100))
    size: Mapped[int] = mapped_column(BigInteger, server_default="0", comment="Bytes; set by trigger")
    content_id: Mapped[int] = mapped_column(ForeignKey("crm.attachment_content.id"), index=True)
    added_by_id: Mapped[int] = mapped_column(ForeignKey("crm.employee.id"), index=True, server_default=text("crm.me()"))
    added_at: Mapped[datetime.datetime] = mapped_column(TIMESTAMP(timezone=True), server_default=_NOW)
