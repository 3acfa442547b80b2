"""What the columns of a table mean: guessed from their labels, their neighbours and their values, with the reason."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from crm_desktop.core.i18n import _
from importers.labels import COMPANY_WORDS, CONTACT_GROUP, TARGETS, Target, label_key, target
from importers.layout import Column, Table
from importers.readers import Cell
from importers.targets import all_targets
from importers.values import cells, days, money, phones, regions
from importers.values.days import Order

SAMPLE = 200
"""Values of a column that are looked at."""

ENOUGH = 0.8
"""Share of values that must look alike for a guess from values."""

MANY = frozenset(("phones", "remark", "more", "people", "phone_type"))
"""Fields that several columns may fill; of others the fullest column does."""

NAMES = frozenset(("people", "first_name", "last_name"))
"""Fields, beside the contact's name, that show that a table names people."""

LIFE_CYCLES = {
    "准客户": "潜在",
    "潜在客户": "潜在",
    "意向客户": "潜在",
    "潜在": "潜在",
    "客户": "交易",
    "成交客户": "交易",
    "正式客户": "交易",
    "老客户": "交易",
    "新客户": "交易",
    "交易": "交易",
}
"""Words of lists for the stages that the program knows."""
LIFE_CYCLE_WORDS = LIFE_CYCLES.keys() | {"休眠", "流失"}
ROLE_MAILBOX = re.compile(
    r"(info|sales|admin|office|service|market|marketing|contact|mail|hr|support|webmaster|post|kefu|master)\d*@",
    re.IGNORECASE,
)
FIELDS = frozenset(found.kind for found in TARGETS) - {"more", "ignored"}
_ORDINAL = re.compile(r"(?:[#(（]?)([1-5一二三四五])(?:[)）]?)(?=$|[^\d]*$)")
_ORDINALS = {"一": 1, "二": 2, "三": 3, "四": 4, "五": 5}


@dataclass(frozen=True, slots=True)
class Guess:
    """What one column means. ``score`` is 0 to 1; ``reason`` is for the user, translated. ``unit`` multiplies
    amounts, ``order`` reads days, ``person`` counts the people of a row from 0.
    """

    column: Column
    target: Target | None
    score: float
    reason: str
    unit: int = 1
    order: Order = "ymd"
    person: int = 0


def guess(table: Table) -> tuple[Guess, ...]:
    """One guess for each column of the table, in their order."""
    by_key = {label_key(label): found for found in all_targets() for label in found.labels}
    samples = {column.index: sample_of(table, column.index) for column in table.columns}
    guesses = [_by_label(column, by_key, samples[column.index]) for column in table.columns]
    guesses = [found if found.target else _by_values(found, samples[found.column.index]) for found in guesses]
    names = {found.person for found in guesses if found.target and _names_people(found.target)}
    guesses = [replace(found, person=found.person if found.person in names else 0) for found in guesses]
    has_names = any(found.target == target("contact", "name") for found in guesses)
    guesses = [
        _in_context(found, samples[found.column.index], has_people=bool(names), has_names=has_names)
        for found in guesses
    ]
    return tuple(with_reading(found, samples[found.column.index]) for found in _without_rivals(guesses, samples))


