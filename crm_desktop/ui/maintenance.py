"""What long works on the whole database need: a way to run them that takes no session, and a superuser's address."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext

from PySide6.QtCore import QObject

from crm_desktop.ui.tasks import Tasks


class Maintenance(QObject):
    """``address_as(login, password)`` is where a superuser of the person's server connects to.

    ``own_address`` needs nobody's password: the server is this computer's. It is empty elsewhere.
    """

    def __init__(self, address_as: Callable[[str, str], str], own_address: str, parent: QObject) -> None:
        super().__init__(parent)
        self.address_as, self.own_address = address_as, own_address
        self.tasks = Tasks(nullcontext, nullcontext, self)
