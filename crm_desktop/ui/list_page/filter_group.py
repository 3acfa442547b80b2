"""A group of conditions in the filter builder: all or any of them, groups in it, and groups about related records."""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QMenu, QVBoxLayout

from crm_desktop.core.i18n import _
from crm_desktop.entities import parts_of
from crm_desktop.services.filter_fields import part_of, problem_of
from crm_desktop.spec import EntitySpec
from crm_desktop.spec.filters import Condition, Group, Item
from crm_desktop.ui.context import Context
from crm_desktop.ui.list_page.filter_row import BrokenRow, ConditionRow
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.labels import label

INDENT = 16


class GroupEditor(QFrame):
    """``spec`` is what its conditions are about: the list's entity, or the part that ``group`` names.

    The outermost one leaves it to its panel to show ``match``, so that its first condition stands at the top.
    """

    changed = Signal()
    removed = Signal()

    def __init__(self, context: Context, spec: EntitySpec, group: Group, parent: GroupEditor | None = None) -> None:
        super().__init__()
        self._context, self._group = context, group
        self.spec = (part_of(spec, group.part) or spec) if group.part else spec
        self._is_inner = parent is not None
        self.items: list[ConditionRow | BrokenRow | GroupEditor] = []
        self.match = self._box((("all", _("all of these")), ("any", _("any of these"))), group.match)
        self.has: QComboBox | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(INDENT if self._is_inner else 0, 0, 0, 0)
        column.setSpacing(8)
        if self._is_inner:
            column.addLayout(self._head())
        self._rows = QVBoxLayout()
        self._rows.setSpacing(8)
        column.addLayout(self._rows)
        column.addLayout(self._buttons())
        for item in group.items:
            self._add_item(item)

    def group(self) -> Group:
        """What is asked so far; conditions that are not complete are left out, and groups without any."""
        items: list[Item] = []
        for editor in self.items:
            if isinstance(editor, BrokenRow):
                items.append(editor.item)
            elif isinstance(editor, GroupEditor):
                inner = editor.group()
                if inner:
                    items.append(inner)
            elif (condition := editor.condition()) is not None:
                items.append(condition)
        has: Any = self.has.currentData() if self.has is not None else "any"
        return Group(tuple(items), self.match.currentData(), self._group.part, has)

    def incomplete(self) -> int:
        """How many conditions were begun and do not count yet."""
        inner = sum(editor.incomplete() for editor in self.items if isinstance(editor, GroupEditor))
        return inner + sum(
            editor.fields.field() is not None and editor.condition() is None
            for editor in self.items
            if isinstance(editor, ConditionRow)
        )

    def add_condition(self, key: str = "") -> None:
        """Begin a condition, of a field or to be chosen; the last one, where that was only begun."""
        last = self.items[-1] if self.items else None
        is_begun = isinstance(last, ConditionRow) and last.fields.field() is None
        row = last if is_begun else self._add_item(None)
        assert isinstance(row, ConditionRow)
        row.show()
        row.choose_field(key)

    def add_group(self, group: Group) -> None:
        """Begin a group with a condition to be chosen."""
        editor = self._add_item(group)
        assert isinstance(editor, GroupEditor)
        editor.show()
        editor.add_condition()

    def focus_item(self, number: int) -> None:
        """Go to an item."""
        item = self.items[number] if 0 <= number < len(self.items) else None
        if isinstance(item, ConditionRow):
            item.focus_value()
        elif item is not None:
            item.setFocus(Qt.FocusReason.OtherFocusReason)

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(8)
        if self._group.part:
            things = _(self.spec.label_plural).lower()
            words = (
                ("any", _("Has {things}").format(things=things)),
                ("none", _("Has no {things}").format(things=things)),
            )
            self.has = self._box(words, self._group.has)
            line.addWidget(self.has)
            line.addWidget(label(_("that meet"), "muted"))
        else:
            line.addWidget(label(_("that meet"), "muted"))
        line.addWidget(self.match)
        line.addStretch(1)
        line.addWidget(icon_button("x", _("Remove this group"), self.removed.emit))
        return line

    def _buttons(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(quiet_button(_("Condition"), self.add_condition, icon_name="plus"))
        parts = parts_of(self.spec)
        if not self._is_inner:
            line.addWidget(quiet_button(_("Group"), partial(self.add_group, Group(match="any")), icon_name="plus"))
        if parts and not self._group.part:
            related = quiet_button(_("Related records"), icon_name="plus")
            menu = QMenu(related)
            for part in parts:
                text = _("Has or has no {things}").format(things=_(part.label_plural).lower())
                menu.addAction(text).triggered.connect(partial(self._add_part, part.key))
            related.setMenu(menu)
            line.addWidget(related)
        line.addStretch(1)
        return line

    def _add_part(self, key: str, _checked: bool = False) -> None:  # noqa: FBT001, FBT002 - what QAction hands over
        editor = self._add_item(Group(part=key))
        assert isinstance(editor, GroupEditor)
        editor.show()
        assert editor.has is not None
        editor.has.setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _add_item(self, item: Item | None) -> ConditionRow | BrokenRow | GroupEditor:
        editor = self._made(item)
        editor.removed.connect(partial(self._remove, editor))
        if not isinstance(editor, BrokenRow):
            editor.changed.connect(self.changed)
        self.items.append(editor)
        self._rows.addWidget(editor)
        return editor

    def _made(self, item: Item | None) -> ConditionRow | BrokenRow | GroupEditor:
        if isinstance(item, Group) and (not item.part or part_of(self.spec, item.part)):
            return GroupEditor(self._context, self.spec, item, self)
        if item is None or (isinstance(item, Condition) and not problem_of(self.spec, item)):
            row = ConditionRow(self._context, self.spec)
            if item is not None:
                row.show_condition(item)
            return row
        return BrokenRow(self.spec, item)

    def _remove(self, editor: ConditionRow | BrokenRow | GroupEditor) -> None:
        number = self.items.index(editor)
        self.items.remove(editor)
        editor.hide()
        editor.deleteLater()
        self.changed.emit()
        if self.items:
            self.focus_item(min(number, len(self.items) - 1))
        elif self._is_inner:
            self.removed.emit()

    def _box(self, words: tuple[tuple[str, str], ...], chosen: str) -> QComboBox:
        box = QComboBox()
        for key, text in words:
            box.addItem(text, key)
        box.setCurrentIndex(box.findData(chosen))
        box.activated.connect(lambda _index: self.changed.emit())
        return box
