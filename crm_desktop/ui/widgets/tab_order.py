"""Where Tab goes next: through a window as it is laid out. Qt goes by the order in which widgets were made, and so
visits fields and buttons that came later only after all others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from operator import itemgetter

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QComboBox,
    QLayout,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QSplitter,
    QStackedWidget,
    QTabBar,
    QWidget,
)

LEAVES = (QAbstractButton, QAbstractItemView, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit, QTabBar)
"""What takes the focus as a whole, whatever it is made of."""


def tab_on(window: QWidget, *, forward: bool) -> bool:
    """Give the focus to the next or the previous stop of ``window``, round and round. False where the focus is at none
    of them, such as in the editor of a cell. What is hidden or disabled while it has the focus hands it on from where
    it was.
    """
    current = window.focusWidget()
    stops = list(_stops(window, current))
    if current not in stops:
        return False
    step, reason = (1, Qt.FocusReason.TabFocusReason) if forward else (-1, Qt.FocusReason.BacktabFocusReason)
    following = stops[(stops.index(current) + step) % len(stops)]
    following.setFocus(reason)
    bring_into_sight(following)
    return True


def _stops(widget: QWidget, current: QWidget | None) -> Iterator[QWidget]:
    if not (widget.isVisible() and widget.isEnabled()) and not (current and _holds(widget, current)):
        return
    if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
        yield widget
    if not isinstance(widget, LEAVES):
        for child in _children(widget):
            yield from _stops(child, current)


def _holds(widget: QWidget, current: QWidget) -> bool:
    return widget is current or widget.isAncestorOf(current)


def _children(widget: QWidget) -> list[QWidget]:
    """In the order in which they are laid out; after them those in no layout, such as notices over a page."""
    if isinstance(widget, QScrollArea):
        shown = [widget.widget()]
    elif isinstance(widget, QStackedWidget):
        shown = [widget.currentWidget()]
    elif isinstance(widget, QSplitter):
        shown = [widget.widget(place) for place in range(widget.count())]
    else:
        inside = [child for child in widget.children() if isinstance(child, QWidget) and not child.isWindow()]
        placed = list(_laid_out(widget.layout(), inside))
        return [*placed, *(child for child in inside if child not in placed)]
    return [child for child in shown if child is not None]


def _laid_out(layout: QLayout | None, widgets: Sequence[QWidget]) -> Iterator[QWidget]:
    """Those of ``widgets`` that lie in ``layout`` or in one within it.

    Never by ``itemAt``: what it hands over lives on in Python after the layout has deleted the item, and whatever Qt
    makes at the same address next is then taken for it.
    """
    if layout is None:
        return
    inside: list[tuple[int, QWidget | QLayout]] = [(layout.indexOf(widget), widget) for widget in widgets]
    inside += [(layout.indexOf(one), one) for one in layout.children() if isinstance(one, QLayout)]
    for place, one in sorted(inside, key=itemgetter(0)):
        if place < 0:
            continue
        if isinstance(one, QLayout):
            yield from _laid_out(one, widgets)
        else:
            yield one


def bring_into_sight(widget: QWidget) -> None:
    """Scroll every area around it, so that it can be seen."""
    around = widget.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(widget)
        around = around.parentWidget()
