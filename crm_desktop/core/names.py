"""When two company names mean the same company."""

from __future__ import annotations

import re
import unicodedata

LEGAL_FORMS = ("股份有限公司", "有限责任公司", "股份公司", "有限公司", "总公司", "公司")
_IGNORED = re.compile(r"[\s()\[\]{}〔〕【】<>《》「」\"'“”‘’,.。·省市]+")


def name_core(name: str) -> str:
    """What is left of a name without blanks, brackets, full width, 省, 市 and the legal form at its end.

    Names of one core are the same company. Place names stay: a branch elsewhere is another customer.
    """
    folded = _IGNORED.sub("", unicodedata.normalize("NFKC", name).casefold())
    form = next((form for form in LEGAL_FORMS if folded.endswith(form)), "")
    return folded.removesuffix(form) or folded


_DOUBLE_SURNAMES = frozenset(
    ("欧阳", "上官", "司马", "诸葛", "司徒", "皇甫", "尉迟", "公孙", "慕容", "令狐", "东方", "夏侯", "端木", "南宫")
)


def split_person_name(name: str) -> tuple[str, str]:
    """Family and given name of a person; a Chinese name begins with its family name, another ends with it."""
    name = name.strip()
    if " " in name:
        given, _blank, family = name.rpartition(" ")
        return family, given
    length = 2 if name[:2] in _DOUBLE_SURNAMES and len(name) > 2 else 1  # noqa: PLR2004 - characters of a surname
    return name[:length], name[length:]
