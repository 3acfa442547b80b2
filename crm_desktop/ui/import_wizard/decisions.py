"""What was decided in the wizard, as a draft keeps it: the file's name and the answers, none of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from crm_desktop.ui.import_wizard.draft import ImportDraft
from importers.mapping import fingerprint, recipe, with_recipe
from importers.plan import MatchRule, OnMatch


def decisions_of(draft: ImportDraft) -> dict[str, Any]:
    """The answers so far; ``take_decisions`` gives them again."""
    return {
        "kind": draft.kind,
        "path": str(draft.path),
        "tables": [fingerprint(table) for table in draft.tables],
        "included": sorted(draft.included),
        "columns": [recipe(guesses) for guesses in draft.guesses],
        "on_match": draft.rule.on_match.value,
        "keys": draft.rule.keys,
        "decisions": {at: on_match.value for at, on_match in draft.rule.decisions.items()},
    }


def take_decisions(draft: ImportDraft, content: Mapping[str, Any]) -> bool:
    """Put the answers into a draft whose file was read again; False where the file has other tables by now.

    Raises KnownError for a field that is gone.
    """
    if content["tables"] != [fingerprint(table) for table in draft.tables]:
        return False
    columns = zip(draft.guesses, content["columns"], strict=True)
    draft.guesses = [with_recipe(guesses, kept, draft.kind) for guesses, kept in columns]
    draft.included = set(content["included"])
    decisions = {at: OnMatch(value) for at, value in content["decisions"].items()}
    draft.rule = MatchRule(OnMatch(content["on_match"]), tuple(content["keys"]), MappingProxyType(decisions))
    draft.rehearsal = None
    draft.is_touched = True
    return True
