"""Commands on the data of one person: search, history, undo, export, print, import."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from crm_desktop.cli.connection import print_json, progress_on_stderr, server_options, sign_in
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import _
from crm_desktop.entities import ALL_ENTITIES, by_key
from crm_desktop.services import journal
from crm_desktop.services.listing import ListQuery, columns_of
from crm_desktop.services.search import search as search_all

ENTITIES = click.Choice([spec.key for spec in ALL_ENTITIES])
IMPORTABLE = click.Choice([spec.key for spec in ALL_ENTITIES if spec.importable])


@click.command()
@click.argument("text")
@click.option("--limit", default=8, show_default=True, help="Most hits of each entity.")
@click.option("--json", "as_json", is_flag=True)
@server_options
@click.pass_context
def search(context: click.Context, text: str, limit: int, *, as_json: bool) -> None:
    """Find records by name, pinyin, code or telephone number."""
    gateway = sign_in(context)
    with gateway.read() as session:
        hits = search_all(session, text, gateway.person, limit)
    if as_json:
        print_json([hit._asdict() for hit in hits])
        return
    for hit in hits:
        click.echo(f"{_(by_key(hit.entity).label)}\t{hit.id}\t{hit.title}\t{hit.subtitle}")


@click.command()
@click.argument("entity", type=ENTITIES)
@click.argument("key")
@click.option("--json", "as_json", is_flag=True)
@server_options
@click.pass_context
def history(context: click.Context, entity: str, key: str, *, as_json: bool) -> None:
    """Who changed what of a record; KEY is its number or id."""
    gateway = sign_in(context)
    with gateway.read() as session:
        changes = journal.fetch_history(session, entity, find_key(session, entity, key))
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


def _change_as_json(change: journal.Change, spec: Any) -> dict[str, Any]:
    fields = [
        {"field": f.key, "label": _(f.label), "before": f.texts(spec)[0], "after": f.texts(spec)[1]}
        for f in change.fields
    ]
    return {
        "change_set": change.change_set,
        "at": change.at.isoformat(),
        "who": change.who,
        "kind": change.kind,
        "label": change.label,
        "operation": change.operation,
        "fields": fields,
    }


def find_key(session: Session, entity: str, key: str) -> int:
    """The id of the record with this code, else id. Raises KnownError where there is none in sight."""
    model: Any = by_key(entity).model
    found = None
    if hasattr(model, "code"):
        found = session.scalar(select(model.id).where(model.code == key))
    if found is None and key.isdecimal():
        found = session.scalar(select(model.id).where(model.id == int(key)))
    if found is None:
        raise KnownError(
            _("There is no {entity} “{key}”, or you may not see it.").format(entity=_(by_key(entity).label), key=key),
            _("Give its number or its id; “search” finds both."),
        )
    return int(found)


@click.command()
@click.argument("change_set", type=int)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--json", "as_json", is_flag=True)
@server_options
@click.pass_context
def undo(context: click.Context, change_set: int, *, dry_run: bool, as_json: bool) -> None:
    """Take a change set back, as far as nobody has built on it."""
    gateway = sign_in(context)
    with gateway.long_write() as session:
        result = journal.undo(session, change_set, is_rehearsal=dry_run)
    if as_json:
        print_json(
            {
                "change_set": result.change_set,
                "restored": dict(result.restored),
                "brought_back": dict(result.brought_back),
                "removed": dict(result.removed),
                "kept": [
                    {
                        "entity": k.entity,
                        "id": k.id,
                        "name": k.name,
                        "fields": list(k.fields),
                        "why": k.why,
                        "who": k.who,
                        "at": k.at and k.at.isoformat(),
                    }
                    for k in result.kept
                ],
            }
        )
        return
    for text, counts in (
        (_("Restored"), result.restored),
        (_("Brought back"), result.brought_back),
        (_("Removed"), result.removed),
    ):
        for entity, count in counts.items():
            click.echo(f"{text}: {count} {_(by_key(entity).label_plural)}")
    for kept in result.kept:
        click.echo(_("Kept: {what}").format(what=kept.sentence()))


@click.command()
@click.argument("entity", type=ENTITIES)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--view", default="", help="One of the list's views, such as mine; everything without it.")
@server_options
@click.pass_context
def export(context: click.Context, entity: str, file: Path, view: str) -> None:
    """Write a list as .xlsx, .csv or .pdf."""
    from crm_desktop.reports.lists import export_list, print_list

    _known_view(entity, view)
    gateway = sign_in(context)
    query = ListQuery(entity=entity, preset=view)
    write = print_list if file.suffix.lower() == ".pdf" else export_list
    columns = columns_of(query.spec) if write is print_list else query.spec.table.columns
    with gateway.long_write() as session:
        count = write(session, query, gateway.person, columns, file, progress_on_stderr)
    click.echo(_("{count} written to {file}.").format(count=count, file=file), err=True)


def _known_view(entity: str, view: str) -> None:
    known = [preset.key for preset in by_key(entity).table.presets]
    if view and view not in known:
        raise click.UsageError(_("“{view}” is no view; there are: {known}").format(view=view, known=", ".join(known)))


@click.command("print")
@click.argument("entity", type=ENTITIES)
@click.argument("key")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@server_options
@click.pass_context
def print_record(context: click.Context, entity: str, key: str, file: Path) -> None:
    """Print a record's card as a PDF; KEY is its number or id."""
    from crm_desktop.reports.cards import print_card

    gateway = sign_in(context)
    with gateway.read() as session:
        print_card(session, entity, find_key(session, entity, key), gateway.person, file)
    click.echo(_("Printed to {file}.").format(file=file), err=True)


