"""Ways to look at the same records: board, funnel, list. The one somebody took last is where he begins next time."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from crm_desktop.core.i18n import N_, _
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.widgets.buttons import secondary_button
from crm_desktop.ui.widgets.page_title import PageTitle

WAYS = {
    "opportunity": (
        ("opportunity/board", N_("Board"), "squares-four"),
        ("opportunity/funnel", N_("Funnel"), "funnel-simple"),
        ("opportunity/all", N_("List"), "list"),
    )
}
"""By entity: side entry, word, icon."""


def add_ways(
    line: PageTitle, view: AreaView, entity: str, current: str, open_list: Callable[[], object] | None = None
) -> None:
    """A button for each way, that of ``current`` (a side entry) pressed. ``open_list`` lists what is shown here."""
    for entry, words, icon_name in WAYS.get(entity, ()):
        button = secondary_button(
            _(words),
            partial(take_way, view, entry, open_list if entry == f"{entity}/all" else None),
            icon_name=icon_name,
        )
        button.setCheckable(True)
        button.setChecked(entry == current)
        button.clicked.connect(partial(button.setChecked, entry == current))
        line.add(button)


def take_way(view: AreaView, entry: str, go_there: Callable[[], object] | None = None) -> None:
    """Go there, and begin there from now on."""
    view.context.views.begin_with(entry.partition("/")[0], entry)
    if go_there is not None:
        go_there()
    else:
        view.select_page(entry)
    view.focus_page()
