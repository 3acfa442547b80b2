"""What opens below the universal search box: records found, the one a link leads to, or the recent and starred ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from crm_desktop.core.i18n import _
from crm_desktop.core.links import parse_link
from crm_desktop.entities import by_key
from crm_desktop.services import marks
from crm_desktop.services.marks import Marked
from crm_desktop.services.search import Hit
from crm_desktop.ui.context import Context
from crm_desktop.ui.widgets.popup_list import PopupList, PopupRow
from crm_desktop.ui.widgets.search_box import SearchBox

MOST_MARKED = 50
FIRST = 8
"""So many recent records stand above the starred ones."""


class SearchHits(PopupList):
    """Its rows' values are ``Hit``. It opens for what is typed, and for the empty box as soon as one goes there."""

    def __init__(self, context: Context, box: SearchBox, width: int) -> None:
        super().__init__(box, width)
        self._context, self._box = context, box
        box.searched.connect(self.look)
        box.entered.connect(lambda: self.look(""))

    def look(self, text: str) -> None:
        """Look for ``text`` in the background and show what is there."""
        link = parse_link(text)
        tasks = self._context.tasks
        if link is not None:
            tasks.query(
                self,
                lambda session: marks.fetch_hits(session, [link]),
                lambda hits: self._show_found(text, hits),
                key="link",
            )
        elif text:
            self._context.search(text, lambda hits: self._show_found(text, hits))
        else:
            tasks.query(self, lambda session: marks.fetch_marked(session, MOST_MARKED), self._show_marked, key="marked")

    def _show_found(self, text: str, hits: Sequence[Hit]) -> None:
        if text != self._box.text().strip() or not self._box.hasFocus():
            return  # something else is typed by now, or the user has gone on
        nothing = (
            _("This record is no longer there, or you may no longer see it.")
            if parse_link(text)
            else _("Nothing found for “{text}”").format(text=text)
        )
        self.show_rows([*_by_entity(hits)] or [PopupRow(None, nothing)])

    def _show_marked(self, marked: Marked) -> None:
        if self._box.text().strip() or not self._box.hasFocus():
            return
        rows: list[PopupRow] = []
        first, earlier = marked.recent[:FIRST], marked.recent[FIRST:]
        for heading, hits in ((_("Recent"), first), (_("Starred"), marked.starred), (_("Earlier"), earlier)):
            if hits:
                rows += [PopupRow(None, heading), *map(_row, hits)]
        self.show_rows(rows, first_current=False)


def _by_entity(hits: Iterable[Hit]) -> Iterator[PopupRow]:
    for entity, group in groupby(hits, key=lambda hit: hit.entity):
        yield PopupRow(None, _(by_key(entity).label_plural))
        yield from map(_row, group)


def _row(hit: Hit) -> PopupRow:
    return PopupRow(hit, hit.title, hit.subtitle)
