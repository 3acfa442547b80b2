"""What the program itself needs: dictionaries, settings of the firm, personal preferences, import recipes."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, ScalarSelect, String, Text, UniqueConstraint, func, select, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Timed


def choice_id(dictionary: str, code: str) -> ScalarSelect[int]:
    """The id of an entry, for conditions: the server looks it up once a statement, the bare function once a row."""
    return select(func.crm.choice(dictionary, code)).scalar_subquery()


class Dictionary(Base):
    """A list of choices, such as the industries."""

    __tablename__ = "dictionary"
    __table_args__ = {"comment": "Choice lists", "info": {POLICY: Guard(rule="common", entity="dictionary")}}
    display = ("name", "name_en")

    code: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    is_fixed: Mapped[bool] = mapped_column(
        server_default=text("false"), info=KEPT, comment="The program decides by its entries: none comes, none goes"
    )


class DictionaryEntry(Base):
    """One choice; the regions are a tree."""

    __tablename__ = "dictionary_entry"
    __table_args__ = (
        UniqueConstraint("dictionary_id", "code"),
        Index("dictionary_entry_order_idx", "dictionary_id", "sort_order", "id"),
        {"comment": "Choices of the lists", "info": {POLICY: Guard(rule="common", entity="dictionary")}},
    )
    display = ("name", "name_en")
    order = "sort_order"

    dictionary_id: Mapped[int] = mapped_column(ForeignKey("crm.dictionary.id", ondelete="CASCADE"))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("crm.dictionary_entry.id"), index=True)
    code: Mapped[str] = mapped_column(String(40), server_default=text("gen_random_uuid()"))
    name: Mapped[str] = mapped_column(String(100))
    name_en: Mapped[str | None] = mapped_column(String(100), comment="Null: the name serves in English too")
    full_name: Mapped[str] = mapped_column(
        String(200), server_default="", comment="With the parents' names, for trees: 广东广州天河; kept by trigger"
    )
    full_name_en: Mapped[str] = mapped_column(
        String(300), server_default="", comment="The same in English: Tianhe, Guangzhou, Guangdong; kept by trigger"
    )
    sort_order: Mapped[int] = mapped_column(Integer, server_default="0")
    tone: Mapped[str | None] = mapped_column(String(10), comment="Colour of its chip: good warn bad violet")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    dictionary: Mapped[Dictionary] = relationship()
    parent: Mapped[DictionaryEntry | None] = relationship(remote_side="DictionaryEntry.id")


class Setting(Base):
    """One setting of the firm: its name, letterhead."""

    __tablename__ = "setting"
    __table_args__ = {"comment": "Settings of the firm", "info": {POLICY: Guard(rule="common", entity="setting")}}

    key: Mapped[str] = mapped_column(String(60), unique=True)
    value: Mapped[Any] = mapped_column(JSONB)


class Preference(Base):
    """Something one person arranged for himself: columns of a list, widths."""

    __tablename__ = "preference"
    __table_args__ = (
        UniqueConstraint("employee_id", "key"),
        {
            "comment": "Personal arrangement of the workbench",
            "info": {POLICY: Guard(rule="personal", entity="preference", owner_column="employee_id")},
        },
    )

    employee_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id", ondelete="CASCADE"), server_default=text("crm.me()")
    )
    key: Mapped[str] = mapped_column(String(100))
    value: Mapped[Any] = mapped_column(JSONB)


class ImportRecipe(Timed, Base):
    """How a sheet of one shape was imported last time."""

    __tablename__ = "import_recipe"
    __table_args__ = (
        UniqueConstraint("entity", "shape"),
        {"comment": "Import mappings by file shape", "info": {POLICY: Guard(rule="common", entity="import_recipe")}},
    )

    entity: Mapped[str] = mapped_column(String(40))
    shape: Mapped[str] = mapped_column(String(64), comment="Fingerprint of the column labels")
    name: Mapped[str] = mapped_column(Text)
    mapping: Mapped[Any] = mapped_column(JSONB)
