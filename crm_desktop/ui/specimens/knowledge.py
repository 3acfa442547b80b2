"""The knowledge base searched, and an article in its form, for the gallery."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QWidget

from crm_desktop.services.knowledge import find
from crm_desktop.ui.context import Context
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.pages.article import ArticlePage
from crm_desktop.ui.pages.find_knowledge import FindKnowledgePage

PROBLEM = "打印机卡纸"


def knowledge_pages(context: Context) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """What is found, and the best of it being changed."""
    return (("knowledge_find", partial(_find, context)), ("knowledge_edit", partial(_edit, context)))


def _find(context: Context) -> QWidget:
    window = MainWindow(context)
    view = window.show_area("service")
    view.select_page("knowledge_article/find")
    page = view.current_page()
    assert isinstance(page, FindKnowledgePage)
    page.box.setText(PROBLEM)
    page.box.search_now()
    return window


def _edit(context: Context) -> QWidget:
    window = MainWindow(context)

    def edit(id_: int) -> None:
        page = window.open_record("knowledge_article", id_)
        assert isinstance(page, ArticlePage)
        page.title_changed.connect(lambda _title: page.edit())

    context.tasks.query(window, lambda session: find(session, PROBLEM)[0].id, edit)
    return window
