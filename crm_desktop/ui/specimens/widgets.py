"""A sheet with buttons, chips, a table, a side list, an empty state, a skeleton and a notice."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.i18n import _
from crm_desktop.ui.widgets.buttons import (
    danger_button,
    icon_button,
    link_button,
    primary_button,
    quiet_button,
    secondary_button,
)
from crm_desktop.ui.widgets.card import Card
from crm_desktop.ui.widgets.chip import Chip
from crm_desktop.ui.widgets.empty_state import EmptyState
from crm_desktop.ui.widgets.item_delegate import CellRole
from crm_desktop.ui.widgets.notice import Notices
from crm_desktop.ui.widgets.page_title import PageTitle
from crm_desktop.ui.widgets.search_box import SearchBox
from crm_desktop.ui.widgets.side_list import SideEntry, SideList
from crm_desktop.ui.widgets.skeleton import Skeleton
from crm_desktop.ui.widgets.table_view import TableView

ROWS = (
    ("C1001", "珠海华工电子有限公司", "B", "潜在", "何毅", "2026-11-06", "¥596,000"),
    ("C1002", "珠海金恒医药有限公司", "C", "交易", "何毅", "2026-11-17", "¥241,111"),
    ("C1003", "中山瑞德化工有限公司", "A", "潜在", "林秋", "2026-08-30", "¥1,883,000"),
    ("C1004", "深圳信达电子有限公司", "C", "交易", "周岚", "2026-11-12", "¥97,000.50"),
)
LATE = 2  # the row whose last contact is long ago


def widgets() -> QWidget:
    """The sheet."""
    page = QWidget()
    page.setObjectName("canvas")
    left = QVBoxLayout()
    left.setSpacing(12)
    title = PageTitle(_("Customers"), "428")
    title.add(secondary_button(_("Import"), icon_name="upload-simple"))
    title.add(primary_button(_("New"), icon_name="plus", shortcut="Ctrl+N"))
    left.addWidget(title)
    ticked = QCheckBox(_("Do not contact"))
    ticked.setChecked(True)
    left.addLayout(_line(SearchBox(_("Search"), "Ctrl+F"), QLineEdit("华工医药"), QCheckBox(_("Yes")), ticked))
    off = secondary_button(_("Open"))
    off.setEnabled(False)
    left.addLayout(
        _line(
            primary_button(_("Save"), shortcut="Ctrl+S"),
            secondary_button(_("Print"), icon_name="printer"),
            quiet_button(_("Language"), icon_name="translate"),
            danger_button(_("Delete")),
            link_button(_("Open the record")),
            icon_button("star", _("Open")),
            off,
        )
    )
    left.addLayout(
        _line(
            Chip("A", "violet"),
            Chip(_("Customers"), "good"),
            Chip(_("Last contact"), "bad"),
            Chip(_("connecting…"), "warn"),
            Chip("何毅", "accent"),
            Chip(_("Remark")),
        )
    )
    card = Card(padding=0)
    card.body.addWidget(table())
    left.addWidget(card, 1)
    columns = QHBoxLayout(page)
    columns.setContentsMargins(0, 16, 16, 16)
    columns.setSpacing(16)
    columns.addWidget(_side())
    columns.addLayout(left, 3)
    columns.addLayout(_right(), 2)
    Notices(page).show_notice(_("Customers"), tone="good", action=(_("Undo"), page.update))
    return page


def table() -> TableView:
    """Customers with chips, a late one in red, numbers at the right."""
    headings = (_("No."), _("Customer name"), _("Level"), _("Life cycle"), _("Owner"), _("Last contact"), _("Turnover"))
    model = QStandardItemModel(0, len(headings))
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for column, heading in enumerate(headings):
        model.setHeaderData(column, Qt.Orientation.Horizontal, heading)
    model.setHeaderData(6, Qt.Orientation.Horizontal, right, Qt.ItemDataRole.TextAlignmentRole)
    for number, cells in enumerate(ROWS):
        items = [QStandardItem(cell) for cell in cells]
        items[1].setData(True, CellRole.STRONG)
        items[3].setData("good" if cells[3] == "交易" else "neutral", CellRole.CHIP)
        items[5].setData("bad" if number == LATE else None, CellRole.TONE)
        items[6].setData(right, Qt.ItemDataRole.TextAlignmentRole)
        model.appendRow(items)
    made = TableView()
    model.setParent(made)
    made.setModel(model)
    made.horizontalHeader().setSortIndicatorShown(True)
    made.horizontalHeader().setSortIndicator(5, Qt.SortOrder.DescendingOrder)
    made.fit_columns(1)
    made.selectRow(1)
    return made


def _side() -> SideList:
    side = SideList()
    side.set_entries(
        [
            SideEntry("mine", _("My customers"), _("Customers"), 428),
            SideEntry("all", _("All customers"), _("Customers"), 2300),
            SideEntry("quiet", _("Quiet for 30 days"), _("Open"), 41),
        ]
    )
    side.select("mine")
    side.setFixedWidth(side.sizeHint().width())
    return side


def _right() -> QVBoxLayout:
    empty = Card()
    state = EmptyState(
        "users",
        _("Nothing recorded yet."),
        _("The first row of the table must name its columns, such as customer name and telephone."),
        (primary_button(_("Import")), secondary_button(_("New"))),
    )
    empty.body.addWidget(state)
    loading = Card(_("Last contact"))
    loading.body.addWidget(Skeleton(5))
    column = QVBoxLayout()
    column.setSpacing(16)
    column.addWidget(empty, 1)
    column.addWidget(loading)
    return column


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line
