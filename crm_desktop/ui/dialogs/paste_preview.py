"""What pasting a block would change, cell by cell, before it is written."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QWidget

from crm_desktop.core.i18n import _, ngettext
from crm_desktop.services.bulk_cells import Cell, CellsRehearsal
from crm_desktop.spec import EntitySpec
from crm_desktop.ui.dialogs.dialog import Dialog
from crm_desktop.ui.form_page.wording import NOTHING, value_text
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.labels import label
from crm_desktop.ui.widgets.table_view import TableView

MOST_SHOWN = 1000
WIDTH, HEIGHT = 820, 300


class PastePreview(Dialog):
    """Refused cells stand first. ``write`` is called when the user agrees."""

    def __init__(
        self, parent: QWidget | None, spec: EntitySpec, rehearsal: CellsRehearsal, write: Callable[[], object]
    ) -> None:
        super().__init__(parent and parent.window(), _("Paste into the list"), width=WIDTH)
        self._spec, self._write = spec, write
        changing, refused = rehearsal.changing, rehearsal.refused
        for text in _outcome(len(changing), rehearsal.same, len(refused)):
            self.body.addWidget(label(text, wrap=True))
        shown = [*refused, *changing]
        if shown:
            self.table = self._table(shown[:MOST_SHOWN])
            card = Card(padding=0)
            card.body.addWidget(self.table)
            self.body.addWidget(card)
        if len(shown) > MOST_SHOWN:
            self.body.addWidget(label(_("and {count} more").format(count=f"{len(shown) - MOST_SHOWN:,}"), "muted"))
        cancel = self.add_cancel()
        words = ngettext("Change {count} cell", "Change {count} cells", len(changing))
        self.apply = self.add_primary(words.format(count=f"{len(changing):,}"), self._accept)
        self.apply.setEnabled(bool(changing))
        (self.apply if changing else cancel).setFocus()  # else Enter would be the table's

    def _table(self, cells: list[Cell]) -> TableView:
        model = QStandardItemModel(self)
        model.setHorizontalHeaderLabels([_(self._spec.label), _("Field"), _("Before"), _("After"), _("Stays, because")])
        for cell in cells:
            model.appendRow([_item(text, "bad" if cell.why else "text") for text in self._texts(cell)])
        table = TableView()
        table.setModel(model)
        table.setFixedHeight(HEIGHT)
        table.setAccessibleName(_("Paste into the list"))
        table.resize(WIDTH, HEIGHT)
        table.fit_columns(4)
        return table

    def _texts(self, cell: Cell) -> tuple[str, ...]:
        spec = self._spec
        column = next((column for column in spec.table.columns if column.key == cell.key), None)
        name = spec.column_label(column) if column else spec.label_of(cell.key)
        before = "" if cell.key not in spec.fields else value_text(spec, cell.key, cell.before)
        after = str(cell.after) if cell.why else value_text(spec, cell.key, cell.after)
        return cell.title, _(name), before or NOTHING, after or NOTHING, cell.why

    def _accept(self) -> None:
        self.accept()
        self._write()


def _outcome(changing: int, same: int, refused: int) -> list[str]:
    numbers = (
        (ngettext("{count} cell changes.", "{count} cells change.", changing), changing),
        (ngettext("{count} has the value already.", "{count} have the value already.", same), same),
        (ngettext("{count} cell stays as it is.", "{count} cells stay as they are.", refused), refused),
    )
    said = [text.format(count=f"{count:,}") for text, count in numbers if count]
    return said or [_("Nothing would change.")]


def _item(text: str, tone: str) -> QStandardItem:
    item = QStandardItem(text)
    item.setEditable(False)
    item.setData(tone, CellRole.TONE)
    return item
