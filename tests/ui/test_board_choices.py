"""What a board makes of a kept choice that it did not keep itself."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from crm_desktop.core.errors import KnownError
from crm_desktop.entities.boards import OPPORTUNITY_BOARD
from crm_desktop.services.boards import FoundBoard, fetch_board
from crm_desktop.services.filter_words import fetch_names
from crm_desktop.ui.board.choices import Choices, from_stored
from crm_desktop.ui.board.whose_menu import whose_words
from tests.db.conftest import SignIn, own_database, sign_in, template
from tests.ui.desk import create

__all__ = ["own_database", "sign_in", "template"]

_NONSENSE: tuple[Any, ...] = (
    None,
    [],
    {},
    "",
    "\x00",
    -1,
    10**30,
    True,
    [[]],
    {"version": 1},
    {"version": 1, "items": [[], 7, {}]},
)


@pytest.mark.parametrize("stored", [*_NONSENSE, *({"period": n, "process": n, "lanes": n} for n in _NONSENSE)])
def test_nonsense_is_as_for_somebody_new(stored: Any) -> None:
    choices = from_stored(stored)
    assert (choices.period in ("", Choices().period), choices.whose) == (True, Choices().whose)


def _strange() -> list[dict[str, Any]]:
    def only(**condition: Any) -> dict[str, Any]:
        return {"version": 1, "match": "all", "items": [condition]}

    filters = [
        *_NONSENSE,
        only(field="shoe_size", operator="equal", value=3),
        only(field="owner", operator="any_of", value=[2**62]),
        only(field="owner.owner.owner", operator="me"),
        only(field="amount", operator="between", value=[1, 2]),
        only(field="amount", operator="contains", value="<b>"),
        only(field="name", operator="contains", value="%_\\' \" <b>"),
        only(field="weighted_amount", operator="more", value="1e19"),
        {"version": 1, "match": "all", "items": [], "part": "product_cost"},
        {"version": 1, "match": "all", "items": [], "part": "opportunity_line", "has": "none"},
        {"version": 99},
    ]
    return [{"whose": one, "period": ""} for one in filters] + [{"filter": one, "period": ""} for one in filters]


def test_a_strange_choice_shows_a_board_or_says_what_is_wrong(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    for stored in _strange():
        choices = from_stored(stored)
        assert isinstance(whose_words("opportunity", choices.whose), str)
        with seller.read() as session:
            fetch_names(session, "opportunity", choices.filter)
            with suppress(KnownError):  # which the board shows
                found = fetch_board(session, OPPORTUNITY_BOARD, choices.list_query("opportunity"), seller.person)
                assert isinstance(found, FoundBoard)


def test_what_has_no_day_yet_is_on_the_board_of_now(sign_in: SignIn) -> None:
    seller = sign_in("seller")
    create(seller, "opportunity", name="二期设备")

    def count(period: str) -> int:
        with seller.read() as session:
            query = Choices(period=period).list_query("opportunity")
            return sum(column.count for column in fetch_board(session, OPPORTUNITY_BOARD, query, seller.person).columns)

    assert (count("this_quarter"), count("next_quarter")) == (1, 0)
