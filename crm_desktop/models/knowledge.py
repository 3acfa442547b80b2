"""What is known of problems and how to solve them: articles, and whom they helped."""

from __future__ import annotations

import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column, relationship

from crm_desktop.models.base import KEPT, POLICY, Base, Guard, Searchable, Timed, gram_index
from crm_desktop.models.catalog import Product, ProductCategory
from crm_desktop.models.organisation import Employee
from crm_desktop.models.platform import DictionaryEntry
from crm_desktop.models.service import ServiceRequest

_CHOICE = "crm.dictionary_entry.id"
_EMPLOYEE = "crm.employee.id"
_MOMENT = TIMESTAMP(timezone=True)


class KnowledgeArticle(Searchable, Timed, Base):
    """A problem and its solution. Everybody reads what is published; the rest whoever has its author in reach."""

    __tablename__ = "knowledge_article"
    __table_args__ = (
        Index("knowledge_article_audience_sort_idx", "audience_id", "sort_key", "id"),
        Index("knowledge_article_sort_idx", "sort_key", "id", postgresql_include=["audience_id"]),
        gram_index("knowledge_article", "crm.owned_grams(search_grams, audience_id)"),
        {
            "comment": "Knowledge articles",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="knowledge_article",
                    owner_column="owner_id",
                    reader_column="audience_id",
                    writer_column="owner_id",
                )
            },
        },
    )
    order = "sort_key"

    code: Mapped[str] = mapped_column(
        String(40), unique=True, server_default=text("crm.next_number('knowledge_article')")
    )
    name: Mapped[str] = mapped_column(String(200))
    kind_id: Mapped[int | None] = mapped_column(ForeignKey(_CHOICE), info={"dictionary": "problem_kind"})
    product_id: Mapped[int | None] = mapped_column(ForeignKey("crm.product.id"), index=True)
    category_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.product_category.id"), index=True, comment="Where it holds for more than one product"
    )
    request_id: Mapped[int | None] = mapped_column(
        ForeignKey("crm.service_request.id", ondelete="SET NULL"), index=True, comment="The request it was written from"
    )
    keywords: Mapped[str | None] = mapped_column(String(300), comment="What else one may call it")
    problem: Mapped[str | None] = mapped_column(Text, comment="What one sees")
    solution: Mapped[str | None] = mapped_column(Text)
    state_id: Mapped[int] = mapped_column(
        ForeignKey(_CHOICE),
        server_default=text("crm.choice('article_state', 'draft')"),
        index=True,
        info={"dictionary": "article_state", "default": "draft"},
    )
    owner_id: Mapped[int] = mapped_column(
        ForeignKey(_EMPLOYEE), server_default=text("crm.me()"), index=True, comment="Its author"
    )
    audience_id: Mapped[int] = mapped_column(
        BigInteger,
        server_default="0",
        info=KEPT,
        comment="0 where everybody reads it, else its author; kept by trigger",
    )
    reviewer_id: Mapped[int | None] = mapped_column(
        ForeignKey(_EMPLOYEE), index=True, info=KEPT, comment="Who published it or sent it back; kept by trigger"
    )
    review_note: Mapped[str | None] = mapped_column(String(300), comment="What the reviewer wants to be changed")
    handed_in_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="Since when it waits for review; kept by trigger"
    )
    published_at: Mapped[datetime.datetime | None] = mapped_column(
        _MOMENT, info=KEPT, comment="When its present edition was published; kept by trigger"
    )
    edition: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", info=KEPT, comment="Raised whenever it is published; kept by trigger"
    )
    used_count: Mapped[int] = mapped_column(
        server_default="0", info=KEPT, comment="Requests that it helped to solve; kept by trigger"
    )
    useful_count: Mapped[int] = mapped_column(server_default="0", info=KEPT, comment="Votes; kept by trigger")
    useless_count: Mapped[int] = mapped_column(server_default="0", info=KEPT, comment="Votes; kept by trigger")

    kind: Mapped[DictionaryEntry | None] = relationship(foreign_keys=[kind_id])
    product: Mapped[Product | None] = relationship(foreign_keys=[product_id])
    category: Mapped[ProductCategory | None] = relationship(foreign_keys=[category_id])
    request: Mapped[ServiceRequest | None] = relationship(foreign_keys=[request_id])
    state: Mapped[DictionaryEntry] = relationship(foreign_keys=[state_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    reviewer: Mapped[Employee | None] = relationship(foreign_keys=[reviewer_id])


class ArticleVote(Base):
    """Whether an edition of an article helped somebody."""

    __tablename__ = "article_vote"
    __table_args__ = (
        UniqueConstraint("article_id", "edition", "employee_id"),
        {
            "comment": "Whom knowledge articles helped",
            "info": {
                POLICY: Guard(
                    rule="personal", entity="article_vote", owner_column="employee_id", editable=("is_useful",)
                )
            },
        },
    )

    article_id: Mapped[int] = mapped_column(ForeignKey("crm.knowledge_article.id", ondelete="CASCADE"))
    edition: Mapped[int] = mapped_column(
        SmallInteger, server_default="0", info=KEPT, comment="That of the moment; kept by trigger"
    )
    employee_id: Mapped[int] = mapped_column(
        ForeignKey(_EMPLOYEE, ondelete="CASCADE"), index=True, server_default=text("crm.me()")
    )
    is_useful: Mapped[bool]


class ArticleUse(Base):
    """An article that helped to solve a request."""

    __tablename__ = "article_use"
    __table_args__ = (
        UniqueConstraint("request_id", "article_id"),
        {
            "comment": "Knowledge articles that helped with requests",
            "info": {
                POLICY: Guard(
                    rule="owned",
                    entity="article_use",
                    owner_column="owner_id",
                    parent_column="request_id",
                    parent_table="service_request",
                    editable=("article_id",),
                )
            },
        },
    )

    request_id: Mapped[int] = mapped_column(ForeignKey("crm.service_request.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(
        ForeignKey(_EMPLOYEE), server_default=text("0"), index=True, comment="The request's owner; kept by trigger"
    )
    article_id: Mapped[int] = mapped_column(ForeignKey("crm.knowledge_article.id", ondelete="CASCADE"), index=True)

    request: Mapped[ServiceRequest] = relationship(foreign_keys=[request_id])
    owner: Mapped[Employee] = relationship(foreign_keys=[owner_id])
    article: Mapped[KnowledgeArticle] = relationship(foreign_keys=[article_id])
