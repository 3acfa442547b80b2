"""Departments, and the categories of products, as the trees they are."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QDropEvent, QKeyEvent, QKeySequence, QShortcut, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTreeView

from crm_desktop.core.access import Function
from crm_desktop.core.i18n import N_, _, counted
from crm_desktop.entities import by_key
from crm_desktop.services import trees
from crm_desktop.services.records import Record
from crm_desktop.services.trees import Node
from crm_desktop.spec import Ref
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.form_page.undoing import notify_saved
from crm_desktop.ui.page import Page
from crm_desktop.ui.start_import import start_import
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.page_title import PageTitle

ID = Qt.ItemDataRole.UserRole + 1


class _Words(NamedTuple):
    counted: str
    """The entity that each node counts."""
    purpose: str
    """What the tree is good for, while it is empty."""


WORDS = {
    "department": _Words("employee", N_("Employees belong to departments; rights can reach as far as one of them.")),
    "product_category": _Words("product", N_("A filter or report for a category takes those below it with it.")),
}


class TreePage(Page):
    """Enter or a double click opens a node; the mouse, Alt+Left and Alt+Right put it elsewhere."""

    def __init__(self, view: AreaView, entity: str) -> None:
        self.spec, self._words = by_key(entity), WORDS[entity]
        super().__init__(_(self.spec.label_plural))
        self._view = view
        self.heading = PageTitle(self.title)
        if view.context.person.may_use(Function.IMPORT, entity):
            begin = partial(start_import, view, self.spec)
            self.heading.add(secondary_button(_("Import"), begin, icon_name="upload-simple", shortcut="Ctrl+I"))
        may_create = view.context.person.may("create", entity)
        if may_create:
            self.heading.add(self._adder(shortcut="Ctrl+N"))
        self._current = 0  # the node that was moved last
        self._model = QStandardItemModel(self)
        self.tree = Tree()
        self.tree.setAccessibleName(self.title)
        self.tree.setModel(self._model)
        self.tree.activated.connect(self._open)
        self.none_yet = EmptyState(
            self.spec.icon,
            _("No {things} yet").format(things=_(self.spec.label_plural).lower()),
            _(self._words.purpose),
            (self._adder(),) if may_create else (),
        )
        self.none_yet.hide()
        self._card = card = Card(padding=8)
        card.body.addWidget(self.tree)
        if view.context.person.may("update", entity):
            self.tree.setDragDropMode(QAbstractItemView.DragDropMode.InternalMove)
            self.tree.moved.connect(self.put)
            for key, act in (("Alt+Left", self._move_out), ("Alt+Right", self._move_in)):
                shortcut = QShortcut(QKeySequence(key), self.tree, context=Qt.ShortcutContext.WidgetShortcut)
                shortcut.activated.connect(act)
            words = _("Drag one to another, or press Alt+Left and Alt+Right, to put it elsewhere.")
            card.body.addWidget(label(words, "small"))
        self.body.addWidget(self.heading)
        self.body.addWidget(card, 1)
        self.body.addWidget(self.none_yet, 1)
        self.begin_at(self.tree)
        view.context.bus.changed.connect(self._table_changed)
        self.refresh()

    def _adder(self, shortcut: str = "") -> QPushButton:
        words = _("New {thing}").format(thing=_(self.spec.label).lower())
        return primary_button(
            words, lambda: self._view.open_record(self.spec.key, 0), icon_name="plus", shortcut=shortcut
        )

    def refresh(self) -> None:
        """Read the tree again."""
        self._view.context.tasks.query(self, partial(trees.fetch, entity=self.spec.key), self._show, key="tree")

    def put(self, id_: int, parent: Ref | None) -> None:
        """Put a node below another, or at the top."""

        def done(saved: Record) -> None:
            self._current = id_
            notify_saved(self._view, saved, is_new=False)
            self.refresh()

        self._view.context.tasks.command(
            self, lambda session: trees.move(session, self.spec.key, id_, parent), done, waits=True
        )

    def _move_out(self) -> None:
        """Beside the one that it is part of."""
        index = self.tree.currentIndex().siblingAtColumn(0)
        if index.parent().isValid():
            self.put(int(index.data(ID)), _ref(index.parent().parent()))

    def _move_in(self) -> None:
        """Below the one above it."""
        index = self.tree.currentIndex().siblingAtColumn(0)
        if index.isValid() and index.row() > 0:
            self.put(int(index.data(ID)), _ref(index.siblingAtRow(index.row() - 1)))

    def _show(self, nodes: Sequence[Node]) -> None:
        self._model.clear()
        counts = _(by_key(self._words.counted).label_plural)
        self._model.setHorizontalHeaderLabels([_(self.spec.label), counts, _("No.")])
        self.heading.set_note(counted(self.spec.label, self.spec.label_plural, len(nodes)))
        had_focus = self.tree.hasFocus()
        self._card.setVisible(bool(nodes))
        self.none_yet.setHidden(bool(nodes))
        self.begin_at(self.tree if nodes else self.none_yet)
        if had_focus:
            self.setFocus()
        known = {node.id for node in nodes}
        self._add(self._model.invisibleRootItem(), None, nodes, known)
        self.tree.expandAll()
        start = self._model.index(0, 0)
        found = self._model.match(start, ID, self._current, 1, Qt.MatchFlag.MatchExactly | Qt.MatchFlag.MatchRecursive)
        self.tree.setCurrentIndex(found[0] if found else start)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionHidden(2, not any(node.code for node in nodes))

    def _add(self, parent: QStandardItem, parent_id: int | None, nodes: Sequence[Node], known: set[int]) -> int:
        """Add what lies below ``parent_id``; how much all of that holds, as a filter for it finds."""
        total = 0
        for node in nodes:
            above = node.parent_id if node.parent_id in known else None
            if above == parent_id:
                name = node.name if node.is_active else _("{name} (not in use)").format(name=node.name)
                items = [QStandardItem(name), QStandardItem(), QStandardItem(node.code)]
                items[0].setData(node.id, ID)
                parent.appendRow(items)
                held = node.held + self._add(items[0], node.id, nodes, known)
                items[1].setText(f"{held:,}")
                items[1].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
                total += held
        return total

    def _open(self, index: QModelIndex) -> None:
        self._view.open_record(self.spec.key, int(index.siblingAtColumn(0).data(ID)))

    def _table_changed(self, table: str, _ids: object) -> None:
        if table in {self.spec.key, self._words.counted}:
            self.refresh()


class Tree(QTreeView):
    """A tree of whole rows."""

    moved = Signal(int, object)  # a node's id, the one it comes below as Ref or None

    def __init__(self) -> None:
        super().__init__()
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setExpandsOnDoubleClick(False)
        self.setUniformRowHeights(True)

    def dropEvent(self, event: QDropEvent) -> None:
        """Announce the move instead of letting Qt copy items."""
        dragged = self.currentIndex().siblingAtColumn(0)
        event.setDropAction(Qt.DropAction.IgnoreAction)
        event.accept()
        self.moved.emit(int(dragged.data(ID)), _ref(self.indexAt(event.position().toPoint())))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter opens on every system."""
        if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter} and self.currentIndex().isValid():
            self.activated.emit(self.currentIndex())
        else:
            super().keyPressEvent(event)


def _ref(index: QModelIndex) -> Ref | None:
    first = index.siblingAtColumn(0)
    return Ref(int(first.data(ID)), str(first.data())) if index.isValid() else None
