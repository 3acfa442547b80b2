"""The window and all that is in it."""

from contextlib import suppress
from importlib import import_module
from typing import Any

with suppress(ImportError):
    import_module("PySide6.QtCore")  # brings what follows
    # It reads the source of every module imported from now on, to see whether it may ask for Qt's `__feature__`. None
    # of ours does, and each start would take a tenth of a second for it.
    feature: Any = import_module("PySide6.support.feature")
    feature.feature_imported = lambda _module: None
