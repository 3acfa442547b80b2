"""Fields that the administrator added to an entity. ``db/sql/custom_fields.sql`` makes each a column of its table."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, ForeignKey, SmallInteger, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Timed
from crm_desktop.models.platform import Dictionary

_EDITABLE = (
    "kind", "name", "name_en", "help", "section", "position", "is_required", "is_listed", "is_active",
)  # fmt: skip


class CustomField(Timed, Base):
    """What one such field is called, what it holds, and where it is shown."""

    __tablename__ = "custom_field"
    __table_args__ = (
        UniqueConstraint("entity", "name"),
        CheckConstraint("btrim(name) <> '' and name || coalesce(name_en, '') !~ '[[:cntrl:]]'", name="words"),
        {
            "comment": "Fields added by the administrator; each is a column of its entity's table",
            "info": {POLICY: Guard(rule="common", entity="custom_field", editable=_EDITABLE)},
        },
    )
    display = ("name", "name_en")
    order = "position"

    entity: Mapped[str] = mapped_column(String(40), comment="The table, such as customer")
    column_name: Mapped[str] = mapped_column(
        String(63), server_default="", comment="Made by trigger, never changed: x_text_12"
    )
    kind: Mapped[str] = mapped_column(
        String(20), comment="text long_text email number money date bool choice reference"
    )
    name: Mapped[str] = mapped_column(String(60))
    name_en: Mapped[str | None] = mapped_column(String(60), comment="Null: the name serves in English too")
    help: Mapped[str | None] = mapped_column(String(200), comment="Shown below the field while one edits it")
    section: Mapped[str | None] = mapped_column(
        String(60), comment="Part of the form; null: with the other custom fields"
    )
    position: Mapped[int | None] = mapped_column(SmallInteger, comment="Order within the entity")
    target: Mapped[str | None] = mapped_column(String(40), comment="The table that a reference refers to")
    dictionary_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.dictionary.id"), comment="What a choice chooses from; made with the field"
    )
    is_required: Mapped[bool] = mapped_column(server_default=text("false"), comment="Asked for in forms")
    is_listed: Mapped[bool] = mapped_column(server_default=text("false"), comment="A column that lists show unasked")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="False: shown nowhere, its data stay")

    dictionary: Mapped[Dictionary | None] = relationship(foreign_keys=[dictionary_id])
