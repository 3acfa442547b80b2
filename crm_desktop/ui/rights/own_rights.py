"""Saving rights, and asking first where one would take away one's own."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Protocol

from PySide6.QtWidgets import QWidget

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.administrators import OwnRightsError
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.tasks import Session


class SaveRights(Protocol):
    """Saves and returns the change set; raises ``OwnRightsError`` unless one may lose one's own rights."""

    def __call__(self, session: Session, *, may_lose_own: bool) -> int:
        """Save."""


def save_own_rights(
    view: AreaView,
    owner: QWidget,
    save: SaveRights,
    done: Callable[[int], None],
    failed: Callable[[KnownError], None] | None = None,
) -> None:
    """Run ``save``; where it would lock the person out of the administration, only after he said that he means it."""

    def fail(error: KnownError) -> None:
        if isinstance(error, OwnRightsError) and messages.confirm(
            owner, error.message, error.hint, _("Give up my own rights"), danger=True
        ):
            view.context.tasks.command(owner, partial(save, may_lose_own=True), done, failed, waits=True)
        elif failed is not None:
            failed(error)
        elif not isinstance(error, OwnRightsError):
            messages.show_error(owner, error)

    view.context.tasks.command(owner, partial(save, may_lose_own=False), done, fail, waits=True)
