"""The menu that asks whose records are meant: everybody's, mine, a department's, a colleague's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu

from crm_desktop.core.access import Person
from crm_desktop.core.i18n import _
from crm_desktop.entities import by_key
from crm_desktop.services.comments import Colleague
from crm_desktop.services.filter_words import filter_words
from crm_desktop.services.listing import ListQuery, fetch_first_page
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.ui.board.choices import WHOSE
from crm_desktop.ui.context import Context
from crm_desktop.ui.read_once import ReadOnce
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.menu_actions import check_action

MOST_DEPARTMENTS = 200


class WhoseMenu:
    """Fills a menu anew whenever it opens; departments are read when they are first needed."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._departments = ReadOnce(
            context.tasks, context.bus, partial(_fetch_departments, person=context.person), {"department"}
        )

    def fill(self, menu: QMenu, current: Group, choose: Callable[[Group], object]) -> None:
        """Offer everything; ``choose`` is called with what was taken."""
        menu.clear()
        for group, words in WHOSE.items():
            _offer(menu, _(words), group, current, choose)
        departments, people = menu.addMenu(_("Department")), menu.addMenu(_("Colleague"))

        def list_departments(found: Sequence[Ref]) -> None:
            for ref in found:
                group = Group((Condition("owner.department", "within", (ref,)),))
                _offer(departments, ref.label, group, current, choose)

        def list_people(found: Sequence[Colleague]) -> None:
            for one in found:
                group = Group((Condition("owner", "any_of", (Ref(one.id, one.name),)),))
                _offer(people, one.name, group, current, choose)

        self._departments.load(departments, list_departments)
        self._context.colleagues.load(people, list_people)


def _offer(menu: QMenu, words: str, group: Group, current: Group, choose: Callable[[Group], object]) -> None:
    action = menu.addAction(words)
    check_action(action, checked=group == current)
    action.triggered.connect(lambda _checked=False: choose(group))


def whose_words(entity: str, whose: Group) -> str:
    """Whose records in a word or two."""
    if whose in WHOSE:
        return _(WHOSE[whose])
    item = whose.items[0]
    if isinstance(item, Condition) and isinstance(item.value, tuple) and all(ref.label for ref in item.value):
        return _(", ").join(ref.label for ref in item.value)
    return " ".join(filter_words(entity, whose))


def _fetch_departments(session: Session, person: Person) -> list[Ref]:
    spec = by_key("department")
    rows = fetch_first_page(
        session, ListQuery(entity="department", preset="all"), person, spec.table.columns[:1], MOST_DEPARTMENTS
    )
    return [Ref(row.id, str(row.values[spec.table.columns[0].key])) for row in rows]
