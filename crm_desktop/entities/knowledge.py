"""Knowledge articles, and the requests that they helped with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func

from crm_desktop.core.access import Function, Grant, Group, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities.service import SERVICE_REQUEST
from crm_desktop.entities.starred import starred
from crm_desktop.models import ArticleUse, KnowledgeArticle
from crm_desktop.spec import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, TableSpec


def _is(*states: str) -> Any:
    # Not choice_id: from the function itself the planner knows how few drafts there are.
    return KnowledgeArticle.state_id.in_([func.crm.choice("article_state", state) for state in states])


def _published(person: Person) -> Any:
    del person
    return _is("published")


def _my_drafts(person: Person) -> Any:
    return (KnowledgeArticle.owner_id == person.id) & _is("draft", "in_review")


def _to_review(person: Person) -> Any:
    return (KnowledgeArticle.owner_id != person.id) & _is("in_review")


def _mine(person: Person) -> Any:
    return KnowledgeArticle.owner_id == person.id


def _withdrawn(person: Person) -> Any:
    del person
    return _is("withdrawn")


def _reaching(scope: Scope, *functions: Function) -> Grant:
    return Grant(
        read=scope,
        create=scope,
        update=scope,
        delete=scope,
        functions=frozenset({Function.EXPORT, Function.PRINT, Function.IMPORT, Function.BULK_EDIT, *functions}),
    )


_ACCESS: Mapping[Group, Grant] = {
    Group.ADMINISTRATOR: _reaching(Scope.ALL, Function.UNDO, Function.SHARE_VIEWS),
    Group.GENERAL_MANAGER: _reaching(Scope.ALL, Function.UNDO, Function.SHARE_VIEWS),
    Group.SALES_MANAGER: _reaching(Scope.DEPARTMENT_TREE),
    Group.SALESPERSON: _reaching(Scope.OWN),
    Group.SERVICE: _reaching(Scope.TEAM),
    Group.CLERK: _reaching(Scope.OWN),
}
"""Who changes articles of others publishes (``crm.may_publish``): at the desk, superiors."""

KNOWLEDGE_ARTICLE = EntitySpec(
    key="knowledge_article",
    model=KnowledgeArticle,
    label=N_("Knowledge article"),
    label_plural=N_("Knowledge articles"),
    icon="book-open",
    labels={
        KnowledgeArticle.code: N_("No."),
        KnowledgeArticle.name: N_("Title"),
        KnowledgeArticle.kind: N_("Kind of problem"),
        KnowledgeArticle.product: N_("Product"),
        KnowledgeArticle.category: N_("Product category"),
        KnowledgeArticle.request: N_("Written from"),
        KnowledgeArticle.keywords: N_("Keywords"),
        KnowledgeArticle.problem: N_("Problem"),
        KnowledgeArticle.solution: N_("Solution"),
        KnowledgeArticle.state: N_("State"),
        KnowledgeArticle.owner: N_("Author"),
        KnowledgeArticle.reviewer: N_("Reviewer"),
        KnowledgeArticle.review_note: N_("Reviewer's note"),
        KnowledgeArticle.handed_in_at: N_("Handed in"),
        KnowledgeArticle.published_at: N_("Published at"),
        KnowledgeArticle.edition: N_("Edition"),
        KnowledgeArticle.used_count: N_("Times used"),
        KnowledgeArticle.useful_count: N_("Found useful"),
        KnowledgeArticle.useless_count: N_("Found not useful"),
        KnowledgeArticle.created_at: N_("Written at"),
        KnowledgeArticle.updated_at: N_("Changed"),
    },
    table=TableSpec(
        columns=(
            Column(KnowledgeArticle.code, width=84),
            Column(KnowledgeArticle.name, width=320),
            Column(KnowledgeArticle.kind, width=90),
            Column(KnowledgeArticle.product, width=150),
            Column(KnowledgeArticle.state, width=84),
            Column(KnowledgeArticle.owner, width=84),
            Column(KnowledgeArticle.used_count, width=84),
            Column(KnowledgeArticle.useful_count, width=84),
            Column(KnowledgeArticle.published_at, width=104),
            Column(KnowledgeArticle.category, width=120, shown=False),
            Column(KnowledgeArticle.keywords, width=180, shown=False),
            Column(KnowledgeArticle.problem, width=260, shown=False),
            Column(KnowledgeArticle.solution, width=260, shown=False),
            Column(KnowledgeArticle.useless_count, width=90, shown=False),
            Column(KnowledgeArticle.edition, width=70, shown=False),
            Column(KnowledgeArticle.reviewer, width=84, shown=False),
            Column(KnowledgeArticle.review_note, width=180, shown=False),
            Column(KnowledgeArticle.handed_in_at, width=104, shown=False),
            Column(KnowledgeArticle.created_at, width=104, shown=False),
            Column(KnowledgeArticle.updated_at, width=104, shown=False),
        ),
        sort=KnowledgeArticle.name,
        presets=(
            Preset(key="published", label=N_("Published"), where=_published),
            Preset(key="drafts", label=N_("My drafts"), where=_my_drafts),
            Preset(key="review", label=N_("To review"), where=_to_review),
            Preset(key="mine", label=N_("My articles"), where=_mine),
            Preset(key="withdrawn", label=N_("Withdrawn"), where=_withdrawn),
            Preset(key="all", label=N_("All articles")),
            starred(KnowledgeArticle),
        ),
    ),
    form=FormSpec(
        sections=(
            Section(
                N_("General"),
                (
                    KnowledgeArticle.name,
                    KnowledgeArticle.kind,
                    KnowledgeArticle.product,
                    KnowledgeArticle.category,
                    KnowledgeArticle.keywords,
                    KnowledgeArticle.request,
                    KnowledgeArticle.owner,
                    KnowledgeArticle.state,
                    KnowledgeArticle.code,
                ),
            ),
            Section(N_("Problem and solution"), (KnowledgeArticle.problem, KnowledgeArticle.solution)),
            Section(
                N_("Review"),
                (
                    KnowledgeArticle.reviewer,
                    KnowledgeArticle.published_at,
                    KnowledgeArticle.edition,
                    KnowledgeArticle.review_note,
                ),
            ),
        ),
        # It is handed in, published and withdrawn, each by a step of its own.
        read_only=frozenset({KnowledgeArticle.state, KnowledgeArticle.review_note}),
        helps={
            KnowledgeArticle.problem: N_("What one sees or hears, in the words of those who call."),
            KnowledgeArticle.keywords: N_("What else one may call it, so that it is found."),
            KnowledgeArticle.category: N_("Where it holds for more than one product."),
            KnowledgeArticle.request: N_("The request that it helped to solve first, and which shows it."),
        },
    ),
    search=SearchSpec(
        name=KnowledgeArticle.name,
        texts=(KnowledgeArticle.keywords, KnowledgeArticle.code),
        passages=(KnowledgeArticle.problem, KnowledgeArticle.solution),
    ),
    importable=True,
    subtitle=(KnowledgeArticle.code, KnowledgeArticle.product),
    access=_ACCESS,
)

ARTICLE_USE = EntitySpec(
    key="article_use",
    model=ArticleUse,
    label=N_("Used article"),
    label_plural=N_("Used articles"),
    icon="book-open",
    labels={ArticleUse.request: N_("Service request"), ArticleUse.article: N_("Knowledge article")},
    table=TableSpec(
        columns=(
            Column(ArticleUse.article, width=320),
            Column(ArticleUse.article, KnowledgeArticle.kind, label=N_("Kind of problem"), width=90),
            Column(ArticleUse.article, KnowledgeArticle.used_count, label=N_("Times used"), width=84),
        ),
        sort=ArticleUse.article,
    ),
    form=FormSpec(sections=(Section(N_("General"), (ArticleUse.request, ArticleUse.article)),)),
    part_of=ArticleUse.request,
    access={
        group: Grant(read=grant.read, create=grant.update, update=grant.update, delete=grant.update)
        for group, grant in SERVICE_REQUEST.access.items()
    },
)
