"""What we sell: a tree of categories, products, and what they cost us."""

from __future__ import annotations

import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, Numeric, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import POLICY, Base, Guard, Searchable, Timed, gram_index
from crm_desktop.models.organisation import Employee
from crm_desktop.models.platform import DictionaryEntry


class ProductCategory(Timed, Base):
    """A node of the tree of products."""

    __tablename__ = "product_category"
    __table_args__ = {
        "comment": "Product categories, a tree",
        "info": {POLICY: Guard(rule="common", entity="product_category")},
    }
    order = "sort_order"

    name: Mapped[str] = mapped_column(String(100))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("crm.product_category.id"), index=True)
    sort_order: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"))

    parent: Mapped[ProductCategory | None] = relationship(remote_side="ProductCategory.id")


class Product(Searchable, Timed, Base):
    """Something we sell, or do for money."""

    __tablename__ = "product"
    __table_args__ = (
        Index("product_sort_idx", "sort_key", "id"),
        gram_index("product", "search_grams"),
        {"comment": "Products and services", "info": {POLICY: Guard(rule="common", entity="product")}},
    )
    order = "sort_key"

    code: Mapped[str] = mapped_column(String(40), unique=True, server_default=text("crm.next_number('product')"))
    name: Mapped[str] = mapped_column(String(200))
    category_id: Mapped[int | None] = mapped_column(ForeignKey("crm.product_category.id"), index=True)
    specification: Mapped[str | None] = mapped_column(String(200))
    product_model: Mapped[str | None] = mapped_column(String(100), comment="The maker's model number")
    unit_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.dictionary_entry.id"), info={"dictionary": "unit", "default": "piece"}
    )
    list_price: Mapped[Decimal | None] = mapped_column(Numeric(18, 2), info={"least": 0}, comment="Per unit, in yuan")
    is_active: Mapped[bool] = mapped_column(server_default=text("true"), comment="False: no longer sold")
    description: Mapped[str | None] = mapped_column(Text)

    category: Mapped[ProductCategory | None] = relationship(foreign_keys=[category_id])
    unit: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[unit_id])


class ProductCost(Timed, Base):
    """What a product costs us from some day on. In a table of its own, since row security cannot hide a column."""

    __tablename__ = "product_cost"
    __table_args__ = (
        UniqueConstraint("product_id", "valid_from"),
        {
            "comment": "What products cost us; only for who is granted it",
            "info": {POLICY: Guard(rule="owned", entity="product_cost", owner_column="owner_id")},
        },
    )
    order = "valid_from"

    product_id: Mapped[int] = mapped_column(ForeignKey("crm.product.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey("crm.employee.id"), index=True, server_default=text("crm.me()"), comment="Who entered it"
    )
    valid_from: Mapped[datetime.date] = mapped_column(server_default=text("current_date"))
    cost: Mapped[Decimal] = mapped_column(Numeric(18, 2), info={"least": 0}, comment="Per unit, in yuan")
    remark: Mapped[str | None] = mapped_column(String(300))

    product: Mapped[Product] = relationship(foreign_keys=[product_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