@click.command("import")
@click.argument("entity", type=IMPORTABLE)
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--sheet", help="Only this sheet; or SHEET!ROW, the row of the table's heading.")
@click.option("--mapping", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="JSON: label to field.")
@click.option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help="Instead of what the days look like.")
@click.option("--on-match", type=click.Choice(["update", "fill", "skip", "create"]), default="fill", show_default=True)
@click.option("--dry-run", is_flag=True, help="Only say what would happen.")
@click.option("--rejects", type=click.Path(dir_okay=False, path_type=Path), help="Write the rows left out as .xlsx.")
@click.option("--json", "as_json", is_flag=True)
@server_options
@click.pass_context
def import_file(
    context: click.Context,
    *,
    entity: str,
    file: Path,
    sheet: str | None,
    mapping: Path | None,
    date_order: Any,
    on_match: str,
    dry_run: bool,
    rejects: Path | None,
    as_json: bool,
) -> None:
    """Import a sheet as it is; everything it writes can be undone as one."""
    from importers import run
    from importers.plan import MatchRule, OnMatch
    from importers.records import read_records
    from importers.rejects import write_rejects
    from importers.write import Written

    assert entity == run.ENTITY
    gateway = sign_in(context)
    opened = run.open_file(file)
    with gateway.read() as session:
        opened = run.with_saved_recipes(session, opened)
    opened = run.with_mapping(opened, _read_mapping(mapping), date_order)
    source = opened.chosen(sheet)
    records = read_records(source.pairs)
    rule = MatchRule(OnMatch(on_match))
    if dry_run:
        with gateway.read() as session:
            plan = run.plan_import(session, gateway.person, records, rule, progress_on_stderr)
        result = run.Result(Written(None, {}, {}), plan, tuple(records.rejects), source.mapping)
    else:
        with gateway.long_write() as session:
            result = run.import_records(session, gateway.person, records, source, rule, progress_on_stderr)
    if rejects is not None:
        write_rejects(rejects, source.pairs, records.rejects)
    if as_json:
        print_json(result.as_json())
        return
    for line in result.sentences():
        click.echo(line)


def _read_mapping(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        mapping = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise KnownError(
            _("The mapping {file} cannot be read: {reason}").format(file=file, reason=error),
            _('It is JSON: {"label of the column": "customer.name"}.'),
        ) from error
    if not isinstance(mapping, dict):
        raise KnownError(
            _("The mapping {file} cannot be read: {reason}").format(file=file, reason=_("no JSON object")),
            _('It is JSON: {"label of the column": "customer.name"}.'),
        )
    return mapping


DATA_COMMANDS = (search, history, undo, export, print_record, import_file)
