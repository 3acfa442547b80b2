"""A board as it is on the screen, set on pages and shown before it is printed."""

from __future__ import annotations

from collections.abc import Container, Iterable
from io import BytesIO

from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.filter_words import filter_words
from crm_desktop.spec.filters import Group
from crm_desktop.ui.board.model import BoardModel
from crm_desktop.ui.context import Context
from crm_desktop.ui.page import Page
from crm_desktop.ui.printing import show_pages
from crm_desktop.ui.tasks import Session


def print_shown(
    page: Page, context: Context, model: BoardModel, words: Iterable[str], where: Group, folded: Container[int] = ()
) -> None:
    """Set what ``page`` shows; of columns that are folded nothing. ``words`` and ``where`` say what was asked."""
    board, lanes, person = model.board, model.lanes, context.person
    title = _(by_key(board.entity).label_plural)
    columns = [column for column in model.columns if column.ref.id not in folded]
    subtitle = " · ".join(filter(None, (*words, *filter_words(board.entity, where))))

    def work(session: Session) -> bytes:
        from crm_desktop.reports.board import BoardPaper, print_board  # with all that sets pages

        paper = BoardPaper(board=board, title=title, subtitle=subtitle, columns=columns, lanes=lanes)
        pages = BytesIO()
        print_board(session, paper, person, pages)
        return pages.getvalue()

    context.tasks.query(page, work, lambda pdf: show_pages(page.window(), title, pdf))
