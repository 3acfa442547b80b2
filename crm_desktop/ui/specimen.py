"""A sheet that shows every small widget once, for the gallery."""

from __future__ import annotations

from contextlib import nullcontext
from datetime import date
from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from crm_desktop.core.access import Person
from crm_desktop.core.errors import SignInError
from crm_desktop.core.i18n import _
from crm_desktop.core.settings import Profile
from crm_desktop.services.lookup import Entry
from crm_desktop.services.search import Hit
from crm_desktop.spec import kinds
from crm_desktop.spec.kinds import Ref
from crm_desktop.ui.bus import Bus
from crm_desktop.ui.context import Context
from crm_desktop.ui.dialogs.message import MessageDialog
from crm_desktop.ui.dialogs.password import PasswordDialog
from crm_desktop.ui.dialogs.shortcuts import ShortcutsDialog
from crm_desktop.ui.fields.base import FieldEditor
from crm_desktop.ui.fields.choice import ChoiceEditor
from crm_desktop.ui.fields.make import make_editor
from crm_desktop.ui.fields.reference import ReferenceEditor
from crm_desktop.ui.fields.references import ReferencesEditor
from crm_desktop.ui.fields.tree_choice import TreeChoiceEditor
from crm_desktop.ui.login import LoginDialog
from crm_desktop.ui.main_window import MainWindow
from crm_desktop.ui.page import Area, Page, PageEntry
from crm_desktop.ui.tasks import Tasks
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
    ("C1001", "珠海华工电子有限公司", "B", "潜在客户", "何毅", "15 天前", "¥596,000", ""),
    ("C1002", "珠海金恒医药有限公司", "C", "成交客户", "何毅", "4 天前", "¥241,111", ""),
    ("C1003", "中山瑞德化工有限公司", "A", "潜在客户", "林秋", "53 天未联系", "¥1,883,000", "bad"),
    ("C1004", "深圳信达电子有限公司", "C", "成交客户", "周岚", "9 天前", "¥97,000.50", ""),
)


def specimen_page() -> QWidget:
    """Buttons, editors, chips, a table, a side list, an empty state, a skeleton and a notice."""
    page = QWidget()
    page.setObjectName("canvas")
    title = PageTitle(_("Customers"), "428")
    title.add(secondary_button(_("Import"), icon_name="upload-simple"))
    title.add(primary_button(_("New"), icon_name="plus", shortcut="Ctrl+N"))
    side = SideList()
    side.set_entries(
        [
            SideEntry("mine", "我的客户", "客户", 428),
            SideEntry("all", "全部客户", "客户", 2300),
            SideEntry("late", "30 天未联系", "关注", 41),
            SideEntry("area", "佛山片区", "我的视图"),
        ]
    )
    side.select("mine")
    side.setFixedWidth(196)
    left = QVBoxLayout()
    left.addWidget(title)
    left.addLayout(
        _line(SearchBox(_("Search"), "Ctrl+F"), QLineEdit("华工医药"), _combo(), QCheckBox("已选"), _checked())
    )
    left.addLayout(
        _line(
            primary_button("保存", shortcut="Ctrl+S"),
            secondary_button("打印", icon_name="printer"),
            quiet_button("筛选", icon_name="funnel"),
            danger_button("删除 3 位客户"),
            link_button("打开记录"),
            icon_button("star", "收藏"),
            _disabled(),
        )
    )
    left.addLayout(
        _line(
            Chip("A 级", "violet"),
            Chip("成交客户", "good"),
            Chip("38 天未联系", "bad"),
            Chip("处理中", "warn"),
            Chip("何毅", "accent"),
            Chip("草稿"),
        )
    )
    card = Card(padding=0)
    card.body.addWidget(_table())
    left.addWidget(card, 1)
    skeleton = Skeleton(5)
    empty = Card()
    empty.body.addWidget(
        EmptyState(
            "users",
            "还没有客户",
            "把现有的客户表拖到这里，或者新建第一位客户。",
            (primary_button("导入"), secondary_button("新建客户")),
        )
    )
    loading = Card("动态")
    loading.body.addWidget(skeleton)
    right = QVBoxLayout()
    right.addWidget(empty, 1)
    right.addWidget(loading)
    columns = QHBoxLayout(page)
    columns.setContentsMargins(0, 16, 16, 16)
    columns.setSpacing(16)
    columns.addWidget(side)
    columns.addLayout(left, 3)
    columns.addLayout(right, 2)
    Notices(page).show_notice("已保存 3 位客户的负责人。", tone="good", action=(_("Undo"), page.update))
    skeleton.show_bars()
    return page


