"""Who has which record open at the moment."""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from crm_desktop.models.base import POLICY, Base, Guard


class Presence(Base):
    """A record that is open in a window. It holds as long as the connection that listens for that window."""

    __tablename__ = "presence"
    __table_args__ = (
        UniqueConstraint("table_name", "row_id", "pid"),
        {
            "comment": "Who has which record open",
            "prefixes": ["UNLOGGED"],
            "info": {POLICY: Guard(rule="closed", entity="presence")},
        },
    )
    display = ("table_name", "table_name")

    pid: Mapped[int] = mapped_column(Integer, index=True, comment="The server's process of the listening connection")
    employee_id: Mapped[int] = mapped_column(BigInteger)
    table_name: Mapped[str] = mapped_column(Text)
    row_id: Mapped[int] = mapped_column(BigInteger)
    is_editing: Mapped[bool]
