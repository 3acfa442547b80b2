"""The command ``report``: the rows of a report as a table, as JSON, as a PDF or as an Excel sheet."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from crm_desktop.cli.command import command, option
from crm_desktop.cli.connection import server_options, sign_in
from crm_desktop.cli.output import as_json_option, print_json
from crm_desktop.cli.records import find_id
from crm_desktop.core.access import Person
from crm_desktop.core.errors import KnownError, NoRightError
from crm_desktop.core.i18n import N_, _
from crm_desktop.core.text import normalise
from crm_desktop.entities import by_key
from crm_desktop.entities.reports import REPORTS, report_of
from crm_desktop.services.analysis import FoundReport, ReportRow, dimension_label, fetch_report
from crm_desktop.services.analysis_parameters import (
    Parameters,
    fetch_named,
    has_process,
    opening_parameters,
    parameter_words,
    sorts_of,
)
from crm_desktop.services.listing import ListQuery, fetch_first_page
from crm_desktop.spec import Ref
from crm_desktop.spec.filters import Condition, Group
from crm_desktop.spec.kinds import DATE, BadValueError
from crm_desktop.spec.operators import PERIODS
from crm_desktop.spec.report import ReportSpec


class _Day(click.ParamType[datetime.date | None]):
    """A day as forms take it."""

    name = "date"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> datetime.date | None:
        """The day; fails with the sentence that a form would say."""
        try:
            return DATE.parse(value)
        except BadValueError as error:
            self.fail(error.message, param, ctx)


_DAY = _Day()
_ANY, _NONE = "any", "none"
_MOST_NAMES = 1000
_FIRST_DAY, _LAST_DAY = datetime.date(1900, 1, 1), datetime.date(2999, 12, 31)


@command("report", N_("The numbers of a report; without a name, which reports there are."))
@click.argument("name", default="")
@option("--from", "first", type=_DAY, help=N_("First day of the period, such as 2026-01-01."))
@option("--to", "last", type=_DAY, help=N_("Last day of the period."))
@option(
    "--param",
    "asked",
    multiple=True,
    metavar="K=V",
    help=N_("period, person, department, process, by, then or sort, such as by=owner. May be repeated."),
)
@as_json_option
@option("--pdf", type=click.Path(dir_okay=False, path_type=Path), help=N_("Write it as a PDF."))
@option("--xlsx", type=click.Path(dir_okay=False, path_type=Path), help=N_("Write it as an Excel sheet."))
@server_options
@click.pass_context
def report(
    context: click.Context,
    name: str,
    first: datetime.date | None,
    last: datetime.date | None,
    asked: Sequence[str],
    pdf: Path | None,
    xlsx: Path | None,
    *,
    as_json: bool,
) -> None:
    if not name:
        _list_reports(as_json=as_json)
        return
    spec = report_of(name)
    if spec is None:
        known = ", ".join(one.key for one in REPORTS)
        raise click.UsageError(_("There is no report “{name}”. There are: {known}.").format(name=name, known=known))
    gateway = sign_in(context)
    if not gateway.person.may("read", spec.entity):
        raise NoRightError(
            _("You have no right to see what this report counts."), _("Ask the administrator if you need it.")
        )
    with gateway.read() as session:
        parameters = _parameters(session, spec, dict(map(_pair, asked)), gateway.person)
        if first is not None or last is not None:
            days = (first or _FIRST_DAY, last or _LAST_DAY)
            parameters = replace(parameters, period=days)
        parameters = fetch_named(session, spec, parameters)
        found = fetch_report(session, spec, parameters, gateway.person)
    for target, write in ((pdf, _write_pdf), (xlsx, _write_xlsx)):
        if target is not None:
            with gateway.write() as session:
                write(session, found, gateway.person, target)
            click.echo(_("Written to {name}").format(name=target), err=True)
    if as_json:
        print_json(_as_json(found))
    elif pdf is None and xlsx is None:
        _print(found)


def _list_reports(*, as_json: bool) -> None:
    if as_json:
        print_json([{"name": one.key, "number": one.number, "label": _(one.label)} for one in REPORTS])
        return
    for one in REPORTS:
        click.echo(f"{one.key}\t{one.number}\t{_(one.label)}")


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals or key not in _READERS:
        known = ", ".join(_READERS)
        raise click.UsageError(_("“{text}” is no parameter. There are: {known}.").format(text=text, known=known))
    return key, value


def _parameters(session: Session, spec: ReportSpec, asked: Mapping[str, str], person: Person) -> Parameters:
    parameters = opening_parameters(spec)
    for key, value in asked.items():
        parameters = _READERS[key](session, spec, parameters, value, person)
    return parameters


def _of_period(_session: Session, _spec: ReportSpec, parameters: Parameters, value: str, _person: Person) -> Parameters:
    if value not in {*PERIODS, _ANY}:
        raise _unknown("period", value, [_ANY, *PERIODS])
    return replace(parameters, period="" if value == _ANY else value)


def _of_person(session: Session, _spec: ReportSpec, parameters: Parameters, value: str, _person: Person) -> Parameters:
    chosen = Condition("owner", "any_of", (Ref(find_id(session, "employee", value), ""),))
    return replace(parameters, whose=_and(parameters.whose, chosen))


def _of_department(
    session: Session, _spec: ReportSpec, parameters: Parameters, value: str, person: Person
) -> Parameters:
    chosen = Condition("owner.department", "within", (_by_name(session, "department", value, person),))
    return replace(parameters, whose=_and(parameters.whose, chosen))


def _of_process(session: Session, spec: ReportSpec, parameters: Parameters, value: str, person: Person) -> Parameters:
    if not has_process(spec):
        raise click.UsageError(_("“{text}” cannot be asked of this report.").format(text="process"))
    return replace(parameters, process=_by_name(session, "sales_process", value, person))


def _of_dimension(key: str) -> Any:
    def read(_session: Session, spec: ReportSpec, parameters: Parameters, value: str, _person: Person) -> Parameters:
        known = [one.key for one in spec.dimensions]
        if value not in {*known, *([_NONE] if key == "then" else [])}:
            raise _unknown(key, value, known)
        chosen = "" if value == _NONE else value
        return replace(parameters, by=chosen) if key == "by" else replace(parameters, then=chosen)

    return read


def _of_order(_session: Session, spec: ReportSpec, parameters: Parameters, value: str, _person: Person) -> Parameters:
    known = sorts_of(spec)
    if value not in known:
        raise _unknown("sort", value, [key for key in known if key])
    return replace(parameters, sort=value)


_READERS = {
    "period": _of_period,
    "person": _of_person,
    "department": _of_department,
    "process": _of_process,
    "by": _of_dimension("by"),
    "then": _of_dimension("then"),
    "sort": _of_order,
}


def _unknown(key: str, value: str, known: Sequence[str]) -> click.UsageError:
    words = _("“{value}” is no {key}. There are: {known}.")
    return click.UsageError(words.format(value=value, key=key, known=", ".join(known)))


def _and(whose: Group, condition: Condition) -> Group:
    return Group((*whose.items, condition))


def _by_name(session: Session, entity: str, name: str, person: Person) -> Ref:
    """The row of this name in the language of the moment, or of this id."""
    spec = by_key(entity)
    column = spec.table.columns[0]
    rows = fetch_first_page(session, ListQuery(entity=entity), person, (column,), _MOST_NAMES)
    for row in rows:
        label = str(row.values[column.key])
        if normalise(label) == normalise(name) or name == str(row.id):
            return Ref(row.id, label)
    raise KnownError(_("There is no {entity} “{key}”, or you may not see it.").format(entity=_(spec.label), key=name))


def _write_pdf(session: Session, found: FoundReport, person: Person, target: Path) -> None:
    from crm_desktop.reports.analysis import print_report

    print_report(session, found, person, target)


def _write_xlsx(session: Session, found: FoundReport, person: Person, target: Path) -> None:
    from crm_desktop.reports.analysis import export_report

    export_report(session, found, person, target)


def _as_json(found: FoundReport) -> dict[str, Any]:
    return {
        "name": found.spec.key,
        "parameters": found.parameters.stored(),
        "dimensions": [one.key for one in found.dimensions],
        "rows": [_row_as_json(found, row) for row in found.rows],
        "total": None if found.total is None else _row_as_json(found, found.total),
    }


def _row_as_json(found: FoundReport, row: ReportRow) -> dict[str, Any]:
    keys = [value.id if isinstance(value, Ref) else value for value in row.values]
    numbers = {one.key: number.value for one, number in zip(found.measures, row.numbers, strict=True)}
    return {"level": row.level, "label": row.label, "keys": keys, **numbers}


def _print(found: FoundReport) -> None:
    """A line a row, cells apart by tabs."""
    spec = found.spec
    click.echo(f"{_(spec.label)}: {' · '.join(parameter_words(spec, found.parameters))}", err=True)
    names = " › ".join(dimension_label(spec, one) for one in found.dimensions)
    click.echo("\t".join([names, *(_(one.label) for one in found.measures)]))
    for row in (*found.rows, *([found.total] if found.total else [])):
        numbers = zip(found.measures, row.numbers, strict=True)
        label = "  " * max(0, row.level - 1) + row.label
        click.echo("\t".join([label, *(measure.kind.format(number.value) for measure, number in numbers)]))
