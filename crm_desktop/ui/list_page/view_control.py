"""Joins a list page to its saved views: shows one, knows whether it was altered, saves, shares, deletes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from crm_desktop.core.access import Function
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.services.filter_words import fetch_names
from crm_desktop.services.listing import ListQuery
from crm_desktop.services.views import View, delete_view, save_view
from crm_desktop.spec.filters import Group, to_json
from crm_desktop.ui import messages
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.view_settings import ViewSettingsDialog
from crm_desktop.ui.icons import icon
from crm_desktop.ui.list_page.arrangement import Arrangement
from crm_desktop.ui.views import entry_key, view_id
from crm_desktop.ui.widgets.buttons import quiet_button

if TYPE_CHECKING:
    from crm_desktop.ui.list_page.page import ListPage


class ViewControl(QObject):
    """``view`` is the saved view that is shown, as it was saved; None for a preset."""

    def __init__(self, page: ListPage, area: AreaView) -> None:
        super().__init__(page)
        self._page, self._area, self._views = page, area, area.context.views
        self._shown_key = ""
        self.view: View | None = None
        self.button = quiet_button(_("View"), icon_name="bookmark-simple")
        menu = QMenu(self.button)
        menu.aboutToShow.connect(lambda: self.fill_menu(menu))
        self.button.setMenu(menu)
        self._views.changed.connect(self._follow)
        page.filters.panel.save_requested.connect(self.save_as)

    def query_for(self, key: str) -> ListQuery | None:
        """What to list for a side entry, a preset's or a view's; None for what is shown already."""
        if key == self._shown_key:
            return None
        self._shown_key = key
        self.view = self._views.get(view_id(key)) if view_id(key) else None
        if self.view is None:
            return ListQuery(entity=self._page.spec.key, preset=key.partition("/")[2])
        self._ask_names()
        return self.view.query()

    def arrangement(self) -> Arrangement | None:
        """How the columns stand in the view that is shown; None where the person's own arrangement counts."""
        return Arrangement.from_stored(self.view.arrangement) if self.view is not None else None

    def is_altered(self) -> bool:
        """Whether the list shows something else than was saved. Widths of columns are no change."""
        if self.view is None:
            return False
        return _compared(self._now(self.view)) != _compared(self.view)

    def may_share(self) -> bool:
        """Whether this person may show views to others."""
        return self._page.may(Function.SHARE_VIEWS)

    def may_change(self) -> bool:
        """Whether this person may change the view that is shown."""
        view = self.view
        if view is None:
            return False
        return self.may_share() or (view.owner_id == self._area.context.person.id and not view.is_shown)

    def show_state(self) -> None:
        """Say whether there is something to save."""
        self.button.setText(_("View •") if self.is_altered() else _("View"))

    def note_count(self, count: int) -> None:
        """The list knows how many rows its view has, also where nobody else counts them."""
        if self.view is not None and not self._page.query.typed and not self.is_altered():
            self._views.note_count(self.view, count)

    def fill_menu(self, menu: QMenu) -> None:
        """What can be done with the view that is shown, or with what a preset was made into."""
        menu.clear()
        view = self.view
        if view is not None and self.may_change():
            _add(menu, "floppy-disk", _("Save changes"), self.save, is_enabled=self.is_altered())
        if view is not None:
            _add(menu, "arrow-counter-clockwise", _("Show as saved"), self.restore, is_enabled=self.is_altered())
        _add(menu, "bookmark-simple", _("Save as…"), self.save_as)
        if view is not None:
            self._add_actions(menu, view)
        menu.addSeparator()
        entity = self._page.spec.key
        begins = self._views.start_of(entity) == self._shown_key
        start = _add(menu, "", _("Begin with this"), partial(self._begin_with, "" if begins else self._shown_key))
        start.setCheckable(True)
        start.setChecked(begins)

    def save(self) -> None:
        """Write what the list shows now into the view."""
        if self.view is not None:
            self._write(self._now(self.view), self._take_saved)

    def save_as(self) -> None:
        """Ask for a name and save what the list shows as a view of its own."""
        page = self._page
        fresh = View(entity=page.spec.key, name="").with_query(page.query, page.arrangement.stored())
        self._ask(_("Save as view"), fresh, self._open_saved)

    def restore(self) -> None:
        """Show the view as it was saved."""
        self._shown_key, key = "", self._shown_key
        self._page.show_entry(key)

    def edit(self, view: View) -> None:
        """Ask for another name, icon or others to show it to."""
        self._ask(_("Settings of the view"), view, self._take_saved)

    def delete(self, view: View) -> None:
        """Delete a view, and offer to take it back."""

        def put_back() -> None:
            self._write(replace(view, id=0, version=0), self._open_saved)

        def tell(is_gone: bool) -> None:  # noqa: FBT001 - what the database answered
            if not is_gone:
                messages.notify(self._page, _("The view was not yours to delete, or was gone already."), tone="warn")
                return
            if self.view is not None and self.view.id == view.id:
                self.view, self._shown_key = None, ""
            messages.notify(self._page, _("View “{name}” deleted").format(name=view.name), tone="good", undo=put_back)
            self._views.forget(view)

        self._area.context.tasks.command(self._page, lambda session: delete_view(session, view), tell, waits=True)

    def _add_actions(self, menu: QMenu, view: View) -> None:
        if self.may_share() or (view.owner_id == self._area.context.person.id and not view.is_shown):
            _add(menu, "sliders-horizontal", _("Name and sharing…"), partial(self.edit, view))
        menu.addSeparator()
        _add(menu, "arrow-up", _("Move up"), partial(self._views.move, view, -1))
        _add(menu, "arrow-down", _("Move down"), partial(self._views.move, view, 1))
        if self.may_share() or view.owner_id == self._area.context.person.id:
            menu.addSeparator()
            _add(menu, "trash", _("Delete the view"), partial(self.delete, view))

    def show_side_menu(self, key: str, place: QPoint) -> None:
        """What can be done with the view of a side entry, whatever is shown."""
        view = self._views.get(view_id(key))
        if view is not None:
            menu = QMenu(self._page)
            menu.aboutToHide.connect(menu.deleteLater)
            self._add_actions(menu, view)
            menu.exec(place)

    def _now(self, view: View) -> View:
        return view.with_query(self._page.query, self._page.arrangement.stored())

    def _ask(self, title: str, view: View, success: Callable[[View], object]) -> None:
        context = self._area.context
        dialog = ViewSettingsDialog(self._page, title, view, context.tasks, may_share=self.may_share())
        dialog.chosen.connect(lambda chosen: self._write(chosen, success))
        dialog.open_quietly()

    def _write(self, view: View, success: Callable[[View], object]) -> None:
        def take(saved: View) -> None:
            self._views.keep(saved)
            success(saved)

        def fail(error: KnownError) -> None:
            messages.show_error(self._page, error)
            self._views.read()

        self._area.context.tasks.command(self._page, lambda session: save_view(session, view), take, fail, waits=True)

    def _take_saved(self, saved: View) -> None:
        if self.view is not None and self.view.id == saved.id:
            self.view = saved
            self._page.rename(saved.name)
        self.show_state()

    def _open_saved(self, saved: View) -> None:
        self._area.select_page(entry_key(saved))
        self._page.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _begin_with(self, key: str) -> None:
        self._views.begin_with(self._page.spec.key, key)

    def _follow(self) -> None:
        """A colleague changed the view that is shown, or took it away."""
        view = self.view
        if view is None:
            return
        now = self._views.get(view.id)
        if now is None:
            self.view, self._shown_key = None, ""
            messages.notify(self._page, _("The view “{name}” is no longer there.").format(name=view.name), tone="warn")
        elif now.version != view.version and not self.is_altered():
            self.restore()

    def _ask_names(self) -> None:
        view = self.view
        if view is None:
            return

        def take(group: Group) -> None:
            if self.view is view and to_json(self._page.query.filter) == to_json(group):
                self._page.query = replace(self._page.query, filter=group)
                self._page.filters.show()

        entity, group = view.entity, view.filter
        self._area.context.tasks.query(
            self._page, lambda session: fetch_names(session, entity, group), take, lambda _error: None, key="names"
        )


def _compared(view: View) -> dict[str, object]:
    arrangement = replace(Arrangement.from_stored(view.arrangement), widths={})
    return replace(view, arrangement=arrangement.stored()).content()


def _add(menu: QMenu, picture: str, text: str, act: Callable[[], object], *, is_enabled: bool = True) -> QAction:
    action = menu.addAction(text)
    if picture:
        action.setIcon(icon(picture))
    action.setEnabled(is_enabled)
    action.triggered.connect(lambda _checked=False: act())
    return action