def sample_of(table: Table, index: int) -> list[Cell]:
    """Some filled cells of a column, spread over the table."""
    filled = [row.cells[index] for row in table.rows if index < len(row.cells) and index not in row.merged]
    filled = [value for value in filled if value is not None]
    step = max(1, len(filled) // SAMPLE)
    return [value for value in filled[::step] if cells.plain(value)]


def _by_label(column: Column, by_key: dict[str, Target], sample: list[Cell]) -> Guess:
    group, name = label_key(column.group), label_key(column.name)
    if name not in by_key and "/" in name and not group:
        group, _slash, name = name.partition("/")  # as we write a grouped label in one line
    for key in (group + name, name + group, f"{group}/{name}") if group else (name,):
        if key in by_key:
            return _known(column, _part_of_group(by_key[key], column), sample)
    found = by_key.get(name)
    if found and group in CONTACT_GROUP and ("contact", found.field) in {(own.entity, own.field) for own in TARGETS}:
        found = target("contact", found.field)
    if found:
        return _known(column, found, sample)
    for part in (name, group + name):
        ordinal = _ORDINAL.search(part)
        key = part[: ordinal.start()] + part[ordinal.end() :] if ordinal else ""
        if ordinal and key in by_key:
            number = _ORDINALS.get(ordinal[1]) or int(ordinal[1])
            return replace(_known(column, _part_of_group(by_key[key], column), sample), person=number - 1)
    longest = max(
        (key for key, own in by_key.items() if own.kind in FIELDS and name.endswith(key)), key=len, default=""
    )
    if len(longest) * 2 >= len(name) and len(longest) > 1 and sample:
        reason = _("the label ends with “{label}”").format(label=longest)
        return Guess(column, by_key[longest], 0.7, reason)
    return Guess(column, None, 0, "")


def _part_of_group(found: Target, column: Column) -> Target:
    """A telephone number below the heading of the contacts stands beside the name, not in one cell with it."""
    return target("contact", "phones") if found.field == "people" and column.group else found


def _names_people(found: Target) -> bool:
    return found.entity == "contact" and (found.field == "name" or found.field in NAMES)


def _known(column: Column, found: Target, sample: list[Cell]) -> Guess:
    if found.kind == "ignored":
        return Guess(column, None, 1, _("no field of ours"))
    if not sample:
        return Guess(column, found, 0.9, _("the label is known; the column is empty"))
    return Guess(column, found, 1, _("the label is known"))


def _by_values(found: Guess, sample: list[Cell]) -> Guess:
    """A guess for a label nobody knows."""
    if found.reason:
        return found
    looks: tuple[tuple[Callable[[Cell], bool], Target, str], ...] = (
        (lambda cell: "@" in cells.plain(cell), target("contact", "email"), _("looks like e-mail addresses")),
        (_is_phone, target("customer", "phones"), _("looks like telephone numbers")),
        (
            lambda cell: bool(COMPANY_WORDS.search(cells.plain(cell))),
            target("customer", "name"),
            _("looks like company names"),
        ),
        (_is_region, target("customer", "region"), _("looks like places")),
    )
    if not sample:
        return replace(found, reason=_("the column is empty"))
    for is_like, meant, reason in looks:
        if sum(map(is_like, sample)) >= ENOUGH * len(sample):
            return replace(found, target=meant, score=0.6, reason=reason)
    if len(sample) > 1 and len(set(map(cells.plain, sample))) == 1:
        return replace(found, reason=_("the same in all rows"))
    return replace(found, target=target("customer", "more"), score=0.3, reason=_("unknown; kept in the remark"))


def _is_phone(cell: Cell) -> bool:
    try:
        numbers, rest = phones.split(cell)
    except cells.UnreadableError:
        return False
    return not rest and bool(numbers) and all(len(re.sub(r"\D", "", number)) >= 7 for number in numbers)  # noqa: PLR2004


def _is_region(cell: Cell) -> bool:
    text = cells.folded(cell)
    return len(text) <= 12 and not text.isascii() and regions.parse(text) is not None  # noqa: PLR2004 - no address


def _has_letters(cell: Cell) -> bool:
    return any(letter.isalpha() for letter in phones.NUMBER.sub("", phones.clean(cell)))


def _in_context(found: Guess, sample: list[Cell], *, has_people: bool, has_names: bool) -> Guess:
    """The same label means another thing beside people, or with other values."""
    if found.target is None:
        return found
    place = (found.target.entity, found.target.field)
    if place == ("contact", "people") and has_names and not any(_has_letters(cell) for cell in sample):
        return replace(found, target=target("contact", "phones"), reason=_("telephone numbers beside a contact's name"))
    if place == ("contact", "phones") and not has_people:
        return replace(found, target=target("customer", "phones"), reason=_("no contact's name beside it"))
    if place == ("contact", "email"):
        roles = sum(bool(ROLE_MAILBOX.match(cells.plain(cell))) for cell in sample)
        if not has_people or (sample and roles * 2 > len(sample)):
            return replace(found, target=target("customer", "email"), reason=_("mailboxes of companies"))
    if place == ("customer", "type") and sample and {cells.plain(cell) for cell in sample} <= LIFE_CYCLE_WORDS:
        return replace(found, target=target("customer", "life_cycle"), reason=_("the values are stages of a customer"))
    return found


def _without_rivals(guesses: list[Guess], samples: dict[int, list[Cell]]) -> list[Guess]:
    """Of several columns for one field the fullest keeps it; a full name is better than its parts."""
    best: dict[tuple[str, str, int], Guess] = {}
    for found in guesses:
        if found.target and found.target.field not in MANY:
            place = (found.target.entity, found.target.field, found.person)
            rival = best.get(place)
            if rival is None or _weight(found, samples) > _weight(rival, samples):
                best[place] = found
    kept = []
    for found in guesses:
        if found.target is None or found.target.field in MANY or found in best.values():
            kept.append(found)
        elif samples[found.column.index]:
            kept.append(
                replace(
                    found,
                    target=target("customer", "more"),
                    score=0.3,
                    reason=_("another column fills that field; kept in the remark"),
                )
            )
        else:
            kept.append(replace(found, target=None, reason=_("the column is empty")))
    full_name = best.get(("contact", "name", 0))
    if full_name and samples[full_name.column.index]:
        kept = [
            replace(found, target=None, reason=_("the full name has a column of its own"))
            if found.target and found.target.field in {"first_name", "last_name"}
            else found
            for found in kept
        ]
    return kept


def _weight(found: Guess, samples: dict[int, list[Cell]]) -> tuple[bool, float, int]:
    return bool(samples[found.column.index]), found.score, len(samples[found.column.index])


def with_reading(found: Guess, sample: list[Cell]) -> Guess:
    """The unit of an amount and the order of days, as label and values give them away."""
    if found.target is None:
        return found
    if found.target.kind == "money":
        unit = money.unit_of(found.column.label)
        if found.target.field == "annual_revenue" and unit == 1 and _is_small(sample):
            return replace(found, unit=1_000_000, reason=_("the label is known; amounts so small are millions"))
        return replace(found, unit=unit)
    if found.target.kind in {"day", "birthday", "year"}:
        return replace(found, order=days.order_of(sample))
    return found


def _is_small(sample: list[Cell]) -> bool:
    try:
        amounts = [money.money(cell) or 0 for cell in sample]
    except cells.UnreadableError:
        return False
    return bool(amounts) and max(amounts) < 100_000  # noqa: PLR2004 - no company lives on that
