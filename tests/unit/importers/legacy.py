"""The legacy files of tests/data/legacy and what their README says a perfect importer makes of them."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import psutil

DATA = Path(__file__).resolve().parents[2] / "data"
LEGACY = DATA / "legacy"
FILES: dict[str, dict[str, Any]] = json.loads((LEGACY / "expected.json").read_text(encoding="utf-8"))["files"]

CARDS_AND_FORMS = ["contacts.vcf", "客户登记表.docx"]
"""What the truth counts otherwise than by the rows of a sheet."""

TABLE_FILES = [
    name
    for name in FILES
    if (LEGACY / name).exists() and FILES[name]["outcome"] != "refuse" and name not in CARDS_AND_FORMS
]
REFUSED_FILES = [name for name in FILES if FILES[name]["outcome"] == "refuse"]


def rows_named(name: str, part: str) -> set[str]:
    """The ``at`` of every entry of ``part`` (rejects, ignored ...) of a file."""
    return {entry["at"] for entry in FILES[name].get(part, [])}


def peak_memory() -> int:
    """The most memory this process has held so far, in bytes."""
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
