"""What lies in a tab: the base of every page, and how areas name the pages they have."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from crm_desktop.spec.filters import Group

if TYPE_CHECKING:
    from crm_desktop.ui.area_view import AreaView


class Page(QWidget):
    """A page with its margins; put widgets into ``body``. Announces its title and whether it holds unsaved
    edits.
    """

    title_changed = Signal(str)
    unsaved_changed = Signal(bool)
    keys: Sequence[tuple[str, str]] = ()
    """Keys of this page alone that no button names, and what they do, marked with ``N_``."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title = title
        self.body = QVBoxLayout(self)
        self.body.setContentsMargins(16, 12, 16, 16)
        self.body.setSpacing(12)
        self._beginning: QWidget | None = None

    def begin_at(self, widget: QWidget) -> None:
        """Where the keyboard is when one comes to the page. Not a focus proxy: to that Tab goes past whatever stands
        before it.
        """
        self._beginning = widget

    @property
    def begins_with_typing(self) -> bool:
        """Whether one comes to it in order to type: a search, a form."""
        return isinstance(self._beginning, QLineEdit)

    def setFocus(self, reason: Qt.FocusReason = Qt.FocusReason.OtherFocusReason) -> None:
        """Go to where the page begins; to the page itself as long as that is not there."""
        if self._beginning is None or not self.isAncestorOf(self._beginning):
            super().setFocus(reason)
        else:
            self._beginning.setFocus(reason)

    def set_title(self, title: str) -> None:
        """Name the page and its tab."""
        self.title = title
        self.title_changed.emit(title)

    def show_entry(self, key: str) -> None:
        """Show what a side entry stands for; called whenever it is chosen, for pages that serve several entries."""

    def show_entry_menu(self, key: str, place: QPoint) -> None:
        """Show what can be done with a side entry, at this place of the screen."""

    def may_close(self) -> bool:
        """Whether the page can go now. A page with unsaved edits asks its user here."""
        return True


@runtime_checkable
class FilteredPage(Protocol):
    """A page that shows what a filter lets through."""

    def set_filter(self, group: Group) -> None:
        """Show only these."""


@runtime_checkable
class TakesCalls(Protocol):
    """A page on which calls are logged."""

    def take_call(self, number: str) -> None:
        """Begin with who calls from this number."""


LOG_CALL, LOG_KEY = "service_request/log", "F8"
"""The side entry of that page, and the key that leads there from everywhere."""
WRITE_ARTICLE = "Alt+K"
"""Begins a knowledge article with what a record says."""
PageBuilder = Callable[["AreaView"], Page]
RecordBuilder = Callable[["AreaView", int], Page]


@dataclass(frozen=True)
class PageEntry:
    """A page that the side list of an area offers. ``title`` and ``group`` are marked with ``N_``.

    Entries of the same ``page`` share one page, built once, which is told by ``show_entry`` what to show. One that is
    ``only_if_any`` is not offered while its count is 0.
    """

    key: str
    title: str
    build: PageBuilder
    group: str = ""
    page: str = ""
    icon: str = ""
    only_if_any: bool = False


@dataclass(frozen=True)
class Area:
    """A tab of the header.

    ``records`` builds the page of one record by the entity's key; ``count`` reads, in the background, the
    number beside each side entry, again whenever one of ``tables`` changes. ``first`` is the entry with which
    one begins, the uppermost without it.
    """

    key: str
    title: str
    icon: str
    pages: tuple[PageEntry, ...]
    records: Mapping[str, RecordBuilder] = field(default_factory=dict)
    count: Callable[[Any], Mapping[str, int]] | None = None
    tables: frozenset[str] = frozenset()
    first: str = ""
