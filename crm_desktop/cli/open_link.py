"""``crm-desktop open LINK``: a record in the workbench that runs, or in a new one. The protocol ``crm:`` leads here."""

from __future__ import annotations

import click

from crm_desktop.cli.command import command
from crm_desktop.cli.connection import Choice
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.links import parse_link


@command("open", N_("Open the record of a link (crm://customer/12) in the workbench."))
@click.argument("link")
@click.pass_context
def open_link(context: click.Context, *, link: str) -> None:
    from crm_desktop.app import run
    from crm_desktop.db.address import ConnectionAddress

    if parse_link(link) is None:
        raise KnownError(
            _("“{text}” is no link to a record.").format(text=link),
            _("“Copy link” in a record's menu makes one: crm://customer/12."),
        )
    url = context.ensure_object(Choice).url()
    context.exit(run(ConnectionAddress.from_url(url) if url else None, link))
