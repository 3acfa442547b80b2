"""Text as Excel can hold it: what every sheet and CSV file of ours keeps to, whoever writes it."""

from __future__ import annotations

import re

from crm_desktop.core.i18n import _

MOST_CHARACTERS = 32_767  # UTF-16 units of a cell
_LONGEST_TITLE = 31
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_REFUSED = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")  # no XML 1.0 characters
_ESCAPE = re.compile("_(?=x[0-9A-Fa-f]{4}_)")  # Excel reads _x0041_ as the letter A
_NOT_IN_TITLE = re.compile(r"[\\/*?:\[\]]")


def is_like_formula(text: str) -> bool:
    """Whether Excel would calculate this text (OWASP, "CSV Injection")."""
    return text.startswith(_FORMULA)


def clean(text: str) -> str:
    """Without the characters that no XML holds."""
    return _REFUSED.sub("", text)


def cell_text(text: str) -> str:
    """What a cell holds of a text; where that is not all, it says so."""
    written = _ESCAPE.sub("_x005F_", clean(text))
    if len(written) <= MOST_CHARACTERS // 2 or len(written.encode("utf-16-le")) // 2 <= MOST_CHARACTERS:
        return written
    ending = _("… (cut: Excel holds no longer text in a cell)")
    kept = written.encode("utf-16-le")[: 2 * (MOST_CHARACTERS - len(ending))].decode("utf-16-le", "ignore")
    return kept + ending


def sheet_title(text: str) -> str:
    """As much of a text as can be the name of a sheet; nothing where none of it can."""
    return _NOT_IN_TITLE.sub(" ", clean(text))[:_LONGEST_TITLE].strip("' ")
