"""The sentences of a list page, made from the words of its entity."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

from crm_desktop.core.i18n import _, counted, ngettext
from crm_desktop.services.listing import ListQuery, Row
from crm_desktop.services.totals import Total, Totals
from crm_desktop.spec import Column, EntitySpec
from crm_desktop.ui.list_page.cells import is_name
from crm_desktop.ui.widgets.buttons import primary_button, secondary_button
from crm_desktop.ui.widgets.empty_state import EmptyState


def things(spec: EntitySpec, count: int) -> str:
    """``3 customers``."""
    return counted(spec.label, spec.label_plural, count)


def view_title(query: ListQuery) -> str:
    """What the list shows: its view, else its entity."""
    preset = next((p for p in query.spec.table.presets if p.key == query.preset), None)
    return query.title or _(preset.label if preset else query.spec.label_plural)


def record_title(spec: EntitySpec, row: Row) -> str:
    """What the record of a row is called, as far as the row shows it."""
    named = [column for column in spec.table.columns if is_name(spec, column)]
    shown = [column for column in (*named, *spec.table.columns) if row.values.get(column.key)]
    return shown[0].facts.kind.format(row.values[shown[0].key]) if shown else f"#{row.id}"


def selection_text(count: int) -> str:
    """``3 selected``; empty for none."""
    return ngettext("{count} selected", "{count} selected", count).format(count=f"{count:,}") if count else ""


def totals_text(spec: EntitySpec, columns: Sequence[Column], totals: Totals, amounts: Mapping[str, Decimal]) -> str:
    """The total of each number column that has one: ``Turnover in total ¥12,000``."""
    sentences = {
        Total.SUM: _("{column} in total {amount}"),
        Total.AVERAGE: _("{column} on average {amount}"),
        Total.LEAST: _("{column} at least {amount}"),
        Total.MOST: _("{column} at most {amount}"),
    }
    return "   ".join(
        sentences[totals[column.key]].format(
            column=_(spec.column_label(column)), amount=column.facts.kind.format(amounts[column.key])
        )
        for column in columns
        if column.key in totals and column.key in amounts
    )


def nothing_matches(query: ListQuery, clear: Callable[[], object]) -> EmptyState:
    """The quick filter leaves no row."""
    title = _("Nothing matches “{text}”").format(text=query.typed)
    text = _("Part of a name, pinyin initials, a number or some digits of a telephone number will do.")
    return EmptyState("magnifying-glass", title, text, (secondary_button(_("Clear the filter"), clear),))


def nothing_passes(clear: Callable[[], object]) -> EmptyState:
    """The filter leaves no row."""
    title, text = _("Nothing matches the filter"), _("Change a condition above the list, or take one away.")
    return EmptyState("funnel", title, text, (secondary_button(_("Clear the filter"), clear),))


def nothing_in_view(query: ListQuery, show_all: Callable[[], object] | None) -> EmptyState:
    """The view has no row at the moment, though there may be others."""
    title = _("Nothing in “{view}” at the moment").format(view=view_title(query))
    buttons = (secondary_button(_("Show all"), show_all),) if show_all else ()
    return EmptyState(query.spec.icon, title, "", buttons)


def nothing_yet(
    spec: EntitySpec, create: Callable[[], object] | None, start_import: Callable[[], object] | None
) -> EmptyState:
    """There is no record at all: the first step."""
    title = _("No {things} yet").format(things=_(spec.label_plural).lower())
    buttons = []
    if start_import:
        buttons.append(secondary_button(_("Import a sheet"), start_import, icon_name="upload-simple"))
    if create:
        buttons.append(primary_button(new_text(spec), create, icon_name="plus"))
    text = ""
    if start_import:
        text = _("Drop a sheet you have onto this window, as it is, or enter the first one by hand.")
    elif create:
        text = _("Enter the first one by hand.")
    return EmptyState(spec.icon, title, text, tuple(buttons))


def not_readable(message: str, hint: str, retry: Callable[[], object]) -> EmptyState:
    """The rows could not be read."""
    return EmptyState("cloud-slash", message, hint, (secondary_button(_("Try again"), retry),))


def new_text(spec: EntitySpec) -> str:
    """What the button for a new record says."""
    return _("New {thing}").format(thing=_(spec.label).lower())
