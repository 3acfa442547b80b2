"""``crm-desktop import``: a sheet as it is, in one change set."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from crm_desktop.cli.command import command, option
from crm_desktop.cli.connection import server_options, sign_in
from crm_desktop.cli.output import as_json_option, print_first, print_json, progress_on_stderr
from crm_desktop.core.errors import KnownError
from crm_desktop.core.i18n import N_, _, counted
from crm_desktop.entities import ALL_ENTITIES, by_key

if TYPE_CHECKING:
    from importers.run import Result

IMPORTABLE = click.Choice([spec.key for spec in ALL_ENTITIES if spec.importable])


@command("import", N_("Import a sheet as it is; undo takes it back."))
@click.argument("entity", type=IMPORTABLE)
@click.argument("file", type=click.Path(path_type=Path))
@option("--sheet", help=N_("Only this sheet; or SHEET!ROW, the row of the table's heading."))
@option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help=N_("A JSON file: label of the column to field, such as customer.name or product.code."),
)
@option("--date-order", type=click.Choice(["dmy", "mdy", "ymd"]), help=N_("How days are written; else as they look."))
@option(
    "--on-match",
    type=click.Choice(["update", "fill", "skip", "create"]),
    default="fill",
    show_default=True,
    help=N_("What happens with records that are there: replaced, filled up, left, or created once more."),
)
@option("--dry-run", is_flag=True, help=N_("Only say what would happen."))
@option(
    "--rejects", type=click.Path(dir_okay=False, path_type=Path), help=N_("Write the rows left out to this .xlsx file.")
)
@as_json_option
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
    from importers import run
    from importers.plan import MatchRule, OnMatch
    from importers.rejects import write_rejects

    gateway = sign_in(context)
    opened = run.open_file(file, entity)
    with gateway.read() as session:
        opened = run.with_saved_recipes(session, opened)
    opened = run.with_mapping(opened, _read_mapping(mapping), date_order)
    source = opened.chosen(sheet)
    records = source.read()
    rule = MatchRule(OnMatch(on_match))
    if rejects is not None:  # before the import: where it cannot be written, nothing is
        with gateway.read() as session:
            found = run.rehearse(session, gateway.person, records, source, rule)
        write_rejects(rejects, source.pairs, found.rejects)
    with progress_on_stderr() as progress:
        if dry_run:
            with gateway.read() as session:
                result = run.rehearse(session, gateway.person, records, source, rule, progress)
        else:
            with gateway.long_write() as session:
                result = run.import_records(session, gateway.person, records, source, rule, progress)
    if as_json:
        print_json(result.as_json())
        return
    if dry_run:
        click.echo(_("This would happen; nothing was changed:"))
    _print_result(result)


def _print_result(result: Result) -> None:
    from importers.common_warnings import common_warnings

    for words, counts in (
        (_("New: {things}"), result.written.created),
        (_("Updated: {things}"), result.written.updated),
    ):
        click.echo(words.format(things=_(", ").join(_counted(kind, count) for kind, count in counts.items())))
    if result.left_alone:
        click.echo(_("Left as they are: {things}").format(things=_counted(result.entity, result.left_alone)))
    print_first([_("Rejected: {row}").format(row=f"{one.at}: {one.reason}") for one in result.rejects])
    print_first([_said_once(text, places) for text, places in common_warnings(result.plan.rows)])
    if result.written.change_set:
        click.echo(_("Undo with: crm-desktop undo {number}").format(number=result.written.change_set))


def _said_once(warning: str, places: Sequence[str]) -> str:
    """A warning with the first of its rows, and how many there are."""
    if len(places) == 1:
        return f"{places[0]}: {warning}"
    return _("{first} and {count} more rows: {warning}").format(
        first=places[0], count=f"{len(places) - 1:,}", warning=warning
    )


def _counted(kind: str, count: int) -> str:
    return counted(by_key(kind).label, by_key(kind).label_plural, count)


def _read_mapping(file: Path | None) -> dict[str, Any]:
    if file is None:
        return {}
    try:
        mapping = json.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError) as error:
        raise _unreadable(file, str(error)) from error
    if not isinstance(mapping, dict) or not all(isinstance(field, str) for field in mapping.values()):
        raise _unreadable(file, _("it is no list of labels with their fields"))
    return mapping


def _unreadable(file: Path, reason: str) -> KnownError:
    return KnownError(
        _("The mapping {file} cannot be read: {reason}.").format(file=file, reason=reason),
        _("Write it as JSON: {example}.").format(example='{"label of the column": "customer.name"}'),
    )
