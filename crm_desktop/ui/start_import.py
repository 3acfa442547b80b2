"""The way from a list to the wizard that imports such a list."""

from __future__ import annotations

from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView

COMES_WITH = {"contact": "customer"}
"""What has no list of its own to import: a list of customers tells their contacts, too."""


def imported_as(spec: EntitySpec) -> str:
    """As what kind of list these records come in; empty where they do not."""
    return spec.key if spec.importable else COMES_WITH.get(spec.key, "")


def start_import(view: AreaView, spec: EntitySpec) -> None:
    """Open the wizard for a list of these records."""
    from crm_desktop.ui.import_wizard.page import open_import  # with all that reads sheets, which few do in the morning

    open_import(view, kind=imported_as(spec))
