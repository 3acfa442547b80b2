"""The steps of the import with a sheet and a real database, for the gallery. Nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.context import Context
from crm_desktop.ui.import_wizard.draft import Step
from crm_desktop.ui.import_wizard.page import ImportPage, open_import
from crm_desktop.ui.main_window import MainWindow
from importers.run import Result
from importers.write import foresee

CHANGE_SET = 1204
WRITING = (2, 3)
OF_PRODUCTS = (Step.FILE, Step.COLUMNS, Step.MATCHING, Step.PREVIEW, Step.RESULT)


def import_pages(
    context: Context, sheet: Path, products: Path, broken: Path
) -> tuple[tuple[str, Callable[[], QWidget]], ...]:
    """Every step with the customers of ``sheet``, some with ``products``, and what is said of the ``broken`` file."""
    steps = (
        (f"import_{int(step) + 1}_{step.name.lower()}", partial(import_window, context, sheet, step)) for step in Step
    )
    return (
        ("import_0_empty", partial(import_window, context, None, Step.FILE)),
        *steps,
        *(
            (f"import_products_{int(step) + 1}", partial(import_window, context, products, step))
            for step in OF_PRODUCTS
        ),
        ("import_broken", partial(import_window, context, broken, Step.FILE)),
    )


def import_window(context: Context, sheet: Path | None, step: Step) -> QWidget:
    """The window at one step."""
    window = MainWindow(context)
    page = open_import(window, sheet)
    assert page is not None
    page.step_shown.connect(lambda _number: _lead_to(page, step))
    return window


def _lead_to(page: ImportPage, step: Step) -> None:
    draft = page.draft
    if draft.step >= step or draft.file is None:
        return
    if draft.step is not Step.PREVIEW:
        page.go_on()
    elif draft.rehearsal is not None:
        _show_after_consent(page, step)


def _show_after_consent(page: ImportPage, step: Step) -> None:
    """As if the import ran, or were done: the gallery writes nothing."""
    draft = page.draft
    assert draft.rehearsal is not None
    plan = draft.rehearsal.plan
    written = replace(foresee(plan, draft.kind), change_set=CHANGE_SET)
    rejects = tuple(draft.rehearsal.records.rejects)
    draft.result = Result(written, plan, rejects, draft.source().mapping, draft.kind)
    page.go_to(step)
    if step is Step.IMPORT:
        page.import_step.waiting.show_progress(*WRITING, _("Updating"))
