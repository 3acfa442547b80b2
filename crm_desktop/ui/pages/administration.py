"""The pages of the administration that are no lists of records."""

from __future__ import annotations

from crm_desktop.core.access import Person, Scope
from crm_desktop.core.i18n import N_
from crm_desktop.ui.area_view import AreaView
from crm_desktop.ui.page import Page, PageEntry

GROUP = N_("Firm and server")


def administration_entries(person: Person) -> tuple[PageEntry, ...]:
    """For those who may change the firm's settings; nothing for others."""
    grant = person.grants.get("setting")
    if grant is None or grant.update is Scope.NONE:
        return ()
    return (
        PageEntry("firm", N_("Settings of the firm"), _firm, GROUP),
        PageEntry("connections", N_("Who is connected"), _connections, GROUP),
        PageEntry("server", N_("Server and backup"), _server, GROUP),
    )


def rights_entries(person: Person) -> tuple[PageEntry, ...]:
    """The side entry of all rights, for who gives them."""
    if not person.may("update", "permission_group"):
        return ()
    return (PageEntry("permission_group/rights", N_("Rights at a glance"), _rights, N_("Permission groups")),)


def _rights(view: AreaView) -> Page:
    from crm_desktop.ui.rights.page import RightsPage

    return RightsPage(view)


def _firm(view: AreaView) -> Page:
    from crm_desktop.ui.pages.firm import FirmPage  # seldom opened, as the others here

    return FirmPage(view)


def _connections(view: AreaView) -> Page:
    from crm_desktop.ui.pages.connections import ConnectionsPage

    return ConnectionsPage(view)


def _server(view: AreaView) -> Page:
    from crm_desktop.ui.pages.server_state import ServerStatePage

    return ServerStatePage(view)
