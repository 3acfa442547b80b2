"""What the side lists offer beside the lists of records. The pages themselves are loaded when they are first opened."""

from __future__ import annotations

from typing import get_args

from crm_desktop.core.access import Function, Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.entities.reports import REPORTS
from crm_desktop.services.messages import Folder
from crm_desktop.ui.page import LOG_CALL, PageEntry
from crm_desktop.ui.pages import page_at

HOME = PageEntry("home", N_("My day"), page_at("pages.home.HomePage"), icon="house")
CALENDAR = PageEntry("calendar", N_("Calendar"), page_at("pages.calendar.CalendarPage"), icon="calendar-blank")
DEPARTMENTS = PageEntry(
    "department/tree", N_("Departments"), page_at("pages.tree.TreePage", entity="department"), N_("Departments")
)
CATEGORIES = PageEntry(
    "product_category/tree",
    N_("Tree of categories"),
    page_at("pages.tree.TreePage", entity="product_category"),
    N_("Product categories"),
)
MESSAGES, REPORT = "messages/", "report/"
INBOX_AREA, INBOX = "home", MESSAGES + "in"
"""What the keys of their entries begin with."""
TEAM_LOGS = "work_log/team"
FOLDERS: dict[Folder, str] = {"in": N_("Messages"), "unread": N_("Unread messages"), "sent": N_("Sent messages")}


def message_entries() -> tuple[PageEntry, ...]:
    """The folders."""
    build = page_at("pages.messages.MessagesPage")
    return tuple(
        PageEntry(MESSAGES + folder, FOLDERS[folder], build, N_("Messages"), page="messages")
        for folder in get_args(Folder)
    )


def opportunity_entries() -> tuple[PageEntry, ...]:
    """The board and the funnel."""
    group = by_key("opportunity").label_plural
    return (
        PageEntry("opportunity/board", N_("Board"), page_at("pages.board.BoardPage"), group),
        PageEntry("opportunity/funnel", N_("Funnel"), page_at("pages.funnel.FunnelPage"), group),
    )


def service_entries(person: Person) -> tuple[PageEntry, ...]:
    """Logging a call, for who may; the boards and the monitor."""
    group = by_key("service_request").label_plural
    log = PageEntry(LOG_CALL, N_("Log a call"), page_at("pages.log_call.LogCallPage"), group, icon="phone-incoming")
    return (
        *((log,) if person.may("create", "service_request") else ()),
        PageEntry("service_request/board", N_("Board by state"), page_at("pages.service_board.by_state"), group),
        PageEntry(
            "service_request/engineers", N_("Board by engineer"), page_at("pages.service_board.by_engineer"), group
        ),
        PageEntry("service_request/wallboard", N_("Service monitor"), page_at("pages.wallboard.WallboardPage"), group),
    )


def task_entry() -> PageEntry:
    """The board of tasks."""
    group = by_key("task").label_plural
    return PageEntry("task/board", N_("Board of tasks"), page_at("pages.task_board.TaskBoardPage"), group)


def knowledge_entry() -> PageEntry:
    """The search among articles."""
    return PageEntry(
        "knowledge_article/find",
        N_("Search the knowledge base"),
        page_at("pages.find_knowledge.FindKnowledgePage"),
        by_key("knowledge_article").label_plural,
        icon="magnifying-glass",
    )


def team_entries(person: Person) -> tuple[PageEntry, ...]:
    """Who has submitted his work log, for whoever reads those of others."""
    if not {*person.owners.get(("work_log", "read"), ())} - {person.id, -person.id}:
        return ()
    group = by_key("work_log").label_plural
    return (PageEntry(TEAM_LOGS, N_("Who has submitted"), page_at("pages.team_logs.TeamLogsPage"), group),)


def report_entries(person: Person) -> tuple[PageEntry, ...]:
    """The reports on what this person may read."""
    build = page_at("pages.report.ReportPage")
    return tuple(
        PageEntry(REPORT + spec.key, spec.label, build, spec.group, page="report")
        for spec in REPORTS
        if person.may("read", spec.entity)
    )


def change_entries(person: Person) -> tuple[PageEntry, ...]:
    """What one did oneself; everybody's for those who may undo what others did; and what was deleted."""
    group, page = N_("Change log"), "pages.changes.ChangesPage"
    mine = PageEntry("changes/mine", N_("My changes"), page_at(page, everybodys=False), group)
    everybodys = PageEntry("changes/all", N_("Everybody's changes"), page_at(page, everybodys=True), group)
    may_undo = any(person.may_use(Function.UNDO, spec.key) for spec in ALL_ENTITIES)
    deleted = PageEntry("changes/bin", N_("Recycle bin"), page_at("pages.recycle_bin.RecycleBinPage"), group)
    return (mine, *((everybodys,) if may_undo else ()), deleted)


def rights_entries(person: Person) -> tuple[PageEntry, ...]:
    """All rights, for who gives them."""
    if not person.may("update", "permission_group"):
        return ()
    build = page_at("rights.page.RightsPage")
    return (PageEntry("permission_group/rights", N_("Rights at a glance"), build, N_("Permission groups")),)


def administration_entries(person: Person) -> tuple[PageEntry, ...]:
    """The fields that the firm adds, for who may define them; firm and server for those who may change its settings."""
    fields = PageEntry(
        "custom_field/page", N_("Custom fields"), page_at("pages.custom_fields.CustomFieldsPage"), N_("Custom fields")
    )
    group = N_("Firm and server")
    firm = (
        PageEntry("firm", N_("Settings of the firm"), page_at("pages.firm.FirmPage"), group),
        PageEntry("connections", N_("Who is connected"), page_at("pages.connections.ConnectionsPage"), group),
        PageEntry("server", N_("Server and backup"), page_at("pages.server_state.ServerStatePage"), group),
    )
    grant = person.grants.get("setting")
    return (
        *((fields,) if person.may("create", "custom_field") else ()),
        *(firm if grant is not None and grant.update is not Scope.NONE else ()),
    )
