"""What columns mean: as guessed, as corrected by the user, and as kept for the next file of the same shape."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from importers.guessing import Guess, guess
from importers.labels import Target, label_key
from importers.layout import Table
from importers.targets import all_targets

__all__ = ["Guess", "choose", "fingerprint", "guess", "recipe", "with_recipe"]


def choose(guesses: Sequence[Guess], column: int, chosen: Target | None) -> tuple[Guess, ...]:
    """The guesses with the user's choice for the column at the 0-based place ``column`` of the sheet."""
    return tuple(
        replace(found, target=chosen, score=1.0, reason=_("chosen by you")) if found.column.index == column else found
        for found in guesses
    )


def fingerprint(table: Table) -> str:
    """The same for all tables with the same columns in the same order, whatever their rows."""
    labels = "\n".join(f"{column.index} {label_key(column.label)}" for column in table.columns if column.name)
    return hashlib.sha256(labels.encode()).hexdigest()[:32]


def recipe(guesses: Sequence[Guess]) -> dict[str, dict[str, object]]:
    """What is kept of a mapping, by label: plain values for JSON."""
    return {
        found.column.label: {
            "target": f"{found.target.entity}.{found.target.field}" if found.target else "",
            "unit": found.unit,
            "order": found.order,
            "person": found.person,
        }
        for found in guesses
    }


def with_recipe(
    guesses: Sequence[Guess], kept: dict[str, dict[str, object]], entity: str = "customer"
) -> tuple[Guess, ...]:
    """The guesses, with what the recipe says about the labels it knows. A KnownError for a field that we have not."""
    known = {f"{found.entity}.{found.field}": found for found in all_targets(entity)}
    return tuple(
        _from_recipe(found, kept[found.column.label], known) if found.column.label in kept else found
        for found in guesses
    )


def _from_recipe(found: Guess, kept: dict[str, object], known: dict[str, Target]) -> Guess:
    name = str(kept.get("target", ""))
    if name and name not in known:
        raise KnownError(
            _("Column “{label}” cannot be imported into “{name}”: there is no such field.").format(
                label=found.column.label, name=name
            ),
            _("Fields are written like customer.name or contact.phones."),
        )
    order = kept.get("order", found.order)
    return replace(
        found,
        target=known.get(name),
        score=1.0,
        reason=_("kept from an earlier import"),
        unit=int(str(kept.get("unit", found.unit))),
        order=order if order in {"ymd", "dmy", "mdy"} else found.order,
        person=int(str(kept.get("person", found.person))),
    )
