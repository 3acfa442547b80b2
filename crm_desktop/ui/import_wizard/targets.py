"""What a column can mean, in the words of the forms, and how its values can be read."""

from __future__ import annotations

from dataclasses import replace
from typing import NamedTuple

from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import by_key
from crm_desktop.spec import Ref
from importers.guessing import MANY
from importers.kinds import CUSTOMER
from importers.labels import Target
from importers.layout import Column
from importers.mapping import Guess
from importers.targets import all_targets
from importers.values.days import Order

MOST_PEOPLE = 3
"""Contacts side by side in a row that can be chosen; a guess may know of more."""

LEAVE_OUT = 0
_OWN_WORDS = {
    ("customer", "prospect_name"): N_("Name of a prospect"),
    ("customer", "country"): N_("Country"),
    ("customer", "province"): N_("Province"),
    ("customer", "city"): N_("City"),
    ("customer", "district"): N_("District"),
    ("customer", "email_and_website"): N_("E-mail and website in one"),
    ("customer", "more"): N_("Keep in the remark, with its heading"),
    ("contact", "name"): N_("Full name"),
    ("contact", "last_name"): N_("Family name"),
    ("contact", "first_name"): N_("Given name"),
    ("contact", "people"): N_("Names and phones in one"),
    ("contact", "phone_type"): N_("Kind of the next phone"),
}
ORDERS: tuple[tuple[Order, str], ...] = (
    ("ymd", N_("year, month, day")),
    ("dmy", N_("day, month, year")),
    ("mdy", N_("month, day, year")),
)
UNITS = (
    (1, N_("in yuan")),
    (1_000, N_("in thousands")),
    (10_000, N_("in 10,000")),
    (1_000_000, N_("in millions")),
    (100_000_000, N_("in 100 millions")),
)
DAYS = frozenset(("day", "birthday"))


def choosable(kind: str) -> tuple[Target, ...]:
    """The targets a person can choose in a list of this kind, the one for everything else last."""
    found = [target for target in all_targets(kind) if target.kind != "ignored"]
    return tuple(sorted(found, key=lambda target: (target.entity != kind, target.field == "more")))


def field_word(target: Target) -> str:
    """The field alone: ``Phones``."""
    own = _OWN_WORDS.get((target.entity, target.field))
    return _(own or by_key(target.entity).label_of(target.field))


def owner_word(target: Target, person: int = 0) -> str:
    """Whose field it is: ``Customer``, ``Contact``, ``Contact 2``."""
    word = _(by_key(target.entity).label)
    return f"{word} {person + 1}" if person and target.entity == "contact" else word


def ref_of(kind: str, target: Target | None, person: int = 0) -> Ref:
    """A target as a row to choose; its id finds it again."""
    if target is None:
        return Ref(LEAVE_OUT, _("Leave out"))
    number = 1 + choosable(kind).index(target) + len(choosable(kind)) * person
    if target.field == "more":
        return Ref(number, field_word(target))
    return Ref(number, _("{owner}: {field}").format(owner=owner_word(target, person), field=field_word(target)))


class Choice(NamedTuple):
    """A row to choose from: the heading it stands under, its word there, and the row itself."""

    heading: str
    word: str
    ref: Ref


def all_choices(kind: str) -> list[Choice]:
    """Everything that a column can mean in a list of this kind."""
    nothing = ref_of(kind, None)
    choices = [Choice("", nothing.label, nothing)]
    for person in range(MOST_PEOPLE):
        choices += [
            Choice(owner_word(target, person), field_word(target), ref_of(kind, target, person))
            for target in choosable(kind)
            if person == 0 or (target.entity == "contact" and kind == CUSTOMER)
        ]
    return choices


def chosen_guess(kind: str, guess: Guess, ref: Ref) -> Guess:
    """The guess after the person has chosen."""
    if ref.id == LEAVE_OUT:
        return replace(guess, target=None, score=1.0, reason=_("chosen by you"))
    person, number = divmod(ref.id - 1, len(choosable(kind)))
    return replace(guess, target=choosable(kind)[number], person=person, score=1.0, reason=_("chosen by you"))


def rivals(kind: str, guesses: list[Guess]) -> list[tuple[Column, Column, str]]:
    """Pairs of columns for a field that holds one value only, and the field."""
    first: dict[tuple[str, str, int], Guess] = {}
    found = []
    for guess in guesses:
        if guess.target is None or guess.target.field in MANY:
            continue
        place = (guess.target.entity, guess.target.field, guess.person)
        if place in first:
            found.append((first[place].column, guess.column, ref_of(kind, guess.target, guess.person).label))
        first[place] = guess
    return found
