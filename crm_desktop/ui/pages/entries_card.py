"""The entries of a dictionary: named in place by F2, opened by Enter, moved by Alt+Up and Alt+Down or the mouse,
replaced everywhere, deleted where nobody chose them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QStandardItem
from PySide6.QtWidgets import QAbstractItemView

from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.core.progress import Progress
from crm_desktop.services import administration, dictionaries, records
from crm_desktop.services.dictionaries import NewEntry, Replaced, Use
from crm_desktop.services.records import Deleted, Record
from crm_desktop.spec import Ref
from crm_desktop.ui import messages, theme
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.dialogs.add_entries import AddEntriesDialog
from crm_desktop.ui.dialogs.dictionary_entry import FIXED, DictionaryEntryDialog
from crm_desktop.ui.dialogs.progress import show_progress
from crm_desktop.ui.dialogs.replace_entry import ReplaceEntryDialog, matches
from crm_desktop.ui.form_page.undoing import notify_saved, undo
from crm_desktop.ui.tasks import Session
from crm_desktop.ui.widgets.buttons import icon_button, quiet_button
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.ordered_table import ID, OrderedTable
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.table_view import HEADING_HEIGHT

MOST_HIGH = 14  # rows in sight before the table scrolls
NAMES = ("name", "name_en")
"""What can be changed in place, by column."""
USES = 3


class EntriesCard(Card):
    """Rows of one dictionary. Lists that are trees (the regions) are shown, but keep their order."""

    def __init__(self, view: AreaView) -> None:
        super().__init__(_("Entries"))
        self._view = view
        self._dictionary = Record("dictionary", 0, 0)
        self._entries: dict[int, Record] = {}
        self._uses: dict[int, tuple[Use, ...]] = {}
        self._can_move = False
        self._may_edit = view.context.person.may("update", "dictionary")
        self.table = OrderedTable()
        self.table.setAccessibleName(_("Entries"))
        self.table.opened.connect(self._open)
        self.up_button = icon_button("arrow-up", _("Move up"), lambda: self.table.step(-1))
        self.down_button = icon_button("arrow-down", _("Move down"), lambda: self.table.step(1))
        self.add_button = quiet_button(_("New entry"), self._add, icon_name="plus", shortcut="Ctrl+N")
        self.several_button = quiet_button(_("Add several…"), self.ask_several, icon_name="list-plus")
        self.replace_button = quiet_button(_("Replace by…"), self.ask_replacement, icon_name="swap")
        for button in (self.up_button, self.down_button, self.replace_button, self.several_button, self.add_button):
            self.head.addWidget(button)
        self.filter_box = SearchBox(_("Name, English name, code or pinyin"))
        self.filter_box.searched.connect(self._filter)
        self.body.addWidget(self.filter_box)
        self.body.addWidget(self.table)
        self._hint = label("", "small", wrap=True)
        self.body.addWidget(self._hint)
        if self._may_edit:
            self.table.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
            self.table.shows_current_cell = True
            self.table.rows.itemChanged.connect(self._save_name)
        delete = QShortcut(QKeySequence("Del"), self.table, context=Qt.ShortcutContext.WidgetShortcut)
        delete.activated.connect(self.delete)
        self.table.ordered.connect(self.save_order)
        view.context.bus.changed.connect(self._table_changed)

    def show_dictionary(self, dictionary: Record) -> None:
        """Read the entries of this dictionary."""
        self._dictionary = dictionary
        self.setVisible(dictionary.id > 0)
        if dictionary.id and not self.table.is_being_ordered():
            self._view.context.tasks.query(
                self,
                lambda session: administration.fetch_ordered(session, "dictionary_entry", dictionary.id),
                self._show,
                key="entries",
            )

    @property
    def _is_fixed(self) -> bool:
        """Whether none of its entries comes or goes."""
        return bool(self._dictionary.values.get("is_fixed"))

    def save_order(self) -> None:
        """Keep the order shown."""
        self.table.stop_waiting()
        dictionary, ids = self._dictionary, self.table.ids()

        def done(change_set: int) -> None:
            messages.notify(self, _("The new order is saved."), undo=lambda: undo(self._view, self._view, change_set))

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.show_dictionary(dictionary)

        self._view.context.tasks.command(
            self, lambda session: administration.save_order(session, dictionary, "dictionary_entry", ids), done, fail
        )

    def ask_several(self) -> AddEntriesDialog:
        """Ask for entries, one a line."""
        dictionary, known = self._dictionary, [entry.values["name"] for entry in self._entries.values()]
        dialog = AddEntriesDialog(self._view, dictionary, known)

        def add(entries: Sequence[NewEntry]) -> None:
            def done(change_set: int) -> None:
                dialog.accept()
                words = _("{count} entries were added.").format(count=len(entries))
                messages.notify(self, words, undo=lambda: undo(self._view, self._view, change_set))
                self.show_dictionary(dictionary)

            self._view.context.tasks.command(
                dialog, dialog.sending(lambda session: dictionaries.add_entries(session, dictionary, entries)), done
            )

        dialog.decided.connect(add)
        dialog.open_quietly()
        return dialog

    def ask_replacement(self) -> None:
        """Ask which entry takes the place of the current one."""
        entry = self._entries.get(self.table.current_id())
        if entry is None:
            return
        uses = self._uses.get(entry.id, ())
        others = [one for one in self._entries.values() if one.id != entry.id and one.values["is_active"]]
        dialog = ReplaceEntryDialog(self, entry, uses, others)

        def replace(by: Ref) -> None:
            dialog.accept()
            self._replace(entry, by, uses)

        dialog.decided.connect(replace)
        dialog.open_quietly()

    def delete(self) -> None:
        """Delete the current entry, where nobody chose it."""
        entry = self._entries.get(self.table.current_id())
        if entry is None or not self._may_edit or self._is_fixed:
            return
        count = sum(use.records for use in self._uses.get(entry.id, ()))
        if count:
            words = _("“{title}” is chosen in {count} records. Replace it, or take it out of use.")
            messages.notify(self, words.format(title=entry.title, count=f"{count:,}"), tone="warn")
            return

        def done(deleted: Deleted) -> None:
            words = _("“{title}” was deleted.").format(title=entry.title)
            messages.notify(self, words, undo=lambda: undo(self._view, self._view, deleted.change_set))
            self.show_dictionary(self._dictionary)

        self._view.context.tasks.command(
            self, lambda session: records.delete_records(session, entry.entity, [entry.id], entry.title), done
        )

    def _replace(self, entry: Record, by: Ref, uses: Sequence[Use]) -> None:
        def work(session: Session, _progress: Progress) -> Replaced:
            return dictionaries.replace_entry(session, entry, by, uses)

        def done(replaced: Replaced) -> None:
            words = _("“{title}” was replaced in {count} records.").format(
                title=entry.title, count=f"{replaced.moved:,}"
            )
            if replaced.left:
                words += " " + _("{count} stay, since you may not change them.").format(count=f"{replaced.left:,}")
            messages.notify(self, words, undo=lambda: undo(self._view, self._view, replaced.change_set))
            self.show_dictionary(self._dictionary)

        title = _("Replace “{title}”").format(title=entry.title)
        show_progress(self, title, self._view.context.tasks.long_command(self, work, done, waits=True))

    def _save_name(self, item: QStandardItem) -> None:
        """A name was changed in place."""
        entry = self._entries.get(int(self.table.rows.item(item.row()).data(ID) or 0))
        if entry is None or item.column() >= len(NAMES):
            return
        key, typed = NAMES[item.column()], item.text().strip()
        if typed == (entry.values.get(key) or ""):
            return

        def done(saved: Record) -> None:
            notify_saved(self._view, saved, is_new=False)
            self.show_dictionary(self._dictionary)

        def fail(error: KnownError) -> None:
            messages.show_error(self, error)
            self.show_dictionary(self._dictionary)

        self._view.context.tasks.command(
            self, lambda session: records.save_record(session, entry, {key: typed or None}), done, fail, waits=True
        )

    def _show(self, entries: Sequence[Record]) -> None:
        current = self.table.current_id()
        self._entries = {}  # what follows is no change of somebody's
        is_tree = any(entry.values.get("parent") for entry in entries)
        headings = [_("Name"), _("English name"), _("Code"), _("Chosen in"), _("In use"), _("Part of")]
        self.table.rows.clear()
        self.table.rows.setHorizontalHeaderLabels(headings[: 6 if is_tree else 5])
        for entry in entries:
            self.table.rows.appendRow(_items(entry, is_tree=is_tree))
        self._entries = {entry.id: entry for entry in entries}
        self._show_uses(self._uses)
        self._can_move = can_move = self._may_edit and not is_tree
        self.up_button.setVisible(can_move)
        self.down_button.setVisible(can_move)
        self.replace_button.setVisible(self._may_edit and not self._is_fixed)
        may_add = self._may_edit and not self._is_fixed and self._view.context.person.may("create", "dictionary")
        self.add_button.setVisible(may_add)
        self.several_button.setVisible(may_add and not is_tree)
        self.filter_box.setVisible(len(entries) > MOST_HIGH)
        self.table.setFixedHeight(HEADING_HEIGHT + min(len(entries), MOST_HIGH) * theme.row_height() + 2)
        self.table.fit_columns(1)
        self._filter(self.filter_box.text())
        if current in self._entries:
            self.table.selectRow(list(self._entries).index(current))
        missing = sum(dictionaries.is_untranslated(entry) for entry in entries)
        keys = _("Alt+Up and Alt+Down move an entry, F2 changes its name here, Enter opens it, Del deletes it.")
        words = [_(FIXED) if self._is_fixed else keys]
        words += [_("{count} have no English name.").format(count=missing)] if missing else []
        self._hint.setText(" ".join(words))
        if self._may_edit:
            dictionary = self._dictionary
            self._view.context.tasks.query(
                self, lambda session: dictionaries.fetch_uses(session, dictionary.id), self._show_uses, key="uses"
            )

    def _show_uses(self, uses: dict[int, tuple[Use, ...]]) -> None:
        self._uses = uses
        for row, id_ in enumerate(self.table.ids()):
            count = sum(use.records for use in uses.get(id_, ()))
            self.table.rows.item(row, USES).setText(f"{count:,}" if count else "")

    def _filter(self, typed: str) -> None:
        self.table.set_movable(movable=self._can_move and not typed)
        for row, id_ in enumerate(self.table.ids()):
            values = self._entries[id_].values
            texts = (values["name"], values["name_en"] or "", values["code"])
            self.table.setRowHidden(row, bool(typed) and not any(matches(text, typed) for text in texts))

    def _open(self, index: QModelIndex) -> None:
        entry = self._entries[int(self.table.rows.item(index.row()).data(ID))]
        if self._may_edit:
            self._ask(entry)

    def _add(self) -> None:
        values = {
            "dictionary": Ref(self._dictionary.id, self._dictionary.title),
            "sort_order": self.table.rows.rowCount(),
        }
        above = self._entries.get(self.table.current_id())
        if above is not None and any(entry.values.get("parent") for entry in self._entries.values()):
            values["parent"] = Ref(above.id, above.title)
        self._ask(Record("dictionary_entry", 0, 0, values))

    def _ask(self, entry: Record) -> None:
        dialog = DictionaryEntryDialog(self._view, self._dictionary, entry)
        dialog.decided.connect(lambda values: self._save(dialog, entry, values))
        dialog.open_quietly()

    def _save(self, dialog: DictionaryEntryDialog, entry: Record, values: Mapping[str, Any]) -> None:
        def work(session: Session) -> Record:
            if entry.id:
                return records.save_record(session, entry, values)
            return records.create_record(session, Record(entry.entity, 0, 0, {**entry.values, **values}))

        def done(saved: Record) -> None:
            dialog.accept()
            notify_saved(self._view, saved, is_new=entry.id == 0)
            self.show_dictionary(self._dictionary)

        def fail(error: KnownError) -> None:
            if dialog.refuse(error):
                self.show_dictionary(self._dictionary)

        self._view.context.tasks.command(dialog, dialog.sending(work), done, fail)

    def _table_changed(self, table: str, _ids: object) -> None:
        if table == "dictionary_entry":
            self.show_dictionary(self._dictionary)


def _items(entry: Record, *, is_tree: bool) -> list[QStandardItem]:
    values = entry.values
    texts = [values["name"], values["name_en"] or "", values["code"], "", "✓" if values["is_active"] else ""]
    if is_tree:
        texts.append(values["parent"].label if values["parent"] else "")
    items = [QStandardItem(text) for text in texts]
    items[0].setData(entry.id, ID)
    for item in items[len(NAMES) :]:
        item.setEditable(False)
    items[USES].setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    if values["tone"]:
        items[0].setData(values["tone"], CellRole.CHIP)
    for item in items if not values["is_active"] else ():
        item.setData("faint", CellRole.TONE)
    if dictionaries.is_untranslated(entry):
        items[1].setData(_("missing"), CellRole.MISSING)
        items[1].setData("warn", CellRole.CHIP)
    return items
