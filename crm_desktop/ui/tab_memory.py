"""What one person had open in one firm's window on this PC, kept all the time and opened again at the next sign-in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import ngettext
from crm_desktop.services.records import fetch_records
from crm_desktop.ui.memory import remember, remembered
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.views import view_id

if TYPE_CHECKING:
    from crm_desktop.ui.main_window import MainWindow

LOOK_MS = 3000
"""How often it is looked: tabs are opened, renamed and closed in many ways, and a crash announces itself by none."""
START_PAGE = "start_page"
"""Preference: area and side entry with which the person begins; empty: where he was last."""
Titles = dict[str, str]


class TabMemory(QObject):
    """Lives as long as its window. ``place`` names the firm: tabs of one are not opened in another."""

    def __init__(self, window: MainWindow, place: str) -> None:
        super().__init__(window)
        self._window = window
        self._key = _key(place, window.context.person.login)
        self._kept = remembered(self._key, "")
        self._restoring = False
        timer = QTimer(self)
        timer.setInterval(LOOK_MS)
        timer.timeout.connect(self.keep)
        timer.start()

    def restore(self) -> None:
        """Go to the area and list of last time at once, and open the records once it is known that they are there."""
        saved = _read(self._kept)
        places = {area.key: {entry.key for entry in area.pages} for area in self._window.context.areas}
        for area, state in saved["areas"].items():
            if state["page"] in places.get(area, ()):
                self._window.view(area).select_page(state["page"])
            elif view_id(state["page"]) and area in places:
                self._window.context.views.go_to(self._window.view(area), state["page"])
        if saved["area"] in places:
            self._window.show_area(saved["area"])
        wanted = [key for state in saved["areas"].values() for key in state["tabs"]]
        if wanted:
            self._restoring = True
            self._window.context.tasks.query(
                self,
                lambda session: _fetch_titles(session, wanted),
                lambda titles: self._open(saved, titles),
                self._fail,
            )
        else:
            self._begin()

    def keep(self) -> None:
        """Keep what is open now, if it is something else than before."""
        self._window.keep_place()
        if self._restoring:
            return
        areas = {
            key: {
                "page": view.side.current_key(),
                "tabs": [tab.key for tab in view.open_tabs() if _record(tab.key)],
                "current": view.current_tab_key(),
            }
            for key, view in self._window.views().items()
        }
        text = json.dumps({"area": self._window.current_area(), "areas": areas})
        if text != self._kept:
            self._kept = text
            remember(self._key, text)

    def _open(self, saved: dict[str, Any], titles: Titles) -> None:
        self._restoring = False
        gone = 0
        for area, state in saved["areas"].items():
            view = next((self._window.view(one.key) for one in self._window.context.areas if one.key == area), None)
            for key in state["tabs"] if view is not None else ():
                build = self._window.record_builder(key)
                if key not in titles or build is None:
                    gone += 1
                elif view is not None:
                    view.add_tab_later(key, titles[key], build)
            if view is not None:
                view.go_to_tab(state["current"])
        if gone:
            words = ngettext(
                "{count} record of last time is gone, or no longer yours to see.",
                "{count} records of last time are gone, or no longer yours to see.",
                gone,
            )
            self._window.notices.show_notice(words.format(count=gone))
        self._begin()

    def _begin(self) -> None:
        """Go to the page the person wants to begin with, where he has chosen one."""
        self._window.context.preferences.load(self, self._go_to_start, lambda _error: None)

    def _go_to_start(self, preferences: Mapping[str, Any]) -> None:
        area, _slash, entry = str(preferences.get(START_PAGE, "")).partition("/")
        found = next((one for one in self._window.context.areas if one.key == area), None)
        if found is not None and any(page.key == entry for page in found.pages):
            self._window.show_area(area).select_page(entry)

    def _fail(self, _error: KnownError) -> None:
        self._restoring = False  # the connection's state is told elsewhere; one opens by hand what one needs


def last_area(place: str, login: str) -> str:
    """In which area of this firm somebody was when he left; empty where that is not known."""
    return str(_read(remembered(_key(place, login), ""))["area"])


def _key(place: str, login: str) -> str:
    whose = hashlib.sha256(f"{place}\n{login}".encode()).hexdigest()[:16]
    return f"tabs/{whose}"


def _fetch_titles(session: Session, keys: Sequence[str]) -> Titles:
    """The titles of the records that are still there and visible, by key. One statement an entity."""
    ids: dict[str, list[int]] = {}
    for entity, id_ in filter(None, map(_record, keys)):
        ids.setdefault(entity, []).append(id_)
    return {
        f"{entity}/{id_}": record.title
        for entity, wanted in ids.items()
        for id_, record in fetch_records(session, entity, wanted).items()
    }


def _record(key: str) -> tuple[str, int] | None:
    """The entity and id of a saved record's tab; None for any other tab."""
    entity, _slash, number = key.partition("/")
    return (entity, int(number)) if number.isdecimal() and int(number) else None


def _read(text: str) -> dict[str, Any]:
    """What was kept, in the shape this program writes; nothing where another one wrote it."""
    nothing: dict[str, Any] = {"area": "", "areas": {}}
    try:
        saved = json.loads(text)
        areas = {
            str(key): {
                "page": str(state["page"]),
                "tabs": [str(k) for k in state["tabs"]],
                "current": str(state["current"]),
            }
            for key, state in saved["areas"].items()
        }
        return {"area": str(saved["area"]), "areas": areas}
    except (ValueError, TypeError, KeyError, AttributeError):
        return nothing