def _line(*widgets: QWidget) -> QHBoxLayout:
    line = QHBoxLayout()
    line.setSpacing(8)
    for widget in widgets:
        line.addWidget(widget)
    line.addStretch(1)
    return line


def _combo() -> QComboBox:
    combo = QComboBox()
    combo.addItems(["工业制造", "商业贸易"])
    return combo


def _checked() -> QCheckBox:
    box = QCheckBox("勿扰")
    box.setChecked(True)
    return box


def _disabled() -> QWidget:
    button = secondary_button("停用")
    button.setEnabled(False)
    return button


def _table() -> TableView:
    model = QStandardItemModel(0, 7)
    right = int(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
    for column, heading in enumerate(("编号", "客户名称", "等级", "状态", "负责人", "最近联系", "累计成交")):
        model.setHeaderData(column, Qt.Orientation.Horizontal, heading)
    model.setHeaderData(6, Qt.Orientation.Horizontal, right, Qt.ItemDataRole.TextAlignmentRole)
    for *cells, tone in ROWS:
        items = [QStandardItem(cell) for cell in cells]
        items[3].setData("good" if cells[3] == "成交客户" else "neutral", CellRole.CHIP)
        items[5].setData(tone or None, CellRole.TONE)
        items[6].setData(right, Qt.ItemDataRole.TextAlignmentRole)
        model.appendRow(items)
    table = TableView()
    model.setParent(table)
    table.setModel(model)
    table.horizontalHeader().setSortIndicatorShown(True)
    table.horizontalHeader().setSortIndicator(5, Qt.SortOrder.DescendingOrder)
    table.fit_columns(1)
    table.selectRow(1)
    return table


def main_window() -> QWidget:
    """The window with one area and a search that finds two customers."""
    hits = (Hit("customer", 1, "珠海华工医药有限公司", "C1001"), Hit("customer", 2, "华工电子", "C1002"))
    entries = tuple(
        PageEntry(key, title, lambda _view: specimen_as_page(), group)
        for key, title, group in (
            ("mine", "My customers", "Customers"),
            ("all", "All customers", "Customers"),
            ("late", "Late", "Watch"),
        )
    )
    areas = (Area("home", "Home", "house", entries), Area("customers", "Customers", "buildings", entries))
    context = Context(
        Tasks(nullcontext, nullcontext), Bus(), _person(), "办公室服务器", areas, lambda _text, answer: answer(hits)
    )
    window = MainWindow(context)
    window.show_area("customers").open_tab("x", lambda _view: Page("珠海华工医药有限公司"))
    window.view("customers").open_tab("y", lambda _view: Page("珠海金恒医药器械进出口股份有限公司华南分公司"))
    window.view("customers").side.set_count("mine", 428)
    return window


def _person() -> Person:
    return Person(
        id=1,
        login="linqiu",
        name="林秋",
        department_id=1,
        department="销售一部",
        groups=("salesperson",),
        grants={},
        owners={},
        server_version=180003,
    )


def specimen_as_page() -> Page:
    """The sheet as a page of a window."""
    page = Page("Specimen")
    page.body.addWidget(PageTitle(_("Customers"), "428"))
    card = Card(padding=0)
    card.body.addWidget(_table())
    page.body.addWidget(card)
    return page


def form() -> QWidget:
    """Every editor, some filled, one wrong, one that only shows."""
    page = QWidget()
    page.setObjectName("canvas")
    card = Card("基本信息")
    grid = QGridLayout()
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    card.body.addLayout(grid)
    card.body.addStretch(1)
    for place, editor in enumerate(_editors()):
        grid.addWidget(editor, place // 3, place % 3)
    column = QVBoxLayout(page)
    column.setContentsMargins(16, 16, 16, 16)
    column.addWidget(card)
    return page


def _editors() -> list[FieldEditor]:
    refs = [Ref(1, "工业制造"), Ref(2, "商业贸易"), Ref(3, "金融保险")]
    nodes = [
        Entry(Ref(1, "广东"), "44", None, frozenset()),
        Entry(Ref(2, "广东广州"), "4401", 1, frozenset()),
        Entry(Ref(3, "广东广州天河"), "440106", 2, frozenset()),
    ]
    name = make_editor(kinds.TEXT, "客户名称", required=True)
    name.set_value("珠海华工医药有限公司")
    empty = make_editor(kinds.TEXT, "编号", required=True)
    empty.check()
    money = make_editor(kinds.MONEY, "年营业额", help_text="可以写 120 万")
    money.set_value(Decimal(1200000))
    day = make_editor(kinds.DATE, "成立日期")
    day.set_value(date(2008, 5, 12))
    region = TreeChoiceEditor(kinds.CHOICE, "地区", lambda answer: answer(nodes))
    region.set_value(nodes[2].ref)
    owner = ReferenceEditor(kinds.REFERENCE, "负责人", lambda _text, answer: answer(refs), print)
    owner.set_value(Ref(1, "林秋"))
    industry = ChoiceEditor(kinds.CHOICE, "行业", lambda answer: answer(refs))
    groups = ReferencesEditor(kinds.REFERENCE, "权限组", lambda _text, answer: answer(refs))
    groups.set_value(refs)
    mail = make_editor(kinds.EMAIL, "电子邮件")
    mail.set_value("info@hgyy.example")
    shown = make_editor(kinds.INTEGER, "员工人数")
    shown.set_value(1250)
    shown.set_read_only(True)
    phones = make_editor(kinds.PHONES, "电话")
    phones.set_value(["0756-5550 1234", "199 0000 1234"])
    return [
        name,
        empty,
        money,
        day,
        region,
        owner,
        industry,
        groups,
        mail,
        shown,
        phones,
        make_editor(kinds.BOOL, "勿联系"),
        make_editor(kinds.LONG_TEXT, "备注"),
    ]


def login() -> QWidget:
    """Signing in to a known server."""
    return LoginDialog([Profile("办公室服务器", "192.168.1.10", login="linqiu")], "", _refuse, _no_tasks())


def login_refused() -> QWidget:
    """The first sign-in on a computer, refused."""
    dialog = LoginDialog([], "", _refuse, _no_tasks())
    dialog.failure.show_error(
        SignInError(_("The password is wrong."), _("Check Caps Lock, or ask the administrator for a new password."))
    )
    return dialog


def question() -> QWidget:
    """A question before something is destroyed."""
    dialog = MessageDialog(
        None, "删除 3 位客户？", "他们的 7 位联系人和 21 条动态也会删除。可以从历史记录中恢复。", "warn"
    )
    dialog.add_cancel()
    dialog.add_primary("删除 3 位客户", dialog.accept, danger=True)
    return dialog


def shortcuts() -> QWidget:
    """The keys."""
    return ShortcutsDialog(None, specimen_page())


def password() -> QWidget:
    """A new password."""
    return PasswordDialog(None)


def _no_tasks() -> Tasks:
    return Tasks(nullcontext, nullcontext)


def _refuse(_profile: Profile, _password: str) -> object:
    raise SignInError(_("The password is wrong."))


SPECIMENS = (
    ("widgets", specimen_page),
    ("editors", form),
    ("window", main_window),
    ("login", login),
    ("login_refused", login_refused),
    ("question", question),
    ("shortcuts", shortcuts),
    ("password", password),
)
"""What the gallery draws: the file's name, and what builds the window."""
