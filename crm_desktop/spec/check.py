"""The rules a spec must keep; they run as tests over all entities."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from crm_desktop.core.access import Group
from crm_desktop.spec.entity import Column, EntitySpec
from crm_desktop.spec.facts import facts
from crm_desktop.spec.kinds import DATE, TIME


def problems(spec: EntitySpec) -> list[str]:
    """What is wrong with the spec, one sentence each; empty when all is well."""
    return [f"{spec.key}: {text}" for text in (*_problems(spec), *_story_problems(spec))]


def _problems(spec: EntitySpec) -> Iterator[str]:
    for column in spec.table.columns:
        yield from _path_problems(spec, column)
    shown = spec.form.fields
    if len(shown) != len(set(shown)):
        yield "a form field appears twice"
    searched = spec.search.attrs if spec.search else spec.found_by
    own = {*shown, *spec.form.read_only, *spec.subtitle, spec.table.sort, *spec.labels, *searched}
    for attr in own:
        if attr.class_ is not spec.model:
            yield f"{attr} belongs to {attr.class_.__name__}"
    for attr in {*shown, *spec.subtitle}:
        if attr not in spec.labels:
            yield f"{attr} has no label"
    for attr in shown:
        if facts(attr).is_list:
            yield f"{attr} is a list; parts declare themselves by `part_of`"
    yield from _required_problems(spec)
    yield from _access_problems(spec)
    keys = [preset.key for preset in spec.table.presets]
    if len(keys) != len(set(keys)):
        yield "a preset appears twice"


def _story_problems(spec: EntitySpec) -> Iterator[str]:
    if spec.story is None:
        return
    if spec.part_of is None:
        yield "only a part has a story"
    if facts(spec.story.at).kind not in {TIME, DATE}:
        yield f"{spec.story.at} is no moment and no day"
    for attr in spec.story.attrs:
        if attr not in spec.labels:
            yield f"{attr} of the story has no label"


def _path_problems(spec: EntitySpec, column: Column) -> Iterator[str]:
    owner: type[Any] = spec.model
    for attr in column.path:
        if attr.class_ not in owner.__mro__:
            yield f"column {column.key}: {attr} is not on {owner.__name__}"
            return
        owner = facts(attr).target or object
    if not column.label and column.path[0] not in spec.labels:
        yield f"column {column.key} has no label"


def _required_problems(spec: EntitySpec) -> Iterator[str]:
    shown = {facts(attr).column for attr in spec.form.fields}
    for column in spec.model.__table__.columns:
        is_needed = not column.nullable and column.server_default is None and not column.primary_key
        if is_needed and column.identity is None and column.key not in shown:
            yield f"required column {column.key} is not in the form"


def _access_problems(spec: EntitySpec) -> Iterator[str]:
    if set(spec.access) != set(Group):
        yield "access does not name every group"
    for group, grant in spec.access.items():
        if max(grant.update, grant.delete) > grant.read:
            yield f"{group} may change more than it may read"
