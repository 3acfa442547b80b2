"""A choice out of a tree, level by level or by typing any part: ``广东 / 广州 / 天河``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from crm_desktop.services.lookup import Entry
from crm_desktop.spec.kinds import Kind, Ref
from crm_desktop.ui.fields.rows import RowEditor, matches
from crm_desktop.ui.widgets.popup_list import PopupRow

SEPARATOR = " / "
MOST_FOUND = 40

LoadTree = Callable[[Callable[[Sequence[Entry]], None]], None]


class TreeChoiceEditor(RowEditor):
    """Choosing an entry that has children takes it and opens them, so that one can go deeper or stay."""

    def __init__(self, kind: Kind, label: str, load: LoadTree, *, required: bool = False, help_text: str = "") -> None:
        self._load = load
        self._nodes: dict[int, Entry] = {}
        self._children: dict[int | None, list[Entry]] = {}
        super().__init__(kind, label, required=required, help_text=help_text)

    def path(self, ref: Ref) -> str:
        """The labels from the root to ``ref``; its own label alone until the tree has been read."""
        labels: list[str] = []
        node = self._nodes.get(ref.id)
        while node is not None:
            if own := self._own_label(node):
                labels.insert(0, own)
            node = self._nodes.get(node.parent_id or 0)
        return SEPARATOR.join(labels) or ref.label

    def set_value(self, value: Ref | None) -> None:
        """Show an entry with its path."""
        super().set_value(value)
        if value is not None and not self._nodes:
            self._load(self._keep_and_show)

    def _own_label(self, node: Entry) -> str:
        """Without the parents' names, which Chinese labels begin with (广东广州天河) and English ones end in (Tianhe,
        Guangzhou, Guangdong). Empty for a level that is called as the one above: Beijing is province and city.
        """
        parent = self._nodes.get(node.parent_id or 0)
        if parent is None:
            return node.ref.label
        return node.ref.label.removeprefix(parent.ref.label).removesuffix(f", {parent.ref.label}")

    def _keep_and_show(self, nodes: Sequence[Entry]) -> None:
        self._keep(nodes)
        self._show_chosen()

    def _text_of(self, ref: Ref) -> str:
        return self.path(ref)

    def _find(self, text: str, answer: Callable[[Sequence[PopupRow]], None]) -> None:
        def take(nodes: Sequence[Entry]) -> None:
            self._keep(nodes)
            answer(self._rows(text))

        self._load(take)

    def _keep(self, nodes: Sequence[Entry]) -> None:
        if len(nodes) == len(self._nodes):
            return
        self._nodes = {node.ref.id: node for node in nodes}
        self._children = {}
        for node in nodes:
            self._children.setdefault(node.parent_id, []).append(node)

    def _rows(self, text: str) -> list[PopupRow]:
        if not text:
            parent = self._chosen.id if self._chosen and self._chosen.id in self._children else None
            return [self._row(node, path=False) for node in self._children.get(parent, ())]
        above, _slash, last = text.replace("／", "/").rpartition("/")
        found: list[Entry] = []
        for node in self._nodes.values():
            if matches(node.ref.label, last.strip()) and above.strip() in self.path(node.ref):
                found.append(node)
                if len(found) == MOST_FOUND:
                    break
        return [self._row(node, path=True) for node in found]

    def _row(self, node: Entry, *, path: bool) -> PopupRow:
        deeper = "›" if node.ref.id in self._children else ""
        return PopupRow(node.ref, self.path(node.ref) if path else self._own_label(node) or node.ref.label, deeper)

    def _choose(self, ref: object) -> None:
        super()._choose(ref)
        if self._chosen is not None and self._chosen.id in self._children and self.line.hasFocus():
            self._open("")
