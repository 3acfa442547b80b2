"""How the columns of a list share its width."""

from __future__ import annotations

import pytest

from crm_desktop.ui.list_page.page import ListPage
from tests.ui.desk import SitDown, own_database, sign_in, sit_down, template

__all__ = ["own_database", "sign_in", "sit_down", "template"]

NARROW = 60


@pytest.mark.parametrize(("too_wide", "scrolls"), [(1.0, False), (1.3, False), (1.6, False), (2.2, True)])
def test_the_widest_columns_give_a_little_before_one_scrolls(
    sit_down: SitDown, too_wide: float, *, scrolls: bool
) -> None:
    desk = sit_down("seller")
    desk.customer("珠海华工医药器械进出口股份有限公司")
    view = desk.window.show_area("customers")
    view.select_page("customer/all")
    desk.settle()
    page = view.current_page()
    assert isinstance(page, ListPage)
    layout, table = page.column_layout, page.table
    first, second, *others = layout._needed
    wide = int((table.viewport().width() - NARROW * len(others)) / 2 * too_wide)
    layout._needed = {first: wide, second: wide, **dict.fromkeys(others, NARROW)}
    layout._share_room()
    assert (table.horizontalHeader().length() > table.viewport().width()) == scrolls
    assert all(table.columnWidth(place) >= NARROW for place in range(2, 2 + len(others)))
