"""Values of the type jsonb as Python objects, also those that somebody wrote by SQL to break his colleagues' lists."""

from __future__ import annotations

import json
import re
from typing import Any

_DEEPEST = 100
"""Levels; the program writes a tenth of it. Python gives up at some hundred, the fewer the deeper its own stack is."""
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]')


def read_json(stored: str) -> Any:
    """What ``stored`` says; None where it has more levels, or numbers with more digits, than the program can hold."""
    depth = 0
    for token in _TOKEN.findall(stored):
        depth += {"[": 1, "{": 1, "]": -1, "}": -1}.get(token, 0)
        if depth > _DEEPEST:
            return None
    try:
        return json.loads(stored)
    except ValueError:  # a number of 4,300 digits
        return None
