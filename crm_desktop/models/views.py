"""Views of lists that people saved: for themselves, or shown to groups or everybody."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, String, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard, Timed


class SavedView(Timed, Base):
    """A filter, an order and an arrangement of columns under a name."""

    __tablename__ = "saved_view"
    __table_args__ = {
        "comment": "Saved views of lists",
        "info": {
            POLICY: Guard(
                rule="shown",
                entity="saved_view",
                owner_column="owner_id",
                editable=("name", "icon", "is_for_everybody", "group_ids", "content"),
            )
        },
    }

    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id", ondelete="CASCADE"), index=True, server_default=text("crm.me()")
    )
    entity: Mapped[str] = mapped_column(String(40), comment="Whose list it is a view of")
    name: Mapped[str] = mapped_column(String(100))
    icon: Mapped[str] = mapped_column(String(40), server_default="funnel")
    is_for_everybody: Mapped[bool] = mapped_column(server_default=text("false"))
    group_ids: Mapped[list[int]] = mapped_column(
        ARRAY(BigInteger), server_default="{}", comment="Permission groups to whose members it is shown"
    )
    content: Mapped[Any] = mapped_column(
        JSONB, comment="Filter, order and arrangement as services/views.py writes them"
    )
