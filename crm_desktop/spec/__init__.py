"""How an entity is described. The entities themselves are in ``crm_desktop.entities``."""

from __future__ import annotations

from crm_desktop.spec.entity import Column, EntitySpec, FormSpec, Preset, SearchSpec, Section, StorySpec, TableSpec
from crm_desktop.spec.facts import Attr, Facts, facts
from crm_desktop.spec.kinds import Kind, Ref

__all__ = [
    "Attr",
    "Column",
    "EntitySpec",
    "Facts",
    "FormSpec",
    "Kind",
    "Preset",
    "Ref",
    "SearchSpec",
    "Section",
    "StorySpec",
    "TableSpec",
    "facts",
]
