"""What somebody chooses for himself: language and look on this computer, where he begins wherever he signs in."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from PySide6 import __version__ as qt_version
from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from crm_desktop.core.i18n import N_, _, language
from crm_desktop.core.paths import state_home
from crm_desktop.core.settings import Options, Profile, forget_password, load_profiles, password_for
from crm_desktop.spec.kinds import CHOICE, Ref
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.drafts import how_kept
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.page import Page
from crm_desktop.ui.tab_memory import START_PAGE
from crm_desktop.ui.widgets.buttons import link_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle

WIDTH, GAP = 720, 12  # px of a column of cards at most, and between the cards
TWO_COLUMNS = 1100  # px of room from which there are two
LANGUAGES = {"zh": "简体中文", "en": "English"}
THEMES = {"light": N_("Light"), "dark": N_("Dark"), "system": N_("As the system")}
DENSITIES = {"comfortable": N_("Normal rows"), "compact": N_("Narrow rows, more on one page"), "large": N_("High rows")}
SCALES = {"system": N_("As the system"), **{str(percent): f"{percent} %" for percent in (100, 125, 150, 175, 200)}}


class SettingsPage(Page):
    """Every choice holds at once; there is nothing to save. ``chosen`` tells of options of this computer."""

    chosen = Signal(dict)
    password_change_chosen = Signal()

    def __init__(self, view: AreaView, options: Options, *, keeps_data: bool) -> None:
        super().__init__(_("Settings"))
        self._view, self._options = view, options
        self.start_page = ChoiceEditor(CHOICE, _("Begin with"), self._answer_pages, required=True)
        self.start_page.changed.connect(self._keep_start_page)
        self.restart_hint = label(_("The new size holds from the next start of the program."), "muted", wrap=True)
        self.restart_hint.hide()
        self._passwords = Card(_("Remembered passwords"))
        self.start_page.hide_mark()
        look, start, files, about = self._look(), self._start(), self._files(keeps_data=keeps_data), self._about()
        self.columns = _Columns((look, start, self._passwords), (files, about))
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidget(self.columns)
        self.body.addWidget(PageTitle(self.title))
        self.body.addWidget(scroll, 1)
        view.context.preferences.load(self, self._show_start_page, lambda _error: None)
        view.context.tasks.query(self, _remembered, self._show_passwords, key="passwords")

    def _look(self) -> Card:
        card = Card(_("Language and look"))
        card.body.addWidget(label(_("For everybody who uses this account of this computer."), "muted"))
        self.language = self._choice("language", _("Language"), LANGUAGES, language())
        self.theme = self._choice("theme", _("Theme"), THEMES, self._options.theme)
        self.density = self._choice("density", _("Lists"), DENSITIES, self._options.density)
        self.scale = self._choice("scale", _("Size of everything"), SCALES, self._options.scale)
        self.scale.changed.connect(self.restart_hint.show)
        for pair in ((self.language, self.theme), (self.density, self.scale)):
            line = QHBoxLayout()
            line.setSpacing(12)
            for editor in pair:
                line.addWidget(editor, 1)
            card.body.addLayout(line)
        card.body.addWidget(self.restart_hint)
        return card

    def _start(self) -> Card:
        card = Card(_("At the start"))
        card.body.addWidget(label(_("For you, at every computer where you sign in to this firm."), "muted"))
        card.body.addWidget(self.start_page)
        return card

    def _files(self, *, keeps_data: bool) -> Card:
        card = Card(_("Files on this computer"))
        home = state_home()
        card.body.addLayout(_line(_("Settings and local data: {folder}").format(folder=home), lambda: _open(home)))
        logs = home / "logs"
        card.body.addLayout(_line(_("Log: {folder}").format(folder=logs), lambda: _open(logs)))
        card.body.addWidget(label(how_kept(self._view.context.drafts), "muted", wrap=True))
        if keeps_data:
            folder = self._options.backup_folder
            words = _("Daily copies: {folder}").format(folder=folder) if folder else _("Daily copies: none are made")
            self.backups = label(words, wrap=True, selectable=True)
            line = QHBoxLayout()
            line.setSpacing(8)
            line.addWidget(self.backups, 1)
            line.addWidget(secondary_button(_("Choose folder…"), self._choose_backup_folder))
            card.body.addLayout(line)
        return card

    def _about(self) -> Card:
        card = Card(_("About"))
        server = self._view.context.person.server_version
        for words in (
            _("CRM {version}").format(version=version("crm-desktop")),
            f"PostgreSQL {server // 10000}.{server % 10000} · Qt {qt_version} · Python {platform.python_version()}",
        ):
            card.body.addWidget(label(words, selectable=True))
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(secondary_button(_("Keyboard"), self._show_shortcuts, icon_name="keyboard"))
        buttons.addWidget(secondary_button(_("Change password…"), self.password_change_chosen.emit, icon_name="key"))
        buttons.addStretch(1)
        card.body.addLayout(buttons)
        return card

    def _choice(self, option: str, words: str, choices: Mapping[str, str], current: str) -> ChoiceEditor:
        keys = list(choices)
        refs = [Ref(number, _(text)) for number, text in enumerate(choices.values())]
        editor = ChoiceEditor(CHOICE, words, lambda answer: answer(refs), required=True)
        editor.hide_mark()
        editor.set_value(refs[keys.index(current)])

        def announce() -> None:
            ref = editor.chosen()
            if ref is not None and editor.line.text() == ref.label:
                self.chosen.emit({option: keys[ref.id]})

        # Later: the choice may build all pages anew, and with them the editor whose signal this is.
        editor.changed.connect(announce, Qt.ConnectionType.QueuedConnection)
        return editor

    def _pages(self) -> list[tuple[str, str]]:
        entries = [
            (f"{area.key}/{entry.key}", f"{_(area.title)} · {_(entry.title)}")
            for area in self._view.context.areas
            for entry in area.pages
        ]
        return [("", _("What was open last time")), *entries]

    def _answer_pages(self, answer: Callable[[Sequence[Ref]], None]) -> None:
        answer([Ref(number, words) for number, (_key, words) in enumerate(self._pages())])

    def _show_start_page(self, values: Mapping[str, Any]) -> None:
        pages = self._pages()
        keys = [key for key, _words in pages]
        wanted = values.get(START_PAGE, "")
        number = keys.index(wanted) if wanted in keys else 0
        self.start_page.set_value(Ref(number, pages[number][1]))

    def _keep_start_page(self) -> None:
        ref = self.start_page.chosen()
        if ref is not None:
            self._view.context.preferences.save(START_PAGE, self._pages()[ref.id][0])

    def _show_passwords(self, profiles: Sequence[Profile]) -> None:
        for profile in profiles:
            words = f"{profile.name} · {profile.login}"
            line = _line(words, lambda profile=profile: self._forget(profile), _("Forget"))  # type: ignore[misc]
            self._passwords.body.addLayout(line)
        if not profiles:
            self._passwords.body.addWidget(label(_("None. Tick “Remember the password” when you sign in."), "muted"))

    def _forget(self, profile: Profile) -> None:
        words = _("The password for {name} is forgotten.").format(name=profile.name)
        self._view.context.tasks.query(
            self, lambda _session: forget_password(profile), lambda _none: messages.notify(self, words)
        )

    def _choose_backup_folder(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self, _("Folder for the copies"), self._options.backup_folder)
        if chosen:
            self.backups.setText(_("Daily copies: {folder}").format(folder=chosen))
            self.chosen.emit({"backup_folder": chosen})

    def _show_shortcuts(self) -> None:
        ShortcutsDialog(self.window(), self).open_quietly()


class _Columns(QWidget):
    """Two columns of cards side by side where there is room, else the one below the other."""

    def __init__(self, *columns: Sequence[QWidget]) -> None:
        super().__init__()
        self.setObjectName("plain")
        self._grid = QGridLayout(self)
        self._grid.setSpacing(GAP)
        self._sides = [QWidget() for _column in columns]
        for side, cards in zip(self._sides, columns, strict=True):
            side.setObjectName("plain")
            column = QVBoxLayout(side)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(GAP)
            for card in cards:
                column.addWidget(card)
            column.addStretch(1)
        self._grid.setRowStretch(len(columns), 1)
        self._arrange()

    def minimumSizeHint(self) -> QSize:
        """As wide as one column; the room beside the columns is none that they need."""
        widest = max(side.minimumSizeHint().width() for side in self._sides)
        return QSize(widest, super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Use the room there is now."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self._sides) if self.width() >= TWO_COLUMNS else 1
        for number, side in enumerate(self._sides):
            self._grid.addWidget(side, *divmod(number, count))
            self._grid.setColumnStretch(number, int(number < count))
        self._grid.setContentsMargins(0, 0, max(0, self.width() - count * WIDTH - (count - 1) * GAP), 0)


def _remembered(_session: object) -> list[Profile]:
    return [profile for profile in load_profiles() if profile.login and password_for(profile) is not None]


def _line(words: str, act: Callable[[], object], action: str = "") -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    line.addWidget(label(words, wrap=True, selectable=True), 1)
    line.addWidget(link_button(action or _("Open folder"), act))
    return line


def _open(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
