"""Every icon that the source names is in the font: a menu or a page with another one does not open."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from pytestqt.qtbot import QtBot

from crm_desktop.core.paths import ROOT
from crm_desktop.ui.icons import is_icon

PLACES = {"icon": 0, "pixmap": 0, "icon_button": 0, "EmptyState": 0, "add_action": 1, "Area": 2, "_area": 2}
"""Which argument of these functions is the name of an icon."""
KEYWORDS = {"icon", "icon_name"}


def _names(source: str) -> Iterator[str]:
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
        given = [keyword.value for keyword in call.keywords if keyword.arg in KEYWORDS]
        given += call.args[PLACES[function] :][:1] if function in PLACES else []
        for one in given:
            choices = (one.body, one.orelse) if isinstance(one, ast.IfExp) else (one,)
            yield from (
                c.value for c in choices if isinstance(c, ast.Constant) and isinstance(c.value, str) and c.value
            )


def test_every_icon_that_the_source_names_is_in_the_font(qtbot: QtBot) -> None:  # noqa: ARG001 - fonts need Qt
    files = (ROOT / "crm_desktop").rglob("*.py")
    named = {name for file in files for name in _names(file.read_text(encoding="utf-8"))}
    assert len(named) > 50
    assert [name for name in sorted(named) if not is_icon(name)] == []
