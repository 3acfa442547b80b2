"""The way from a list to the wizard that imports such a list."""

from __future__ import annotations

from crm_desktop.spec import EntitySpec
from crm_desktop.ui.area_view import AreaView


def start_import(view: AreaView, spec: EntitySpec) -> None:
    """Open the wizard for a list of these records."""
    from crm_desktop.ui.import_wizard.page import open_import  # with all that reads sheets, which few do in the morning

    open_import(view, kind=spec.key)
