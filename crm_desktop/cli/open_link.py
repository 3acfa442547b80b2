"""``crm-desktop open LINK`` and ``call NUMBER``: in the workbench that runs, or in a new one. ``crm:`` leads here."""

from __future__ import annotations

import click

from crm_desktop.cli.command import command
from crm_desktop.cli.connection import Choice
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.links import link_to_call, parse_call, parse_link


@command("open", N_("Open the record of a link (crm://customer/12) in the workbench."))
@click.argument("link")
@click.pass_context
def open_link(context: click.Context, *, link: str) -> None:
    if parse_link(link) is None:
        raise KnownError(
            _("“{text}” is no link to a record.").format(text=link),
            _("“Copy link” in a record's menu makes one: crm://customer/12."),
        )
    _show(context, link)


@command("call", N_("Log a call from this telephone number in the workbench."))
@click.argument("number")
@click.pass_context
def take_call(context: click.Context, *, number: str) -> None:
    link = link_to_call(number)
    if not parse_call(link):
        raise KnownError(
            _("“{text}” is no telephone number.").format(text=number), _("As in: crm-desktop call 02055501234")
        )
    _show(context, link)


def _show(context: click.Context, link: str) -> None:
    from crm_desktop.app import run
    from crm_desktop.db.address import ConnectionAddress

    url = context.ensure_object(Choice).url()
    context.exit(run(ConnectionAddress.from_url(url) if url else None, link))
