"""The line at the top of the window: areas, the search box for everything, and the menu of the signed-in
person.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QActionGroup, QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QMenu, QPushButton

from crm_desktop.core.i18n import _, language, ngettext
from crm_desktop.ui import theme
from crm_desktop.ui.context import Context
from crm_desktop.ui.icons import icon
from crm_desktop.ui.page import Area
from crm_desktop.ui.search_hits import SearchHits
from crm_desktop.ui.widgets.buttons import Button, quiet_button, with_shortcut
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.tooltips import plain_tooltip

HEIGHT = 48
SEARCH_WIDTH = 360
LANGUAGES = (("zh", "简体中文"), ("en", "English"))  # each in its own language, so that everybody finds his


class Header(QFrame):
    """Announces what is chosen; changes nothing itself."""

    area_chosen = Signal(str)
    hit_chosen = Signal(object)  # services.search.Hit
    language_chosen = Signal(str)
    theme_chosen = Signal(str)
    password_change_chosen = Signal()
    shortcuts_chosen = Signal()
    settings_chosen = Signal()
    drafts_chosen = Signal()
    sign_out_chosen = Signal()
    messages_chosen = Signal()

    def __init__(self, context: Context) -> None:
        super().__init__()
        self.setObjectName("header")
        self.setFixedHeight(HEIGHT)
        self._context = context
        self._buttons: dict[str, QPushButton] = {}
        self._group = QButtonGroup(self)
        line = QHBoxLayout(self)
        line.setContentsMargins(8, 0, 12, 0)
        line.setSpacing(4)
        for number, area in enumerate(context.areas, 1):
            line.addWidget(self._area_button(number, area))
        line.addStretch(1)
        self.search_box = SearchBox(_("Search name, phone, pinyin initials"), "Ctrl+K")
        self.search_box.setMinimumWidth(240)
        self.search_box.setMaximumWidth(SEARCH_WIDTH)
        self.search_box.installEventFilter(self)
        self.hits = SearchHits(context, self.search_box, SEARCH_WIDTH + 80)
        self.hits.chosen.connect(self._choose_hit)
        line.addWidget(self.search_box, 2)
        line.addSpacing(8)
        self.bell = quiet_button("", self.messages_chosen.emit, icon_name="bell")
        self.show_unread(0)
        line.addWidget(self.bell)
        line.addWidget(self._person_button())

    def show_area(self, key: str) -> None:
        """Mark the area that is in front."""
        self._buttons[key].setChecked(True)
        for other, button in self._buttons.items():
            button.setIcon(icon(self._icons[other], "accent" if other == key else "muted"))

    def show_unread(self, count: int) -> None:
        """How many messages wait to be read."""
        self.bell.setText(f"{count:,}" if count else "")
        words = ngettext("{count} unread message", "{count} unread messages", count).format(count=count)
        self.bell.setToolTip(with_shortcut(words if count else _("Messages"), "Ctrl+Shift+I"))
        self.bell.setAccessibleName(words if count else _("Messages"))
        self.bell.setIcon(icon("bell-ringing" if count else "bell", "accent" if count else "muted"))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Down in the search box opens the list again; Esc empties the box and goes back to the page."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and self.hits.isHidden():
            if event.key() == Qt.Key.Key_Down:
                self.search_box.search_now()
                return True
            if event.key() == Qt.Key.Key_Escape:
                self.search_box.clear()
                self.search_box.clearFocus()
                return True
        return super().eventFilter(watched, event)

    @property
    def _icons(self) -> dict[str, str]:
        return {area.key: area.icon for area in self._context.areas}

    def _area_button(self, number: int, area: Area) -> QPushButton:
        button = Button(_(area.title))
        button.setObjectName("area")
        button.setIconSize(QSize(16, 16))
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setToolTip(with_shortcut(_(area.title), f"Ctrl+{number}"))
        button.clicked.connect(lambda _checked=False: self.area_chosen.emit(area.key))
        self._group.addButton(button)
        self._buttons[area.key] = button
        return button

    def _choose_hit(self, hit: object) -> None:
        self.search_box.clear()
        self.hit_chosen.emit(hit)

    def _person_button(self) -> QPushButton:
        person = self._context.person
        words = [person.department, person.name] if person.department else [person.name]
        button = quiet_button(" · ".join(words), icon_name="user-circle")
        button.setToolTip(plain_tooltip(person.login))
        menu = QMenu(button)
        languages = menu.addMenu(icon("translate"), _("Language"))
        self._add_choices(languages, LANGUAGES, language(), self.language_chosen)
        themes = menu.addMenu(icon("sun"), _("Theme"))
        self._add_choices(themes, (("light", _("Light")), ("dark", _("Dark"))), theme.theme_name(), self.theme_chosen)
        menu.addAction(icon("keyboard"), with_tab(_("Keyboard"), "F1"), self.shortcuts_chosen.emit)
        menu.addAction(icon("sliders-horizontal"), with_tab(_("Settings"), "Ctrl+,"), self.settings_chosen.emit)
        menu.addAction(icon("note-pencil"), _("Drafts…"), self.drafts_chosen.emit)
        menu.addSeparator()
        menu.addAction(icon("key"), _("Change password…"), self.password_change_chosen.emit)
        menu.addAction(icon("sign-out"), _("Sign out"), self.sign_out_chosen.emit)
        button.setMenu(menu)
        return button

    @staticmethod
    def _add_choices(menu: QMenu, choices: Sequence[tuple[str, str]], current: str, chosen: SignalInstance) -> None:
        group = QActionGroup(menu)
        for key, text in choices:
            action = menu.addAction(text, partial(chosen.emit, key))
            action.setCheckable(True)
            action.setChecked(key == current)
            group.addAction(action)


def with_tab(text: str, shortcut: str) -> str:
    """A menu's words with the shortcut at the right; the key itself is bound elsewhere."""
    return f"{text}\t{shortcut}"
