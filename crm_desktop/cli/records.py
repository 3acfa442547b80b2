"""Commands on records: search, history, undo, export, print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_desktop.cli.command import command, option
from crm_desktop.cli.connection import server_options, sign_in
from crm_desktop.cli.output import as_json_option, print_first, print_json, progress_on_stderr
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services import journal
from crm_desktop.services.filter_fields import problems_of
from crm_desktop.services.filter_words import fetch_names
from crm_desktop.services.listing import ListQuery, columns_of
from crm_desktop.services.search import search as search_all
from crm_desktop.services.views import fetch_views
from crm_desktop.spec import EntitySpec

ENTITIES = click.Choice([spec.key for spec in ALL_ENTITIES])
LARGEST_ID = 2**63 - 1
entity_argument = click.argument("entity", type=ENTITIES, metavar="ENTITY")
PRINTED = ".pdf"
target_file = click.argument("file", type=click.Path(dir_okay=False, path_type=Path))


@command("search", N_("Find records by name, pinyin, code or telephone number."))
@click.argument("text")
@option("--limit", type=click.IntRange(1, 1000), default=8, show_default=True, help=N_("Most records of each kind."))
@as_json_option
@server_options
@click.pass_context
def search(context: click.Context, text: str, limit: int, *, as_json: bool) -> None:
    gateway = sign_in(context)
    with gateway.read() as session:
        hits = search_all(session, text, gateway.person, limit)
    if as_json:
        print_json([hit._asdict() for hit in hits])
        return
    for hit in hits:
        click.echo(f"{_(by_key(hit.entity).label)}\t{hit.id}\t{hit.title}\t{hit.subtitle}")
    if not hits:
        click.echo(_("Nothing found."), err=True)


@command("history", N_("Who changed what of a record; KEY is its number, login or id."))
@entity_argument
@click.argument("key")
@as_json_option
@server_options
@click.pass_context
def history(context: click.Context, entity: str, key: str, *, as_json: bool) -> None:
    gateway = sign_in(context)
    with gateway.read() as session:
        changes = journal.fetch_history(session, entity, find_id(session, entity, key))
    spec = by_key(entity)
    if as_json:
        print_json([_change_as_json(change, spec) for change in changes])
        return
    for change in changes:
        click.echo(
            f"{change.at.astimezone():%Y-%m-%d %H:%M}  {change.who}  "
            f"{journal.describe(change.kind, change.label)}  #{change.change_set}"
        )
        for field in change.fields:
            before, after = field.texts(spec)
            click.echo(f"    {_(field.label)}: {before or '—'} → {after or '—'}")
    if not changes:
        click.echo(_("Nobody has changed it since it came in."), err=True)


def _change_as_json(change: journal.Change, spec: EntitySpec) -> dict[str, Any]:
    texts = [(field, *field.texts(spec)) for field in change.fields]
    return {
        "change_set": change.change_set,
        "at": change.at.isoformat(),
        "who": change.who,
        "kind": change.kind,
        "label": change.label,
        "operation": change.operation,
        "fields": [{"field": f.key, "label": _(f.label), "before": old, "after": new} for f, old, new in texts],
    }


def find_id(session: Session, entity: str, key: str) -> int:
    """The id of the record with this number or login, else id. Raises KnownError where there is none in sight."""
    model: Any = by_key(entity).model
    found = None
    for number in ("code", "login"):
        if found is None and hasattr(model, number):
            found = session.scalar(select(model.id).where(getattr(model, number) == key))
    if found is None and key.isdecimal() and int(key) <= LARGEST_ID:
        found = session.scalar(select(model.id).where(model.id == int(key)))
    if found is None:
        raise KnownError(
            _("There is no {entity} “{key}”, or you may not see it.").format(entity=_(by_key(entity).label), key=key),
            _("Give its number or its id; “search” finds both."),
        )
    return int(found)


@command("undo", N_("Take a change set back."))
@click.argument("change_set", type=click.IntRange(1, LARGEST_ID))
@option("--dry-run", is_flag=True, help=N_("Only say what would happen."))
@as_json_option
@server_options
@click.pass_context
def undo(context: click.Context, change_set: int, *, dry_run: bool, as_json: bool) -> None:
    gateway = sign_in(context)
    with gateway.long_write() as session:
        result = journal.undo(session, change_set, is_rehearsal=dry_run)
    if as_json:
        print_json(_undo_as_json(result))
        return
    if dry_run:
        click.echo(_("This would happen; nothing was changed:"))
    for text, counts in (
        (_("Restored"), result.restored),
        (_("Brought back"), result.brought_back),
        (_("Removed"), result.removed),
    ):
        for entity, count in counts.items():
            click.echo(f"{text}: {count} {_name_of(entity)}")
    print_first([_("Kept: {what}").format(what=kept.sentence()) for kept in result.kept])


def _name_of(entity: str) -> str:
    """The plural word for an entity; tables without an entity of their own keep their name."""
    return next((_(spec.label_plural) for spec in ALL_ENTITIES if spec.key == entity), entity)


def _undo_as_json(result: journal.UndoResult) -> dict[str, Any]:
    return {
        "change_set": result.change_set,
        "restored": dict(result.restored),
        "brought_back": dict(result.brought_back),
        "removed": dict(result.removed),
        "kept": [
            {
                "entity": kept.entity,
                "id": kept.id,
                "name": kept.name,
                "fields": list(kept.fields),
                "why": kept.why,
                "who": kept.who,
                "at": kept.at and kept.at.isoformat(),
            }
            for kept in result.kept
        ],
    }


@command("export", N_("Write a list as .xlsx, .csv or .pdf."))
@entity_argument
@target_file
@option("--view", default="", help=N_("A preset such as mine, or the name of a saved view; everything without it."))
@server_options
@click.pass_context
def export(context: click.Context, entity: str, file: Path, view: str) -> None:
    from crm_desktop.reports.lists import export_kinds, export_list, print_list

    gateway = sign_in(context)
    with gateway.read() as session:
        query, keys = _find_list(session, entity, view)
    for problem in problems_of(entity, query.filter):
        click.echo(_("Left out of the filter: {problem}").format(problem=problem), err=True)
    is_print = file.suffix.lower() == PRINTED
    kinds = [*export_kinds(by_key(entity)), PRINTED]
    if file.suffix.lower() not in kinds:
        raise KnownError(
            _("“{name}” is no kind of file that a list can be exported to.").format(name=file.name),
            _("Choose a name that ends in {kinds}.").format(kinds=", ".join(kinds)),
        )
    write = print_list if is_print else export_list
    columns = columns_of(query.spec, keys) if is_print or keys else query.spec.table.columns
    with gateway.long_write() as session, progress_on_stderr() as progress:
        count = write(session, query, gateway.person, columns, file, progress)
    click.echo(_("{count} rows written to {file}.").format(count=count, file=file))


def _find_list(session: Session, entity: str, view: str) -> tuple[ListQuery, Sequence[str]]:
    """The list that a preset or a saved view stands for, and the keys of the columns that the view has."""
    presets = [preset.key for preset in by_key(entity).table.presets]
    if not view or view in presets:
        return ListQuery(entity=entity, preset=view), ()
    views = [saved for saved in fetch_views(session) if saved.entity == entity]
    found = next((saved for saved in views if saved.name.lower() == view.lower()), None)
    if found is None:
        words = _("There is no view “{view}”. There are: {known}.")
        known = ", ".join([*presets, *(saved.name for saved in views)])
        raise click.UsageError(words.format(view=view, known=known))
    named = replace(found, filter=fetch_names(session, entity, found.filter))
    return named.query(), named.column_keys


@command("print", N_("Print a record's card as a PDF; KEY is its number, login or id."))
@entity_argument
@click.argument("key")
@target_file
@server_options
@click.pass_context
def print_record(context: click.Context, entity: str, key: str, file: Path) -> None:
    from crm_desktop.reports.cards import print_card

    gateway = sign_in(context)
    with gateway.read() as session:
        print_card(session, entity, find_id(session, entity, key), gateway.person, file)
    click.echo(_("Printed to {file}.").format(file=file))
