"""Buttons by rank: one primary a page, secondary white, quiet without frame, icon alone, link, danger."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QPushButton, QWidget

from crm_desktop.ui.icons import icon
from crm_desktop.ui.widgets.tooltips import plain_tooltip

ICON = QSize(16, 16)
KEYPAD = Qt.KeyboardModifier.KeypadModifier


def as_written(text: str) -> str:
    """A text that people wrote, for buttons and tabs: Qt would take its ``&`` for a key."""
    return text.replace("&", "&&")


class Button(QPushButton):
    """A button that Enter presses too while it has the focus. Qt's own way, auto-default, would have Enter press one
    from every line of a dialog.
    """

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses it, once however long it is held."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and not event.modifiers() & ~KEYPAD:
            if not event.isAutoRepeat():
                self.click()
        else:
            super().keyPressEvent(event)


def primary_button(
    text: str, clicked: Callable[[], object] | None = None, *, icon_name: str = "", shortcut: str = ""
) -> QPushButton:
    """The one button of a page that does what the page is for."""
    return _button("primary", text, clicked, icon_name, "accent_text", shortcut)


def secondary_button(
    text: str, clicked: Callable[[], object] | None = None, *, icon_name: str = "", shortcut: str = ""
) -> QPushButton:
    """A white button with a frame."""
    return _button("secondary", text, clicked, icon_name, "muted", shortcut)


def quiet_button(
    text: str, clicked: Callable[[], object] | None = None, *, icon_name: str = "", shortcut: str = ""
) -> QPushButton:
    """A button without frame, for what is seldom needed."""
    return _button("quiet", text, clicked, icon_name, "muted", shortcut)


def danger_button(
    text: str, clicked: Callable[[], object] | None = None, *, icon_name: str = "", shortcut: str = ""
) -> QPushButton:
    """The confirming button of something that destroys; its text says what."""
    return _button("danger", text, clicked, icon_name, "accent_text", shortcut)


def link_button(text: str, clicked: Callable[[], object] | None = None) -> QPushButton:
    """Words that can be clicked, inside of text."""
    made = _button("link", text, clicked, "", "accent", "")
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made


def inline_link(text: str, clicked: Callable[[], object] | None = None) -> QPushButton:
    """Words that can be clicked in the place of plain text, as high and as far left as text would be."""
    made = link_button(text, clicked)
    set_rank(made, "inline")
    return made


def icon_button(
    icon_name: str, tip: str, clicked: Callable[[], object] | None = None, *, shortcut: str = ""
) -> QPushButton:
    """An icon alone; ``tip`` is its tooltip and its name for screen readers."""
    made = _button("icon", "", clicked, icon_name, "muted", shortcut, tip)
    made.setAccessibleName(tip)
    return made


def _button(
    rank: str,
    text: str,
    clicked: Callable[[], object] | None,
    icon_name: str,
    color_role: str,
    shortcut: str,
    tip: str = "",
) -> QPushButton:
    made = Button(text)
    made.setObjectName(rank)
    made.setAutoDefault(False)
    if icon_name:
        made.setIcon(icon(icon_name, color_role))
        made.setIconSize(ICON)
    if shortcut:
        # A QShortcut, not setShortcut: it works in this page only, although several pages have a Ctrl+S.
        press = QShortcut(QKeySequence(shortcut), made, context=Qt.ShortcutContext.WindowShortcut)
        press.activated.connect(made.animateClick)
    made.setToolTip(plain_tooltip(with_shortcut(tip or text, shortcut)) if tip or shortcut else "")
    if clicked is not None:
        made.clicked.connect(lambda _checked=False: clicked())
    return made


def with_shortcut(text: str, shortcut: str) -> str:
    """``text`` followed by the shortcut as this system writes it: ``Save  Ctrl+S``."""
    if not shortcut:
        return text
    return f"{text}  {QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)}"


def set_rank(button: QPushButton, rank: str) -> None:
    """Change how a button looks after it was made (``primary``, ``secondary``, ...)."""
    button.setObjectName(rank)
    restyle(button)


def restyle(widget: QWidget) -> None:
    """Apply the style sheet again after a property it asks for has changed; what was never shown has not met it yet."""
    if not widget.testAttribute(Qt.WidgetAttribute.WA_WState_Polished):
        return
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()
